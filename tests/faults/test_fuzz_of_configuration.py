"""F12: bad inputs B5 through the configuration: each is read, or its faults are named, within 30 seconds."""

import random
import re
import time

import pytest

from cja_spark.errors import ConfigurationError, VersionError
from cja_spark.project import load
from tests.bad_input.shop import FILES, Shop
from tests.faults.plan import FULL

CONFIGURATIONS = 20_000 if FULL else 2_000
MORE_FILES = {
    "sinks/store.yaml": "sink: delta\n", "sinks/feed.yaml": "sink: files\nlocation: feed\nconcurrency: 2\n",
    "sinks/people.yaml": "sink: postgres\ndsn: ${env:DSN}\nstatement_timeout: 1 minute\n",
    "audiences/buyers.yaml": "segments: {all: [buyers, {exclude: buyers}]}\nrefresh: daily\nlookback: 30 days\nsinks: [store, feed]\n",
}  # fmt: skip
WORDS = (
    "", "null", "~", "true", "0", "-1", "1e999", ".nan", "-.inf", "0x1F", "0o17", "1_000", "2026-01-01", "0001-01-01", "9999-12-31", "12:30:61",
    "[]", "{}", "[[[]]]", "- ", "&a [*a]", "*b", "!!python/object/apply:os.system ['x']", "!!binary aGk=", "<<: {a: 1}", "? a\n: b", "|\n  x", "'", '"', "#",
    "%", "@", "`", "\u0000", "\u202e", "\ufeff", "\u2028", "\U0001f600", "${env:HOME}", "${file:/etc/passwd}", "../../x", "a: b: c", "x" * 10_000, "[" * 200,
    "90 days", "91 days", "-1 day", "1 fortnight", "Europe/Nowhere",
)  # fmt: skip


def mutated(text, drawn):
    """A text with some mistakes in it."""
    for _ in range(drawn.choice((1, 1, 2, 4))):
        at, lines = drawn.randrange(len(text) + 1), text.split("\n")
        line = drawn.randrange(len(lines))
        match drawn.randrange(8):
            case 0:
                text = text[:at] + text[at + drawn.randrange(1, 6) :]
            case 1:
                text = text[:at] + drawn.choice(WORDS) + text[at:]
            case 2:
                text = "\n".join([*lines[:line], lines[line], *lines[line:]])
            case 3:
                text = text[:at]
            case 4:
                text = re.sub(r": [^\n{\[]+", lambda _: f": {drawn.choice(WORDS)}", text, count=drawn.randrange(1, 3))
            case 5:
                text = "\n".join([*lines[:line], " " * drawn.randrange(9) + lines[line].strip(), *lines[line + 1 :]])
            case 6:
                text = re.sub(r"\b[a-z_]+(?=:)", lambda found: found[0] + drawn.choice(("", "s", "_", "x")), text)
            case _:
                text = drawn.choice(("\ufeff", "---\n", "%YAML 9.9\n---\n", "\t")) + text
    return text


@pytest.mark.fault("F12")
def test_f12_a_configuration_is_read_or_its_faults_are_named(tmp_path, fault):
    shop = Shop(tmp_path)
    for name, text in MORE_FILES.items():
        shop.write(f"conf/{name}", text)
    whole = {**FILES, **MORE_FILES}
    load(shop.project)
    read = 0
    for seed in range(CONFIGURATIONS):
        drawn = random.Random(f"configuration {seed}")
        name = drawn.choice(sorted(whole))
        shop.write(f"conf/{name}", mutated(whole[name], drawn).encode("utf-8", "surrogatepass"))
        begun = time.monotonic()
        try:
            load(shop.project)
            read += 1
        except (ConfigurationError, VersionError) as error:
            assert error.exit_code in (2, 8)
            assert len(str(error)) < 20_000
        assert time.monotonic() - begun < 30
        shop.write(f"conf/{name}", whole[name])
    assert 0 < read < CONFIGURATIONS * 0.9
    fault.tried(times=CONFIGURATIONS)

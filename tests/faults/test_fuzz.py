"""F12: bad inputs B1-B4 through the loading of events and the publishing of identities: each ends stored, or where it is counted."""

import json
import random
import re
import unicodedata

import pytest

from cja_spark.audiences.publish import publish
from cja_spark.audiences.tables import DEAD_LETTERS, MEMBERS
from cja_spark.connection.tables import QUARANTINE
from cja_spark.driver_reads import equal
from cja_spark.lake import Lake
from cja_spark.local_rows import local_rows
from tests.bad_input.shop import Shop, event
from tests.faults.plan import FULL, seeds
from tests.unit.audiences.world import PEOPLE, World, day

LINES, IDENTITIES = (4_500, 11_000) if FULL else (600, 1_200)
TIMES = (
    "2026-01-02T10:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "10000-01-01T00:00:00Z", "2016-12-31T23:59:60Z", "2026-02-30T00:00:00Z",
    "2025-03-30T02:30:00", "2025-10-26T02:30:00+02:00", "1900-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "", " ", "now", "1e18", "-1", "١٢٣", "2026-01-02", "24:00", None,
)  # fmt: skip
LOGINS = ("ann", "", " ", "\u00a0", "undefined", "null", "0", "007", "\u202eann", "a\u0000b", "x" * 5_000, "\u0130", "ANN", "\U0001f600", None)
NUMBERS = ("1.5", "0", "-0", "-0.0", "1e308", "1e999", "-1e999", "123456789012345678901234567890", "0.1", "null", "1e-400", "NaN", "Infinity", "-Infinity", "01", "+1", "1.", ".5")


def line_of(seed):
    """A line of JSON of an event, more or less."""
    drawn = random.Random(f"line {seed}")
    row = event(seed, drawn.choice(TIMES), drawn.choice(LOGINS))
    row.pop("price")
    text = json.dumps(row, ensure_ascii=drawn.random() < 0.5)[:-1] + f', "price": {drawn.choice(NUMBERS)}}}'
    match drawn.randrange(14):
        case 0:
            return text[: drawn.randrange(1, len(text))]
        case 1:
            return text.replace(":", drawn.choice(("", "::", " = ")), 1)
        case 2:
            return text[:-1] + f', "deep": {"[" * 1000}{"]" * 1000}}}'
        case 3:
            return drawn.choice(("1", '"text"', "{}", "{", "}", "//", "nul", "\ufeff{}", "{}{}", "[1]"))
        case 4:
            return text + drawn.choice((" x", ",", "}", text))
        case _:
            return text


@pytest.mark.fault("F12")
@pytest.mark.parametrize("seed", seeds(1, 3))
def test_f12_a_line_is_an_event_or_in_quarantine(spark, tmp_path, fault, seed):
    shop, count = Shop(tmp_path), LINES // len(seeds(1, 3))
    texts = [line_of(number + seed * LINES) for number in range(count)]
    texts.append(json.dumps(event(9_999_999, note="x" * 1_000_000)))
    shop.raw("web/bad.json", "".join(f"{text}\n" for text in texts).encode("utf-8", "surrogatepass"))
    assert shop.run("connect") == 0
    lake = Lake(spark, str(shop.lake))
    events = lake.events.count() - 3  # those of the shop itself
    kept = lake.table(QUARANTINE).count()
    fault.tried(times=count, rows=count, lost=count + 1 - events - kept, seed=seed)
    assert events + kept == count + 1
    assert events > count / 20
    assert kept > count / 5


NAMESPACES = ("CRM", "crm", "Email", "ECID", "ecid", "_x", "9x", "a-b", "CRM\n", "", " ", None, "x" * 64, "x" * 65, "\u0130D", "C RM", "\u212aX")
PIECES = ("a", "A", "0", " ", "\t", "\n", "\r", "\u00a0", "\u2003", "\u3000", "\u200b", "\u202e", "\u05d0", "\u0661", "\uff21", "\u0130", "\u20ac", "\U0001f600", "\x00", "\x01", "\x1f", "=", "'", '"', "\\", "%", "{", "\u2028")
SPACE = " \t\n\x0b\x0c\r"


def identity(seed):
    """A namespace and an id, drawn from what has edges."""
    drawn = random.Random(f"identity {seed}")
    namespace = drawn.choice(NAMESPACES) if drawn.random() < 0.5 else "CRM"
    match drawn.randrange(6):
        case 0:
            id_ = drawn.choice(("1" * 38, "1" * 37, "1" * 39, "1" * 38 + "\n", "\u0661" * 38, None, "", "x"))
        case 1:
            id_ = drawn.choice(PIECES) * drawn.choice((1, 2, 680, 681, 682, 1023, 1024, 1025))
        case _:
            id_ = "".join(drawn.choice(PIECES) for _ in range(drawn.randrange(1, 9)))
    return namespace, id_


def refused(namespace, id_):
    """Why an identity cannot be published, said by plain Python (A11): the first reason there is."""
    if namespace is None or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,63}", namespace, re.ASCII):
        return "namespace"
    if id_ is None:
        return "null"
    reasons = {
        "blank": all(letter in SPACE or unicodedata.category(letter).startswith("Z") for letter in id_), "nul": "\x00" in id_,
        "too_long": len(id_) > 1024, "key_too_long": len(f"{namespace.lower()}:{id_}".encode()) > 2048,
        "ecid": namespace.lower() == "ecid" and not re.fullmatch(r"[0-9]{38}", id_, re.ASCII),
    }  # fmt: skip
    return next((name for name, holds in reasons.items() if holds), None)


@pytest.mark.fault("F12")
def test_f12_an_identity_is_a_member_or_a_letter(place, fault):
    world, given = World(place, "fuzzed"), [identity(seed) for seed in range(IDENTITIES)]
    rows = [(id_, namespace, None) for namespace, id_ in given]
    told = publish(place, world.audience, lambda start, end: local_rows(place.spark, rows, PEOPLE), as_of=day(0), definition="{}")
    bad = {one for one in given if refused(*one)}
    good = {f"{namespace.lower()}:{id_}" for namespace, id_ in {*given} - bad}
    mine = equal(audience_id=world.id)
    members = {row["profile_key"] for row in place.table(MEMBERS).rows("profile_key", where=mine)}
    letters = [row for row in place.table(DEAD_LETTERS).rows("letter_id", "payload", "error_code", where=mine)]
    found = {(*json.loads(row["payload"]).values(), row["error_code"].removeprefix("identity_")) for row in letters}
    assert members == good
    assert len({row["letter_id"] for row in letters}) == len(letters)
    assert found == {(*one, refused(*one)) for one in bad}
    assert (told.people, told.rejected, told.letters) == (len(good), len(bad), len(bad))
    fault.tried(times=IDENTITIES, rows=IDENTITIES, lost=0)

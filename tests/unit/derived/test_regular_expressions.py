"""The dialect of regular expressions and its guard: what could run without end is refused, the rest means the same in Java."""

from __future__ import annotations

import random
import re
import time

import pytest
from pyspark.sql import functions as F

from cja_spark.view.derived.pattern import LONGEST_TEXT, read

TAKEN = (
    r"[^/]+(?=/$|$)", r"cid=([^&]*)", r"^https?://[^/]+/(.*)$", r"(?:\d{1,3}\.){3}\d{1,3}", r"(?:[a-z]+\.)+", r"(?:ab?)*c", r"(?:a(?:b|))*",
    r"(\d+)-(\w+)", r"^.*\.(pdf|html)$", r"\bhome\b", r"(^|&)cid=([^&]*)", r"^a*$", r".*", r"(?<=a)b", r"(?:ab|cd)+e", r"^(?:x,)*y",
)  # fmt: skip
CATASTROPHIC = (
    r"(a+)+$", r"([a-z]+)*$", r"(a|a)*b", r"(a|aa)+$", r"(.*a){20}", r"(a?){30}a{30}", r"^(([a-z])+.)+[A-Z]([a-z])+$", r"(\w+\s?)+$",
    r"(a*)*", r"(?:a?b?)*", r"a*a*a*b", r"^.*cid=(.*)&", r".*\.pdf", r"^(?:a|b|ab)*c$", r"(x+x+)+y", r"(?:(?:a{1,5}){1,5}){1,5}b",
    r".{0,99}.{0,99}x", r"^(?:ab)*a", r"(?=.*a)b", r"(?:ab)*?c", r"(a|ab)*c", r"(?:ab*?)+c", r"(?:a(?:|b))*",
)  # fmt: skip


@pytest.mark.parametrize("pattern", TAKEN)
def test_a_plain_expression_is_taken(pattern):
    assert read(pattern).java


@pytest.mark.parametrize("pattern", CATASTROPHIC)
def test_an_expression_that_could_run_without_end_is_refused(pattern):
    with pytest.raises(ValueError, match="could take|repeats|look-ahead|stands last"):
        read(pattern)


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("[", "is no regular expression at character 1: unterminated character set"), ("", "an empty one finds nothing"),
        (r"(x)\1", "back references are no part of the dialect"), ("(?i)x", "case_sensitive: false"), ("x++", "possessive quantifiers"),
        ("(?>x)", "atomic groups"), ("x{1001}", "counts to 1,000 at most"), ("x" * 501, "has at most 500"), (r"\h", "bad escape"),
    ],
)  # fmt: skip
def test_what_the_dialect_does_not_have_is_told(pattern, fault):
    with pytest.raises(ValueError, match=fault):
        read(pattern)


def random_pattern(chance, depth=3):
    kind = chance.choice(["set", "set", "set", "group", "branch", "repeat", "sequence"] if depth else ["set"])
    if kind == "set":
        return chance.choice(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", "[a-c]", "c"])
    if kind == "repeat":
        inner = random_pattern(chance, depth - 1)
        return f"(?:{inner}){chance.choice(['*', '+', '?', '{1,3}', '{2}', '*?'])}"
    if kind == "branch":
        return f"(?:{random_pattern(chance, depth - 1)}|{random_pattern(chance, depth - 1)})"
    inner = "".join(random_pattern(chance, depth - 1) for _ in range(chance.choice([1, 2, 3])))
    return f"({inner})" if kind == "group" else inner


def drawn_patterns(count):
    """Patterns that the guard takes, some of which begin and end at the text's ends."""
    chance, found = random.Random(3), []
    while len(found) < count:
        pattern = f"{chance.choice(['', '^'])}{random_pattern(chance, 4)}{chance.choice(['', '$', 'x'])}"
        try:
            read(pattern)
        except ValueError:
            continue
        found.append(pattern)
    return found


def test_expressions_match_in_spark_what_they_match_in_python(spark):
    """Decided quantifiers are possessive for Java: the match stays the same."""
    chance = random.Random(4)
    texts = ["".join(chance.choice("aabbcc1x/\n") for _ in range(chance.randrange(12))) for _ in range(150)]
    patterns = [*drawn_patterns(150), *TAKEN]
    rows = spark.createDataFrame([(text,) for text in texts], "text string")
    found = rows.select(*(F.regexp_instr("text", F.lit(read(one).java)).alias(f"at_{n}") for n, one in enumerate(patterns)),
                        *(F.regexp_extract("text", read(one).java, 0).alias(f"is_{n}") for n, one in enumerate(patterns))).collect()  # fmt: skip
    for text, row in zip(texts, found, strict=True):
        for n, one in enumerate(patterns):
            match = re.search(one, text, re.ASCII)
            expected = (match.start() + 1, match[0]) if match else (0, "")
            assert (row[f"at_{n}"], row[f"is_{n}"]) == expected, (one, text)


def test_expressions_that_are_taken_are_quick_and_shallow_on_long_texts(spark):
    """Neither time nor the stack of Java runs out on the longest text that is looked at."""
    patterns = [*drawn_patterns(60), *TAKEN]
    texts = ["a" * LONGEST_TEXT, "ab" * (LONGEST_TEXT // 2), "a1/" * (LONGEST_TEXT // 3), "aab." * (LONGEST_TEXT // 4) + "!"]
    rows = spark.createDataFrame([(text,) for text in texts], "text string")
    begun = time.monotonic()
    rows.select(*(F.col("text").rlike(read(one).java).alias(f"is_{n}") for n, one in enumerate(patterns))).collect()
    assert time.monotonic() - begun < 120

"""Value settings drawn at random make of drawn texts and amounts what the reference makes of them."""

from __future__ import annotations

import datetime as dt
import random
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cja_spark.journeys.hashing import value_id
from cja_spark.reports.dictionary import shown_of
from cja_spark.view.spec import View
from tests.property import settings as drawn
from tests.property.arrays import stored
from tests.property.views import CALENDARS
from tests.reference.values import amount, filled, settled

WORDS = ["home", "HOME page", "a/b//c", "söke", "o", "  e ", "ho/me#", "carte", "true", "false", "eHe", "x\nome"]
URLS = [
    "https://example.com/store/index.html?cid=campaign#cart", "http://u:p@Host.com:8080?x=1&cid=2&cid=3", "https://[::1]:80/a?id=&cid#", "mailto:a@b",
    "https://a.b", "https://a.b/", "nothing", "//a/b", "https:///p?c=%20", "ftp://h:21/x/y", "https://h/p#f?cid=no", "https://h?cid=a=b",
]  # fmt: skip
NUMBERS = ["-1", "0", "-0.0", "0.5", "1.0", "2.0E0", "2.5", "10", "1e400", "-Infinity", "NaN", "ten", "1_0", " 1", "9.999999999999999"]
DAYS = ["2025-03-01", "2025-03-02 10:00:00", "2025-03-03T00:00Z", "2025-3-1", "March", "2025-13-01"]
CLOCKS = [
    "2025-03-02 24:00:00", "2025-03-02 09:60", "2025-03-02 09:59", "2025-02-30 10:00:00", "2025-03-02 10:00:61", "2025-03-02 1:00",
    "2025-03-02T10:11:12.5Z", "1999-12-31 23:59:59", "2025-03-02x10:11", "2025-03-02 1٠:11",
]  # fmt: skip
TEXTS = st.lists(st.text("hoeHmO/#. e=", max_size=9).filter(str.strip), max_size=20)


def view_with(written, calendar):
    return View.model_validate({"name": "v", "calendar": calendar, "dimensions": {"page": {"field": "page", **written}}})


def settled_by_both(written, texts, calendar="gregorian"):
    view = view_with(written, calendar)
    ids = np.array([value_id(text) for text in texts], np.int64)
    shown = shown_of("page", view, ids, pa.array(texts, pa.string()))
    names = dict(zip(shown.texts["id"].to_pylist(), shown.texts["value"].to_pylist(), strict=True))
    ours = [names.get(one) for one in shown.map.of(np.append(ids, 0)).tolist()]
    plain = view.model_dump(by_alias=True)["no_value"]
    how = {"no_value": plain, "dimensions": {"page": {"field": "page", **written}}}
    return ours, [filled(settled(text, written, calendar), how, "page") for text in (*texts, None)]


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32 - 1), TEXTS)
def test_settings_of_texts_equal_the_reference(seed, more):
    chance = random.Random(seed)
    written = drawn.of_texts(chance)
    ours, theirs = settled_by_both(written, list(dict.fromkeys([*WORDS, *URLS, *more])))
    assert ours == theirs, written


@settings(max_examples=600, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["cut", "method", "rules"]), TEXTS)
def test_each_setting_by_itself_equals_the_reference(seed, kind, more):
    chance = random.Random(seed)
    written = {
        "cut": lambda: {"substring": chance.choice([{"from_left": drawn.cut(chance, "start", "end")}, {"from_right": drawn.cut(chance, "end", "start")}])},
        "method": lambda: {"substring": drawn.substring(chance)},
        "rules": lambda: {"include": drawn.include(chance, drawn.rule)},
    }[kind]()  # fmt: skip
    ours, theirs = settled_by_both(written, list(dict.fromkeys([*WORDS, *URLS, *more])))
    assert ours == theirs, written


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), TEXTS)
def test_parts_of_texts_equal_the_reference(seed, more):
    chance = random.Random(seed)
    texts = list(dict.fromkeys([*WORDS, *URLS, *more]))
    written = {name: one for name, one in drawn.of_texts(chance).items() if name not in ("substring", "no_value")}
    written["substring"] = {"delimiter": {"by": chance.choice(["o", "/", "e", " ", "//"]), "array": True}}
    ids = np.array([value_id(text) for text in texts], np.int64)
    shown = shown_of("page", view_with(written, "gregorian"), ids, pa.array(texts, pa.string()))
    names = dict(zip(shown.texts["id"].to_pylist(), shown.texts["value"].to_pylist(), strict=True))
    offsets, found = shown.map.parts_of(np.append(ids, 0))
    ours = [[names[one] for one in found[begin:end].tolist()] for begin, end in pairwise(offsets.tolist())]
    assert ours == [settled(text, written) for text in (*texts, None)], written


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.floats().map(repr), max_size=20))
def test_settings_of_numbers_equal_the_reference(seed, more):
    written = drawn.of_numbers(random.Random(seed))
    ours, theirs = settled_by_both(written, list(dict.fromkeys([*NUMBERS, *more])))
    assert ours == theirs, written


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_rules_of_days_equal_the_reference(seed):
    chance = random.Random(seed)
    written = {"include": drawn.include(chance, drawn.day_rule)}
    ours, theirs = settled_by_both(written, DAYS)
    assert ours == theirs, written


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.dates(dt.date(1990, 1, 1), dt.date(2049, 12, 31)).map(str), max_size=20))
def test_days_by_granularity_equal_the_reference(seed, more):
    chance = random.Random(seed)
    written = {"granularity": chance.choice(["second", "minute", "hour", "day", "week", "month", "quarter", "year"])}
    if chance.random() < 0.3:
        written["include"] = drawn.include(chance, drawn.day_rule)
    ours, theirs = settled_by_both(written, list(dict.fromkeys([*DAYS, *CLOCKS, "2025-02-30", *more])), chance.choice(CALENDARS))
    assert ours == theirs, written


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.floats(allow_infinity=False), max_size=20))
def test_settings_of_amounts_equal_the_reference(seed, more):
    written = drawn.of_amounts(random.Random(seed))
    raw = [0.0, 1.0, -1.0, 1.5, float("nan"), "1.5", "word", *more]
    metric = View.model_validate({"name": "v", "metrics": {"m": {"field": "m", **written}}}).metrics["m"]
    theirs = [amount(one, written) for one in raw]
    ours = metric.amounts(stored([{"m": one} for one in raw], "m", 0, dimension=False))
    assert ours.tolist() == pytest.approx([np.nan if one is None else one for one in theirs], nan_ok=True)

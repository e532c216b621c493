"""Calendars, segments of the view and standard dimensions on many generated journeys equal the reference, without Spark."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from cja_spark.view.spec import View
from tests.property.asks import DAYS
from tests.property.conditions import CLOCKS, SESSION_TYPES, STANDARD, comparison, segment
from tests.property.draws import cases
from tests.property.test_drawn_reports_equal_reference import answers_of, rows_alike, world
from tests.property.views import view_drawn, view_of_reference
from tests.reference.report import report

METRICS = ("events", "people", "sessions", *SESSION_TYPES)


def ask_drawn(chance):
    """A table by standard dimensions, a trend by the calendar, or sessions by where they begin."""
    kind = chance.choice(["table", "table", "trend", "sessions"])
    asked = {"report": kind, "segments": [segment(chance)] if chance.random() < 0.3 else []}
    if kind == "table":
        names = chance.sample([*STANDARD, *STANDARD, *CLOCKS, "page"], 2)
        asked |= {"dimensions": list(dict.fromkeys(names))[: chance.choice([1, 1, 2])], "metrics": [*METRICS], "rows": 1000}
    elif kind == "trend":
        asked |= {"granularity": chance.choice(["week", "month", "quarter", "year"]), "metrics": [*METRICS]}
    else:
        asked |= {"dimension": chance.choice([*STANDARD])}
    return asked


@settings(max_examples=cases(100, 15), deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_reports_under_drawn_view_settings_equal_the_reference(seed):
    chance = random.Random(seed)
    written = view_drawn(chance)
    if chance.random() < 0.5:
        level = chance.choice(["event", "session", "person"])
        written["view_segments"] = [{"container": level, "where": comparison(chance)}]
    days, (start, end) = chance.choice(DAYS[:2])
    asked = ask_drawn(chance)
    events, tiers = world(chance, seed, written, persons=200)
    until = max(event["t"] for event in events) + 1
    [rows] = answers_of(View.model_validate(written), [(asked, days, (start, end))], events, tiers, until)
    expected = report(events, view_of_reference(written), {**asked, "from": start, "to": end}, data_until=until)
    rows_alike(rows, expected)

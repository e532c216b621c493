"""Laws that every answer obeys, on generated journeys full of ties."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.strategies import DAY, RANGE_FROM, RANGE_TO, VIEW, generated_journeys
from tests.reference.report import report

RANGE = {"from": RANGE_FROM, "to": RANGE_TO}
METRICS = ["events", "people", "sessions", "orders", "calls"]
SEGMENTS = sorted(VIEW["segments"])


def table(events, view=VIEW, **given):
    return report(events, view, {"report": "table", "metrics": METRICS, **RANGE, **given})


@settings(max_examples=60, deadline=None)
@given(generated_journeys(), st.sampled_from(["page", "channel"]))
def test_rows_of_a_single_valued_dimension_sum_to_the_total(events, dimension):
    total, *items = table(events, dimensions=[dimension])
    for metric in ("events", "orders", "calls"):
        assert sum(row[metric] for row in items) == total[metric]
    for metric in ("people", "sessions"):
        assert max((row[metric] for row in items), default=0) <= total[metric] <= sum(row[metric] for row in items)


@settings(max_examples=60, deadline=None)
@given(generated_journeys(), st.sampled_from(SEGMENTS))
def test_a_segment_and_its_exclusion_part_the_events(events, name):
    segment = VIEW["segments"][name]
    inverse = {"container": segment["container"], "where": {"exclude": segment["where"]}}
    kept, left, whole = (table(events, segments=use)[0] for use in ([name], [inverse], []))
    assert kept["events"] + left["events"] == whole["events"]


@settings(max_examples=60, deadline=None)
@given(generated_journeys())
def test_a_week_later_only_labels_change(events):
    view = {**VIEW, "time_zone": "UTC"}
    later = [{**one, "t": one["t"] + 7 * DAY} for one in events]
    moved = {"from": RANGE_FROM + 7 * DAY, "to": RANGE_TO + 7 * DAY}
    assert table(later, view, dimensions=["page"], **moved) == table(events, view, dimensions=["page"])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"container": "session"},
        {"window": "1 day"},
        {"ties": "strict_time"},
        {"ties": {"grace": "30 minutes"}, "window": "1 day"},
        {"ties": "step_order", "window": "1 day"},
        {"order": "any", "window": "1 day"},
    ],
    ids=str,
)
@settings(max_examples=40, deadline=None)
@given(events=generated_journeys())
def test_people_never_rise_along_a_fallout_and_a_longer_window_loses_nobody(options, events):
    asked = {"report": "fallout", "steps": ["views", "not_home", "orders"], **RANGE, **options}
    word = "sessions" if "container" in options else "people"
    levels = [row[word] for row in report(events, VIEW, asked)]
    assert levels == sorted(levels, reverse=True)
    if "window" in options:
        longer = report(events, VIEW, {**asked, "window": "2 days"})
        assert all(row[word] >= level for row, level in zip(longer, levels, strict=True))

"""The boundaries of rules O, S, M6, T and R, pinned on the reference."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.property.strategies import RANGE_FROM, RANGE_TO, VIEW, at, journeys
from tests.reference import calendar, order
from tests.reference.report import report
from tests.unit.reference.asking import END, GAP, SIMPLE, START, ask, counts, event, items

# ---- O: order, calendar, range --------------------------------------------------------------------------------


def test_ties_fall_to_sequence_then_dataset_then_event_id_then_row_hash():
    given = [
        event(1, sequence=None, event_id="a"),
        event(1, sequence=2, dataset_position=1),
        event(1, sequence=2, event_id=None, row_hash=-5),
        event(1, sequence=2, event_id="é"),
        event(1, sequence=2, event_id="z"),
        event(0, sequence=9),
    ]
    expected = [given[5], given[4], given[3], given[2], given[1], given[0]]
    assert order.journeys(given)["p"] == expected
    assert order.journeys(given[::-1])["p"] == expected


def test_time_is_floored_also_before_1970():
    assert order.floor_ms(1_999) == 1
    assert order.floor_ms(-1) == -1


def test_the_range_is_half_open():
    at_edges = [event(t) for t in (START - 1, START, END - 1, END)]
    assert counts(at_edges)[0] == 2
    assert counts(at_edges, end=START) == (0, 0, 0)
    with pytest.raises(ValueError, match="from"):
        counts(at_edges, start=END, end=START)
    assert counts([]) == (0, 0, 0)
    assert counts([event(START - 1)]) == (0, 0, 0)


def test_short_and_long_days_have_23_and_25_hours():
    zone = "America/New_York"
    short = calendar.edges(at("2025-03-09T05:00:00+00:00"), at("2025-03-10T04:00:00+00:00"), "hour", zone)
    long = calendar.edges(at("2025-11-02T04:00:00+00:00"), at("2025-11-03T05:00:00+00:00"), "hour", zone)
    assert (len(short), len(long)) == (23, 25)
    labels = [calendar.label(edge, "hour", zone) for edge in long]
    assert labels[1:3] == ["2025-11-02 01:00-0400", "2025-11-02 01:00-0500"]


def test_half_an_hour_of_dst_makes_a_short_hour_in_spring_and_another_in_autumn():
    zone = "Australia/Lord_Howe"
    spring = calendar.edges(at("2025-10-04T13:30:00+00:00"), at("2025-10-05T13:00:00+00:00"), "hour", zone)
    autumn = calendar.edges(at("2025-04-05T13:00:00+00:00"), at("2025-04-06T13:30:00+00:00"), "hour", zone)
    assert [(b - a) // 60_000 for a, b in pairwise(spring)][:4] == [60, 60, 30, 60]
    assert [(b - a) // 60_000 for a, b in pairwise(autumn)][:4] == [60, 60, 30, 60]


def test_a_day_without_midnight_begins_at_its_first_instant():
    edge = calendar.first_instant(calendar.date(2018, 11, 4), "America/Sao_Paulo")
    assert calendar.local(edge, "America/Sao_Paulo").hour == 1


def test_a_week_over_new_year_and_a_month_clamped_to_its_end():
    edges = calendar.edges(at("2024-12-31T00:00:00+00:00"), at("2025-01-07T00:00:00+00:00"), "week", "UTC")
    assert [calendar.label(edge, "week", "UTC") for edge in edges] == ["2025-W01", "2025-W02"]
    assert edges[0] == at("2024-12-30T00:00:00+00:00")
    assert calendar.add_months(at("2025-01-31T10:00:00+00:00"), 1, "UTC") == at("2025-02-28T10:00:00+00:00")


def test_a_trend_has_a_row_for_every_bucket_and_sums_to_the_table():
    asked = {"from": RANGE_FROM, "to": RANGE_TO, "metrics": ["events", "orders", "people"]}
    events = journeys(3, 60)
    total, *rows = report(events, VIEW, {"report": "trend", "granularity": "day", **asked})
    whole = report(events, VIEW, {"report": "table", **asked})[0]
    assert total == {"bucket": None, "label": None, **whole}
    assert len(rows) == 31
    assert (rows[9]["bucket"] - rows[8]["bucket"]).total_seconds() == 23 * 3600
    assert sum(row["events"] for row in rows) == whole["events"] > 100
    assert sum(row["orders"] for row in rows) == whole["orders"]
    assert max(row["people"] for row in rows) <= whole["people"] <= sum(row["people"] for row in rows)


# ---- S: sessions -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gap", "sessions"), [(0, 1), (GAP - 1, 1), (GAP, 1), (GAP + 1, 2)])
def test_a_gap_must_exceed_the_timeout(gap, sessions):
    assert counts([event(START), event(START + gap)]) == (2, 1, sessions)


def test_a_start_metric_opens_a_session_where_it_is_carried():
    view = {**SIMPLE, "session": {"timeout": "30 minutes", "starts_with": ["orders"]}}
    assert counts([event(START, orders=1.0)], view)[2] == 1
    assert counts([event(START), event(START, orders=1.0, row_hash=1)], view)[2] == 2
    assert counts([event(START, orders=1.0), event(START + 1, orders=1.0)], view)[2] == 2
    assert counts([event(START), event(START + 1, orders=0.0)], view)[2] == 1


def test_a_session_over_the_edge_of_the_range_is_no_start_and_counts_on_both_days():
    midnight = START + 86_400_000
    over = [event(START - 1), event(START + 1), event(midnight - 1), event(midnight)]
    row = report(over, SIMPLE, ask("sessions"))[0]
    assert (row["sessions"], row["session_starts"], row["session_ends"]) == (2, 1, 2)
    assert (row["bounces"], row["time_spent_seconds"], row["mean_session_seconds"]) == (1, 0.001, 0.0005)
    days = report(over, SIMPLE, ask("trend", metrics=["sessions"], end=START + 2 * 86_400_000))
    assert [day["sessions"] for day in days] == [2, 2, 1]


def test_without_sessions_rates_are_null():
    row = report([], SIMPLE, ask("sessions"))[0]
    assert (row["sessions"], row["bounce_rate"], row["mean_session_seconds"]) == (0, None, None)


def test_sessions_by_the_value_they_begin_with():
    events = [event(START, page="a"), event(START + 1000, page="b"), event(START + GAP * 2 + 2000, page="b")]
    rows = report(events, SIMPLE, ask("sessions", dimension="page"))
    assert items(rows, "entry_page", "sessions", "time_spent_seconds") == [("a", 1, 1), ("b", 1, 0)]


def test_time_starts_ends_and_bounces_go_to_the_events_own_value():
    events = [event(START, page="a"), event(START + 60_000, page="b"), event(START + 120_000, page="b")]
    metrics = ["time_spent_seconds", "session_starts", "session_ends", "bounces", "sessions"]
    rows = report([*events, event(START, "q", page="a")], SIMPLE, ask(dimensions=["page"], metrics=metrics))
    assert items(rows, "page", *metrics) == [("a", 60, 2, 1, 1, 2), ("b", 60, 0, 1, 0, 1)]
    assert [rows[0][name] for name in metrics] == [120, 2, 2, 1, 2]


# ---- O8, O9, M6, T: values, items, totals ------------------------------------------------------------------------


def test_blank_text_and_nan_are_not_set_and_instances_count_zero():
    events = [event(START, page=" ", orders=float("nan"), calls=0.0), event(START, page="", orders=-2.0, calls=None)]
    rows = report(events, SIMPLE, ask(dimensions=["page"], metrics=["events", "orders", "calls", "rate"]))
    assert items(rows, "page", "events", "orders", "calls", "rate") == [("No value", 2, -2, 1, -2)]
    only = report(events, SIMPLE, ask(dimensions=["page"], metrics=["events"], include_no_value=False))
    assert only == [{"row_kind": row, "page": None, "events": found} for row, found in (("total", 0), ("grand_total", 2))]


def test_a_metric_above_items_goes_in_full_to_each_distinct_value_and_once_into_the_total():
    events = [event(START, sku=["a", "a", None], units=[1.0, 2.0, 4.0], orders=1.0), event(START, sku=[], orders=8.0)]
    rows = report(events, SIMPLE, ask(dimensions=["sku"], metrics=["orders", "units", "events"], sort="units"))
    assert items(rows, "sku", "orders", "units", "events") == [("No value", 1, 4, 1), ("a", 1, 3, 1)]
    assert (rows[0]["orders"], rows[0]["units"], rows[0]["events"]) == (9, 7, 2)


def test_other_sums_what_adds_and_is_null_where_distinct_things_are_counted():
    events = [event(START, person, page=page) for person, page in (("p", "a"), ("p", "b"), ("q", "b"), ("q", "c"))]
    rows = report(events, SIMPLE, ask(dimensions=["page"], metrics=["events", "people", "sessions"], rows=1))
    assert items(rows, "page", "events") == [("b", 2)]
    assert rows[-1] == {"row_kind": "other", "page": None, "events": 2, "people": None, "sessions": None}
    assert rows[0]["people"] == 2


def test_equal_rows_sort_by_bytes_and_x_over_nothing_is_null():
    events = [event(START, page=page, orders=1.0) for page in ("é", "z", "B", "a")]
    rows = report(events, SIMPLE, ask(dimensions=["page"], metrics=["orders", "rate"]))
    assert items(rows, "page", "rate") == [("B", None), ("a", None), ("z", None), ("é", None)]


def test_rows_of_two_dimensions_are_their_combinations():
    events = [event(START, page="x", sku=["a", "b"], units=[1.0, 2.0]), event(START, page=None, sku=["a"], units=[4.0])]
    rows = report(events, SIMPLE, ask(dimensions=["page", "sku"], metrics=["units"]))
    assert items(rows, "page", "sku", "units") == [("No value", "a", 4), ("x", "b", 2), ("x", "a", 1)]


# ---- laws ------------------------------------------------------------------------------------------------------

ASKS = [
    ask("table", RANGE_FROM, RANGE_TO, dimensions=["page"], metrics=["events", "people", "sessions", "orders"], rows=3),
    ask("table", RANGE_FROM, RANGE_TO, dimensions=["sku", "channel"], metrics=["units", "people", "conversion"]),
    ask("sessions", RANGE_FROM, RANGE_TO, dimension="channel", segments=["helped_buyers"]),
    ask("trend", RANGE_FROM, RANGE_TO, granularity="week", metrics=["calls", "people"], segments=["long"]),
    ask("fallout", RANGE_FROM, RANGE_TO, steps=["views", "not_home", "orders"], window="1 day", breakdown="channel"),
]


@pytest.mark.parametrize("asked", ASKS, ids=lambda asked: asked["report"])
def test_input_order_changes_nothing_and_copied_persons_double_what_adds(asked):
    events = journeys(11, 80)
    rows = report(events, VIEW, asked)
    assert report(events[::-1], VIEW, asked) == rows
    copies = [{**one, "person_id": "copy of " + one["person_id"]} for one in events]
    doubled = report(events + copies, VIEW, asked)
    name = "people" if "people" in rows[0] else "events"
    assert [row[name] for row in doubled] == [None if row[name] is None else 2 * row[name] for row in rows]
    assert sum(row[name] or 0 for row in rows) > 0


def test_rows_of_a_single_valued_dimension_sum_to_the_total():
    rows = report(journeys(5, 80), VIEW, {**ASKS[0], "rows": 50})
    assert sum(row["events"] for row in rows[1:]) == rows[0]["events"]
    assert sum(row["orders"] for row in rows[1:]) == rows[0]["orders"]

"""Rule L1: reports of all kinds on a wide view run in one pass, and each has the rows that it has alone."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from cja_spark.journeys.hashing import value_id
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.compile import (
    deduplicated_in,
    neighbours_in,
    persistent_in,
    ranges_of,
    standard_ids,
    standard_in,
    window_of,
)
from cja_spark.reports.dictionary import maps_of, shown_names, shown_of
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.one_pass import run_asks
from cja_spark.view.spec import View
from tests.property.arrays import batch_of, text_ids_of
from tests.property.strategies import DAY, PAGES, RANGE_TO, TAGS, VIEW, at, journeys
from tests.reference import order

CHANNELS = ("mail", "search", "direct")
TEXTS = [text for text in (*PAGES, *TAGS, *CHANNELS) if text.strip()]
NAMES = {value_id(text): text for text in TEXTS}


def kept(allocation, expiration, **binding):
    return {"allocation": allocation, "expiration": expiration, **binding}


def credited(model, **how):
    return {"field": "orders", "attribution": {"model": model, **how}}


def on(page):
    return {"dimension": "page", "equals": page}


DIMENSIONS = {
    **VIEW["dimensions"],
    "recent_page": {"field": "page", "persistence": kept("most_recent", "session")},
    "first_page": {"field": "page", "persistence": kept("original", "person")},
    "last_page": {"field": "page", "persistence": kept("last_known", "session")},
    "all_channels": {"field": "channel", "persistence": kept("all", "session")},
    "week_of_channel": {"field": "channel", "persistence": kept("most_recent", "7 days")},
    "channel_to_order": {"field": "channel", "persistence": kept("original", {"metric": "orders"})},
    "channel_of_page": {"field": "channel", "persistence": kept("most_recent", "person", binding="page")},
    "next_page": {"derived": "next_page"},
    "short_page": {"field": "page", "substring": {"from_left": {"from": "start", "to": 3}}, "lowercase": True},
}
METRICS = {
    **VIEW["metrics"],
    "once": {"field": "orders", "deduplication": {"scope": "person"}},
    "linear_orders": credited("linear"),
    "first_orders": credited("first_touch", lookback="7 days"),
    "decayed_orders": credited("time_decay", half_life="1 days"),
    "joint_orders": credited("participation", container="session"),
    "game_orders": credited("algorithmic"),
    "per_person": {"calculate": "orders / people"},
    "share": {"calculate": "events / total(events)"},
    "of_buyers": {"calculate": "(events)[buyers] / events"},
    "so_far": {"calculate": "cumulative(0, events)"},
    "pages": {"calculate": "count_distinct(page)"},
    "mean_views": {"calculate": "mean(views)"},
}
SEGMENTS = {
    **VIEW["segments"],
    "then_cart": {"container": "person", "where": {"then": [on("product"), {"within": "1 day"}, on("cart")]}},
    "no_help": {"container": "session", "where": {"then": [on("home"), {"exclude": on("help")}, on("cart")]}},
    "after_home": {"container": "person", "include": "only_after", "where": {"then": [on("home")]}},
    "several_pages": {"container": "session", "where": {"dimension": "page", "distinct": {"at_least": 2}}},
    "with_a_p": {"where": {"dimension": "page", "contains": "p"}},
    "again": {"where": {**on("home"), "model": "non_repeating"}},
}
WIDE = View.model_validate({
    **VIEW, "derived": {"next_page": [{"input": "page", "function": "next_or_previous", "direction": "next"}]},
    "dimensions": DIMENSIONS, "metrics": METRICS, "segments": SEGMENTS,
})  # fmt: skip
ASKED = [
    {"report": "table", "dimensions": ["page"], "metrics": ["events", "people", "sessions", "orders", "share", "of_buyers"]},
    {"report": "table", "dimensions": ["recent_page", "channel"], "metrics": ["events", "people", "per_person"]},
    {"report": "table", "dimensions": ["channel"], "metrics": ["linear_orders", "first_orders", "decayed_orders"]},
    {"report": "table", "dimensions": ["page"], "metrics": ["joint_orders", "game_orders", "once"], "segments": ["not_home"]},
    {"report": "table", "dimensions": ["all_channels"], "metrics": ["events", "sessions", "pages"], "segments": ["then_cart"]},
    {"report": "table", "dimensions": ["channel_of_page", "first_page"], "metrics": ["events", "units"], "include_no_value": False},
    {"report": "table", "dimensions": ["next_page", "short_page"], "metrics": ["events"], "segments": ["after_home"]},
    {"report": "table", "dimensions": ["page"], "across": "channel", "metrics": ["events", "people", "joint_orders", "share"], "rows": 3, "columns_shown": 2},
    {"report": "trend", "metrics": ["events", "people", "so_far", "sessions"], "segments": ["several_pages"]},
    {"report": "trend", "granularity": "day", "metrics": ["events", "people", "so_far"], "segments": ["then_cart"], "compare": "previous_period", "moving_average": 3},
    {"report": "trend", "granularity": "week", "metrics": ["orders", "bounces", "return_sessions"], "segments": ["no_help"]},
    {"report": "sessions", "dimension": "week_of_channel", "segments": ["again"]},
    {"report": "histogram", "metric": "views", "segments": ["not_home"]},
    {"report": "histogram", "metric": "sessions", "size": 2, "buckets": 3},
    {"report": "paths", "dimension": "page", "conversion": "orders", "min_support": 2, "segments": ["not_home"]},
    {"report": "paths", "dimension": "recent_page", "conversion": "views", "container": "person", "exclude": ["home"], "min_support": 1, "rows": 3},
    {"report": "overlap", "sets": ["views", "orders", {"segments": ["not_home"]}], "count": "sessions"},
    {"report": "flow", "dimension": "page", "contains": {"items": ["home", "cart"]}, "items": 2, "segments": ["not_home"]},
    {"report": "flow", "dimension": "recent_page", "ends_with": "exit", "columns": 2, "trend": "week", "segments": ["not_home"]},
    {"report": "next_previous", "dimension": "page", "anchor": {"items": ["home", "cart"]}, "direction": "previous"},
    {"report": "flow", "dimension": "sku", "ends_with": {"metric": "orders"}, "container": "person", "columns": 2},
    {"report": "deflection", "topic": "page", "self_service": "views", "call": "orders", "window": "7 days", "baseline": {"control": "calls"}, "segments": ["not_home"]},
    {"report": "time_to_event", "start": "views", "event": "orders", "tail": "7 days", "breakdown": "channel_to_order", "segments": ["not_home"]},
    {"report": "indicators", "outcome": "orders", "dimension": "recent_page", "min_support": 2, "segments": ["not_home"]},
    {"report": "indicators", "outcome": "calls", "by_segments": ["then_cart", "with_a_p"], "container": "person"},
    {"report": "retention", "start": "views", "return": {"any": ["orders", "calls"]}, "segments": ["not_home"]},
    {"report": "retention", "start": "views", "returns": ["orders", "with_a_p"], "breakdown": "all_channels", "mode": "on_or_after", "segments": ["not_home"]},
    {"report": "cohort", "inclusion": ["views", {"metric": "sessions", "more_than": 1}], "return": "orders", "granularity": "day", "entry": "first_ever", "segments": ["not_home"]},
    {"report": "cohort", "inclusion": {"segments": ["not_home"]}, "dimension": "sku", "rolling": True, "type": "churn"},
    {"report": "growth", "active": ["views", {"metric": "bounces", "more_than": 0}], "granularity": "day", "lookback": 5, "segments": ["not_home"]},
    {"report": "growth", "granularity": "week", "segments": ["then_cart"]},
    {"report": "contribution", "metric": "linear_orders", "dimensions": ["recent_page", "channel", "day"], "by_segments": ["then_cart", "with_a_p"], "rows": 2, "segments": ["not_home"]},
    {"report": "contribution", "metric": "people", "dimensions": ["short_page"], "compare": ["not_home", "again"]},
    {"report": "attribution", "metric": "orders", "dimension": "channel", "models": ["last_touch", "time_decay", "participation"], "segments": ["not_home"]},
    {"report": "frequency", "events": ["views", "with_a_p", {"any": ["orders", "calls"]}], "count": "sessions", "segments": ["not_home"]},
    {"report": "engagement", "events": ["views", "with_a_p", {"any": ["orders", "calls"]}], "granularity": "day", "segments": ["not_home"]},
    {"report": "canvas", "journey": "channel", "node": "page", "run": "short_page", "exits": "orders", "errors": {"any": ["with_a_p", "calls"]}, "nodes": 2, "segments": ["not_home"]},
    {"report": "impact", "indicators": ["views", "with_a_p"], "first_use": {"any": ["orders", "calls"]}, "intervals": 2, "segments": ["not_home"]},
    {"report": "impact", "indicators": ["orders"], "release": "2025-03-10", "intervals": 2},
    {"report": "timeline", "dimensions": ["recent_page", "sku", "next_page"], "metrics": ["once", "units"], "people": 4, "most_events": 3, "segments": ["not_home"]},
    {"report": "fallout", "steps": ["views", "with_a_p", "orders"], "window": "7 days", "breakdown": "channel_to_order"},
    {"report": "fallout", "steps": ["views", "with_a_p", "orders"], "container": "session", "trend": "day", "times": True, "between": "recent_page", "after": {"dimension": "next_page", "items": 2}, "segments": ["several_pages"]},
    {"report": "fallout", "steps": ["views", "orders"], "container": "session", "order": "any", "segments": ["helped_buyers"]},
]  # fmt: skip
DAYS = [(3, 1, 31), (3, 8, 10)]
COLUMNS = {
    **{f"d_{name}": (one if isinstance(one, str) else one.get("field", "page"), False, True) for name, one in DIMENSIONS.items()},
    **{f"m_{name}": (one if isinstance(one, str) else one["field"], False, False) for name, one in METRICS.items() if "calculate" not in one},
}  # fmt: skip
FIELDS = {"items[].sku": "sku", "items[].units": "units", "call_id": "calls"}


def columns():
    """Per stored column its field, how deep its arrays are, and whether it is a dimension."""
    return {
        column: (FIELDS.get(field, field), 1 if "[]" in field else 0, is_) for column, (field, _, is_) in COLUMNS.items()
    }


@pytest.fixture(scope="module")
def asks():
    return asks_of(ASKED)


def asks_of(written, ranges=DAYS):
    """Reports of the wide view, ready to run, in some ranges in turn."""
    found, ids = [], {}
    shown = {name: shown_of(name, WIDE, pa.array(NAMES.keys()).to_numpy(), pa.array(NAMES.values())) for name in ("short_page",)}
    texts = {name: one.texts["value"].to_pylist() for name, one in shown.items()}
    for number, asked in enumerate(written):
        month, first, last = ranges[number % len(ranges)]
        days = {"from": dt.date(2025, month, first), "to": dt.date(2025, month, last)}
        report = REPORTS.named(asked["report"]).spec.model_validate({**asked, "name": f"report_{number}", "range": days})
        ids |= text_ids_of(report, WIDE, TEXTS, texts)
        settled = (persistent_in(report, WIDE), deduplicated_in(report, WIDE), standard_in(report, WIDE))
        window = window_of(report, WIDE, RANGE_TO, RANGE_TO)
        found.append(Ask(report, WIDE, window, ids, {}, *settled, values=maps_of(shown), neighbours=neighbours_in(report, WIDE), ranges=ranges_of(report, WIDE, RANGE_TO, RANGE_TO)))
    ids |= standard_ids(found)
    return found


def answers(asks, batches):
    """Rows of some asks that run in one pass over some batches."""
    nothing = Cells()
    nothing.add(0, [])
    cells = pa.Table.from_batches([*nothing.batches(0), *run_asks(asks, batches)])
    names = shown_names(lambda name, ids: NAMES, asks)
    return [
        REPORTS.named(ask.report.report).finish(Sums(cells.filter(pc.equal(cells["report"], number))), ask, names).to_pylist()
        for number, ask in enumerate(asks)
    ]


def batch(seed, persons=40, since=0, until=RANGE_TO + DAY):
    events = [event for event in journeys(seed, persons) if since <= event["t"] < until]
    return batch_of(order.journeys(events), columns())


def test_the_view_is_wide_and_the_reports_are_of_all_kinds(asks):
    assert len(DIMENSIONS) + len(METRICS) + len(SEGMENTS) >= 40
    assert len(asks) >= 12
    assert {ask.report.report for ask in asks} == set(REPORTS)


@pytest.mark.parametrize("seed", range(12))
def test_l1_twelve_reports_in_one_pass_have_the_rows_that_each_has_alone(asks, seed):
    together = answers(asks, [batch(seed), batch(seed + 100)])
    for ask, rows in zip(asks, together, strict=True):
        assert answers([ask], [batch(seed), batch(seed + 100)]) == [rows], ask.report.name
    assert all(len(rows) > 1 for rows in together)


def test_l1_the_order_of_reports_in_a_pass_changes_nothing(asks):
    there, back = answers(asks, [batch(7)]), answers(asks[::-1], [batch(7)])
    assert back[::-1] == there


@pytest.mark.parametrize("dimension", ["first_page", "channel_of_page"])
def test_l1_reports_that_read_the_same_events_keep_their_own_time(dimension):
    """Both read all events of the batch; to the second one a person begins with its range."""
    table = {"report": "table", "dimensions": [dimension], "metrics": ["events"]}
    both = asks_of([{**table, "person_scope": scope} for scope in ("month", "range")], [(3, 10, 31)])
    read = {"since": at("2025-03-09T05:00:00+00:00"), "until": RANGE_TO}
    together = answers(both, [batch(5, 200, **read)])
    assert together == [answers([one], [batch(5, 200, **read)])[0] for one in both]
    assert together[0] != together[1]

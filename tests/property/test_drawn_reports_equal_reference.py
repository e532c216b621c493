"""Reports drawn at random, on generated journeys, equal the reference: all kernels and finishes, without Spark."""

from __future__ import annotations

import random

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cja_spark.journeys.hashing import value_id
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.compile import deduplicated_in, persistent_in, window_of
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.one_pass import run_asks
from cja_spark.view.spec import View
from tests.property.arrays import batch_of, text_ids_of
from tests.property.asks import CATEGORIES, FORMULAS, TEXTS, TIERS, asks_drawn, view_drawn, view_of_reference
from tests.property.strategies import PAGES, journeys
from tests.reference import order
from tests.reference.report import report

NAMES = {value_id(text): text for texts in (*TEXTS.values(), PAGES) for text in texts}
COMPONENTS = {
    "d_page": ("page", 0, True), "d_channel": ("channel", 0, True), "d_sku": ("sku", 1, True),
    "d_category": ("category", 1, True), "d_campaign": ("campaign", 0, True), "m_views": ("views", 0, False), "m_orders": ("orders", 0, False),
    "m_units": ("units", 1, False), "m_calls": ("counted_calls", 0, False),
}  # fmt: skip


def world(chance, seed):
    """Events with the values of lookups and profiles on them, as the reference wants them."""
    tiers = {f"person-{number:04d}": chance.choice(TIERS) for number in range(20)}
    events = journeys(seed, 20)
    for event in events:
        event["category"] = [CATEGORIES.get(sku) for sku in event["sku"]]
        event["campaign"] = event["channel"]
        event["tier"] = tiers[event["person_id"]]
        event["counted_calls"] = None if event["calls"] is None else 1.0
    return events, tiers


def answers_of(view, drawn, events, tiers, until):
    """The product's rows of each report."""
    asks, ids = [], {}
    for asked, (first, last), _ in drawn:
        spec = REPORTS.named(asked["report"]).spec.model_validate({**asked, "range": {"from": first, "to": last}})
        window, settled = window_of(spec, view, until, until), (persistent_in(spec, view), deduplicated_in(spec, view))
        asks.append(Ask(spec, view, window, ids, {"category": ("items",)}, *settled))
        ids |= text_ids_of(spec, view, NAMES.values())  # one for all asks of a pass
    batch = batch_of(order.journeys(events), COMPONENTS, {"p_tier": tiers})
    cells = pa.Table.from_batches([*empty(), *run_asks(asks, [batch])])
    for at, ask in enumerate(asks):
        sums = Sums(cells.filter(pc.equal(cells["report"], at)))
        yield REPORTS.named(ask.report.report).finish(sums, ask, lambda name, ids: NAMES).to_pylist()


def empty():
    """No cell, in the schema of cells."""
    cells = Cells()
    cells.add(0, [])
    return cells.batches(0)


def rows_alike(ours, theirs):
    """The rows within M3, whatever the type of a time."""
    assert [list(row) for row in ours] == [list(row) for row in theirs]
    for one, other in zip(ours, theirs, strict=True):
        for name, value in one.items():
            near = 1e-7 if name in FORMULAS else 1e-9  # a formula may take a large sum from another
            expected = other[name]
            assert value == (pytest.approx(expected, rel=near, abs=near if name in FORMULAS else None) if isinstance(value, float) else expected), name


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_drawn_reports_equal_the_reference(seed):
    chance = random.Random(seed)
    written = view_drawn(chance)
    drawn = asks_drawn(chance, written)
    events, tiers = world(chance, seed)
    until = max((event["t"] for event in events), default=0) + 1
    view = View.model_validate(written)
    for rows, (asked, _, (start, end)) in zip(answers_of(view, drawn, events, tiers, until), drawn, strict=True):
        expected = report(events, view_of_reference(written), {**asked, "from": start, "to": end}, data_until=until)
        try:
            rows_alike(rows, expected)
        except AssertionError as difference:
            told = {name: written["metrics"][name] for name in FORMULAS}
            raise AssertionError(f"{asked}, view {written['session']} {written['dimensions']['campaign']} {told}") from difference


def test_what_is_drawn_has_every_kind_of_condition_and_option():
    views = [(view_drawn(chance), chance) for chance in map(random.Random, range(300))]
    drawn = repr([(view, asks_drawn(chance, view)) for view, chance in views])
    words = [
        "starts_with", "ends_with", "equals_any_of", "exists", "non_repeating", "instance", "distinct", "'category'",
        "'tier'", "'month'", "'quarter'", "'year'", "'hour'", "'grace'", "'attempts'", "'next'", "'starts_with': ['calls']",
        "time_spent_seconds", "include_no_value': False", "'campaign'", "last_known", "'binding'", "'person_scope': 'all'",
        "'deduplication'", "'participation'", "'time_decay'", "'lookback': 'none'", "'keep': 'last'", "'id': 'tier'",
        "'sort': 'ranking'", "'formula_of_it'", "attributed(", "total(", "cumulative(", "[buyers, ", "z_score(", "count_distinct(",
    ]  # fmt: skip
    assert [word for word in words if word not in drawn] == []

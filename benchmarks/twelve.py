"""Twelve reports of all kinds on a view of forty components: in one pass, and one by one."""

from __future__ import annotations

from benchmarks.clock import timed
from benchmarks.compare import require_equal
from benchmarks.events import STEPS, VIEW
from benchmarks.questions import RANGE, Rows, ask
from cja_spark.lake import Lake
from cja_spark.reports.kind import REPORTS
from cja_spark.reports.spec import Report
from cja_spark.view.spec import View

TARGET = 0.6  # of the sum of single runs
COMPONENTS = 40


def _event(name: str) -> dict[str, str]:
    return {"dimension": "event", "equals": name}


_FORMULAS = {
    **{f"per_person_{name}": f"{name} / people" for name in ("events", "sessions", "orders", "revenue")},
    **{f"share_of_{name}": f"{name} / total({name})" for name in ("events", "sessions", "orders", "revenue", "people")},
    **{f"{name}_of_buyers": f"({name})[buyers]" for name in ("events", "people", "sessions")},
    **{f"{name}_of_carts": f"({name})[with_a_cart]" for name in ("events", "people", "sessions")},
    **{f"revenue_{model}": f"attributed(revenue, {model}, lookback='14 days')" for model in ("linear", "first_touch", "u_shaped", "participation")},
    **{f"orders_{model}": f"attributed(orders, {model}, lookback='7 days')" for model in ("time_decay", "algorithmic")},
    "order_value": "revenue / orders",
    "orders_so_far": "cumulative(0, orders)",
}  # fmt: skip
_SEGMENTS = {
    "buyers": {"container": "person", "where": {"metric": "orders", "at_least": 1}},
    "with_a_cart": {"container": "session", "where": _event("cart")},
    "searched_then_bought": {"container": "person", "where": {"then": [_event("search"), {"within": "7 days"}, _event("purchase")]}},
    "product_then_cart": {"container": "session", "where": {"then": [_event("product"), _event("cart")]}},
    "after_a_search": {"container": "person", "include": "only_after", "where": {"then": [_event("search")]}},
    **{f"views_{name}": {"where": _event(name)} for name in ("view", "search", "product", "checkout")},
    "not_direct": {"where": {"dimension": "channel", "does_not_equal": "channel_0"}},
    "often": {"container": "person", "where": {"metric": "events", "at_least": 5}},
}  # fmt: skip
WIDE = View.model_validate(
    {
        **VIEW.model_dump(mode="json", exclude_unset=True),
        "dimensions": {
            **{name: name for name in ("event", "page", "channel")},
            "campaign": {"field": "campaign", "persistence": {"allocation": "most_recent", "expiration": "7 days"}},
        },
        "metrics": {
            "revenue": "revenue",
            "orders": {"field": "revenue", "behavior": "instances"},
            **{name: {"calculate": text} for name, text in _FORMULAS.items()},
        },
        "segments": _SEGMENTS,
    }
)
_ASKED = [
    {"report": "table", "dimensions": ["page"], "metrics": ["events", "people", "sessions"], "rows": 1000},
    {"report": "table", "dimensions": ["campaign"], "metrics": ["events", "people", "orders", "order_value"], "rows": 200},
    {"report": "table", "dimensions": ["channel"], "metrics": ["revenue_linear", "revenue_first_touch", "orders_time_decay"]},
    {"report": "table", "dimensions": ["channel"], "metrics": ["revenue_participation", "orders_algorithmic"]},
    {"report": "table", "dimensions": ["campaign"], "metrics": ["revenue_u_shaped", "share_of_revenue"], "segments": ["buyers"], "rows": 200},
    {"report": "table", "dimensions": ["channel", "event"], "metrics": ["events_of_buyers", "people_of_carts", "sessions"]},
    {"report": "trend", "metrics": ["events", "people", "revenue", "orders_so_far"]},
    {"report": "trend", "metrics": ["sessions", "per_person_orders"], "segments": ["searched_then_bought"]},
    {"report": "trend", "metrics": ["events", "people"], "segments": ["product_then_cart", "not_direct"]},
    {"report": "sessions", "dimension": "campaign", "rows": 200},
    {"report": "fallout", "steps": [_event(step) for step in STEPS], "window": "7 days"},
    {"report": "fallout", "steps": ["with_a_cart", "orders"], "container": "session", "segments": ["often"], "breakdown": "campaign"},
]  # fmt: skip
TWELVE: list[Report] = [
    REPORTS.named(str(asked["report"])).spec.model_validate({"name": f"report_{at}", "range": RANGE, **asked})
    for at, asked in enumerate(_ASKED)
]


def twelve(lake: Lake, rounds: int) -> list[str]:
    """Compare the answers, then time both ways in turns."""
    assert len(WIDE.dimensions) + len(WIDE.metrics) + len(WIDE.segments) == COMPONENTS, "another number of components"
    assert len(TWELVE) == 12, "another number of reports"
    _require_equal(lake)
    one_pass, single = [], []
    for _ in range(rounds):
        one_pass.append(timed(lambda: ask(lake, TWELVE, WIDE))[1])
        single.append(sum(timed(lambda one=one: ask(lake, [one], WIDE))[1] for one in TWELVE))
    together, apart = sorted(one_pass)[rounds // 2], sorted(single)[rounds // 2]
    return [
        f"Twelve reports of all kinds on a view of {COMPONENTS} components: {apart:.2f} s one by one, {together:.2f} s in one "
        f"pass, the same rows: ratio {together / apart:.2f} (target {TARGET})."
    ]


def _require_equal(lake: Lake) -> None:
    """Require of one pass the rows of the single runs.

    Raises:  AssertionError
    """
    for report, rows in zip(TWELVE, ask(lake, TWELVE, WIDE), strict=True):
        [alone] = ask(lake, [report], WIDE)
        require_equal(f"{report.name}, one pass", _tuples(rows), _tuples(alone))


def _tuples(rows: Rows) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in rows]

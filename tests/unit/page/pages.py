"""Small panels of every kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cja_spark.page import ColumnSpec, Panel
from tests.unit.page.panels_of_steps import (
    CALLS,
    COHORT,
    ENGAGEMENT,
    FALLOUT,
    FREQUENCY,
    GROWTH,
    IMPACT,
    INDICATORS,
    OVERLAP,
    RETENTION,
    TIMES,
)

TREND = Panel(
    name="by_day", title="By day", report="trend", range="1 to 3 January 2025",
    columns=(ColumnSpec(name="row_kind", label="Kind"), ColumnSpec(name="bucket", label="From", format="time"),
             ColumnSpec(name="label", label="Day"),
             ColumnSpec(name="sessions", label="Sessions", format="count")),
    rows=({"row_kind": "total", "bucket": None, "label": None, "sessions": 3_000_000},
          *({"row_kind": "bucket", "bucket": datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=day),
             "label": f"2025-01-0{day + 1}", "sessions": 1_234_567 + day} for day in range(3))),
)  # fmt: skip
TABLE = Panel(
    name="pages", title="Pages", report="table", segments=("Buyers",), options={"rows": 50},
    columns=(ColumnSpec(name="row_kind", label="Kind"), ColumnSpec(name="page", label="Page"),
             ColumnSpec(name="events", label="Events", format="count"),
             ColumnSpec(name="people", label="People", format="people")),
    rows=({"row_kind": "total", "page": None, "events": 100, "people": 40},
          {"row_kind": "item", "page": "home", "events": 60, "people": 30},
          {"row_kind": "item", "page": "cart", "events": 20, "people": 12},
          {"row_kind": "item", "page": None, "events": 15, "people": 9},
          {"row_kind": "other", "page": None, "events": 5, "people": 5}),
)  # fmt: skip

NAMES_OF_DEEP = ("channel", "page", "section", "country", "device", "browser", "campaign")
DEEP = Panel(
    name="deep", title="Seven dimensions", report="table",
    columns=(TABLE.columns[0], *(ColumnSpec(name=name, label=name.capitalize()) for name in NAMES_OF_DEEP), *TABLE.columns[2:]),
    rows=({"row_kind": "total", **dict.fromkeys(NAMES_OF_DEEP), "events": 100, "people": 40},
          *({"row_kind": "item", **{name: f"the longer value {at} of {name}" for name in NAMES_OF_DEEP}, "events": 30, "people": 20} for at in range(3))),
)  # fmt: skip

ACROSS = Panel(
    name="pages_by_channel", title="Pages by channel", report="table",
    columns=(*TABLE.columns[:2], ColumnSpec(name="column_kind", label="Column"), ColumnSpec(name="channel", label="Channel"), *TABLE.columns[2:]),
    rows=tuple(
        {"row_kind": kind, "page": page, "column_kind": column, "channel": channel, "events": events, "people": people}
        for kind, page, column, channel, events, people in (
            ("total", None, "total", None, 100, 40), ("total", None, "item", "mail", 70, 30), ("total", None, "item", "search", 30, 20),
            ("item", "home", "total", None, 60, 30), ("item", "home", "item", "mail", 45, 20), ("item", "home", "item", "search", 15, 14),
            ("item", "cart", "total", None, 20, 12), ("item", "cart", "item", "mail", 14, 10), ("item", "cart", "item", "search", 6, 3),
        )
    ),
)  # fmt: skip


SESSIONS = Panel(
    name="sessions", title="Sessions", report="sessions",
    columns=(ColumnSpec(name="sessions", label="Sessions", format="count"),
             ColumnSpec(name="bounce_rate", label="Bounce rate", format="percent"),
             ColumnSpec(name="mean_session_seconds", label="Mean length", format="seconds")),
    rows=({"sessions": 1_234_567, "bounce_rate": 0.314, "mean_session_seconds": 412.5},),
)  # fmt: skip


HISTOGRAM = Panel(
    name="orders_per_person", title="Orders per person", report="histogram",
    columns=(ColumnSpec(name="row_kind", label="Kind"), ColumnSpec(name="amount_range", label="Amount"),
             ColumnSpec(name="at_least", label="At least", format="bound"), ColumnSpec(name="less_than", label="Less than", format="bound"),
             ColumnSpec(name="people", label="People", format="people"),
             ColumnSpec(name="percent_of_total", label="Of all", format="percent")),
    rows=tuple(
        {"row_kind": kind, "amount_range": amount, "at_least": low, "less_than": high, "people": people, "percent_of_total": people / 2_000}
        for kind, amount, low, high, people in (
            ("total", None, None, None, 2_000), ("below", "< 1", None, 1.0, 1_200), ("bucket", "1-2", 1.0, 3.0, 600),
            ("bucket", "3-4", 3.0, 5.0, 195), ("above", ">= 5", 5.0, None, 5),
        )
    ),
)  # fmt: skip


PATHS = Panel(
    name="paths_to_orders", title="Paths to orders", report="paths",
    columns=(ColumnSpec(name="row_kind", label="Kind"), ColumnSpec(name="path_taken", label="Path"),
             ColumnSpec(name="trials", label="Trials", format="count"), ColumnSpec(name="converted_trials", label="Converted trials", format="count"),
             ColumnSpec(name="people", label="People", format="people"), ColumnSpec(name="converted_people", label="Converted people", format="people"),
             ColumnSpec(name="converted_rate", label="Conversion rate", format="percent"), ColumnSpec(name="rate_lower", label="At least", format="percent"),
             ColumnSpec(name="rate_upper", label="At most", format="percent")),
    rows=tuple(
        {"row_kind": kind, "path_taken": path, "trials": trials, "converted_trials": converted, "people": people, "converted_people": buyers,
         "converted_rate": converted / trials, "rate_lower": low, "rate_upper": high}
        for kind, path, trials, converted, people, buyers, low, high in (
            ("total", None, 1_000, 200, 800, 190, 0.176, 0.226), ("top", "home → cart", 400, 160, 300, 155, 0.353, 0.449),
            ("top", "… → help → home", 300, 30, 290, 30, 0.071, 0.139), ("bottom", "help", 250, 7, 200, 7, 0.014, 0.057),
            ("other", None, 50, 3, None, None, 0.021, 0.162),
        )
    ),
)  # fmt: skip
_CREDITED = (("mail", 900, 300, 600), ("search", 300, 900, 600), ("ads", 240, 240, 240))
_BEFORE = {"touches": ("0", "1", "2", "10+"), "days": ("< 1", "1", "91+")}
_BESIDE = ("credited_item", "in_sets", "set_mask", "amount_range", "conversion_events", "last_touch_events", "people", "only_people")


def _credit(kind: str, amounts: tuple[float, ...] = (), **known: object) -> dict[str, object]:
    credits = dict(zip(("last_touch", "first_touch", "linear"), amounts, strict=False))
    return {"row_kind": kind, **dict.fromkeys(_BESIDE), **{name: None for name in ("last_touch", "last_touch_share", "first_touch", "first_touch_share", "linear", "linear_share")},
            **credits, **{f"{name}_share": amount / 1_500 for name, amount in credits.items()}, **known}  # fmt: skip


ATTRIBUTION = Panel(
    name="models", title="Channels by model", report="attribution", options={"models": "Last touch: last_touch"},
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="credited_item", label="Channel"), ColumnSpec(name="in_sets", label="In"), ColumnSpec(name="set_mask", label="Sets"),
             ColumnSpec(name="amount_range", label="Before"), ColumnSpec(name="conversion_events", label="Conversions", format="count"),
             ColumnSpec(name="last_touch_events", label="As the last touch", format="count"), ColumnSpec(name="people", label="People", format="people"), ColumnSpec(name="only_people", label="In no other", format="people"),
             *(column for name, label in (("last_touch", "Last touch"), ("first_touch", "First touch"), ("linear", "Linear"))
               for column in (ColumnSpec(name=name, label=label, format="money", unit="EUR"), ColumnSpec(name=f"{name}_share", label=f"{label}, share", format="percent")))),
    rows=(
        _credit("total", (1_500, 1_500, 1_500), conversion_events=200, people=150),
        *(_credit("item", amounts, credited_item=name, conversion_events=100 - 10 * at, last_touch_events=60 - 20 * at, people=80 - 10 * at) for at, (name, *amounts) in enumerate(_CREDITED)),
        _credit("untouched", (60, 60, 60), conversion_events=80, people=50),
        *(_credit(kind, in_sets=name, set_mask=mask, people=people, only_people=only) for kind, name, mask, people, only in (
            ("set", "mail", 1, 80, 40), ("set", "search", 2, 70, 30), ("overlap", "mail & search", 3, 40, 40), ("none", None, 0, 40, 40))),
        *(_credit(kind, amount_range=text, conversion_events=80 - 20 * at, people=50 - 10 * at) for kind, texts in _BEFORE.items() for at, text in enumerate(texts)),
    ),
)  # fmt: skip
NEXT = Panel(
    name="after_cart", title="After the cart", report="next_previous",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="item_kind", label="Kind"), ColumnSpec(name="flow_item", label="Item"),
             ColumnSpec(name="path_views", label="Path views", format="count"), ColumnSpec(name="people", label="People", format="people")),
    rows=tuple(
        {"row_kind": "node" if kind else "total", "item_kind": kind, "flow_item": item, "path_views": views, "people": None if kind == "other" else views}
        for kind, item, views in ((None, None, 1_000), ("item", "pay", 600), ("item", "home", 195), ("other", None, 200), ("exit", None, 5))
    ),
)  # fmt: skip
CONTRIBUTION = Panel(
    name="drivers", title="What made the change", report="contribution",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="contributor_dimension", label="Dimension"), ColumnSpec(name="contributor", label="Value"),
             ColumnSpec(name="amount_before", label="Before", format="money", unit="USD"), ColumnSpec(name="amount_after", label="After", format="money", unit="USD"),
             ColumnSpec(name="amount_change", label="Change", format="money", unit="USD"), ColumnSpec(name="share_of_change", label="Share of the change", format="percent"),
             ColumnSpec(name="beyond_growth", label="Beyond growth", format="money", unit="USD"), ColumnSpec(name="people_before", label="People before", format="people"),
             ColumnSpec(name="people_after", label="People after", format="people"), ColumnSpec(name="rows_add_up", label="Rows add up")),
    rows=tuple(
        {"row_kind": kind, "contributor_dimension": dimension, "contributor": value, "amount_before": before, "amount_after": after, "amount_change": after - before,
         "share_of_change": (after - before) / 2_000, "beyond_growth": after - before * 1.2, "people_before": people, "people_after": people, "rows_add_up": adds_up}
        for kind, dimension, value, before, after, people, adds_up in (
            ("total", None, None, 10_000, 12_000, 900, None), ("item", "Channel", "search", 4_000, 7_000, 400, True), ("segment", None, "buyers", 5_000, 7_500, 300, False),
            ("item", "Channel", "mail", 5_000, 3_500, 450, True), ("item", "Channel", "affiliates", 617, 1_003, 9, True), ("other", "Channel", None, 383, 497, None, True),
        )
    ),
)  # fmt: skip
FLOW = Panel(
    name="from_entry", title="From the entry", report="flow",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="flow_column", label="Column"), ColumnSpec(name="item_kind", label="Kind"),
             ColumnSpec(name="flow_item", label="Item"), ColumnSpec(name="next_kind", label="Next kind"), ColumnSpec(name="next_item", label="Next item"),
             ColumnSpec(name="path_views", label="Path views", format="count"), ColumnSpec(name="people", label="People", format="people")),
    rows=tuple(
        {"row_kind": kind, "flow_column": column, "item_kind": one, "flow_item": item, "next_kind": other, "next_item": following, "path_views": views,
         "people": None if "other" in (one, other) else views}
        for kind, column, one, item, other, following, views in (
            ("total", None, None, None, None, None, 1_000), ("node", 0, "entry", None, None, None, 1_000), ("node", 1, "item", "home", None, None, 600),
            ("node", 1, "item", "help", None, None, 300), ("node", 1, "other", None, None, None, 100), ("node", 2, "item", "cart", None, None, 405),
            ("node", 2, "exit", None, None, None, 595), ("link", 0, "entry", None, "item", "home", 600), ("link", 0, "entry", None, "item", "help", 300),
            ("link", 0, "entry", None, "other", None, 100), ("link", 1, "item", "home", "item", "cart", 350), ("link", 1, "item", "home", "exit", None, 250),
            ("link", 1, "item", "help", "item", "cart", 5), ("link", 1, "item", "help", "exit", None, 295), ("link", 1, "other", None, "item", "cart", 50),
            ("link", 1, "other", None, "exit", None, 50),
        )
    ),
)  # fmt: skip


def _moment(person: str, session: int, event: int, minutes: float, page: str | None, spent: float | None, revenue: float | None = None) -> dict[str, object]:
    at = datetime(2026, 1, 5, 9, 30, tzinfo=UTC) + timedelta(minutes=minutes)
    return {**dict.fromkeys(_TIMELINE), "row_kind": "event", "timeline_person": person, "timeline_session": session, "timeline_event": event, "timeline_time": at,
            "label": (at + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000+01:00"), "page": page, "time_spent_seconds": spent, "revenue": revenue}  # fmt: skip


_TIMELINE = ("row_kind", "timeline_person", "timeline_session", "timeline_event", "timeline_time", "label", "page", "people", "shown_people", "sessions", "events", "shown_events", "left_out_events", "time_spent_seconds", "revenue")
TIMELINE = Panel(
    name="lives", title="What single people do", report="timeline",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="timeline_person", label="Person", format="identifier"), ColumnSpec(name="timeline_session", label="Session", format="bound"),
             ColumnSpec(name="timeline_event", label="Event", format="bound"), ColumnSpec(name="timeline_time", label="Time (UTC)", format="time"), ColumnSpec(name="label", label="Time"),
             ColumnSpec(name="page", label="Page"), ColumnSpec(name="people", label="People", format="people"), ColumnSpec(name="shown_people", label="People shown", format="people"),
             ColumnSpec(name="sessions", label="Sessions", format="count"), ColumnSpec(name="events", label="Events", format="count"), ColumnSpec(name="shown_events", label="Events shown", format="count"),
             ColumnSpec(name="left_out_events", label="Events left out", format="count"), ColumnSpec(name="time_spent_seconds", label="Time spent", format="seconds"),
             ColumnSpec(name="revenue", label="Revenue", format="money", unit="EUR")),
    rows=(
        {**dict.fromkeys(_TIMELINE), "row_kind": "total", "people": 1_000, "shown_people": 2, "sessions": 1_800, "events": 9_000, "shown_events": 7, "left_out_events": 12, "time_spent_seconds": 720_000, "revenue": 12_000},
        {**dict.fromkeys(_TIMELINE), "row_kind": "person", "timeline_person": "anna-0001-x", "sessions": 3, "events": 18, "shown_events": 6, "left_out_events": 12, "time_spent_seconds": 1_500, "revenue": 30},
        _moment("anna-0001-x", 1, 1, 0, "home", 60), _moment("anna-0001-x", 1, 2, 1, "product: a very long name that goes on and on, as names of products do", 540),
        _moment("anna-0001-x", 1, 3, 10, "cart", 600), _moment("anna-0001-x", 1, 4, 20, "order", None, 30),
        _moment("anna-0001-x", 2, 5, 2_880, "home", 300), _moment("anna-0001-x", 2, 6, 2_885, None, None),
        {**dict.fromkeys(_TIMELINE), "row_kind": "person", "timeline_person": "bob", "sessions": 1, "events": 1, "shown_events": 1, "left_out_events": 0, "time_spent_seconds": 0, "revenue": 0},
        _moment("bob", 1, 1, 60, "help", None),
    ),
)  # fmt: skip


def all_panels() -> tuple[Panel, ...]:
    return (TREND, TABLE, FALLOUT, SESSIONS, HISTOGRAM, PATHS, RETENTION, OVERLAP, FLOW, NEXT, COHORT, CALLS, TIMES, INDICATORS, GROWTH, FREQUENCY, ENGAGEMENT, IMPACT, CONTRIBUTION, ATTRIBUTION, TIMELINE)


def panel_of(panel: Panel, rows: tuple[dict[str, object], ...]) -> Panel:
    return panel.model_copy(update={"rows": rows})

"""Small panels of every kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cja_spark.page import ColumnSpec, Panel

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


def _step(breakdown: str | None, step: int, people: int, of_previous: float, of_total: float) -> dict[str, object]:
    name = ("product_views", "orders")[step - 1]
    return {"breakdown": breakdown, "step": step, "step_name": name, "people": people,
            "percent_of_previous": of_previous, "percent_of_total": of_total}  # fmt: skip


FALLOUT = Panel(
    name="checkout", title="Checkout", report="fallout",
    columns=(ColumnSpec(name="breakdown", label="Channel"), ColumnSpec(name="step", label="Step"),
             ColumnSpec(name="step_name", label="Touchpoint"),
             ColumnSpec(name="people", label="People", format="people"),
             ColumnSpec(name="percent_of_previous", label="% of previous", format="percent"),
             ColumnSpec(name="percent_of_total", label="% of total", format="percent")),
    rows=(_step(None, 1, 1_000, 1.0, 1.0), _step(None, 2, 400, 0.4, 0.4),
          _step("email", 1, 600, 1.0, 1.0), _step("email", 2, 300, 0.5, 0.5)),
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
OVERLAP = Panel(
    name="buyers_and_callers", title="Buyers and callers", report="overlap",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="in_sets", label="In"), ColumnSpec(name="set_mask", label="Sets"),
             ColumnSpec(name="people", label="People", format="people"), ColumnSpec(name="only_people", label="In no other", format="people"),
             ColumnSpec(name="percent_of_total", label="Of all", format="percent")),
    rows=tuple(
        {"row_kind": kind, "in_sets": name, "set_mask": mask, "people": people, "only_people": only, "percent_of_total": people / 2_000}
        for kind, name, mask, people, only in (
            ("total", None, None, 2_000, None), ("set", "orders", 1, 900, 605), ("set", "calls", 2, 300, 5),
            ("overlap", "orders & calls", 3, 295, 295), ("none", None, 0, 1_095, 1_095),
        )
    ),
)  # fmt: skip
RETENTION = Panel(
    name="buyers_back", title="Buyers back", report="retention",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="elapsed", label="Elapsed"), ColumnSpec(name="label", label="Period"),
             ColumnSpec(name="people", label="People", format="people"),
             ColumnSpec(name="retention_rate", label="Retention rate", format="percent")),
    rows=tuple(
        {"row_kind": kind, "elapsed": elapsed, "label": None if elapsed is None else f"day {elapsed}", "people": people,
         "retention_rate": None if kind == "reserved" else people / 2_000}
        for kind, elapsed, people in (("total", None, 2_000), ("on", 0, 1_000), ("on", 1, 195), ("on", 2, 7), ("reserved", None, 345))
    ),
)  # fmt: skip


COHORT = Panel(
    name="cohorts", title="Cohorts", report="cohort",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="bucket", label="From", format="time"), ColumnSpec(name="label", label="Week"),
             ColumnSpec(name="periods_after", label="Weeks after"), ColumnSpec(name="people", label="People", format="people"),
             ColumnSpec(name="base_people", label="Of people", format="people"), ColumnSpec(name="cohort_rate", label="Rate", format="percent")),
    rows=tuple(
        {"row_kind": kind, "bucket": None, "label": week, "periods_after": after, "people": people, "base_people": base,
         "cohort_rate": None if people is None or base is None else people / base}
        for kind, week, after, people, base in (
            ("total", None, None, 2_000, None), ("included", "2026-W01", 0, 1_200, None), ("retained", "2026-W01", 1, 600, 1_200),
            ("retained", "2026-W01", 2, 7, 1_200), ("retained", "2026-W01", 3, None, None), ("included", "2026-W02", 0, 800, None),
            ("retained", "2026-W02", 1, 200, 800), ("retained", "2026-W02", 2, None, None), ("included", "2026-W03", 0, 400, None),
            ("retained", "2026-W03", 1, None, None), ("included", "2026-W04", 0, None, None),
            ("pooled", None, 1, 800, 2_000), ("pooled", None, 2, 7, 1_200), ("pooled", None, 3, None, None),
        )
    ),
)  # fmt: skip
CALLS = Panel(
    name="help_and_calls", title="Help and calls", report="deflection",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="self_service_topic", label="Topic"), ColumnSpec(name="people", label="People", format="people"),
             *(ColumnSpec(name=name, label=name, format=kind) for name, kind in (
                 ("self_service_events", "count"), ("called_trials", "count"), ("deflected_trials", "count"), ("closed_trials", "count"), ("call_rate", "percent"),
                 ("rate_lower", "percent"), ("rate_upper", "percent"), ("baseline_rate", "percent"), ("avoided_calls", "number")))),
    rows=tuple(
        {"row_kind": kind, "self_service_topic": topic, "people": people, "self_service_events": None if kind == "control" else people, "called_trials": called,
         "deflected_trials": None if closed is None else closed - called, "closed_trials": closed, "call_rate": None if closed is None else called / closed, "rate_lower": low, "rate_upper": high,
         "baseline_rate": None if kind in ("control", "no_topic") else 0.25, "avoided_calls": None if kind in ("control", "no_topic") else closed * 0.25 - called}
        for kind, topic, people, called, closed, low, high in (
            ("total", None, 1_000, 211, 1_009, 0.185, 0.235), ("topic", "track an order", 595, 60, 600, 0.079, 0.127), ("topic", "returns", 390, 142, 395, 0.314, 0.408),
            ("topic", "password", 5, 9, 5 + 9, 0.388, 0.837), ("control", None, 400, 100, 400, 0.21, 0.295), ("no_topic", "No value", 37, None, None, None, None),
        )
    ),
)  # fmt: skip
TIMES = Panel(
    name="cart_to_order", title="Cart to order", report="time_to_event",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="breakdown", label="Channel"), ColumnSpec(name="time_taken", label="Time"),
             ColumnSpec(name="more_than_seconds", label="More than", format="bound"), ColumnSpec(name="at_most_seconds", label="At most", format="bound"),
             *(ColumnSpec(name=name, label=label, format=kind) for name, label, kind in (
                 ("people", "Started", "people"), ("reached_people", "Reached it", "people"), ("reached_share", "Share", "percent"), ("share_by_then", "Share by then", "percent"),
                 ("censored_people", "Not reached", "people"), ("censored_share", "Share not reached", "percent"), ("open_people", "Still open", "people"),
                 ("mean_seconds", "Mean", "seconds"), ("p50_seconds", "Median", "seconds"), ("p90_seconds", "90 % within", "seconds")))),
    rows=tuple(
        {"row_kind": kind, "breakdown": name if kind == "value" else None, "time_taken": name if kind == "bucket" else None, "more_than_seconds": None, "at_most_seconds": None,
         "people": people, "reached_people": reached, "reached_share": reached / (people or 1_000), "share_by_then": then, "censored_people": None if people is None else people - reached,
         "censored_share": None if people is None else 1 - reached / people, "open_people": None if people is None else people // 50, "mean_seconds": mean, "p50_seconds": mean and mean / 2, "p90_seconds": mean and mean * 2}
        for kind, name, people, reached, then, mean in (
            ("total", None, 1_000, 700, None, 5_000.0), ("bucket", "2–5 min", None, 100, 0.1, None), ("bucket", "5–10 min", None, 7, 0.107, None),
            ("bucket", "10–30 min", None, 393, 0.5, None), ("bucket", "30 min–1 h", None, 200, 0.7, None), ("value", "email", 600, 500, None, 4_000.0),
            ("value", "search", 395, 197, None, 8_000.0), ("value", "social", 5, 3, None, 60.0),
        )
    ),
)  # fmt: skip
INDICATORS = Panel(
    name="before_calls", title="Before a call", report="indicators",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="indicator", label="Page"), ColumnSpec(name="indicator_count", label="Behaviours", format="count"),
             ColumnSpec(name="people", label="People", format="people"), ColumnSpec(name="counted_units", label="Sessions", format="count"),
             ColumnSpec(name="outcome_units", label="With outcome", format="count"), ColumnSpec(name="outcome_rate", label="Outcome rate", format="percent"),
             ColumnSpec(name="unexposed_units", label="Other sessions", format="count"), ColumnSpec(name="unexposed_outcomes", label="Others with outcome", format="count"),
             ColumnSpec(name="unexposed_rate", label="Rate of others", format="percent"),
             *(ColumnSpec(name=name, label=label, format="number", decimals=2) for name, label in (
                 ("crude_ratio", "Crude ratio"), ("adjusted_ratio", "Adjusted ratio"), ("ratio_lower", "At least"), ("ratio_upper", "At most")))),
    rows=tuple(
        {"row_kind": kind, "indicator": name, "indicator_count": many, "people": people, "counted_units": units, "outcome_units": calls,
         "outcome_rate": None if kind in ("other", "left_out") else calls / units, "unexposed_units": None if name is None else 1_000 - units,
         "unexposed_outcomes": None if name is None else 200 - calls, "unexposed_rate": None if name is None else (200 - calls) / (1_000 - units),
         "crude_ratio": None if low is None else calls / units / ((200 - calls) / (1_000 - units)), "adjusted_ratio": ratio, "ratio_lower": low, "ratio_upper": high}
        for kind, name, many, people, units, calls, ratio, low, high in (
            ("total", None, 9, 800, 1_000, 200, None, None, None), ("leads_to", "help: returns", 1, 290, 300, 120, 2.5, 2.0, 3.125),
            ("leads_to", "chat error", 1, 60, 60, 14, 1.2, 0.6, 2.4), ("protects", "order tracking", 1, 240, 250, 19, 0.25, 0.125, 0.5),
            ("protects", "imprint", 1, 8, 40, 5, 0.61, 0.31, 1.29), ("undefined", "thank you", 1, 45, 45, 0, None, None, None),
            ("other", None, 4, None, 31, 11, None, None, None), ("left_out", None, None, 70, 77, 77, None, None, None),
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
FREQUENCY = Panel(
    name="how_often", title="How often", report="frequency",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="step_name", label="What"), ColumnSpec(name="times", label="Times"),
             ColumnSpec(name="at_least", label="At least", format="bound"), ColumnSpec(name="less_than", label="Less than", format="bound"),
             ColumnSpec(name="people", label="People", format="people"), ColumnSpec(name="percent_of_total", label="Of all", format="percent")),
    rows=tuple(
        {"row_kind": "bucket" if times else "total", "step_name": name, "times": times, "at_least": None, "less_than": None, "people": people, "percent_of_total": people / all_}
        for name, all_, counts in (("Orders", 1_000, (500, 250, 50, 200)), ("At the help", 300, (60, 75, 15, 150)))
        for times, people in ((None, all_), *zip(("1", "2", "3", "4+"), counts, strict=True))
    ),
)  # fmt: skip
ENGAGEMENT = Panel(
    name="what_is_used", title="What is used", report="engagement",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="step_name", label="What"), ColumnSpec(name="people", label="People", format="people"),
             *(ColumnSpec(name=name, label=label, format="count") for name, label in (("person_periods", "Person-weeks"), ("active_periods", "Weeks"), ("times_done", "Times"))),
             ColumnSpec(name="share_sum", label="Sum of shares", format="number"), ColumnSpec(name="average_share", label="Average share of active people", format="percent"),
             ColumnSpec(name="times_per_person", label="Times per person and week", format="number"), ColumnSpec(name="quadrant", label="Quadrant")),
    rows=tuple(
        {"row_kind": kind, "step_name": name, "people": people, "person_periods": who, "active_periods": None if kind == "median" else 4, "times_done": times,
         "share_sum": share if share is None or kind == "median" else 4 * share, "average_share": share, "times_per_person": often, "quadrant": quadrant}
        for kind, name, people, who, times, share, often, quadrant in (
            ("total", None, 1_000, 2_000, None, None, None, None), ("median", None, None, None, None, 0.25, 2.5, None),
            ("event", "Search with filters", 200, 300, 1_800, 0.15, 6.0, "power"), ("event", "Home", 900, 1_600, 5_600, 0.8, 3.5, "high impact"),
            ("event", "Imprint", 60, 80, 84, 0.04, 1.05, "low impact"), ("event", "Order", 500, 700, 1_050, 0.35, 1.5, "one-time"), ("event", "Fax", 0, 0, 0, 0.0, None, None),
        )
    ),
)  # fmt: skip
IMPACT = Panel(
    name="around_a_first_use", title="Around a first use", report="impact",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="step_name", label="What"), ColumnSpec(name="interval", label="Day"), ColumnSpec(name="people", label="People", format="people"),
             ColumnSpec(name="base_people", label="Of people", format="people"), ColumnSpec(name="times_done", label="Times", format="count"),
             ColumnSpec(name="times_per_person", label="Times per person", format="number"), ColumnSpec(name="change_rate", label="Change", format="percent")),
    rows=tuple(
        {"row_kind": kind, "step_name": name, "interval": number, "people": people, "base_people": None if name is None else 400, "times_done": times,
         "times_per_person": None if times is None else times / 400, "change_rate": change}
        for kind, name, number, people, times, change in (
            ("total", None, None, 400, None, None), ("left_out", None, None, 60, None, None),
            *(("interval", "Orders", at - 3, people, times, None) for at, (people, times) in enumerate(((40, 60), (50, 80), (60, 100), (200, 240), (150, 180), (90, 120)))),
            ("before", "Orders", None, 120, 240, None), ("after", "Orders", None, 310, 540, 1.25),
            *(("interval", "Calls", at - 3, people, times, None) for at, (people, times) in enumerate(((40, 44), (44, 48), (48, 52), (30, 32), (24, 26), (20, 22)))),
            ("before", "Calls", None, 100, 144, None), ("after", "Calls", None, 60, 80, 80 / 144 - 1),
        )
    ),
)  # fmt: skip
GROWTH = Panel(
    name="active_weeks", title="Who comes and who goes", report="growth",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="bucket", label="From", format="time"), ColumnSpec(name="label", label="Week"),
             *(ColumnSpec(name=name, label=label, format="people") for name, label in (
                 ("people", "People"), ("new_people", "New"), ("repeat_people", "Repeat"), ("return_people", "Return"), ("dormant_people", "Dormant"))),
             ColumnSpec(name="net_growth", label="Net growth", format="number")),
    rows=tuple(
        {"row_kind": "period" if week else "total", "bucket": None, "label": week, "people": people, "new_people": new, "repeat_people": again, "return_people": back,
         "dormant_people": gone, "net_growth": (new + back) / gone if gone else None}
        for week, people, new, again, back, gone in (
            (None, 1_400, None, None, None, None), ("2026-W01", 600, 500, 80, 20, 40), ("2026-W02", 700, 300, 350, 50, 250), ("2026-W03", 540, 7, 500, 33, 200),
            ("2026-W04", 0, 0, 0, 0, 540), ("2026-W05", None, None, None, None, None),
        )
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


def all_panels() -> tuple[Panel, ...]:
    return (TREND, TABLE, FALLOUT, SESSIONS, HISTOGRAM, PATHS, RETENTION, OVERLAP, FLOW, NEXT, COHORT, CALLS, TIMES, INDICATORS, GROWTH, FREQUENCY, ENGAGEMENT, IMPACT, CONTRIBUTION, ATTRIBUTION)


def panel_of(panel: Panel, rows: tuple[dict[str, object], ...]) -> Panel:
    return panel.model_copy(update={"rows": rows})

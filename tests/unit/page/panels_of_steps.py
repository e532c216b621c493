"""Small panels of the kinds that follow people through steps and periods."""

from __future__ import annotations

from cja_spark.page import ColumnSpec, Panel


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


def _retained(kind: str, value: str | None, started: int, *back: int) -> list[dict[str, object]]:
    """Who starts, and who is back on two days, first by orders, then by calls."""
    periods = [("Orders", 0), ("Orders", 1), ("Calls", 0), ("Calls", 1)]
    rows: list[dict[str, object]] = [{"row_kind": "total" if kind == "on" else kind, "breakdown": value, "step_name": None, "elapsed": None, "label": None, "people": started, "retention_rate": 1}]
    for (name, day), people in zip(periods, back, strict=True):
        rows.append({"row_kind": kind, "breakdown": value, "step_name": name, "elapsed": day, "label": f"day {day}", "people": people, "retention_rate": people / started})
    return rows


RETURNS = Panel(
    name="who_is_back", title="Who is back, by the channel of the first visit", report="retention",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="breakdown", label="Channel"), ColumnSpec(name="step_name", label="What"), ColumnSpec(name="elapsed", label="Elapsed"),
             ColumnSpec(name="label", label="Period"), ColumnSpec(name="people", label="People", format="people"), ColumnSpec(name="retention_rate", label="Retention rate", format="percent")),
    rows=(
        *_retained("on", None, 1_000, 500, 200, 100, 50), {"row_kind": "reserved", "people": 0},
        *_retained("value", "mail", 600, 400, 130, 60, 43), *_retained("value", "a channel with a long name, as some have", 300, 80, 60, 30, 7), *_retained("other", None, 100, 20, 10, 10, 0),
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

"""Section 3: what a preset sets of a report and of a view, where nothing is written."""

from __future__ import annotations

FALLOUT = {"container": "person", "one_event_one_step": True, "order": "ordered", "window_start": "any", "date_rule": "in_range"}
TABLE = {
    ("adobe", "fallout"): {**FALLOUT, "ties": "total_order"},
    ("posthog", "fallout"): {**FALLOUT, "ties": "step_order", "window": "14 days", "exclusion": "drop_person"},
    ("mixpanel", "fallout"): {
        **FALLOUT, "ties": {"grace": "2 seconds"}, "window": "7 days", "window_start": "first", "date_rule": "entry",
        "exclusion": "drop_attempt",
    },
    ("clickhouse", "fallout"): {**FALLOUT, "one_event_one_step": False, "ties": "step_order"},
    ("adobe", "flow"): {"repeats": "first", "columns": 5, "items": 5},
    ("posthog", "flow"): {"repeats": "last", "columns": 5, "items": 100, "links": 50},
    ("clickhouse", "flow"): {"repeats": "keep"},
    ("adobe", "cohort"): {"entry": "every", "mode": "on"},
    ("posthog", "cohort"): {"entry": "every", "mode": "on"},
    ("mixpanel", "cohort"): {"entry": "every", "mode": "on"},
    ("clickhouse", "cohort"): {"entry": "first", "mode": "on"},
    ("adobe", "table"): {"round_counts": True},
}  # fmt: skip


def of_report(ask: dict, view: dict) -> dict:
    """An ask with its preset's options, or with those of the view's preset where it names none."""
    options = TABLE.get((ask.get("preset") or view.get("preset"), ask["report"]), {})
    beside = {name: value for name, value in options.items() if not pointless(name, ask)}
    return {**beside, **ask}


def pointless(name: str, ask: dict) -> bool:
    """Options that say nothing: of exclusions where none is; of ties where there is no order, or a step is the very next event."""
    if name == "exclusion":
        return not ask.get("exclude")
    following = ask.get("order") == "strict" or any(isinstance(step, dict) and step.get("next") for step in ask.get("steps", ()))
    return (name == "ties" and (following or ask.get("order") == "any")) or (name == "window_start" and ask.get("order") == "any")


def of_view(view: dict) -> dict:
    """A view whose weeks begin as its preset's do."""
    return {"calendar": {"week_start": "sunday"}, **view} if view.get("preset") == "adobe" else view

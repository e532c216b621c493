"""Columns that reports have by themselves: their formats and labels on the page."""

from __future__ import annotations

from collections.abc import Mapping

from cja_spark.page.content import Format

FIXED: Mapping[str, tuple[Format, str]] = {
    "people": ("people", "People"), "events": ("count", "Events"), "sessions": ("count", "Sessions"),
    "first_time_sessions": ("count", "First-time sessions"), "return_sessions": ("count", "Return sessions"),
    "session_starts": ("count", "Session starts"), "session_ends": ("count", "Session ends"),
    "bounces": ("count", "Bounces"), "bounce_rate": ("percent", "Bounce rate"),
    "time_spent_seconds": ("seconds", "Time spent"), "mean_session_seconds": ("seconds", "Time per session"),
    "sessions_per_person": ("number", "Sessions per person"), "events_per_session": ("number", "Events per session"),
    "bucket": ("time", "From"), "label": ("text", "Period"), "row_kind": ("text", "Row"), "in_segment": ("text", "Segment"), "column_kind": ("text", "Column"),
    "mean_seconds_from_previous": ("seconds", "Mean time after the step before"), "median_seconds_from_previous": ("seconds", "Median time after the step before"),
    "mean_seconds_from_first": ("seconds", "Mean time after the first step"), "median_seconds_from_first": ("seconds", "Median time after the first step"),
    "step": ("text", "Step"), "step_name": ("text", "What"), "breakdown": ("text", "Value"),
    "amount_range": ("text", "Amount"), "times": ("text", "Times"), "at_least": ("bound", "At least"), "less_than": ("bound", "Less than"),
    "in_sets": ("text", "In"), "set_mask": ("text", "Sets"), "only_people": ("people", "In no other"), "only_sessions": ("count", "In no other"),
    "elapsed": ("text", "Elapsed"), "retention_rate": ("percent", "Retention rate"),
    "periods_after": ("text", "Periods after"), "base_people": ("people", "Of people"), "cohort_rate": ("percent", "Rate"),
    "new_people": ("people", "New"), "repeat_people": ("people", "Repeat"), "return_people": ("people", "Return"), "dormant_people": ("people", "Dormant"),
    "net_growth": ("number", "Net growth"),
    "times_done": ("count", "Times"), "person_periods": ("count", "People of all periods"), "active_periods": ("count", "Periods"), "share_sum": ("number", "Sum of shares"),
    "average_share": ("percent", "Average share of active people"), "times_per_person": ("number", "Times per person"), "quadrant": ("text", "Quadrant"),
    "interval": ("text", "Interval"), "change_rate": ("percent", "Change"),
    "flow_column": ("text", "Column"), "item_kind": ("text", "Kind"), "next_kind": ("text", "Next kind"), "path_views": ("count", "Path views"),
    "timeline_person": ("identifier", "Person"), "timeline_session": ("bound", "Session"), "timeline_event": ("bound", "Event"), "timeline_time": ("time", "Time (UTC)"),
    "shown_people": ("people", "People shown"), "shown_events": ("count", "Events shown"), "left_out_events": ("count", "Events left out"),
    "pooled_items": ("count", "Values"), "percent_of_step": ("percent", "Of these"),
    "percent_of_previous": ("percent", "Of the step before"), "percent_of_total": ("percent", "Of all"),
}  # fmt: skip

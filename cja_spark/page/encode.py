"""The panels as JSON that is safe inside a script element."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice

from cja_spark.page.content import ColumnSpec, Panel
from cja_spark.page.privacy import NOTHING, Below, SafeCell, Withheld, hide_few
from cja_spark.page.privacy_around_steps import hide_few_around_steps, steps_have_items
from cja_spark.page.privacy_of_across import cells_are_crossed, hide_few_of_across
from cja_spark.page.privacy_of_attribution import hide_few_of_attribution, models_are_credited
from cja_spark.page.privacy_of_buckets import buckets_add_up, hide_few_of_buckets
from cja_spark.page.privacy_of_calls import hide_few_of_calls, trials_add_up
from cja_spark.page.privacy_of_canvas import canvas_is_told, hide_few_of_canvas
from cja_spark.page.privacy_of_cohorts import cohorts_are_told, hide_few_of_cohorts
from cja_spark.page.privacy_of_contribution import contributions_are_told, hide_few_of_contribution
from cja_spark.page.privacy_of_engagement import hide_few_of_engagement, medians_are_told
from cja_spark.page.privacy_of_flows import flows_add_up, hide_few_of_flows
from cja_spark.page.privacy_of_frequency import hide_few_of_frequency, times_add_up
from cja_spark.page.privacy_of_growth import classes_add_up, hide_few_of_growth
from cja_spark.page.privacy_of_impact import changes_are_told, hide_few_of_impact
from cja_spark.page.privacy_of_indicators import hide_few_of_indicators, indicators_are_told
from cja_spark.page.privacy_of_paths import hide_few_of_paths, paths_add_up
from cja_spark.page.privacy_of_periods import hide_few_of_periods, periods_follow
from cja_spark.page.privacy_of_periods_of_steps import hide_few_of_periods_of_steps, steps_have_periods
from cja_spark.page.privacy_of_segments import hide_few_of_segments, rows_are_segments
from cja_spark.page.privacy_of_sets import hide_few_of_sets, sets_overlap
from cja_spark.page.privacy_of_steps import hide_few_of_steps, steps_follow
from cja_spark.page.privacy_of_timelines import events_are_told, hide_few_of_timelines
from cja_spark.page.privacy_of_times import hide_few_of_times, times_are_told
from cja_spark.page.privacy_of_trends import hide_few_of_trends, moments_are_told
from cja_spark.page.text import displayable, masked

_EXACT_IN_JSON = 2**53
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def instant_text(instant: datetime) -> str:
    """Write an instant in UTC to the minute, or to the second where it has seconds; a naive one is UTC."""
    utc = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    return utc.strftime("%Y-%m-%d %H:%M:%S UTC" if utc.second else "%Y-%m-%d %H:%M UTC")


def minute_text(instant: datetime) -> str:
    """Write an instant in UTC, cut to its minute."""
    return instant_text(instant.replace(second=0, microsecond=0))


def _number(value: int | float | Decimal) -> Json:
    """A number as JSON; as text where a JavaScript number would not hold it exactly; null when it is none."""
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else None
    if isinstance(value, int):
        return value if abs(value) <= _EXACT_IN_JSON else str(value)
    return value if math.isfinite(value) else None


def _text(value: str, column: ColumnSpec) -> str:
    return displayable(masked(value) if column.format == "identifier" else value)


def encode_cell(cell: SafeCell, column: ColumnSpec) -> Json:
    """Give one cell as JSON: a number, a text, null, ``{"below": n}`` or ``{"withheld": n}`` for a hidden figure."""
    match cell:
        case Below(fewest) | Withheld(fewest):
            return {"below" if isinstance(cell, Below) else "withheld": fewest}
        case None | bool():
            return None if cell is None else _text(str(cell).lower(), column)
        case int() | float() | Decimal():
            return _text(str(cell), column) if column.format in ("text", "identifier") else _number(cell)
        case datetime():
            return instant_text(cell)
        case date():
            return cell.isoformat()
    return _text(cell, column)


def encode_panel(panel: Panel, *, fewest_people: int, most_rows: int) -> Json:
    """Give one panel as JSON: its columns, and its first `most_rows` rows as lists in the columns' order."""
    shown = islice(_safe_rows(panel, fewest_people), most_rows)
    return {
        "name": displayable(panel.name),
        "report": panel.report,
        "columns": [_encode_column(column) for column in panel.columns],
        "rows": [[encode_cell(row.get(column.name), column) for column in panel.columns] for row in shown],
    }


# Rows that tell of one another, and what hides few people of them.
_TELLING = (
    (events_are_told, hide_few_of_timelines),
    (steps_have_items, hide_few_around_steps),
    (steps_have_periods, hide_few_of_periods_of_steps),
    (steps_follow, hide_few_of_steps),
    (times_add_up, hide_few_of_frequency),
    (buckets_add_up, hide_few_of_buckets),
    (paths_add_up, hide_few_of_paths),
    (sets_overlap, hide_few_of_sets),
    (flows_add_up, hide_few_of_flows),
    (periods_follow, hide_few_of_periods),
    (cohorts_are_told, hide_few_of_cohorts),
    (classes_add_up, hide_few_of_growth),
    (medians_are_told, hide_few_of_engagement),
    (changes_are_told, hide_few_of_impact),
    (contributions_are_told, hide_few_of_contribution),
)

# The same of those that have buckets or sets too, but not all rows are some.
_TELLING_FIRST = ((times_are_told, hide_few_of_times), (models_are_credited, hide_few_of_attribution))


# The same where rows do not show all the people that they are about.
_TELLING_OF_PEOPLE = (
    (cells_are_crossed, hide_few_of_across),
    (trials_add_up, hide_few_of_calls),
    (canvas_is_told, hide_few_of_canvas),
    (indicators_are_told, hide_few_of_indicators),
    (rows_are_segments, hide_few_of_segments),
    (moments_are_told, hide_few_of_trends),
)


def _safe_rows(panel: Panel, fewest: int) -> Iterable[dict[str, SafeCell]]:
    behind = panel.behind or (NOTHING,) * len(panel.rows)
    for knows, hides in _TELLING_FIRST:
        if knows(panel.columns):
            return hides(panel.rows, panel.columns, fewest, behind)
    for tell, hide in _TELLING:
        if tell(panel.columns):
            return hide(panel.rows, panel.columns, fewest)
    for tell, hide_behind in _TELLING_OF_PEOPLE:
        if tell(panel.columns):
            return hide_behind(panel.rows, panel.columns, fewest, behind)
    return (hide_few(row, panel.columns, fewest, counts) for row, counts in zip(panel.rows, behind, strict=True))


def _encode_column(column: ColumnSpec) -> Json:
    label, unit = displayable(column.label or column.name), displayable(column.unit)
    name = displayable(column.name)
    return {"name": name, "label": label, "format": column.format, "unit": unit, "decimals": column.decimals}


def script_json(value: Json) -> str:
    """Write JSON that no HTML parser can leave: ``< > &`` and the line separators as escapes.

    Source: spec publishing, S4.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_ESCAPES)

"""Sessions: how many, how long, how many end at once; in all and by the value they are entered with (rules S3-S5).

A session is one row here, with all its figures. What each *value* adds (time spent on a page, sessions that touch it,
ends on it) is a table's: `time_spent_seconds`, `sessions`, `session_ends` there (S3-S5).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field, model_validator

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.counting import coded
from cja_spark.kernels.sessions import first_masked, session_sums
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.include_no_value import shows
from cja_spark.reports.kind import REPORTS, Kind, Names
from cja_spark.reports.spec import Report
from cja_spark.spec import Name
from cja_spark.view.spec import View

COLUMNS = {
    "sessions": "sessions",
    "session_starts": "starts",
    "session_ends": "ends",
    "bounces": "bounces",
    "people": "people",
    "events": "events",
    "time_spent_seconds": "spent_ms",
    "session_seconds": "length_ms",
}  # of the kernel
BASE = tuple(COLUMNS)
TIMES = ("time_spent_seconds", "session_seconds")  # ms in cells
TOTAL, GRAND_TOTAL = 100, 200


class Sessions(Report):
    """Sessions in all, and by the value of a dimension on the first event that the report sees of each.

    Attributes:
        report: what sessions are like.
        dimension: the dimension whose value at a session's first event is its row; without one there is the total
            alone.
        rows: how many rows are shown; the rest is *other*.
        include_no_value: whether sessions without one are a row; without a word the dimension says it.
    """

    report: Literal["sessions"] = "sessions"
    dimension: Name | None = None
    rows: int = Field(default=50, ge=1, le=50_000)
    include_no_value: bool | None = None

    @model_validator(mode="after")
    def _of_a_dimension(self) -> Self:
        if self.include_no_value is not None and self.dimension is None:
            raise ValueError("include_no_value is said of rows; name a dimension.")
        return self

    def settled(self, view: View) -> Self:
        """With what the dimension says of its events without a value."""
        if self.dimension is None:
            return self
        return self.model_copy(update={"include_no_value": shows(self.include_no_value, self.dimension, view)})

    def dimensions_used(self) -> tuple[str, ...]:
        """What rows are."""
        return (self.dimension,) if self.dimension else ()

    def single_valued(self) -> tuple[str, ...]:
        """One event of each unit gives the row."""
        return self.dimensions_used()


def kernel(seen: Seen[Sessions]) -> Cells:
    """Count sessions with masked range events, their starts, ends, bounces and time.

    Source: S3-S5.
    """
    cells = Cells()
    masked = seen.masked()
    if masked.any() and not _all_shown(seen.ask):
        _add(cells, seen, masked, GRAND_TOTAL, None)
        masked = _with_value(seen, masked)
    if masked.any():
        _add(cells, seen, masked, TOTAL, seen.ask.report.dimension)
    return cells


def _all_shown(ask: Ask[Sessions]) -> bool:
    return shows(ask.report.include_no_value, ask.report.dimension, ask.view)


def _with_value(seen: Seen[Sessions], masked: Bools) -> Bools:
    """The masked events of sessions whose first one has a value (T3)."""
    first = first_masked(seen.sessions, masked)
    nothing = seen.journeys.ids(seen.ask.report.dimension or "")[first] == 0
    return masked & ~np.isin(seen.sessions, seen.sessions[first[nothing]])


def _add(cells: Cells, seen: Seen[Sessions], masked: Bools, total: int, dimension: str | None) -> None:
    """Add the cells of all sessions with masked events, and those of each value."""
    journeys = seen.journeys
    values: Ints | None = None
    codes: npt.NDArray[np.int32] | None = None
    if dimension:
        values, codes = coded(journeys.ids(dimension)[first_masked(seen.sessions, masked)])
    sums = session_sums(
        journeys.t, seen.sessions, seen.in_range, masked, journeys.offsets, codes, 1 if values is None else len(values)
    )
    for measure, name in enumerate(BASE):
        amounts = getattr(sums, COLUMNS[name])
        cells.add(total + measure, float(sums.all_people if name == "people" else amounts.sum()))
        if values is not None:
            cells.add(measure, amounts.astype(float), values)


def finish(sums: Sums, ask: Ask[Sessions], names: Names) -> pa.Table:
    """A total row, then one row per value by sessions descending, then the rest as *other* (T4).

    Where what has no value is no row, the total is of the sessions that have one; a grand total of all follows (T3).

    Columns: row_kind, entry_ and the dimension if asked, counts, and rates (null where there is nothing to divide by). A
        session has one entry value, so all columns of *other* but people are sums.
    """
    report = ask.report
    total: dict[str, float | None] = {name: sums.total(TOTAL + at) for at, name in enumerate(BASE)}
    rows: list[dict[str, object]] = [{"row_kind": "total", **_shown(total)}]
    every: dict[str, float | None] = {name: sums.total(GRAND_TOTAL + at) for at, name in enumerate(BASE)}
    if not _all_shown(ask) and every != total:
        rows.append({"row_kind": "grand_total", **_shown(every)})
    if report.dimension:
        rows += _items(sums, report, ask, names)
    fields = [("row_kind", pa.string()), *(((_entry(report), pa.string()),) if report.dimension else ())]
    columns = [name for name in rows[0] if name != "row_kind"]
    return pa.Table.from_pylist(rows, pa.schema([*fields, *((name, pa.float64()) for name in columns)]))


def _entry(report: Sessions) -> str:
    """The column of rows: what the first event of a session has."""
    return f"entry_{report.dimension}"


def _items(sums: Sums, report: Sessions, ask: Ask, names: Names) -> list[dict[str, object]]:
    assert report.dimension is not None
    by_name = {name: sums.by_key(at) for at, name in enumerate(BASE)}
    keys = [key[0] for key in by_name["sessions"]]
    texts, nothing = names(report.dimension, np.array(keys, np.int64)), ask.view.no_value_of(report.dimension)

    def text(key: int) -> str:
        return texts.get(key, nothing) if key else nothing

    order = sorted(keys, key=lambda key: (-by_name["sessions"][(key,)], text(key).encode(), key != 0))
    counts = {key: {name: by_name[name].get((key,), 0.0) for name in BASE} for key in order}
    rows: list[dict[str, object]] = [
        {"row_kind": "item", _entry(report): text(key), **_shown(counts[key])} for key in order[: report.rows]
    ]
    rest = order[report.rows :]
    if rest:
        summed: dict[str, float | None] = {name: sum(counts[key][name] for key in rest) for name in BASE}
        rows.append({"row_kind": "other", **_shown({**summed, "people": None})})
    return rows


def _shown(counts: Mapping[str, float | None]) -> dict[str, float | None]:
    """Counts in the units they are shown in, and rates; what cannot be known or divided is null."""
    seconds = {
        name: amount / 1000 if name in TIMES and amount is not None else amount for name, amount in counts.items()
    }

    def per(part: str, whole: str) -> float | None:
        above, below = seconds[part], seconds[whole]
        return above / below if above is not None and below else None

    return {
        **{name: amount for name, amount in seconds.items() if name != "session_seconds"},
        "bounce_rate": per("bounces", "sessions"),
        "sessions_per_person": per("sessions", "people"),
        "events_per_session": per("events", "sessions"),
        "mean_session_seconds": per("session_seconds", "sessions"),
    }


REPORTS.register("sessions")(Kind(Sessions, kernel, finish))

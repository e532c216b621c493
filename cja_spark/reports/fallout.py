"""Fallout: how many persons or sessions reach each step of a path in order (rules F1-F7, F9, F11, F12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import BeforeValidator, Field, model_validator

from cja_spark.journeys.batch import Ints
from cja_spark.kernels.fallout import NO_WINDOW, fallout
from cja_spark.kernels.sessions import run_starts
from cja_spark.reports.ask import REPORTS, Ask, Kind, Names, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.spec import Report
from cja_spark.spec import AsTuple, Duration, Name, Spec, milliseconds
from cja_spark.view.condition import Condition
from cja_spark.view.spec import View

REACHED, OPEN, BY_VALUE, BASE = range(4)
MAX_STEPS = 32
_STEP_KEYS = {"step", "any", "next", "label"}


class Step(Spec):
    """A step: a metric or segment by name, or conditions on one event of which any may hold (F1)."""

    step: Name | None = None
    any: Annotated[tuple[Name | Condition, ...], AsTuple] = ()
    next: bool = False
    label: str | None = None

    @model_validator(mode="after")
    def _something(self) -> Step:
        if (self.step is None) == (not self.any):
            raise ValueError("a step names a metric or a segment, or lists conditions under 'any'.")
        return self

    def uses(self) -> tuple[Any, ...]:
        """Names and conditions of which one must hold."""
        return (self.step,) if self.step is not None else self.any


def _step(value: Any) -> Any:  # noqa: ANN401 - a validator sees whatever the author wrote
    if isinstance(value, str):
        return {"step": value}
    if isinstance(value, Mapping) and not set(value) & {"step", "any"}:
        own = {key: value[key] for key in ("next", "label") if key in value}
        return {"any": [{key: part for key, part in value.items() if key not in own}], **own}
    return value


class Fallout(Report):
    """How many reach each step. With a window a chain must end within it, also after the range (`entry`, F9)."""

    report: Literal["fallout"] = "fallout"
    steps: Annotated[tuple[Annotated[Step, BeforeValidator(_step)], ...], AsTuple] = Field(
        min_length=1, max_length=MAX_STEPS
    )
    container: Literal["person", "session"] = "person"
    window: Duration | None = None
    window_start: Literal["any", "first"] = "any"
    order: Literal["ordered", "strict"] = "ordered"
    ties: Literal["total_order", "strict_time"] = "total_order"
    one_event_one_step: bool = True
    date_rule: Literal["in_range", "entry"] | None = None
    base: Literal["first_step", "all"] = "first_step"
    breakdown: Name | None = None
    breakdown_step: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _possible(self) -> Fallout:
        if self.date_rule == "entry" and self.window is None:
            raise ValueError("date_rule: entry needs a window.")
        if self.breakdown_step > len(self.steps):
            raise ValueError(f"breakdown_step: {self.breakdown_step} is above the number of steps, {len(self.steps)}.")
        return self

    def effective_date_rule(self) -> str:
        """`entry` with a window, else `in_range`, unless the author says (F9)."""
        return self.date_rule or ("entry" if self.window is not None else "in_range")

    def dimensions_used(self) -> tuple[str, ...]:
        """What rows are broken down by."""
        return (self.breakdown,) if self.breakdown else ()

    def names_used(self) -> tuple[str, ...]:
        """Steps that name a metric or a segment."""
        return tuple(use for step in self.steps for use in step.uses() if isinstance(use, str))

    def conditions(self) -> tuple[Spec, ...]:
        """Steps that are conditions."""
        return tuple(use for step in self.steps for use in step.uses() if not isinstance(use, str))


def tail_ms(report: Fallout, view: View) -> int:
    """How far after the range a chain may end."""
    if report.effective_date_rule() == "entry" and report.window is not None:
        return milliseconds(report.window)
    return 0


def kernel(seen: Seen) -> Cells:
    """Count units per level, units whose window is still open, and levels per value of the breakdown."""
    cells = Cells()
    report: Fallout = seen.ask.report  # type: ignore[assignment]
    window = seen.ask.window
    kept = np.flatnonzero(seen.masked_tail(window.until))
    units = (seen.journeys.person_of_event() if report.container == "person" else seen.sessions)[kept]
    in_range = seen.in_range[kept]
    heads = run_starts(units)
    if len(kept) == 0:
        return cells
    cells.add(BASE, float(np.count_nonzero(np.add.reduceat(in_range.astype(np.int64), heads) > 0)))
    offsets = np.append(heads, len(kept))
    levels, chains = fallout(
        _bits(seen, report)[kept],
        seen.journeys.t[kept],
        offsets,
        in_range,
        np.array([step.next or (report.order == "strict" and at > 0) for at, step in enumerate(report.steps)]),
        NO_WINDOW if report.window is None else milliseconds(report.window),
        strict_time=report.ties == "strict_time",
        one_event_one_step=report.one_event_one_step,
        first=report.window_start == "first",
    )
    counts = np.bincount(levels, minlength=len(report.steps) + 1)
    cells.add(REACHED, np.cumsum(counts[::-1])[::-1][1:], np.arange(1, len(report.steps) + 1))
    _add_open(cells, seen, report, levels, kept[np.maximum(chains[:, 0], 0)])
    if report.breakdown:
        _add_breakdown(cells, seen, report, levels, chains, kept)
    return cells


def _bits(seen: Seen, report: Fallout) -> npt.NDArray[np.uint32]:
    bits = np.zeros(seen.journeys.events, np.uint32)
    for at, step in enumerate(report.steps):
        matches = np.zeros(seen.journeys.events, bool)
        for use in step.uses():
            matches |= seen.step(use)
        bits |= matches.astype(np.uint32) << np.uint32(at)
    return bits


def _add_open(cells: Cells, seen: Seen, report: Fallout, levels: npt.NDArray[np.int8], starts: Ints) -> None:
    """Units that stopped at a level while their window ends after the data does (F9)."""
    if report.window is None:
        return
    started = (levels > 0) & (levels < len(report.steps))
    waiting = started & (seen.journeys.t[starts] + milliseconds(report.window) > seen.ask.window.complete)
    counts = np.bincount(levels[waiting], minlength=len(report.steps) + 1)
    cells.add(OPEN, counts[1:], np.arange(1, len(report.steps) + 1))


def _add_breakdown(
    cells: Cells, seen: Seen, report: Fallout, levels: npt.NDArray[np.int8], chains: Ints, kept: Ints
) -> None:
    """The value at the breakdown's step, for units that reached it."""
    assert report.breakdown is not None
    reached = np.flatnonzero(levels >= report.breakdown_step)
    events = kept[chains[reached, report.breakdown_step - 1]]
    values = seen.journeys.ids(report.breakdown)[events]
    for step in range(report.breakdown_step, len(report.steps) + 1):
        ids, counts = np.unique(values[levels[reached] >= step], return_counts=True)
        cells.add(BY_VALUE, counts, np.full(len(ids), step), ids)


def finish(sums: Sums, ask: Ask, names: Names) -> pa.Table:
    """One row per step in all, then per value of the breakdown, values by their first count descending.

    Columns: breakdown string (null = all), step bigint, step_name string, people, percent_of_previous,
        percent_of_total (fractions), fallout_people, open_people double.
    """
    report: Fallout = ask.report  # type: ignore[assignment]
    count = len(report.steps)
    reached = sums.by_key(REACHED)
    levels = [reached.get((step,), 0.0) for step in range(1, count + 1)]
    still = sums.by_key(OPEN)
    base = sums.total(BASE) if report.base == "all" else levels[0]
    waiting = [still.get((step,), 0.0) for step in range(1, count + 1)] if report.window else None
    rows = _steps(report, None, levels, base, waiting)
    if report.breakdown:
        rows += _breakdown_rows(sums, ask, report, names)
    schema = [("breakdown", pa.string()), ("step", pa.int64()), ("step_name", pa.string())]
    numbers = ("people", "percent_of_previous", "percent_of_total", "fallout_people", "open_people")
    return pa.Table.from_pylist(rows, pa.schema([*schema, *((name, pa.float64()) for name in numbers)]))


def _breakdown_rows(sums: Sums, ask: Ask, report: Fallout, names: Names) -> list[dict[str, Any]]:
    by_value: dict[int, dict[int, float]] = {}
    for (step, value), amount in sums.by_key(BY_VALUE, 2).items():
        by_value.setdefault(value, {})[step] = amount
    texts = names(report.breakdown or "", np.array(list(by_value), np.int64))
    first = report.breakdown_step
    order = sorted(by_value, key=lambda value: (-by_value[value].get(first, 0.0), texts.get(value, "").encode()))
    rows = []
    for value in order:
        levels = [by_value[value].get(step, 0.0) for step in range(first, len(report.steps) + 1)]
        text = texts.get(value, ask.view.no_value) if value else ask.view.no_value
        rows += _steps(report, text, levels, levels[0], None)
    return rows


def _steps(
    report: Fallout, breakdown: str | None, levels: list[float], base: float, waiting: list[float] | None
) -> list[dict[str, Any]]:
    """Rows of one chain of counts (F11); x/0 is null."""
    offset = len(report.steps) - len(levels)
    rows = []
    for at, people in enumerate(levels):
        step = report.steps[at + offset]
        before = levels[at - 1] if at else None
        rows.append(
            {
                "breakdown": breakdown,
                "step": at + offset + 1,
                "step_name": step.label or step_name(step),
                "people": people,
                "percent_of_previous": people / before if before else None,
                "percent_of_total": people / base if base else None,
                "fallout_people": people - levels[at + 1] if at + 1 < len(levels) else None,
                "open_people": waiting[at] if waiting is not None else None,
            }
        )
    return rows


def step_name(step: Step) -> str:
    """A step in a few words."""
    return " or ".join(_words(use) for use in step.uses())


def _words(use: Any) -> str:  # noqa: ANN401 - a name or a condition
    if isinstance(use, str):
        return use
    parts = use.model_dump(exclude_none=True, exclude_defaults=True)
    return " ".join(str(part) for part in parts.values())


REPORTS.register("fallout")(Kind(Fallout, kernel, finish, tail_ms))

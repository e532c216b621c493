"""Rows of impact: who is looked at and who is left out, then each indicator's intervals, and those before and after day 0 together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pyarrow as pa

from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.kind import Names
from cja_spark.view.calendar import instant_ms

if TYPE_CHECKING:
    from cja_spark.reports.impact import Impact

# What cells count, in part 0 of all that is done, then in a part per indicator; PEOPLE and TIMES by interval, SIDES by side.
TOTAL, LEFT_OUT, PEOPLE, TIMES, SIDES = range(5)
FIGURES = ("people", "base_people", "times_done", "times_per_person", "change_rate")
_Figures = tuple[float | None, ...]
NOTHING: _Figures = (None,) * len(FIGURES)


def edges_of(ask: Ask[Impact]) -> list[int]:
    """Where the intervals of a release begin, and where the last one ends, ms UTC; none of first uses.

    Source: O4: days of the view's clock.
    """
    report = ask.report
    if report.release is None:
        return []
    return [instant_ms(report.release + timedelta(days=report.days * number), ask.view.time_zone) for number in range(-report.intervals, report.intervals + 1)]


def known_of(ask: Ask[Impact]) -> list[bool]:
    """Which intervals lie in the range and are over when the data ends (C2): of first uses all, for who has others is left out."""
    edges, window = edges_of(ask), ask.window
    if not edges:
        return [True] * (2 * ask.report.intervals)
    until = min(window.end, window.complete)
    return [window.start <= start and end <= until for start, end in pairwise(edges)]


def compared(known: Sequence[bool]) -> int:
    """How many intervals before day 0 are compared with as many after it: all up to the first one that is not known on either side."""
    middle = len(known) // 2
    pairs = [known[middle - 1 - number] and known[middle + number] for number in range(middle)]
    return pairs.index(False) if False in pairs else middle


def finish(sums: Sums, ask: Ask[Impact], names: Names) -> pa.Table:
    """Who is looked at, who is left out, then per indicator, in the order written, its intervals, and as many before and after day 0 together.

    Columns: row_kind string (total; left_out, of first uses; interval, before, after), step_name string, the indicator, interval bigint (0 begins
        with the release or the first use, those before are negative; null but of intervals), then doubles: people (not additive), who did it;
        base_people, of whom: those active in it, of first uses all that are looked at; times_done; times_per_person, times_done / base_people;
        change_rate, of `after` alone, times_per_person against `before`, less 1. Null is x/0, what is not known, and what a row does not have.
    Source: CJA, guided analysis, release impact and first use impact; C2.
    """
    report, known, all_ = ask.report, known_of(ask), sums.of_part(0)
    counted = None if report.first_use is None else all_.total(TOTAL)
    rows: list[tuple[str, str | None, int | None, _Figures]] = [("total", None, None, (all_.total(TOTAL), *NOTHING[1:]))]
    if counted is not None:
        rows.append(("left_out", None, None, (all_.total(LEFT_OUT), *NOTHING[1:])))
    active, there, many = all_.by_key(PEOPLE), all_.by_key(SIDES), compared(known)
    for part, one in enumerate(report.indicators, 1):
        own = sums.of_part(part)
        people, times, sides = own.by_key(PEOPLE), own.by_key(TIMES), own.by_key(SIDES)
        for slot, told in enumerate(known):
            base = active.get((slot,), 0.0) if counted is None else counted
            rows.append(("interval", one.name(), slot - report.intervals, _figures(people.get((slot,), 0.0), base, times.get((slot,), 0.0)) if told else NOTHING))
        before: float | None = None
        for side, kind in enumerate(("before", "after")):
            low = report.intervals - many * (1 - side)
            base = there.get((side,), 0.0) if counted is None else counted
            figures = _figures(sides.get((side,), 0.0), base, sum(times.get((slot,), 0.0) for slot in range(low, low + many))) if many else NOTHING
            rate = figures[3]
            rows.append((kind, one.name(), None, (*figures[:4], _change(before, rate) if side else None)))
            before = rate
    columns = dict(zip(FIGURES, zip(*(figures for *_, figures in rows), strict=True), strict=True))
    return pa.table(
        {
            "row_kind": pa.array([row[0] for row in rows], pa.string()),
            "step_name": pa.array([row[1] for row in rows], pa.string()),
            "interval": pa.array([row[2] for row in rows], pa.int64()),
            **{name: pa.array(column, pa.float64()) for name, column in columns.items()},
        }
    )


def _figures(people: float, base: float, times: float) -> _Figures:
    return people, base, times, times / base if base else None, None


def _change(before: float | None, after: float | None) -> float | None:
    return after / before - 1 if before and after is not None else None

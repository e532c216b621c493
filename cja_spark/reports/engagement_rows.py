"""Rows of engagement: everybody who is active, the medians of what is done, then each thing with its place beside them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING

import pyarrow as pa

from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.kind import Names

if TYPE_CHECKING:
    from cja_spark.reports.engagement import Engagement

PEOPLE, OF_PERIODS, TIMES = range(3)  # what cells count, in part 0 of those active, then in a part per thing; OF_PERIODS by period
QUADRANTS = {(False, True): "power", (True, True): "high impact", (False, False): "low impact", (True, False): "one-time"}  # by wide, often
FIGURES = ("people", "person_periods", "active_periods", "times_done", "share_sum", "average_share", "times_per_person")


@dataclass(frozen=True)
class _Thing:
    """What was done of one thing; numbers are exact, so what lies on a median does so for any number of periods.

    Attributes:
        name: what it is called.
        people: how many did it at all.
        person_periods: how many did it, added up over the periods.
        times: how often it was done.
        shares: the sum over the periods of the share of those active that did it.
        periods: how many periods have somebody active.
    """

    name: str
    people: float
    person_periods: int
    times: int
    shares: Fraction
    periods: int

    def wide(self) -> Fraction | None:
        """The mean share, None where nobody is active."""
        return self.shares / self.periods if self.periods else None

    def often(self) -> Fraction | None:
        """Times per person and period, None where nobody did it."""
        return Fraction(self.times, self.person_periods) if self.person_periods else None


def finish(sums: Sums, ask: Ask[Engagement], names: Names) -> pa.Table:
    """Everybody who is active in a period that is over, the medians, then the things in the order written.

    Columns: row_kind string (total, median, event), step_name string, the thing; then doubles: people (not additive), who did it, of the total
        who is active; person_periods, the same added up over the periods; active_periods, how many periods have somebody active;
        times_done; share_sum, the shares of those active that did it, added up over the periods; average_share, share_sum / active_periods;
        times_per_person, times_done / person_periods; and quadrant string (power, high impact, low impact, one-time). Null is x/0, the quadrant of
        what nobody did, and what a row does not have.
    Source: CJA, guided analysis, engagement. Decision: the medians are of the things that somebody did, and what lies on a median
        is above it.
    """
    active = _counts(sums.of_part(0))
    things = [_thing(sums.of_part(number), one.name(), active) for number, one in enumerate(ask.report.events, 1)]
    done = [(wide, often) for one in things if (wide := one.wide()) is not None and (often := one.often()) is not None]
    middle = (median(wide for wide, _ in done), median(often for _, often in done)) if done else (None, None)
    rows: list[tuple[object, ...]] = [
        ("total", None, sums.of_part(0).total(PEOPLE), sum(active.values()), len(active), None, None, None, None, None),
        ("median", None, None, None, None, None, None, *middle, None),
    ]
    for one in things:
        x, y = one.wide(), one.often()
        placed = None if x is None or y is None or middle[0] is None else QUADRANTS[x >= middle[0], y >= middle[1]]
        rows.append(("event", one.name, one.people, one.person_periods, one.periods, one.times, one.shares, x, y, placed))
    columns = dict(zip(("row_kind", "step_name", *FIGURES, "quadrant"), zip(*rows, strict=True), strict=True))
    return pa.table({name: _doubles(column) if name in FIGURES else pa.array(column, pa.string()) for name, column in columns.items()})


def _counts(sums: Sums) -> dict[int, int]:
    """How many persons there are per period, of those that have some."""
    return {period: int(people) for (period,), people in sums.by_key(OF_PERIODS).items() if people}


def _thing(sums: Sums, name: str, active: dict[int, int]) -> _Thing:
    who = _counts(sums)
    shares = sum((Fraction(who.get(period, 0), people) for period, people in active.items()), Fraction(0))
    return _Thing(name, sums.total(PEOPLE), sum(who.values()), int(sums.total(TIMES)), shares, len(active))


def _doubles(column: tuple[object, ...]) -> pa.Array:
    return pa.array([None if one is None else float(one) for one in column], pa.float64())  # type: ignore[arg-type]

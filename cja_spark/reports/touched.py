"""The touches of conversions: the events that set a value before each, and what each value of theirs is credited with (A1-A4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Floats, Ints, Items
from cja_spark.kernels import attribution as kernel
from cja_spark.kernels.attribution import Touches
from cja_spark.kernels.counting import coded, first_per_code
from cja_spark.kernels.months import reach
from cja_spark.kernels.touch_runs import run_heads, runs_of
from cja_spark.kernels.touch_shares import Shares, decayed, decaying_shares, even_shares, shaped_shares, spread
from cja_spark.reports.ask import Seen
from cja_spark.reports.row_filter import RowFilter
from cja_spark.reports.table_rows import combined, table_rows
from cja_spark.spec import milliseconds
from cja_spark.view.attribution import Attribution

HALF_LIFE = 7 * 86_400_000
OF_VALUES = ("participation", "algorithmic")  # models that credit each distinct value once
EVER = np.iinfo(np.int64).min
Codes = npt.NDArray[np.int32]


class Found(NamedTuple):
    """Events that set a value, and the values that they set.

    Attributes:
        at: positions of the events, int64[touches].
        ids: per dimension the id of each number of a value.
        codes: the numbers of the values, each once per event, int32[values].
        touch: per value the number of its event, int64[values].
    """

    at: Ints
    ids: list[Ints]
    codes: Codes
    touch: Ints


@dataclass(frozen=True)
class Way:
    """Which touches came before which conversions.

    Attributes:
        touches: the events that set a value.
        ids: per dimension the id of each number of a value.
        codes: the numbers of the values that they set, int32[values].
        touch: per value the number of its touch, int64[values].
        first: per conversion its first touch, int64[conversions].
        last: and its last one, before the first where there is none.
        began: of `touch: runs` the first touch of each conversion, which may lie within a run.
        weight: for how many each touch stands, where it stands for several, float64[touches].
    """

    touches: Touches
    ids: list[Ints]
    codes: Codes
    touch: Ints
    first: Ints
    last: Ints
    began: Touches | None = None
    weight: Floats | None = None

    @classmethod
    def of(cls, seen: Seen, dimensions: Sequence[str], how: Attribution, conversions: Ints) -> Way:
        """Find the touches of some conversions, positions of events.

        Source: A1, A2.
        """
        return cls.among(seen, touches_of(seen, dimensions), how, conversions)

    @classmethod
    def among(cls, seen: Seen, touching: Found, how: Attribution, conversions: Ints) -> Way:
        """The same of touches that are found already.

        Source: A1, A2.
        """
        at, ids, codes, touch = touching
        touches = _of(seen, at)
        first, last = kernel.windows(
            touches, _of(seen, conversions), reach(touches.t, how.looks_back(), seen.ask.view.time_zone),
            seen.ask.window.person_from if how.of_person else EVER, in_session=how.container == "session",
        )  # fmt: skip
        heads = run_heads(codes, touch, touches.unit) if how.touch == "runs" and how.game != "rate_game" else None
        if how.model == "same_touch" and len(at):
            here = np.maximum(last, 0)
            itself = at[here] == conversions
            if heads is not None:
                itself &= heads[here] | (here == first)
            first = np.where(itself, last, last + 1)
        found = cls(touches, ids, codes, touch, first, last)
        return found if heads is None or len(at) == 0 else found._by_runs(heads)

    def _by_runs(self, heads: Bools) -> Way:
        """The same with one touch per run, where its first event is; a window that begins within one has its own first event.

        Source: A1. A rate game asks for sets of values alone, which runs do not change.
        """
        first, last = runs_of(self.first, self.last, heads)
        begin = np.minimum(self.first, len(heads) - 1)
        run, some = np.cumsum(heads) - 1, heads[self.touch]
        return Way(
            some_touches(self.touches, heads), self.ids, self.codes[some], run[self.touch[some]], first, last,
            some_touches(self.touches, begin),
        )  # fmt: skip

    @property
    def touched(self) -> Bools:
        """Conversions that a touch came before."""
        return np.asarray(self.first <= self.last, bool)

    def credit(self, how: Attribution, amounts: Floats) -> Floats:
        """What each value is credited with: float64[values]. Of a game, equal parts.

        Source: A3, A4, A6.
        """
        touched = self.touched
        if self.began is not None and not touched.all():  # within runs only ends of the touched ascend
            return self.of_some(touched).credit(how, amounts[touched])
        return self.given(how, self.shares(how, amounts))

    def of_some(self, conversions: Bools) -> Way:
        """The touches of some of the conversions."""
        began = self.began and some_touches(self.began, conversions)
        return replace(self, first=self.first[conversions], last=self.last[conversions], began=began)

    def shares(self, how: Attribution, amounts: Floats) -> Shares:
        """What each conversion gives: to its touches, or to each of its values, then as `last`.

        Shapes: amounts float64[conversions]; of runs a touch came before each.
        Source: A3, A6.
        """
        first, last = self.first, self.last
        if how.model == "linear":
            return even_shares(first, last, amounts)
        if how.model == "time_decay":
            return decaying_shares(first, last, amounts, self.touches, half_life_of(how), None if self.began is None else self.began.t)
        if how.model not in OF_VALUES:
            return shaped_shares(first, last, amounts, how.shape() or ((1.0, 0.0, 0.0) if how.model == "first_touch" else (0.0, 0.0, 1.0)))
        given = amounts
        if how.model == "algorithmic":
            given = amounts / np.maximum(kernel.distinct_values(first, last, self.touch, self.codes, len(self.ids[0])), 1)
        return Shares(np.zeros(len(given)), np.zeros(len(given)), given, np.zeros(len(given), bool))

    def given(self, how: Attribution, shares: Shares) -> Floats:
        """What each value has of what conversions give: float64[values]."""
        if how.model in OF_VALUES:
            following = kernel.next_same(self.codes, self.touch, len(self.ids[0]))
            return kernel.participating(self.first, self.last, shares.last, self.touch, following)
        if how.model == "time_decay":
            credit = decayed(self.first, self.last, shares, self.touches, half_life_of(how))
        else:
            credit = spread(self.first, self.last, shares, len(self.touches.at))
        return (credit if self.weight is None else credit * self.weight)[self.touch]

    def event_of(self, conversion: int, value: int) -> int:
        """The event of the touch of a value that a conversion credits."""
        touch = int(self.touch[value])
        if self.began is not None and touch == self.first[conversion]:
            return int(self.began.at[conversion])
        return int(self.touches.at[touch])

    def rows(self, dimensions: Sequence[str], shown: RowFilter) -> Bools:
        """Which numbers of values are rows."""
        return shown.passes(dict(zip(dimensions, self.ids, strict=True)), len(self.ids[0]))

    def on_rows(self, how: Attribution, credit: Floats, amounts: Floats, rows: Bools) -> float:
        """What touches on rows are credited with, each once; of participation, the conversions that one came before.

        Shapes: credit float64[values], amounts float64[conversions], rows bool[numbers].
        """
        on_row = np.bincount(self.touch, rows[self.codes], minlength=len(self.touches.at)) > 0
        if how.model == "participation":
            before = np.append(0, np.cumsum(on_row))
            some = self.touched & (before[np.maximum(self.last + 1, 0)] > before[np.minimum(self.first, len(on_row))])
            return float(amounts[some].sum())
        once = np.flatnonzero(np.diff(self.touch, prepend=-1))
        return float(credit[once][on_row[self.touch[once]]].sum())


def some_touches(touches: Touches, which: Bools | Ints) -> Touches:
    """Some of the touches."""
    return Touches(*(part[which] for part in touches))


def some_shares(shares: Shares, which: Bools | Ints) -> Shares:
    """What some of the conversions give."""
    return Shares(shares.first[which], shares.between[which], shares.last[which], shares.cut[which])


def half_life_of(how: Attribution) -> int:
    """How long it takes until a touch weighs half, ms."""
    return HALF_LIFE if how.half_life is None else milliseconds(how.half_life)


def _of(seen: Seen, at: Ints) -> Touches:
    journeys = seen.journeys
    return Touches(at, journeys.t[at], journeys.person_of_event()[at], seen.sessions[at])


def touches_of(seen: Seen, dimensions: Sequence[str]) -> Found:
    """Events that set a value; and of all values that they set, once per event, what they are and their event's number.

    Source: A1. Decision: of several dimensions, events whose combination of values, as persistence leaves them, has one.
    """
    at, found, touch = _set_values(seen, dimensions[0]) if len(dimensions) == 1 else _combinations(seen, dimensions)
    if isinstance(found, tuple):
        return Found(at, *found, touch)
    ids, codes = coded(found)
    return Found(at, [ids], codes, touch)


def _combinations(seen: Seen, dimensions: Sequence[str]) -> tuple[Ints, tuple[list[Ints], Codes], Ints]:
    rows = table_rows(seen, dimensions, np.ones(seen.journeys.events, bool))
    rows = rows.chosen(np.logical_or.reduce([key != 0 for key in rows.keys]))
    if len(rows.at) == 0:
        return rows.at, (list(rows.keys), rows.at.astype(np.int32)), rows.at
    ids, codes = combined(rows.keys)
    once = first_per_code(rows.at, codes, len(ids[0]))
    at, touch = np.unique(rows.at[once], return_inverse=True)
    return at, (ids, codes[once]), touch


def _set_values(seen: Seen, dimension: str) -> tuple[Ints, Ints, Ints]:
    """Events that set a value; and of all values that they set, once per event, the value and its event's number."""
    journeys = seen.journeys
    items = journeys.own_values(dimension)
    if not isinstance(items, Items):
        at = np.flatnonzero(items)
        return at, items[at], np.arange(len(at))
    event = np.repeat(np.arange(journeys.events), np.diff(items.offsets))[items.values != 0]
    values = items.values[items.values != 0]
    if len(values) == 0:
        return event, values, event
    distinct, codes = coded(values)
    once = first_per_code(event, codes, len(distinct))
    at, touch = np.unique(event[once], return_inverse=True)
    return at, values[once], touch

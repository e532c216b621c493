"""What happens between the steps of a fallout's reported chains, and next after the last one (rule F12)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import BeforeValidator, Field

from cja_spark.journeys.batch import Bools, Floats, Ints, Items
from cja_spark.kernels.counting import coded, distinct_units, units_per_code, within_runs
from cja_spark.kernels.months import reach
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.include_no_value import shows
from cja_spark.reports.kind import Names
from cja_spark.spec import Name, Spec
from cja_spark.view.spec import View

if TYPE_CHECKING:
    from cja_spark.reports.fallout import Fallout

Row = dict[str, Any]
_Item = tuple[str, str | None, float | None, float | None]  # its kind, its text, of how many values it is, how many have them
BETWEEN, AFTER = 40, 50  # measures by step and value; the next one by step: who has nothing there
NOTHING = {"between": "nothing", "after": "exit"}
ITEMS = (("item_kind", pa.string()), ("step_item", pa.string()), ("pooled_items", pa.float64()), ("percent_of_step", pa.float64()))


class Happened(Spec):
    """The values of a dimension that events set; the dimension's name alone is enough where nothing else is said.

    Attributes:
        dimension: the dimension; an event has the value that it sets itself, whatever lasts.
        items: how many values a step shows; the rest is *other*.
        include_no_value: whether an event that sets no value is a row, or passed over as in a flow; without a word the dimension says it.
    """

    dimension: Name
    items: int = Field(default=5, ge=1, le=100)
    include_no_value: bool | None = None

    def settled(self, view: View) -> Self:
        """With what it says of events without a value."""
        return self.model_copy(update={"include_no_value": shows(self.include_no_value, self.dimension, view)})


def _happened(value: object) -> object:
    return {"dimension": value} if isinstance(value, str) else value


HappenedThere = Annotated[Happened, BeforeValidator(_happened, json_schema_input_type=Happened | Name)]


def add_between(cells: Cells, seen: Seen[Fallout], levels: npt.NDArray[np.int8], events: Ints, kept: Ints) -> None:
    """Add, step by step, how many have a value between the step and the next one, and how many have nothing there.

    Shapes: levels int8[counted], events int64[counted, steps] (positions in kept, -1 where a step was not reached),
        kept int64[masked events].
    Source: F12. Decision: of events at positions between both; a step that comes before the one it follows (grace) has nothing before it.
    """
    what = seen.ask.report.between
    assert what is not None
    own, passed_over = seen.journeys.own_values(what.dimension), _passes_over(what, seen.ask)
    for step in range(1, events.shape[1]):
        reached = events[levels > step]
        first = reached[:, step - 1] + 1
        counts = np.maximum(reached[:, step] - first, 0)
        owners = np.repeat(np.arange(len(reached)), counts)
        at, ids = values_at(own, kept[first[owners] + within_runs(counts)])
        _add(cells, BETWEEN, step, len(reached), owners[at], ids, passed_over=passed_over)


def add_after(
    cells: Cells, seen: Seen[Fallout], levels: npt.NDArray[np.int8], events: Ints, kept: Ints, offsets: Ints
) -> None:
    """Add, step by step, what those do next who go no further, and how many do nothing.

    Shapes: levels int8[counted], events int64[counted, steps] (positions in kept, -1 where a step was not reached),
        kept int64[masked events], offsets int64[units + 1].
    Source: F12. Decision: next is what comes after all events of the chain, in the same unit and in the range, or with `date_rule: entry`
        after the range and within the chain's window; as in a flow, who has no such event exits, whether or not the data goes on.
    """
    what, window = seen.ask.report.after, seen.ask.report.window
    assert what is not None
    own, passed_over = seen.journeys.own_values(what.dimension), _passes_over(what, seen.ask)
    told = np.flatnonzero(_sets_some(own)[kept]) if passed_over else np.arange(len(kept))
    told = np.append(told, len(kept))
    t, in_range = seen.journeys.t[kept], seen.in_range[kept]
    for step in range(1, events.shape[1]):
        chains = events[levels == step]
        last = chains.max(axis=1, initial=-1)
        following = told[np.searchsorted(told, last + 1)]
        inside = following < offsets[np.searchsorted(offsets, last, side="right")]
        owners, following = np.flatnonzero(inside), following[inside]
        seen_there = in_range[following]
        if window is not None:
            seen_there = seen_there | (t[following] <= reach(t[chains[owners, 0]], window, seen.ask.view.time_zone))
        at, ids = values_at(own, kept[following[seen_there]])
        _add(cells, AFTER, step, len(chains), owners[seen_there][at], ids, passed_over=passed_over)


def _passes_over(what: Happened, ask: Ask) -> bool:
    return not shows(what.include_no_value, what.dimension, ask.view)


def _sets_some(own: Ints | Items) -> Bools:
    """Which events set a value: bool[events]."""
    if not isinstance(own, Items):
        return np.asarray(own != 0, bool)
    return np.asarray(np.diff(np.append(0, np.cumsum(own.values != 0))[own.offsets]) > 0, bool)


def values_at(values: Ints | Items, events: Ints) -> tuple[Ints, Ints]:
    """The distinct values of some events, null where an event has none.

    Shapes: values int64[all events] or items, events int64[chosen] (positions) -> int64[pairs] (index into events, ascending),
        int64[pairs] (value ids).
    """
    if not isinstance(values, Items):
        return np.arange(len(events)), values[events]
    counts = np.diff(values.offsets)[events]
    row = np.repeat(np.arange(len(events)), counts)
    found = values.values[values.offsets[events][row] + within_runs(counts)]
    row, found = row[found != 0], found[found != 0]
    without = np.setdiff1d(np.arange(len(events)), row)
    pairs = np.unique(np.stack([np.append(row, without), np.append(found, np.zeros(len(without), np.int64))]), axis=1)
    return pairs[0], pairs[1]


def _add(cells: Cells, measure: int, step: int, counted: int, owners: Ints, ids: Ints, *, passed_over: bool) -> None:
    """Add how many have each value, and how many none at all; owners ascend."""
    if passed_over:
        owners, ids = owners[ids != 0], ids[ids != 0]
    keys, codes = coded(ids)
    cells.add(measure, units_per_code(codes, owners, len(keys)), step, keys)
    cells.add(measure + 1, float(counted - distinct_units(owners, np.ones(len(owners), bool))), step)


def rows_around(sums: Sums, ask: Ask[Fallout], names: Names, reached: Sequence[float]) -> Iterator[Row]:
    """What happens between steps, then what happens next, step by step: values, *other*, and who has nothing there.

    Args:
        sums: the report's sums.
        ask: the report.
        names: the way to the texts of value ids.
        reached: how many reach each step.

    Source: F12, T4.
    """
    report = ask.report
    for kind, what, measure in (("between", report.between, BETWEEN), ("after", report.after, AFTER)):
        if what is None:
            continue
        (steps, ids), counts = sums.measure(measure, 2)
        nothing = sums.by_key(measure + 1)
        for step in range(1, len(report.steps)):
            own, of = steps == step, reached[step] if kind == "between" else reached[step - 1] - reached[step]
            some = _of_step(ask, what, names, ids[own], counts[own], of - nothing.get((step,), 0.0))
            for item_kind, item, many, units in (*some, (NOTHING[kind], None, None, nothing.get((step,), 0.0))):
                share = units / of if of and units is not None else None
                yield {
                    "row_kind": kind, "step": step, "step_name": report.steps[step - 1].name(), report.counted(): units,
                    "item_kind": item_kind, "step_item": item, "pooled_items": many, "percent_of_step": share,
                }  # fmt: skip


def _of_step(ask: Ask[Fallout], what: Happened, names: Names, ids: Ints, counts: Floats, some: float) -> Iterator[_Item]:
    """The values of most units, equal ones by the bytes of their texts, then *other*. Only those that may be shown are named.

    Decision: *other* counts units where as many have a value as values have units, so that nobody has several.
    """
    order = np.argsort(-counts, kind="stable")
    if len(order) > what.items:
        order = order[counts[order] >= counts[order[what.items - 1]]]
    known, nothing = names(what.dimension, ids[order]), ask.view.no_value_of(what.dimension)
    texts = {at: known.get(int(ids[at]), nothing) if ids[at] else nothing for at in order.tolist()}
    shown = sorted(texts, key=lambda at: (-counts[at], texts[at].encode(), ids[at] != 0))[: what.items]
    yield from (("item", texts[at], 1.0, float(counts[at])) for at in shown)
    if len(shown) < len(ids):
        rest = float(counts.sum() - counts[shown].sum())
        yield "other", None, float(len(ids) - len(shown)), rest if counts.sum() == some else None

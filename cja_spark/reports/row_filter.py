"""Which rows a table has by their values: those that its filter lets pass, without *no value* where that is hidden (T3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.segments import TextIds, ids_match, positive
from cja_spark.view.condition import DimensionCondition

if TYPE_CHECKING:
    from cja_spark.reports.ask import Ask
    from cja_spark.reports.table import Table


@dataclass(frozen=True)
class RowFilter:
    """What values of its dimensions a row may have. It is true where it leaves some out.

    Attributes:
        hidden: dimensions whose *no value* is no row.
        conditions: what values must meet, each of one dimension.
        text_ids: the ids that meet them.
    """

    hidden: Sequence[str] = ()
    conditions: Sequence[DimensionCondition] = ()
    text_ids: TextIds = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.hidden or self.conditions)

    def passes(self, keys: Mapping[str, Ints], count: int) -> Bools:
        """Which rows may be there.

        Args:
            keys: per dimension the value ids of rows; what is asked of others they pass.
            count: how many rows there are.

        Shapes: int64[rows] each -> bool[rows].
        Source: T3; G3: *no value* meets negative conditions.
        """
        passed = np.ones(count, bool)
        for name in self.hidden:
            if name in keys:
                passed &= keys[name] != 0
        for condition in self.conditions:
            if condition.dimension in keys:
                twin = positive(condition)
                met = ids_match(keys[condition.dimension], twin, self.text_ids)
                passed &= met if twin is condition else ~met
        return passed


ALL_ROWS = RowFilter()


def row_filter(ask: Ask[Table]) -> RowFilter:
    """Which rows a table has.

    Source: T3, O8.
    """
    shown = ask.report.settled(ask.view).include_no_value
    if isinstance(shown, bool):
        hidden = () if shown else ask.report.dimensions
    else:
        hidden = tuple(name for name in ask.report.dimensions if name not in (shown or ()))
    return RowFilter(hidden, ask.report.filter, ask.text_ids)

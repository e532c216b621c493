"""What a kind of report is: what an author writes, its kernel, its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic

import pyarrow as pa
from typing_extensions import TypeVar

from cja_spark.journeys.batch import Ints
from cja_spark.registry import Registry
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.spec import Report
from cja_spark.reports.standard import texts_with_standard
from cja_spark.span import Months

K = TypeVar("K", bound=Report)

Names = Callable[[str, Ints], Mapping[int, str]]
PEOPLE_BY_KEY = "people by their keys"  # in place of a dimension: the texts are the ids of persons
Behind = Mapping[str, tuple[float | None, ...]]


def no_tail(report: Report) -> None:
    """A kind of report that looks at nothing after its range."""


@dataclass(frozen=True)
class Kind(Generic[K]):
    """One kind of report.

    Attributes:
        spec: what an author writes.
        kernel: journeys to cells, in a task.
        rows: summed cells to rows, on the driver.
        tail: how far after an event of its range it looks.
        first: journeys to cells of a pass before, which says which values are shown where a dimension has very many (L2).
        again: what to ask once more where the cells do not say for sure what is shown; nothing where they do.
        behind: per column how many people each row's figure is about, where the rows do not show it.
    """

    spec: type[K]
    kernel: Callable[[Seen[K]], Cells]
    rows: Callable[[Sums, Ask[K], Names], pa.Table]
    tail: Callable[[K], timedelta | Months | None] = no_tail
    first: Callable[[Seen[K]], Cells] | None = None
    again: Callable[[Sums, Ask[K], Names], Ask[K] | None] | None = None
    behind: Callable[[Sums, Ask[K], Names], Behind] | None = None

    def finish(self, sums: Sums, ask: Ask[K], names: Names) -> pa.Table:
        """Rows of summed cells; texts of standard dimensions need no dictionary."""
        return self.rows(sums, ask, texts_with_standard(names, ask.view))

    def surer(self, sums: Sums, ask: Ask[K], names: Names) -> Ask[K] | None:
        """What to ask once more, if the kind ever does; texts of standard dimensions need no dictionary."""
        return self.again(sums, ask, texts_with_standard(names, ask.view)) if self.again else None


REPORTS: Registry[Kind[Any]] = Registry("report")

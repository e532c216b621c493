"""Table: metrics by the values of one or more dimensions, with its own total and the rest as *other* (rules T, M6)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cja_spark.errors import did_you_mean
from cja_spark.reports.include_no_value import IncludeNoValue
from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.own_columns import WithColumns
from cja_spark.reports.row_segments import RowSegments, named_segments, segments_in_place
from cja_spark.reports.table_across import MOST_COLUMNS, columns_shown
from cja_spark.reports.table_by_segments import cells_of, rows_of
from cja_spark.spec import AsTuple, EachOnce, Name, Spec
from cja_spark.view.condition import DimensionCondition
from cja_spark.view.spec import View

MOST_DIMENSIONS = 16  # each makes every cell of a pass wider; a row of a page names no more


class Table(WithColumns):
    """Metrics by the values of dimensions.

    Attributes:
        report: metrics by the values of dimensions.
        dimensions: what rows are, up to 16; without one there is the total alone.
        by_segments: segments that are rows, each of what it keeps; with dimensions each is parted by their values.
        metrics: the columns.
        rows: how many rows are shown; the rest is *other*.
        sort: the metric that rows are sorted by; the first column when not given.
        include_no_value: whether what has no value is a row, for all dimensions or for those in a list; without a word
            each dimension says it (`no_value: {show: false}`).
        round_counts: shows metrics that count, whose parts an attribution may credit, as whole numbers; sums, order and
            calculated metrics are of the parts (rule M5).
        across: a dimension whose values are columns, each with all metrics.
        columns_shown: how many of its values are columns, the rest is *other*; without a number 5, of times up to 100.
        filter: conditions on values of the dimensions: the rows that meet all of them are the table, and its total is theirs.
    """

    report: Literal["table"] = "table"
    dimensions: Annotated[tuple[Name, ...], AsTuple, EachOnce] = Field(default=(), max_length=MOST_DIMENSIONS)
    by_segments: RowSegments = ()
    metrics: Annotated[tuple[Name, ...], AsTuple, EachOnce] = Field(default=("events", "people", "sessions"), min_length=1)
    rows: int = Field(default=50, ge=1, le=50_000)
    sort: Name | None = None
    include_no_value: IncludeNoValue | None = None
    round_counts: bool = False
    across: Name | None = None
    columns_shown: int | None = Field(default=None, ge=1, le=MOST_COLUMNS)
    filter: Annotated[tuple[DimensionCondition, ...], AsTuple] = ()

    @model_validator(mode="after")
    def _of_columns(self) -> Self:
        if self.across is None:
            if self.columns_shown is not None:
                raise ValueError("columns_shown: write 'across' too, the dimension whose values are columns.")
            return self
        if self.across in self.dimensions:
            raise ValueError(f"across: '{self.across}' is on the rows already; name another dimension.")
        if self.by_segments or not self.dimensions:
            raise ValueError("across: rows beside columns are values; write 'dimensions', without 'by_segments'.")
        if len(self.dimensions) == MOST_DIMENSIONS:
            raise ValueError(f"across: beside a dimension on the columns there are {MOST_DIMENSIONS - 1} on the rows at most.")
        return self

    @model_validator(mode="after")
    def _of_the_table(self) -> Self:
        shown = self.include_no_value if isinstance(self.include_no_value, tuple) else ()
        for name in shown:
            if name not in self.dimensions:
                raise ValueError(f"include_no_value: '{name}' is no dimension of the table. {did_you_mean(name, self.dimensions)}".rstrip())
        for condition in self.filter:
            if condition.dimension not in self.dimensions:
                raise ValueError(f"filter: '{condition.dimension}' is no dimension of the table. {did_you_mean(condition.dimension, self.dimensions)}".rstrip())
            if condition.distinct is not None or condition.model != "repeating":
                raise ValueError(f"filter: rows are values, so 'distinct' and 'model' say nothing of them; write a segment for events of '{condition.dimension}'.")
        return self

    def settled(self, view: View) -> Self:
        """With the dimensions of which what has no value is a row."""
        if self.include_no_value is not None:
            return self
        shown = tuple(name for name in self.dimensions if view.shows_no_value(name))
        return self.model_copy(update={"include_no_value": shown if 0 < len(shown) < len(self.dimensions) else shown == self.dimensions})

    def effective(self) -> Self:
        """With what has no value, where nothing hides it, and how many columns there are."""
        shown = True if self.include_no_value is None else self.include_no_value
        return self.model_copy(update={"include_no_value": shown, **({"columns_shown": columns_shown(self)} if self.across else {})})

    def metrics_used(self) -> tuple[str, ...]:
        """The columns, and what rows are sorted by."""
        return tuple(dict.fromkeys((*self.metrics, *((self.sort,) if self.sort else ()))))

    def sorted_by(self) -> str | None:
        """The one named by `sort`, else the first column; the total alone is not sorted, segments only by `sort`."""
        if not self.dimensions:
            return self.sort if self.by_segments else None
        return self.sort or self.metrics[0]

    def credited_dimensions(self) -> tuple[str, ...]:
        """Those that rows and columns are of; a combination of values is credited like one value."""
        return self.dimensions_used()

    def dimensions_used(self) -> tuple[str, ...]:
        """What rows and columns are."""
        return (*self.dimensions, *((self.across,) if self.across else ()))

    def segments_used(self) -> tuple[str, ...]:
        """Those that are rows by name."""
        return named_segments(self.by_segments)

    def conditions(self) -> tuple[Spec, ...]:
        """Those that are rows and written in place, and those that rows must meet."""
        return (*segments_in_place(self.by_segments), *self.filter)


REPORTS.register("table")(Kind(Table, cells_of, rows_of))

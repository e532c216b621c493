"""Next or previous: what comes right after, or right before, items or events, ranked (rule W5)."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Annotated, Any, Literal, Self

import pyarrow as pa
from pydantic import Field, model_validator

from cja_spark.reports import flow
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.flow_rows import finish as rows_of_flow
from cja_spark.reports.kind import REPORTS, Kind, Names
from cja_spark.reports.spec import Report
from cja_spark.spec import AsTuple, Name
from cja_spark.view.condition import DimensionCondition, Text

OWN = ("flow_column", "next_kind", "next_item")  # columns of a flow that say nothing where one column is shown


class NextPrevious(Report):
    """What comes right after an anchor, or right before it, by how often it does.

    Attributes:
        report: what is next or previous.
        dimension: the dimension whose values are ranked.
        anchor: after what, or before what; written like the anchor of a flow.
        direction: whether the `next` or the `previous` one is ranked.
        limit: whether only the first occurrence of each person or session counts, or the last one where the previous is ranked.
        container: whose events are one after another, each person's or each session's.
        items: how many items are shown; the rest is *other*.
        repeats: which of values in a row that are equal stands for them, or `keep` all, as dimensions of several values do.
        exclude: values that are passed over.
    """

    report: Literal["next_previous"] = "next_previous"
    dimension: Name
    anchor: flow.Anchor
    direction: Literal["next", "previous"] = "next"
    limit: bool = False
    container: Literal["person", "session"] = "person"
    items: int = Field(default=10, ge=1, le=100)
    repeats: Literal["first", "last", "keep"] = "first"
    exclude: Annotated[tuple[Text, ...], AsTuple] = ()

    @model_validator(mode="after")
    def _something_is_there(self) -> Self:
        if self.anchor.edge == ("exit" if self.direction == "next" else "entry"):
            raise ValueError(f"anchor: nothing is {self.direction} of an {self.anchor.edge}.")
        return self

    def as_flow(self) -> flow.Flow:
        """The flow of one column that has the same answer."""
        common = {name: getattr(self, name) for name in Report.model_fields}
        own = {name: getattr(self, name) for name in ("dimension", "limit", "container", "items", "repeats", "exclude")}
        side = "starts_with" if self.direction == "next" else "ends_with"
        return flow.Flow.model_construct(**{**common, **own, "report": "flow", "columns": 1, side: self.anchor})

    def metrics_used(self) -> tuple[str, ...]:
        """The metric that anchors, if one does."""
        return self.as_flow().metrics_used()

    def metrics_of_events(self) -> tuple[str, ...]:
        """An event carries it."""
        return self.metrics_used()

    def dimensions_used(self) -> tuple[str, ...]:
        """What is ranked."""
        return (self.dimension,)

    def conditions(self) -> tuple[DimensionCondition, ...]:
        """The items that anchor, and those that are passed over."""
        return self.as_flow().conditions()


def kernel(seen: Seen[NextPrevious]) -> Cells:
    """Count the paths of one column.

    Source: W5.
    """
    own: Seen[Any] = copy.copy(seen)
    own.ask = _of_flow(seen.ask)
    return flow.nodes(own)


def _of_flow(ask: Ask[Any]) -> Ask[flow.Flow]:
    return replace(ask, report=ask.report.as_flow())


def finish(sums: Sums, ask: Ask[NextPrevious], names: Names) -> pa.Table:
    """All occurrences of the anchor, then what is next or previous: items by occurrences, the rest as *other*, and the end.

    Columns: row_kind string (total, node), item_kind string (item, other, entry, exit; null in the total), flow_item string (null where
        there is none), doubles: path_views (additive), people and sessions (not additive, null in other), percent_of_total.
    """
    rows = rows_of_flow(sums, _of_flow(ask), names)
    column = 1 if ask.report.direction == "next" else -1
    kept = [at in (None, column) and kind != "link" for at, kind in zip(rows["flow_column"].to_pylist(), rows["row_kind"].to_pylist(), strict=True)]
    return rows.filter(pa.array(kept)).drop_columns([*OWN])


REPORTS.register("next_previous")(Kind(NextPrevious, kernel, finish))

"""Flow: what comes right before and after an item, an event, an entry or an exit, column by column (rules W1-W4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from cja_spark.errors import did_you_mean
from cja_spark.journeys.batch import Bools, Ints, Items
from cja_spark.journeys.hashing import value_id
from cja_spark.kernels.flow import Anchored, Steps, several_steps, single_steps
from cja_spark.kernels.sessions import run_starts
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.flow_cells import Whose, add_all, add_nodes, add_views
from cja_spark.reports.flow_cells_over_time import add_over_time
from cja_spark.reports.flow_over_time import again, finish
from cja_spark.reports.flow_rows import KINDS
from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.measures import DISTINCT
from cja_spark.reports.spec import Report
from cja_spark.reports.whole_periods import LONGEST_DAYS, Size, days_of, refuse_too_many
from cja_spark.spec import AsTuple, Name, Spec
from cja_spark.view.condition import DimensionCondition, Text

Edge = Literal["entry", "exit"]
MOST_CELLS = 1_000_000  # links times periods that a trend may have


class FlowAnchor(Spec):
    """Where paths are anchored: at items, at events that carry a metric, at the entry or the exit.

    Attributes:
        items: values of the dimension; each of their occurrences anchors a path.
        metric: a metric; each event that has some of it anchors a path, as a node of its own.
        edge: the `entry` or the `exit` of each session or person; also written as the word alone.
    """

    items: Annotated[tuple[Text, ...], AsTuple] = ()
    metric: Name | None = None
    edge: Edge | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(map(bool, (self.items, self.metric, self.edge))) != 1:
            raise ValueError("an anchor is `entry`, `exit`, or has one of items and metric.")
        if self.metric in ("events", *DISTINCT):
            raise ValueError(f"metric: '{self.metric}' is of every event, or of all of a session; name a metric that some events have.")
        return self


def _anchor(value: object) -> object:
    if isinstance(value, str) and value not in ("entry", "exit"):
        raise ValueError(f"no such choice: '{value}'. {did_you_mean(value, ('entry', 'exit'))} Write {{items: [{value}]}} for a value.")
    return {"edge": value} if value in ("entry", "exit") else value


Anchor = Annotated[FlowAnchor, BeforeValidator(_anchor, json_schema_input_type=FlowAnchor | Edge)]


class FlowTrend(Spec):
    """The links of most path views over time, in periods of the view's calendar; a path is in the period of its anchor.

    Attributes:
        granularity: how long a period is; the word alone is enough where nothing else is said.
        links: of how many links, and of the nodes at their ends, it is told.
    """

    granularity: Size = "day"
    links: int = Field(default=5, ge=1, le=20)


def _trend(value: object) -> object:
    """The word alone says how long a period is."""
    if not isinstance(value, str):
        return value
    if value not in LONGEST_DAYS:
        raise ValueError(f"no such choice: '{value}'. {did_you_mean(value, LONGEST_DAYS)}")
    return {"granularity": value}


class Flow(Report):
    """What comes right before and after an anchor, column by column. One of `starts_with`, `contains` and `ends_with` is given.

    Attributes:
        report: what comes before and after.
        dimension: the dimension whose values stand in the columns.
        starts_with: where paths begin; columns are of what comes after.
        contains: what paths have in their middle; columns are of what comes before and after.
        ends_with: where paths end; columns are of what comes before.
        limit: whether only the first occurrence of each session or person counts, or the last one where paths end.
        container: whose events a path is through, each session's or each person's.
        columns: how many columns there are on a side of the anchor.
        items: how many items a column shows; the rest is *other*.
        links: which items a column shows besides: those of the links between items of most path views, of all columns together; without a
            word all of them.
        repeats: which of values in a row that are equal stands for them, or `keep` all, as dimensions of several values do.
        exclude: values that are no part of a path.
        trend: by what periods the links of most path views, and the nodes at their ends, are told besides.
    """

    report: Literal["flow"] = "flow"
    dimension: Name
    starts_with: Anchor | None = None
    contains: Anchor | None = None
    ends_with: Anchor | None = None
    limit: bool = False
    container: Literal["session", "person"] = "session"
    columns: int = Field(default=5, ge=1, le=20)
    items: int = Field(default=10, ge=1, le=100)
    links: int | None = Field(default=None, ge=1, le=1000)
    repeats: Literal["first", "last", "keep"] = "first"
    exclude: Annotated[tuple[Text, ...], AsTuple] = ()
    trend: Annotated[FlowTrend, BeforeValidator(_trend, json_schema_input_type=FlowTrend | Size)] | None = None

    @model_validator(mode="after")
    def _one_anchor(self) -> Self:
        if sum(one is not None for one in (self.starts_with, self.contains, self.ends_with)) != 1:
            raise ValueError("a flow has one of starts_with, contains and ends_with.")
        if self.contains and self.contains.edge:
            raise ValueError(f"contains: {self.contains.edge} has paths on one side; write starts_with: entry or ends_with: exit.")
        if (self.starts_with and self.starts_with.edge == "exit") or (self.ends_with and self.ends_with.edge == "entry"):
            raise ValueError("nothing comes after an exit or before an entry; write starts_with: entry or ends_with: exit.")
        return self

    @model_validator(mode="after")
    def _not_too_many(self) -> Self:
        if self.trend is not None:
            refuse_too_many(self.range, self.trend.granularity)
            links = (len(self.places()) - 1) * (self.items + len(KINDS)) ** 2
            if links * -(-days_of(self.range) // LONGEST_DAYS[self.trend.granularity]) > MOST_CELLS:
                raise ValueError(f"trend: {links:,} links that could be in each {self.trend.granularity} are too many; ask fewer columns or items, or longer periods.")
        return self

    def anchor(self) -> FlowAnchor:
        """Where paths are anchored."""
        return self.starts_with or self.contains or self.ends_with or FlowAnchor.model_construct()  # of a faulty file

    def places(self) -> tuple[int, ...]:
        """The columns; the anchor's is 0."""
        return (*range(0 if self.starts_with else -self.columns, (0 if self.ends_with else self.columns) + 1),)

    def metrics_used(self) -> tuple[str, ...]:
        """The metric that anchors, if one does."""
        metric = self.anchor().metric
        return (metric,) if metric else ()

    def metrics_of_events(self) -> tuple[str, ...]:
        """An event carries it."""
        return self.metrics_used()

    def dimensions_used(self) -> tuple[str, ...]:
        """What stands in columns."""
        return (self.dimension,)

    def conditions(self) -> tuple[DimensionCondition, ...]:
        """The items that anchor, and those that are no part of a path."""
        return tuple(self.of_items(texts) for texts in (self.anchor().items, self.exclude) if texts)

    def of_items(self, texts: tuple[str, ...]) -> DimensionCondition:
        """That an event sets one of some values."""
        return DimensionCondition(dimension=self.dimension, equals_any_of=texts, model="instance")


def kernel(seen: Seen[Flow]) -> Cells:
    """Count the paths, the people and the sessions of each node and of each link.

    Source: W1-W3. Decision: the session of a path is that of its anchor.
    """
    return _cells(seen, _add)


def nodes(seen: Seen[Flow]) -> Cells:
    """Count the paths, the people and the sessions of each node alone.

    Source: W1-W3.
    """
    return _cells(seen, add_nodes)


def views_of_nodes(seen: Seen[Flow]) -> Cells:
    """Count the paths of each node alone: what says which items are shown, where there are very many.

    Source: L2.
    """
    return _cells(seen, add_views)


def _add(cells: Cells, seen: Seen[Flow], paths: Anchored, whose: Whose) -> None:
    walks = add_all(cells, seen, paths, whose)
    if seen.ask.report.trend is not None:
        add_over_time(cells, seen, paths, whose, walks)


def _cells(seen: Seen[Flow], add: Callable[[Cells, Seen[Flow], Anchored, Whose], object]) -> Cells:
    cells, mask = Cells(), seen.masked()
    at = np.flatnonzero(mask)
    if len(at) == 0:
        return cells
    people, sessions = (np.asarray(one, np.int64)[at] for one in (seen.journeys.person_of_event(), seen.sessions))
    steps = _steps(seen, mask, at, sessions if seen.ask.report.container == "session" else people)
    paths = _limited(seen.ask.report, _anchored(seen, steps, at, people, sessions))
    if len(paths.at):
        add(cells, seen, paths, Whose(people[paths.at], sessions[paths.at], seen.journeys.t[at[paths.at]]))
    return cells


def _among(seen: Seen[Flow], values: Ints, texts: tuple[str, ...]) -> Bools:
    """Which values are among some texts: bool[values]."""
    if not texts:
        return np.zeros(len(values), bool)
    known = seen.ask.text_ids.get(seen.ask.report.of_items(texts))
    return np.isin(values, [value_id(text) for text in texts] if known is None else known)


def _steps(seen: Seen[Flow], mask: Bools, at: Ints, units: Ints) -> Steps:
    """The sequence of each unit (W1)."""
    report, own = seen.ask.report, seen.journeys.own_values(seen.ask.report.dimension)
    if isinstance(own, Items):
        kept = own.kept(mask)
        return several_steps(units, kept.offsets, kept.values, (kept.values != 0) & ~_among(seen, kept.values, report.exclude))
    values = own[at]
    return single_steps(units, values, (values != 0) & ~_among(seen, values, report.exclude), report.repeats)


def _anchored(seen: Seen[Flow], steps: Steps, at: Ints, people: Ints, sessions: Ints) -> Anchored:
    """All paths, in the order of their anchors (W2)."""
    anchor = seen.ask.report.anchor()
    units = sessions if seen.ask.report.container == "session" else people
    entry = len(steps.ids)  # the numbers of entry, exit and the metric follow those of values
    if anchor.edge:
        heads = run_starts(steps.units)
        ends = np.append(heads[1:], len(steps.units))[: len(heads)]
        first = anchor.edge == "entry"
        places = steps.places[heads if first else ends - 1]
        number = np.full(len(heads), entry if first else entry + 1, np.int32)
        return Anchored(steps, places, steps.units[heads], (heads if first else ends) - 1, heads if first else ends, number, np.arange(len(heads) + 1))
    if anchor.metric:
        places = np.flatnonzero(seen.step(anchor.metric)[at])
        before, after = (np.searchsorted(steps.places, places, side=side) for side in ("left", "right"))
        number = np.full(len(places), entry + 2, np.int32)
        return Anchored(steps, places, units[places], before - 1, after, number, np.arange(len(places) + 1))
    mine = np.flatnonzero(_among(seen, steps.ids, anchor.items)[steps.codes])
    owners = np.repeat(np.arange(len(steps.places)), np.diff(steps.offsets))[mine]
    counts = np.bincount(owners, minlength=len(steps.places))
    some = np.flatnonzero(counts)
    return Anchored(steps, steps.places[some], steps.units[some], some - 1, some + 1, steps.codes[mine], np.append(0, np.cumsum(counts[some])))


def _limited(report: Flow, paths: Anchored) -> Anchored:
    """The first path of each unit, or the last one where paths end (W2)."""
    if not report.limit:
        return paths
    heads = run_starts(paths.units)
    return paths.only(np.append(heads[1:], len(paths.units))[: len(heads)] - 1 if report.ends_with else heads)


REPORTS.register("flow")(Kind(Flow, kernel, finish, first=views_of_nodes, again=again))

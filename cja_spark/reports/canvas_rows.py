"""Canvas after the tasks: summed cells to journeys, their nodes, and the branches between these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from cja_spark.journeys.batch import Floats, Ints
from cja_spark.kernels.time_to_event import middles_of_cells, nearest_ranks
from cja_spark.reports.ask import Ask
from cja_spark.reports.canvas_cells import BRANCH, JOURNEY, NODE, PEOPLE_OF, SUM_MS, TIMES, TOTAL
from cja_spark.reports.cells import Sums
from cja_spark.reports.kind import Behind, Names

if TYPE_CHECKING:
    from cja_spark.reports.canvas import Canvas

COLUMNS_OF_STEPS = {"enters": "entered_events", "exits": "exit_events", "errors": "error_events"}
COUNTS = ("journey_runs", "people", "node_visits", "run_starts", *COLUMNS_OF_STEPS.values(), "ended_runs", "waiting_runs")  # in the order of their measures
UNITS = ("journey_runs", "people")  # of several nodes they do not add up
TEXTS = ("row_kind", "journey_name", "node_name", "next_node")
MS = 1000.0
Row = dict[str, Any]
Key = tuple[int, ...]


def finish(sums: Sums, ask: Ask[Canvas], names: Names) -> pa.Table:
    """All runs, then each journey by its runs, followed by its nodes and its branches by their visits; ties by value bytes.

    Columns: row_kind string (total, journey, node, other: the nodes that are not shown, branch, other_journeys), journey_name, node_name and
        next_node string (null of a branch: the nodes that are not shown), then doubles: journey_runs, people (not additive; null of other, of branches
        at it, people also of other_journeys), node_visits (of a branch: how often it is taken), share_of_all (of a node: its runs of the
        journey's; of a branch: of the visits of the node that it leaves), run_starts (runs whose first node it is; of a journey those with a node), per
        step that is asked for entered_events, exit_events, error_events, then ended_runs and waiting_runs (of a node: those whose last one it is; null of branches),
        mean_seconds and per percentile p50_seconds from the beginning of a visit to that of the next one (of branches).
    """
    report = ask.report
    figures = ("journey_runs", "people", "node_visits", "share_of_all", "run_starts", *report.columns_of_steps(), "ended_runs", "waiting_runs", "mean_seconds", *report.columns_of_percentiles())
    rows = _rows(sums, ask, names)
    return pa.table({
        **{name: pa.array([row.get(name) for row in rows], pa.string()) for name in TEXTS},
        **{name: pa.array([row.get(name) for row in rows], pa.float64()) for name in figures},
    })  # fmt: skip


def behind(sums: Sums, ask: Ask[Canvas], names: Names) -> Behind:
    """How many people the counts of each row are of; of several nodes or journeys the most of one, so no more than there are."""
    rows = _rows(sums, ask, names)
    counted = [name for name in COUNTS if name != "people"]
    found = {name: tuple(row.get(f"people of {name}") for row in rows) for name in counted}
    return {**found, "people": tuple(row.get("people of journey_runs", row.get("people of node_visits")) for row in rows)}


class _Cells(NamedTuple):
    """The summed cells of some rows: per count its amount by key, and of how many people it is."""

    amounts: Mapping[str, Mapping[Key, float]]
    people: Mapping[str, Mapping[Key, float]]

    @classmethod
    def of(cls, sums: Sums, first: int, keys: int) -> _Cells:
        """Those whose measures begin there."""
        amounts = {name: sums.by_key(first + number, keys) for number, name in enumerate(COUNTS)}
        return cls(amounts, {name: sums.by_key(first + PEOPLE_OF + number, keys) for number, name in enumerate(COUNTS) if name != "people"})

    def row(self, keys: Iterable[Key]) -> Row:
        """The counts of some rows together; what does not add up is told of one alone."""
        some = list(keys)
        row: Row = {name: sum(own.get(key, 0.0) for key in some) for name, own in self.amounts.items() if own and (len(some) == 1 or name not in UNITS)}
        return row | {f"people of {name}": max(own.get(key, 0.0) for key in some) for name, own in self.people.items() if own}


def _rows(sums: Sums, ask: Ask[Canvas], names: Names) -> list[Row]:
    report = ask.report
    nothing = dict.fromkeys((*(name for name in COUNTS if name not in COLUMNS_OF_STEPS.values()), *report.columns_of_steps()), 0.0)
    rows: list[Row] = [{"row_kind": "total", **nothing, **_Cells.of(sums, TOTAL, 0).row([()])}]
    journeys, nodes, branches = _Cells.of(sums, JOURNEY, 1), _Cells.of(sums, NODE, 2), _Branches(sums, report)
    order = _ranked({key: count for (key,), count in journeys.amounts["journey_runs"].items()}, ask, report.journey, names)
    for journey, text in order[: report.journeys]:
        own = {key[1]: count for key, count in nodes.amounts["node_visits"].items() if key[0] == journey}
        line = journeys.row([(journey,)])
        rows.append({"row_kind": "journey", "journey_name": text, **line})
        parts = _parts(journey, own, line["journey_runs"], nodes, branches, ask, names)
        rows += [{**row, "journey_name": text} for row in parts]
    if hidden := [(journey,) for journey, _ in order[report.journeys :]]:
        runs = sum(journeys.amounts["journey_runs"][key] for key in hidden)
        rows.append({"row_kind": "other_journeys", **journeys.row(hidden), "journey_runs": runs, "people": None})
    return rows


def _ranked(counts: Mapping[int, float], ask: Ask[Canvas], dimension: str, names: Names) -> list[tuple[int, str]]:
    """Ids and texts by how often they are there, descending, then value bytes."""
    known, nothing = names(dimension, np.array([*counts], np.int64)), ask.view.no_value_of(dimension)
    texts = {one: known.get(one, nothing) if one else nothing for one in counts}
    return [(one, texts[one]) for one in sorted(texts, key=lambda one: (-counts[one], texts[one].encode(), one != 0))]


def _parts(journey: int, counts: Mapping[int, float], runs: float, nodes: _Cells, branches: _Branches, ask: Ask[Canvas], names: Names) -> list[Row]:
    """The nodes and the branches of one journey."""
    order = _ranked(counts, ask, ask.report.node, names)
    texts, hidden = dict(order[: ask.report.nodes]), [(journey, node) for node, _ in order[ask.report.nodes :]]
    rows: list[Row] = []
    for node, text in texts.items():
        own = nodes.row([(journey, node)])
        rows.append({"row_kind": "node", "node_name": text, **own, "share_of_all": own["journey_runs"] / runs})
    if hidden:
        rows.append({"row_kind": "other", **{name: one for name, one in nodes.row(hidden).items() if name not in UNITS}})
    leaving: dict[str | None, float] = {text: counts[node] for node, text in texts.items()}
    return [*rows, *branches.rows(journey, texts, {**leaving, None: sum(counts[key[1]] for key in hidden)})]


class _Branches:
    """The branches of all journeys, each with how often and by whom it is taken, and how long that takes."""

    def __init__(self, sums: Sums, report: Canvas) -> None:
        self._report, self._cells, self._ms = report, _Cells.of(sums, BRANCH, 3), sums.by_key(BRANCH + SUM_MS, 3)
        self._times: dict[Key, list[tuple[int, float]]] = defaultdict(list)
        self._of: dict[int, list[Key]] = defaultdict(list)
        for key, count in sums.by_key(BRANCH + TIMES, 4).items():
            self._times[key[:3]].append((key[3], count))
        for key in self._ms:
            self._of[key[0]].append(key)

    def rows(self, journey: int, texts: Mapping[int, str], leaving: Mapping[str | None, float]) -> list[Row]:
        """The branches of a journey by how often they are taken, then by the bytes of their ends; nodes that are not shown are one."""
        of_ends: dict[tuple[str | None, str | None], list[Key]] = defaultdict(list)
        for key in self._of[journey]:
            of_ends[texts.get(key[1]), texts.get(key[2])].append(key)
        rows = [self._row(ends, keys, leaving[ends[0]]) for ends, keys in of_ends.items()]
        return sorted(rows, key=lambda row: (-row["node_visits"], *((end is None, (end or "").encode()) for end in (row["node_name"], row["next_node"]))))

    def _row(self, ends: tuple[str | None, str | None], keys: list[Key], leaving: float) -> Row:
        row = self._cells.row(keys)
        if None in ends:
            row = {name: one for name, one in row.items() if name not in UNITS}
        times: dict[int, float] = defaultdict(float)
        for key in keys:
            for length, count in self._times[key]:
                times[length] += count
        lengths = np.array(sorted(times), np.int64)
        mean = sum(self._ms[key] for key in keys) / row["node_visits"] / MS
        told = {"share_of_all": row["node_visits"] / leaving, "mean_seconds": mean, **self._percentiles(lengths, np.array([times[one] for one in lengths.tolist()]))}
        return {"row_kind": "branch", "node_name": ends[0], "next_node": ends[1], **row, **told}

    def _percentiles(self, lengths: Ints, counts: Floats) -> dict[str, float]:
        found = middles_of_cells(lengths[nearest_ranks(counts, np.array(self._report.ordered_percentiles(), float))]) / MS
        return dict(zip(self._report.columns_of_percentiles(), found.tolist(), strict=True))

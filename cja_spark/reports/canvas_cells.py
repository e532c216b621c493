"""Canvas in a task: journeys to cells of runs, nodes and branches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.canvas import Walk, first_of_runs, pairs_of, walked
from cja_spark.kernels.counting import units_per_code
from cja_spark.kernels.time_to_event import cells_of_times
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.meets import meets

if TYPE_CHECKING:
    from cja_spark.reports.canvas import Canvas

RUNS, PEOPLE, VISITS, STARTS, ENTERED, EXITS, ERRORS, ENDED, WAITING = range(9)  # measures
PEOPLE_OF = 20  # of how many people each of them is, from here on
SUM_MS, TIMES = 40, 41  # of branches: how long they take in all, and how many take how long
TOTAL, JOURNEY, NODE, BRANCH = 0, 100, 200, 300  # measures of each begin here
STEPS = {"enters": ENTERED, "exits": EXITS, "errors": ERRORS}


class _Scope(NamedTuple):
    """What some rows are of.

    Attributes:
        first: where its measures begin.
        keys: the keys of each row, int64[rows] each; none of the total.
    """

    first: int
    keys: tuple[Ints, ...]

    def add(self, cells: Cells, measure: int, codes: Ints, people: Ints) -> None:
        """Add how many things there are per row, and of how many people they are.

        Shapes: codes int64[n] (rows), people int64[n] ascending.
        """
        size = len(self.keys[0]) if self.keys else 1
        cells.add(self.first + measure, np.bincount(codes, minlength=size), *self.keys)
        self.add_units(cells, PEOPLE_OF + measure, codes, people)

    def add_units(self, cells: Cells, measure: int, codes: Ints, units: Ints) -> None:
        """Add how many units there are per row: int64[n] ascending."""
        size = len(self.keys[0]) if self.keys else 1
        cells.add(self.first + measure, units_per_code(codes.astype(np.int32), units, size), *self.keys)


class _Runs(NamedTuple):
    """All runs with their visits, in the order of people.

    Attributes:
        walk: the events of runs.
        people: the person of each event, int64[n] ascending.
        t: when each was, ms, int64[n].
        nodes: its node, int64[n], 0 where it has none.
        begun: places of the first event of each run, int64[runs].
        visits: places of the first event of each visit, int64[visits].
        ended: whether each run has an exit, bool[runs].
        did: per step the places of the events that meet it.
    """

    walk: Walk
    people: Ints
    t: Ints
    nodes: Ints
    begun: Ints
    visits: Ints
    ended: Bools
    did: Mapping[int, Ints]


def kernel(seen: Seen[Canvas]) -> Cells:
    """Count runs, visits and what happens at them, in all, per journey and per node; how often each branch is taken and how long it takes.

    Source: Journey Optimizer, data, datasets-query-examples; reports, query-examples.
    """
    cells, report = Cells(), seen.ask.report
    of_runs = seen.journeys.own_ids(report.run)
    at = np.flatnonzero(seen.masked() & (of_runs != 0))
    if len(at) == 0:
        return cells
    runs = _runs(seen, at, of_runs[at])
    journey = first_of_runs(runs.walk.run, seen.journeys.own_ids(report.journey)[at][runs.walk.order], len(runs.begun))
    _add_runs(cells, runs, _Scope(TOTAL, ()), np.zeros(len(journey), np.int64))
    ids, codes = np.unique(journey, return_inverse=True)
    _add_runs(cells, runs, _Scope(JOURNEY, (ids,)), codes)
    if len(runs.visits):
        _add_nodes(cells, runs, journey)
        _add_branches(cells, runs, journey)
    return cells


def _runs(seen: Seen[Canvas], at: Ints, of_runs: Ints) -> _Runs:
    """The runs that some events are of."""
    report, journeys = seen.ask.report, seen.journeys
    people = np.asarray(journeys.person_of_event(), np.int64)[at]
    nodes = journeys.own_ids(report.node)[at]
    walk = walked(people, of_runs, nodes)
    did = {measure: np.flatnonzero(meets(seen, step)[at][walk.order]) for name, measure in STEPS.items() if (step := getattr(report, name))}
    begun = np.flatnonzero(walk.first)
    ended = np.zeros(len(begun), bool)
    ended[walk.run[did[EXITS]]] = True
    return _Runs(walk, people[walk.order], journeys.t[at][walk.order], nodes[walk.order], begun, np.flatnonzero(walk.begins), ended, did)


def _add_runs(cells: Cells, runs: _Runs, scope: _Scope, codes: Ints) -> None:
    """Add all that happens in runs, in the row of each.

    Shapes: codes int64[runs].
    """
    walk, people = runs.walk, runs.people
    whose = people[runs.begun]
    visited = np.unique(walk.run[runs.visits])
    scope.add(cells, RUNS, codes, whose)
    scope.add_units(cells, PEOPLE, codes, whose)
    scope.add(cells, VISITS, codes[walk.run[runs.visits]], people[runs.visits])
    scope.add(cells, STARTS, codes[visited], whose[visited])
    for measure, places in runs.did.items():
        scope.add(cells, measure, codes[walk.run[places]], people[places])
    scope.add(cells, ENDED, codes[runs.ended], whose[runs.ended])
    scope.add(cells, WAITING, codes[~runs.ended], whose[~runs.ended])


def _add_nodes(cells: Cells, runs: _Runs, journey: Ints) -> None:
    """Add what happens at each node of each journey.

    Shapes: journey int64[runs].
    """
    walk, people, at = runs.walk, runs.people, runs.visits
    of_run = walk.run[at]
    *keys, codes = pairs_of(journey[of_run], runs.nodes[at])
    scope = _Scope(NODE, (keys[0], keys[1]))
    first, last = np.ones(len(at), bool), np.ones(len(at), bool)
    first[1:], last[:-1] = of_run[1:] != of_run[:-1], of_run[1:] != of_run[:-1]
    scope.add_units(cells, RUNS, codes, of_run)
    scope.add_units(cells, PEOPLE, codes, people[at])
    scope.add(cells, VISITS, codes, people[at])
    scope.add(cells, STARTS, codes[first], people[at[first]])
    for measure, places in runs.did.items():
        there = places[walk.visit[places] >= 0]
        scope.add(cells, measure, codes[walk.visit[there]], people[there])
    for measure, some in ((ENDED, last & runs.ended[of_run]), (WAITING, last & ~runs.ended[of_run])):
        scope.add(cells, measure, codes[some], people[at[some]])


def _add_branches(cells: Cells, runs: _Runs, journey: Ints) -> None:
    """Add how often runs go from one node to another one, and how long after the one's visit the other's begins.

    Shapes: journey int64[runs].
    """
    at = runs.visits
    follows = np.flatnonzero(runs.walk.run[at][1:] == runs.walk.run[at][:-1])
    if len(follows) == 0:
        return
    before, after = at[follows], at[follows + 1]
    sources, targets, pairs = pairs_of(runs.nodes[before], runs.nodes[after])
    of_journey, number, codes = pairs_of(journey[runs.walk.run[before]], pairs)
    scope = _Scope(BRANCH, (of_journey, sources[number], targets[number]))
    scope.add_units(cells, RUNS, codes, runs.walk.run[before])
    scope.add_units(cells, PEOPLE, codes, runs.people[before])
    scope.add(cells, VISITS, codes, runs.people[before])
    took = runs.t[after] - runs.t[before]
    cells.add(BRANCH + SUM_MS, np.bincount(codes, took, len(number)), *scope.keys)
    branches, lengths, timed = pairs_of(codes, cells_of_times(took))
    cells.add(BRANCH + TIMES, np.bincount(timed, minlength=len(branches)), *(key[branches] for key in scope.keys), lengths)

"""Journey Optimizer, reports: the nodes that runs of journeys visit, the branches between them, and how long these take."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from statistics import mean

from tests.reference.metrics import own, own_before_persistence
from tests.reference.order import in_range
from tests.reference.retention import events_of
from tests.reference.values import no_value

STEPS = {"enters": "entered_events", "exits": "exit_events", "errors": "error_events"}


def runs(seen: dict, ask: dict, view: dict, kept_by: Callable) -> list[dict]:
    """Each run of a person: its journey, its visits, and how often each step happened, also before the first visit."""
    found: list[dict] = []
    for person, journey in seen["journeys"].items():
        met = {name: {*events_of(ask[name], person, seen, ask, view, kept_by)} for name in STEPS if ask.get(name)}
        own_runs: dict[str, dict] = {}
        for at, event in enumerate(journey):
            if not (seen["mask"][person][at] and in_range(event, ask)):
                continue
            run, node, of = (first(event, view, ask[name]) for name in ("run", "node", "journey"))
            if run is None:
                continue
            one = own_runs.setdefault(run, {"person": person, "journey": None, "visits": [], "did": dict.fromkeys(STEPS, 0)})
            one["journey"] = one["journey"] or of
            if node is not None and (not one["visits"] or one["visits"][-1]["node"] != node):
                one["visits"].append({"node": node, "t": event["t"], "did": dict.fromkeys(STEPS, 0)})
            for name, places in met.items():
                one["did"][name] += at in places
                if one["visits"]:
                    one["visits"][-1]["did"][name] += at in places
        found += own_runs.values()
    return found


def first(event: dict, view: dict, dimension: str) -> str | None:
    """The value that an event itself has."""
    return next(iter(own(own_before_persistence(event), view, dimension)), None)


def canvas(seen: dict, ask: dict, view: dict, kept_by: Callable) -> list[dict]:
    """All runs, then each journey, its nodes, its branches; at last the runs of journeys that are not shown."""
    every = runs(seen, ask, view, kept_by)
    by_journey: dict[str | None, list[dict]] = {}
    for run in every:
        by_journey.setdefault(run["journey"], []).append(run)
    texts = {one: no_value(view, ask["journey"])["label"] if one is None else one for one in by_journey}
    order = sorted(by_journey, key=lambda one: (-len(by_journey[one]), texts[one].encode(), one is not None))
    shown, hidden = order[: ask.get("journeys", 10)], order[ask.get("journeys", 10) :]
    rows = [line("total", ask, every)]
    for one in shown:
        rows.append(line("journey", ask, by_journey[one], journey_name=texts[one]))
        rows += [{**row, "journey_name": texts[one]} for row in parts(by_journey[one], ask)]
    return [*rows, *([line("other_journeys", ask, [run for one in hidden for run in by_journey[one]])] if hidden else [])]


def parts(some: list[dict], ask: dict) -> list[dict]:
    """The nodes and the branches of a journey."""
    counts: dict[str, int] = {}
    for run in some:
        for visit in run["visits"]:
            counts[visit["node"]] = counts.get(visit["node"], 0) + 1
    order = sorted(counts, key=lambda node: (-counts[node], node.encode()))
    shown, hidden = order[: ask.get("nodes", 50)], {*order[ask.get("nodes", 50) :]}
    rows = [of_nodes("node", [node], some, ask, node_name=node) for node in shown]
    rows += [of_nodes("other", hidden, some, ask)] if hidden else []
    branches: dict[tuple, list[tuple[dict, float]]] = {}
    for run in some:
        for before, after in zip(run["visits"], run["visits"][1:], strict=False):
            ends = tuple(None if visit["node"] in hidden else visit["node"] for visit in (before, after))
            branches.setdefault(ends, []).append((run, (after["t"] - before["t"]) / 1000))
    leaving = {None: sum(counts[node] for node in hidden), **counts}
    ranked = sorted(branches, key=lambda ends: (-len(branches[ends]), *((end is None, (end or "").encode()) for end in ends)))
    return rows + [of_branch(ends, branches[ends], leaving[ends[0]], ask) for ends in ranked]


def of_nodes(kind: str, nodes: Iterable[str], some: list[dict], ask: dict, node_name: str | None = None) -> dict:
    """One node, or those that are not shown together; runs and people of several do not add up."""
    visits = [(run, at, visit) for run in some for at, visit in enumerate(run["visits"]) if visit["node"] in nodes]
    last = [run for run, at, _ in visits if at == len(run["visits"]) - 1]
    whose = len({id(run) for run, _, _ in visits})
    figures = {
        "node_visits": len(visits), "run_starts": sum(at == 0 for _, at, _ in visits),
        **{column: sum(visit["did"][name] for _, _, visit in visits) for name, column in STEPS.items()},
        "ended_runs": sum(run["did"]["exits"] > 0 for run in last), "waiting_runs": sum(not run["did"]["exits"] for run in last),
    }  # fmt: skip
    if kind == "node":
        figures |= {"journey_runs": whose, "people": len({run["person"] for run, _, _ in visits}), "share_of_all": whose / len(some)}
    return blank(ask) | {"row_kind": kind, "node_name": node_name} | kept(figures, ask)


def of_branch(ends: tuple, taken: list[tuple[dict, float]], leaving: int, ask: dict) -> dict:
    """One branch: how often it was taken, of the visits of the node that it leaves, and how long after that visit the next began."""
    times = sorted(seconds for _, seconds in taken)
    told = {
        "node_visits": len(taken), "share_of_all": len(taken) / leaving, "mean_seconds": mean(times),
        **{f"p{percent:g}_seconds".replace(".", "_"): near(times, percent) for percent in sorted(ask.get("percentiles", (50, 90)))},
    }  # fmt: skip
    if None not in ends:
        told |= {"journey_runs": len({id(run) for run, _ in taken}), "people": len({run["person"] for run, _ in taken})}
    return blank(ask) | {"row_kind": "branch", "node_name": ends[0], "next_node": ends[1]} | told


def near(times: list[float], percent: float) -> float:
    """The middle of the cell in which the nearest rank lies (rule E)."""
    one = times[max(math.ceil(round(percent * len(times) / 100, 6)), 1) - 1]
    return 1.02 ** (math.floor(math.log(one * 1000) / math.log(1.02)) + 0.5) / 1000 if one else 0.0


def line(kind: str, ask: dict, some: list[dict], **cells: object) -> dict:
    """Some runs together."""
    ended = sum(run["did"]["exits"] > 0 for run in some)
    figures = {
        "journey_runs": len(some), "people": len({run["person"] for run in some}), "node_visits": sum(len(run["visits"]) for run in some),
        "run_starts": sum(bool(run["visits"]) for run in some), **{column: sum(run["did"][name] for run in some) for name, column in STEPS.items()},
        "ended_runs": ended, "waiting_runs": len(some) - ended,
    }  # fmt: skip
    if kind == "other_journeys":
        del figures["people"]
    return blank(ask) | {"row_kind": kind, **cells} | kept(figures, ask)


def kept(figures: dict, ask: dict) -> dict:
    """Figures without those of steps that are not asked for."""
    return {name: float(one) for name, one in figures.items() if not any(name == column and not ask.get(step) for step, column in STEPS.items())}


def blank(ask: dict) -> dict:
    """A row without figures."""
    names = ("journey_name", "node_name", "next_node", "journey_runs", "people", "node_visits", "share_of_all", "run_starts",
             *(column for step, column in STEPS.items() if ask.get(step)), "ended_runs", "waiting_runs", "mean_seconds",
             *(f"p{percent:g}_seconds".replace(".", "_") for percent in sorted(ask.get("percentiles", (50, 90)))))  # fmt: skip
    return {"row_kind": None, **dict.fromkeys(names)}

"""Rules W1-W4: the sequence of each unit, the paths that are anchored in it, and what stands in their columns."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from tests.reference.calendar import EPOCH, bucket, edges, label
from tests.reference.metrics import carries, own, own_before_persistence
from tests.reference.order import in_range

KINDS = ("item", "other", "metric", "entry", "exit")
Node = tuple[str, str | None]
OTHER, ENTRY, EXIT = ("other", None), ("entry", None), ("exit", None)


def units(seen: dict, ask: dict) -> list[list[tuple[str, object, dict]]]:
    """The masked range events of each unit, each with its person and session."""
    found: dict[object, list] = {}
    for person, journey in seen["journeys"].items():
        for at, event in enumerate(journey):
            if seen["mask"][person][at] and in_range(event, ask):
                session = (person, seen["sessions"][person][at])
                unit = session if ask.get("container", "session") == "session" else person
                found.setdefault(unit, []).append((person, session, event))
    return list(found.values())


def sequence(events: list, ask: dict, view: dict, *, several: bool) -> list[tuple[int, list[str]]]:
    """W1: where values stand, and which; a run of equal ones is one, at its first or its last event."""
    steps: list[tuple[int, list[str]]] = []
    for at, (_, _, event) in enumerate(events):
        values = [*dict.fromkeys(own(own_before_persistence(event), view, ask["dimension"]))]
        left = [value for value in values if value not in ask.get("exclude", ())]
        if not left:
            continue
        if steps and steps[-1][1] == left and ask.get("repeats") != "keep" and not several:
            steps[-1] = (at, left) if ask.get("repeats") == "last" else steps[-1]
        else:
            steps.append((at, left))
    return steps


def anchored(events: list, steps: list, anchor: object, ask: dict, view: dict) -> list[dict]:
    """W2: each occurrence of the anchor: its nodes, the steps before and after it, whose it is."""
    def path(nodes: list[Node], before: int, after: int, at: int) -> dict:
        back, on = [values for _, values in steps[:before]][::-1], [values for _, values in steps[after:]]
        return {"nodes": nodes, "before": back, "after": on, "person": events[at][0], "session": events[at][1], "t": events[at][2]["t"]}

    if anchor in ("entry", "exit"):
        if not steps:
            return []
        return [path([ENTRY], 0, 0, steps[0][0]) if anchor == "entry" else path([EXIT], len(steps), len(steps), steps[-1][0])]
    if "metric" in anchor:
        found = [at for at, (_, _, event) in enumerate(events) if carries(event, view, anchor["metric"])]
        return [path([("metric", anchor["metric"])], sum(place < at for place, _ in steps), sum(place <= at for place, _ in steps), at) for at in found]
    some = [(number, [("item", value) for value in values if value in anchor["items"]]) for number, (_, values) in enumerate(steps)]
    return [path(nodes, number, number + 1, steps[number][0]) for number, nodes in some if nodes]


def column(path: dict, at: int) -> list[Node]:
    """W3: what a path has in a column; once finished it stays so."""
    if at == 0:
        return path["nodes"]
    side, end = (path["after"], EXIT) if at > 0 else (path["before"], ENTRY)
    return [("item", value) for value in side[abs(at) - 1]] if abs(at) <= len(side) else [end]


def flow(seen: dict, ask: dict, view: dict, *, several: bool) -> list[dict]:
    """The total, the nodes of each column, the links between columns."""
    way = next(one for one in ("starts_with", "contains", "ends_with") if ask.get(one))
    most = ask.get("columns", 5)
    columns = range(0 if way == "starts_with" else -most, (0 if way == "ends_with" else most) + 1)
    paths: list[dict] = []
    for events in units(seen, ask):
        found = anchored(events, sequence(events, ask, view, several=several), ask[way], ask, view)
        paths += (found[-1:] if way == "ends_with" else found[:1]) if ask.get("limit") else found
    shown = {at: best(paths, at, ask.get("items", 10)) for at in columns}
    if ask.get("links"):
        shown = linked(paths, shown, ask["links"])
    total = len(paths)
    rows = [figures("total", None, None, None, paths, total)]
    for at in columns:
        rows += [figures("node", at, node, None, some, total) for node, some in gathered(paths, shown, at).items()]
    for at in columns[:-1]:
        rows += [figures("link", at, *link, some, total) for link, some in gathered(paths, shown, at, at + 1).items()]
    return [{**row, "bucket": None, "label": None} for row in rows] + over_time(rows, paths, shown, ask, view) if ask.get("trend") else rows


def over_time(rows: list[dict], paths: list[dict], shown: dict, ask: dict, view: dict) -> list[dict]:
    """Decision: all paths, the links of most path views that are not of *other* nor from end to end, and the nodes at their ends, by the anchor's period."""
    trend = {"granularity": ask["trend"]} if isinstance(ask["trend"], str) else ask["trend"]
    clock = (trend.get("granularity", "day"), view.get("time_zone", "UTC"), view.get("calendar", "gregorian"))
    links = []
    for row in rows:
        here, following = (row["item_kind"], row["flow_item"]), (row["next_kind"], row["next_item"])
        if row["row_kind"] == "link" and OTHER not in (here, following) and (here, following) not in ((ENTRY, ENTRY), (EXIT, EXIT)):
            links.append((row["flow_column"], here, following, row["path_views"]))
    links = [link[:3] for link in sorted(links, key=lambda link: -link[3])[: trend.get("links", 5)]]
    ends = [(at, here) for at, here, _ in links] + [(at + 1, following) for at, _, following in links]
    of_nodes = [(row["flow_column"], (row["item_kind"], row["flow_item"])) for row in rows if row["row_kind"] == "node"]
    inside: dict[int, list[dict]] = {edge: [] for edge in edges(ask["from"], ask["to"], *clock[:2], clock[2])}
    for path in paths:
        inside[bucket(path["t"], *clock)].append(path)
    wanted = [("total_over_time", None, None, None)] + [("node_over_time", *node, None) for node in of_nodes if node in ends]
    wanted += [("link_over_time", *link) for link in links]
    found = []
    for kind, at, node, following in wanted:
        for edge, those in inside.items():
            if kind == "total_over_time":
                some = those
            else:
                key, ats = (node, [at]) if following is None else ((node, following), [at, at + 1])
                some = gathered(those, shown, *ats).get(key, [])
            moment = EPOCH + timedelta(milliseconds=edge)
            found.append({**figures(kind, at, node, following, some, len(those)), "bucket": moment, "label": label(edge, *clock)})
    return found


def best(paths: list[dict], at: int, most: int) -> list[str]:
    """W4: the items of a column that are shown, by occurrences, then bytes."""
    counts = Counter(value for path in paths for kind, value in column(path, at) if kind == "item")
    return sorted(counts, key=lambda value: (-counts[value], value.encode()))[:most]


def linked(paths: list[dict], shown: dict, most: int) -> dict:
    """Decision: the items that the most frequent links between shown items touch, of all columns together; the anchor's column stays."""
    counts: Counter = Counter()
    for at in [at for at in shown if at + 1 in shown]:
        for path in paths:
            sides = [[value for kind, value in column(path, place) if kind == "item" and value in shown[place]] for place in (at, at + 1)]
            counts.update((at, one, other) for one in sides[0] for other in sides[1])
    taken = sorted(counts, key=lambda link: (-counts[link], link[0], link[1].encode(), link[2].encode()))[:most]
    touched = {(at, one) for at, one, _ in taken} | {(at + 1, other) for at, _, other in taken}
    return {at: [value for value in values if at == 0 or (at, value) in touched] for at, values in shown.items()}


def gathered(paths: list[dict], shown: dict, *ats: int) -> dict:
    """The paths of each node, or of each pair of nodes of two columns, as often as they are there, in the order of rows."""
    found: dict = {}
    for path in paths:
        sides = [[node if node[0] != "item" or node[1] in shown[at] else OTHER for node in column(path, at)] for at in ats]
        for key in sides[0] if len(ats) == 1 else [(one, other) for one in sides[0] for other in sides[1]]:
            found.setdefault(key, []).append(path)

    def place(node: Node, at: int) -> tuple:
        return (KINDS.index(node[0]), shown[at].index(node[1]) if node[0] == "item" else 0)

    return dict(sorted(found.items(), key=lambda one: tuple(place(node, at) for node, at in zip([one[0]] if len(ats) == 1 else one[0], ats, strict=True))))


def figures(kind: str, at: int | None, node: Node | None, following: Node | None, paths: list[dict], total: int) -> dict:
    """One row."""
    pooled = OTHER in (node, following)
    return {
        "row_kind": kind, "flow_column": at,
        "item_kind": node[0] if node else None, "flow_item": node[1] if node else None,
        "next_kind": following[0] if following else None, "next_item": following[1] if following else None,
        "path_views": float(len(paths)),
        "people": None if pooled else float(len({path["person"] for path in paths})),
        "sessions": None if pooled else float(len({path["session"] for path in paths})),
        "percent_of_total": len(paths) / total if total else None,
    }  # fmt: skip

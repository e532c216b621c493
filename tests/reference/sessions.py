"""Rules S1-S5: sessions of a journey, and the sessions report."""

from __future__ import annotations

from itertools import pairwise

from tests.reference.metrics import carries, own
from tests.reference.months import Span, length, within
from tests.reference.order import in_range
from tests.reference.values import hides, no_value


def timeout(view: dict) -> Span:
    """The session timeout, 30 minutes unless the view says otherwise."""
    return length(view.get("session", {}).get("timeout", "30 minutes"))


def openings(journey: list[dict], view: dict) -> list[bool]:
    """S1: the first event read, one after a gap longer than the timeout, one that carries a start metric."""
    found, most, zone = [], timeout(view), view.get("time_zone", "UTC")
    for at, event in enumerate(journey):
        idle = at == 0 or not within(journey[at - 1]["t"], event["t"], most, zone)
        starts = any(carries(event, view, name) for name in view.get("session", {}).get("starts_with", ()))
        found.append(idle or starts)
    return found


def numbers(journey: list[dict], view: dict) -> list[int]:
    """S2: of each event, the position of the event its session began with."""
    found: list[int] = []
    for at, opens in enumerate(openings(journey, view)):
        found.append(at if opens else found[-1])
    return found


def with_figures(journey: list[dict], session_of: list[int], events: list[int]) -> None:
    """S4, S5 written on some events of a journey: what each adds to starts, ends, bounces and time spent."""
    for session in {session_of[at] for at in events}:
        inside = [at for at in events if session_of[at] == session]
        following = dict(pairwise(inside))
        for at in inside:
            spent = (journey[following[at]]["t"] - journey[at]["t"]) / 1000 if at in following else None
            journey[at] |= {
                "session_starts": float(at == session),
                "session_ends": float(at == inside[-1]),
                "bounces": float(len(inside) == 1),
                "time_spent_seconds": spent,
            }


def rates(counts: dict[str, float | None], session_seconds: float) -> dict[str, float | None]:
    """The columns of a row; nothing to divide by is null."""

    def per(part: float, whole: float | None) -> float | None:
        return part / whole if whole else None

    return {
        **counts,
        "bounce_rate": per(counts["bounces"], counts["sessions"]),
        "sessions_per_person": per(counts["sessions"], counts["people"]),
        "events_per_session": per(counts["events"], counts["sessions"]),
        "mean_session_seconds": per(session_seconds, counts["sessions"]),
    }


def visits(seen: dict, ask: dict, view: dict) -> list[dict]:
    """Sessions with a masked range event, with what is counted of each."""
    found = []
    for person, journey in seen["journeys"].items():
        session_of, mask = seen["sessions"][person], seen["mask"][person]
        for session in sorted(set(session_of)):
            inside = [at for at, event in enumerate(journey) if session_of[at] == session and in_range(event, ask)]
            masked = [at for at in inside if mask[at]]
            if not masked:
                continue
            following = dict(pairwise(inside))
            spent = [journey[following[at]]["t"] - journey[at]["t"] for at in masked if at in following]
            found.append(
                {
                    "person": person,
                    "first": journey[masked[0]],
                    "starts": session in masked,
                    "ends": inside[-1] in masked,
                    "bounce": len(inside) == 1,
                    "events": len(masked),
                    "spent": sum(spent) / 1000,
                    "seconds": (journey[inside[-1]]["t"] - journey[inside[0]]["t"]) / 1000,
                }
            )
    return found


def row(sessions: list[dict], *, people: bool = True) -> dict[str, float | None]:
    """S3-S5 of some sessions; without people where rows of distinct people were put together."""
    counts = {
        "sessions": float(len(sessions)),
        "session_starts": float(sum(visit["starts"] for visit in sessions)),
        "session_ends": float(sum(visit["ends"] for visit in sessions)),
        "bounces": float(sum(visit["bounce"] for visit in sessions)),
        "people": float(len({visit["person"] for visit in sessions})) if people else None,
        "events": float(sum(visit["events"] for visit in sessions)),
        "time_spent_seconds": float(sum(visit["spent"] for visit in sessions)),
    }
    return rates(counts, sum(visit["seconds"] for visit in sessions))


def sessions(seen: dict, ask: dict, view: dict) -> list[dict]:
    """A total row; with a dimension also one per value of the session's first masked event of the range.

    T3: where *no value* is no row, the total is of the sessions that have one, and a grand total of all follows it.
    T4: the rest is one row; a session has one value, so only its people cannot be summed.
    """
    found = visits(seen, ask, view)
    name = ask.get("dimension")
    if name is None:
        return [{"row_kind": "total", **row(found)}]
    entry, everything = f"entry_{name}", row(found)
    if hides(ask, view, name):
        found = [visit for visit in found if own(visit["first"], view, name)]
    rows = [{"row_kind": "total", entry: None, **row(found)}]
    if row(found) != everything:
        rows.append({"row_kind": "grand_total", entry: None, **everything})
    label = no_value(view, name)["label"]
    by_value: dict[str | None, list[dict]] = {}
    for visit in found:
        for value in dict.fromkeys(own(visit["first"], view, name) or [None]):
            by_value.setdefault(value, []).append(visit)
    keys = {value: label if value is None else value for value in by_value}
    order = sorted(
        keys, key=lambda value: (-row(by_value[value])["sessions"], keys[value].encode("utf-8"), value is not None)
    )
    shown, rest = order[: ask.get("rows", 50)], order[ask.get("rows", 50) :]
    rows += [{"row_kind": "item", entry: keys[value], **row(by_value[value])} for value in shown]
    if rest:
        left = [visit for value in rest for visit in by_value[value]]
        rows.append({"row_kind": "other", entry: None, **row(left, people=False)})
    return rows

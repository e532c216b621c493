"""Rules F1, F8-F12: the fallout report over all units."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.reference import chains, exclusions, fallout_around, fallout_reported, modes
from tests.reference.metrics import OF_SESSIONS, STANDARD, TYPES, carries, own
from tests.reference.months import ahead, length
from tests.reference.order import in_range, milliseconds
from tests.reference.values import hides, no_value


def step_spec(step: object) -> dict:
    """A step written short or long as {uses, segments, next, label}; without uses any event may do."""
    if isinstance(step, str):
        return {"uses": [step], "segments": [], "next": False, "label": None}
    extra = {"segments": step.get("segments", []), "next": step.get("next", False), "label": step.get("label")}
    step = {name: part for name, part in step.items() if name != "between"}
    if "step" in step:
        return {"uses": [step["step"]], **extra}
    if "any" in step:
        return {"uses": list(step["any"]), **extra}
    condition = {name: part for name, part in step.items() if name not in extra}
    return {"uses": [condition] if condition else [], **extra}


def step_name(spec: dict) -> str:
    """The step's label, or its parts in words."""
    words = [use if isinstance(use, str) else " ".join(str(part) for part in use.values()) for use in spec["uses"]]
    return spec["label"] or " and ".join(part for part in (" or ".join(words), *spec["segments"]) if part)


def met_by(use: object, journey: list[dict], session_of: list[int], ask: dict, view: dict, kept_by: Callable) -> set:
    """F1: positions of a journey that a metric, a segment or a condition on one event picks."""
    if isinstance(use, str) and (use in (*STANDARD, *TYPES, *OF_SESSIONS) or use in view.get("metrics", {})):
        return {at for at, event in enumerate(journey) if carries(event, view, use)}
    segment = use if isinstance(use, str) else {"container": "event", "where": use}
    return kept_by(segment, journey, session_of, ask, view)


def units_of(seen: dict, ask: dict, view: dict, kept_by: Callable) -> list[list[dict]]:
    """Masked events of each person or session with the steps they meet."""
    found = []
    for person, journey in seen["journeys"].items():
        session_of = seen["sessions"][person]
        steps_of = steps_met(ask["steps"], journey, session_of, ask, view, kept_by)
        hits_of = steps_met(ask.get("exclude", ()), journey, session_of, ask, view, kept_by)
        units: dict[int, list[dict]] = {}
        for at, event in enumerate(journey):
            if seen["mask"][person][at]:
                unit = units.setdefault(session_of[at] if ask.get("container") == "session" else 0, [])
                met = {"steps": {number + 1 for number in steps_of[at]}, "hits": hits_of[at]}
                unit.append({"t": event["t"], **met, "in_range": in_range(event, ask), "event": event})
        found += units.values()
    return found


def steps_met(
    steps: Sequence[object], journey: list[dict], session_of: list[int], ask: dict, view: dict, kept_by: Callable
) -> list[set[int]]:
    """F1: per event the steps, or exclusions, that it meets, counted from 0."""
    found: list[set[int]] = [set() for _ in journey]
    for number, spec in enumerate(map(step_spec, steps)):
        met = set() if spec["uses"] else set(range(len(journey)))
        for use in spec["uses"]:
            met |= met_by(use, journey, session_of, ask, view, kept_by)
        for segment in spec["segments"]:
            met &= kept_by(segment, journey, session_of, ask, view)
        for at in met:
            found[at].add(number)
    return found


def asked_of(ask: dict, zone: str) -> dict:
    """The options of the chains, defaults filled in (F9: entry with a window)."""
    window = length(ask.get("window"))
    specs = [step_spec(step) for step in ask["steps"]]
    rule = ask.get("date_rule") or ("entry" if window is not None else "in_range")
    if rule == "entry" and window is None:
        raise ValueError("date_rule: entry needs a window")
    ties = ask.get("ties", "total_order")
    if isinstance(ties, dict):
        ties = {"grace": milliseconds(ties["grace"])}
    given = {name: ask[name] for name in ("order", "one_event_one_step", "window_start") if name in ask}
    following = frozenset(number for number, spec in enumerate(specs, 1) if spec["next"])
    given["exclude"] = tuple(tuple(one.get("between", (1, len(specs)))) if isinstance(one, dict) else (1, len(specs)) for one in ask.get("exclude", ()))
    given["exclusion"] = ask.get("exclusion") or "drop_attempt"
    return chains.options(steps=len(specs), next=following, window=window, date_rule=rule, ties=ties, zone=zone, **given)


def of_chain(unit: list[dict], chain: list[int], start: int | None) -> dict:
    """A chain's level, its events, where they lie among those of its unit, and the start that decides whether it is open."""
    return {"level": len(chain), "chain": [unit[at]["event"] for at in chain], "start": start, "unit": unit, "at": chain}


def counted(units: list[list[dict]], ask: dict, asked: dict) -> list[dict]:
    """What is counted, each with its level and, where there is one, its chain's events."""
    found = []
    rules = exclusions if asked["exclude"] else chains
    for unit in units:
        if ask.get("modes"):
            unit, over = modes.until_stop(unit, {**asked, "modes": tuple(ask["modes"])})
            chain = None if chains.tie_mode(asked) == "step_order" else chains.reported_chain(unit, asked)
            start = None if over else chains.latest_start(unit, asked)
            found.append({"level": chains.level(unit, asked), "chain": None, "start": start} if chain is None else of_chain(unit, chain, start))
        elif ask.get("count") == "attempts":
            if asked["window_start"] != "first":
                raise ValueError("count: attempts needs window_start: first")
            for chain in rules.attempts(unit, asked):
                over = bool(asked["exclude"]) and exclusions.over(unit, chain, asked)
                found.append(of_chain(unit, chain, None if over else unit[chain[0]]["t"]))
        elif asked["order"] == "any" or chains.tie_mode(asked) == "step_order":
            found.append({"level": rules.level(unit, asked), "chain": None, "start": rules.latest_start(unit, asked)})
        else:
            found.append(of_chain(unit, rules.reported_chain(unit, asked), rules.latest_start(unit, asked)))
    return found


def fallout(seen: dict, ask: dict, view: dict, kept_by: Callable) -> list[dict]:
    """F11: rows per step in all, then per value of the breakdown by its first count descending, then value bytes."""
    units = units_of(seen, ask, view, kept_by)
    asked = asked_of(ask, view.get("time_zone", "UTC"))
    if asked["exclusion"] == "drop_person":  # F8: who leaves is nowhere in the report
        units = [unit for unit in units if not exclusions.leaves(unit, asked)]
    found = counted(units, ask, asked)
    names = [step_name(step_spec(step)) for step in ask["steps"]]
    if asked["order"] == "any":
        names = [f"any {count} of {len(names)}" for count in range(1, len(names) + 1)]
    levels = [float(sum(one["level"] >= step for one in found)) for step in range(1, len(names) + 1)]
    if ask.get("base") == "all" and ask.get("count") == "attempts":
        raise ValueError("base: all does not go with count: attempts")
    everyone = float(sum(any(event["in_range"] for event in unit) for unit in units))
    base = everyone if ask.get("base") == "all" else levels[0]
    rows = step_rows(counted_word(ask), None, 1, levels, base, names, still_open(found, asked, ask["to"], seen["data_until"]))
    if ask.get("breakdown"):
        rows += breakdown_rows(found, ask, view, names, base if ask.get("base") == "all" else None)
    if ask.get("times"):
        rows = fallout_reported.with_times(rows, found)
    around = fallout_around.rows(found, ask, view, asked, names, counted_word(ask))
    if ask.get("trend"):
        untold = dict.fromkeys(fallout_reported.TIMES) if ask.get("times") else {}

        def rows_of(of: list[float]) -> list[dict]:
            return [{**row, **untold} for row in step_rows(counted_word(ask), None, 1, of, of[0], names, None)]

        rows = [{"row_kind": "step", **row, "bucket": None, "label": None} for row in rows]
        rows += fallout_reported.over_time(found, ask, view, rows_of, len(names))
    if not ask.get("between") and not ask.get("after"):
        return rows
    columns = dict.fromkeys(["row_kind", *rows[0], "item_kind", "step_item", "pooled_items", "percent_of_step"])
    return [{**columns, "row_kind": "step", **row} for row in rows] + [{**columns, **row} for row in around]


def still_open(found: list[dict], asked: dict, to: int, data_until: int | None) -> list[float] | None:
    """F9: per step, what stopped there while an event after the data's end could still be of its latest chain."""
    if asked["window"] is None:
        return None
    waiting = [0.0] * asked["steps"]
    for one in found:
        if data_until is None or not one["level"] or one["level"] == asked["steps"] or one["start"] is None:
            continue
        last = ahead(one["start"] + 1, asked["window"], asked["zone"]) - 1
        if (min(last, to - 1) if asked["date_rule"] == "in_range" else last) > data_until:
            waiting[one["level"] - 1] += 1
    return waiting


def breakdown_rows(found: list[dict], ask: dict, view: dict, names: list[str], base: float | None) -> list[dict]:
    """F12: by the values the reported chain has at the breakdown's step; F11: of all units where they are the base.

    Where *no value* is no row, the rows of all still count who has none.
    """
    first = ask.get("breakdown_step", 1)
    label = no_value(view, ask["breakdown"])["label"]
    by_value: dict[str | None, list[int]] = {}
    for one in found:
        if one["level"] < first:
            continue
        if one["chain"] is None:
            raise ValueError("a breakdown needs a reported chain: order ordered, ties total_order or strict_time")
        for value in dict.fromkeys(own(one["chain"][first - 1], view, ask["breakdown"]) or [None]):
            by_value.setdefault(value, []).append(one["level"])

    def rank(value: str | None) -> tuple:
        return (-len(by_value[value]), (label if value is None else value).encode("utf-8"), value is not None)

    rows = []
    if hides(ask, view, ask["breakdown"]):
        by_value.pop(None, None)
    for value in sorted(by_value, key=rank):
        levels = [float(sum(level >= step for level in by_value[value])) for step in range(first, len(names) + 1)]
        share_of = levels[0] if base is None else base
        rows += step_rows(counted_word(ask), label if value is None else value, first, levels, share_of, names, None)
    return rows


def counted_word(ask: dict) -> str:
    """F10: what is counted."""
    if ask.get("count") == "attempts":
        return "attempts"
    return "sessions" if ask.get("container") == "session" else "people"


def step_rows(
    word: str, breakdown: str | None, first: int, levels: list[float], base: float, names: list[str],
    waiting: list[float] | None,
) -> list[dict]:  # fmt: skip
    """One row per step."""
    rows = []
    for at, reached in enumerate(levels):
        before = levels[at - 1] if at else 0
        rows.append(
            {
                "breakdown": breakdown,
                "step": first + at,
                "step_name": names[first + at - 1],
                word: reached,
                "percent_of_previous": reached / before if before else None,
                "percent_of_total": reached / base if base else None,
                f"fallout_{word}": reached - levels[at + 1] if at + 1 < len(levels) else None,
                f"open_{word}": waiting[at] if waiting is not None else None,
            }
        )
    return rows

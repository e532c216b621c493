"""Rule F8 on one unit, twice: by search over all chains, and in polynomial time; with F10 and F12 where exclusions act.

Events of the unit have `hits` besides, the exclusions that they are an event of, counted from 0. Options have `exclude`, pairs of
steps between which an exclusion acts, and `exclusion`, drop_attempt or drop_person.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.reference import chains
from tests.reference.chains import all_chains, first_chain, groups, in_window, may_follow, may_start, tie_mode


def places(unit: list[dict], asked: dict) -> tuple[list[int], set[int]]:
    """Where each event stands, and the events that stand alone: under `step_order` a group is one place (F4)."""
    if tie_mode(asked) != "step_order":
        return list(range(len(unit))), set(range(len(unit)))
    found = groups(unit)
    place_of = {at: place for place, members in enumerate(found) for at in members}
    return [place_of[at] for at in range(len(unit))], {members[0] for members in found if len(members) == 1}


def hits(unit: list[dict], number: int, asked: dict) -> list[int]:
    """Positions of an exclusion's events; of `in_range` those of the range."""
    seen = [at for at, event in enumerate(unit) if number in event.get("hits", ())]
    return [at for at in seen if asked["date_rule"] == "entry" or unit[at]["in_range"]]


def broken(unit: list[dict], chain: list[int], asked: dict) -> bool:
    """F8: an exclusion lies after p_a and before p_b, or where b is not reached up to the last step."""
    place, alone = places(unit, asked)
    for number, (a, b) in enumerate(asked["exclude"]):
        for x in hits(unit, number, asked) if len(chain) >= a else ():
            if place[x] <= place[chain[a - 1]]:
                continue
            end = chain[b - 1] if len(chain) >= b else chain[-1]
            on_it = len(chain) < b and place[x] == place[end] and x in alone
            if place[x] < place[end] or on_it:
                return True
    return False


def over(unit: list[dict], chain: list[int], asked: dict) -> bool:
    """Whether every later step would break the chain."""
    place, _ = places(unit, asked)
    return any(
        a <= len(chain) < b and any(place[x] > place[chain[a - 1]] for x in hits(unit, number, asked))
        for number, (a, b) in enumerate(asked["exclude"])
    )


def harmed(unit: list[dict], chain: list[int], asked: dict) -> bool:
    """F8 `drop_person`: an exclusion follows p_a, before p_b if that is reached, else within the window."""
    place, _ = places(unit, asked)
    for number, (a, b) in enumerate(asked["exclude"]):
        for x in hits(unit, number, asked) if len(chain) >= a else ():
            before = place[x] < place[chain[b - 1]] if len(chain) >= b else in_window(unit, chain[0], x, asked)
            if place[x] > place[chain[a - 1]] and before:
                return True
    return False


# ---- all chains -----------------------------------------------------------------------------------------------


def every_chain(unit: list[dict], asked: dict) -> Iterator[list[int]]:
    """All chains, exclusions ignored; of `window_start: first` those of the only attempt."""
    if asked["window_start"] == "first":
        chain = first_chain(unit, asked)
        return (chain[:length] for length in range(1, len(chain) + 1))
    return chains.step_order_chains(unit, asked) if tie_mode(asked) == "step_order" else all_chains(unit, asked)


def leaves(unit: list[dict], asked: dict) -> bool:
    """F8 `drop_person`: all chains of the level that the unit has without exclusions are harmed."""
    reached = chains.level(unit, asked)
    return reached > 0 and all(harmed(unit, chain, asked) for chain in every_chain(unit, asked) if len(chain) == reached)


def searched_level(unit: list[dict], asked: dict) -> int | None:
    """F2, F8 by exhaustive search; None: the unit leaves the report."""
    of_person = asked["exclusion"] == "drop_person"
    if of_person and leaves(unit, asked):
        return None
    return max((len(chain) for chain in every_chain(unit, asked) if of_person or not broken(unit, chain, asked)), default=0)


def searched_start(unit: list[dict], asked: dict) -> int | None:
    """The latest start of a chain that may still go on."""
    going = (chain for chain in every_chain(unit, asked) if not broken(unit, chain, asked) and not over(unit, chain, asked))
    return max((unit[chain[0]]["t"] for chain in going), default=None)


# ---- in polynomial time ----------------------------------------------------------------------------------------


def may_be(unit: list[dict], chain: list[int], asked: dict) -> bool:
    """Whether events in a row are a chain that no exclusion breaks."""
    return (
        may_start(unit, chain[0], asked)
        and all(may_follow(unit, chain[at - 1], chain[at], at + 1, asked) for at in range(1, len(chain)))
        and in_window(unit, chain[0], chain[-1], asked)
        and not broken(unit, chain, asked)
    )


def held_chains(unit: list[dict], asked: dict) -> list[list[list[int] | None]]:
    """Per step and event the unbroken chain that ends there: latest start, then the earlier found (F12)."""
    ending: list[list[list[int] | None]] = []
    for step in range(1, asked["steps"] + 1):
        row: list[list[int] | None] = []
        for at in range(len(unit)):
            best: list[int] | None = None
            for own in range(1, step + 1):  # how many of the last steps the event serves
                heads = [[]] if own == step else [chain for chain in ending[step - own - 1][:at] if chain is not None]
                for head in heads:
                    later = best is None or unit[(head or [at])[0]]["t"] > unit[best[0]]["t"]
                    if later and may_be(unit, [*head, *[at] * own], asked):
                        best = [*head, *[at] * own]
            row.append(best)
        ending.append(row)
    return ending


def unbroken(unit: list[dict], chain: list[int], asked: dict) -> list[int]:
    """A chain's longest part from its beginning that no exclusion breaks."""
    return next((part for length in range(len(chain), 0, -1) if not broken(unit, part := chain[:length], asked)), [])


def reported_chain(unit: list[dict], asked: dict) -> list[int]:
    """F12 among the chains that count; `drop_person` leaves chains as they are."""
    if asked["exclusion"] == "drop_person":
        return chains.reported_chain(unit, asked)
    if asked["window_start"] == "first":
        return unbroken(unit, first_chain(unit, asked), asked)
    return next((chain for row in reversed(held_chains(unit, asked)) for chain in row if chain is not None), [])


def attempts(unit: list[dict], asked: dict) -> list[list[int]]:
    """F10: an attempt ends at an exclusion too, and the next may start there."""
    found: list[list[int]] = []
    since = 0
    while chain := unbroken(unit, first_chain(unit, asked, since), asked):
        found.append(chain)
        ends = [at for at in range(chain[0], len(unit)) if not in_window(unit, chain[0], at, asked)]
        for number, (a, b) in enumerate(asked["exclude"]):
            if a <= len(chain) < b:
                ends += [x for x in hits(unit, number, asked) if x > chain[a - 1]]
        if len(chain) < asked["steps"] and not ends:
            break
        since = max(chain) + 1 if len(chain) == asked["steps"] else max(min(ends), max(chain) + 1)
    return found


def level(unit: list[dict], asked: dict) -> int:
    """The unit's level in polynomial time, of a unit that does not leave."""
    if asked["exclusion"] == "drop_person":
        return chains.level(unit, asked)
    return level_step_order(unit, asked)[0] if tie_mode(asked) == "step_order" else len(reported_chain(unit, asked))


def latest_start(unit: list[dict], asked: dict) -> int | None:
    """The ms at which the last chain that may still go on begins."""
    if asked["exclusion"] == "drop_person":
        return chains.latest_start(unit, asked)
    if tie_mode(asked) == "step_order":
        return level_step_order(unit, asked)[1]
    rows = [[reported_chain(unit, asked)]] if asked["window_start"] == "first" else held_chains(unit, asked)
    going = [chain for row in rows for chain in row if chain and not over(unit, chain, asked)]
    return max((unit[chain[0]]["t"] for chain in going), default=None)


def level_step_order(unit: list[dict], asked: dict) -> tuple[int, int | None]:
    """Level and latest start under `step_order`: per group all runs of steps that it serves; it then ends what it excludes."""
    reached, held = 0, dict[int, int]()
    for members in groups(unit):
        visible = [at for at in members if asked["date_rule"] == "entry" or unit[at]["in_range"]]
        here = [between for number, between in enumerate(asked["exclude"]) if set(visible) & set(hits(unit, number, asked))]
        now = {step: start for step, start in held.items() if not any(a <= step < b for a, b in here)}
        for first in range(1, asked["steps"] + 1):
            for last in range(first, asked["steps"] + 1):
                run = list(range(first, last + 1))
                if not visible or chains.coverable(unit, run, visible, asked) < len(run):
                    continue
                start = held.get(first - 1) if first > 1 else visible[0] if unit[visible[0]]["in_range"] else None
                if start is None or not in_window(unit, start, visible[0], asked):
                    continue
                ended = any(a < first and last < b for a, b in here)
                if not ended or len(members) > 1:
                    reached = max(reached, last)
                if not ended:
                    now[last] = max(now.get(last, -1), start)
        held = now
    return reached, max((unit[start]["t"] for start in held.values()), default=None)

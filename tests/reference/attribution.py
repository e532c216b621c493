"""Rules A1-A5, A7: the credit of the values that a person set before a conversion, conversion by conversion."""

from __future__ import annotations

from collections.abc import Callable

from tests.reference import standard
from tests.reference.calculated import Leaf
from tests.reference.metrics import amount, carries, own, own_before_persistence, spec_of
from tests.reference.months import back, length, within
from tests.reference.order import DAY, milliseconds
from tests.reference.persistence import person_from
from tests.reference.rate_game import RateGame

SHAPES = {"u_shaped": (40, 20, 40), "j_shaped": (20, 20, 60), "inverse_j": (60, 20, 20)}


def settings(view: dict, leaf: Leaf) -> dict | None:
    """The attribution of a metric, a formula's before the view's, defaults filled in."""
    found = spec_of(view, "metrics", leaf.metric).get("attribution")
    if leaf.attribution is not None:
        found = dict(leaf.attribution)
        found |= {"weights": dict(found["weights"])} if "weights" in found else {}
    return None if found is None else filled(found)


def filled(found: dict) -> dict:
    """An attribution with its defaults, times in ms."""
    how = {"model": "last_touch", "container": "person", "half_life": "7 days", "touch": "each", **found}
    if "lookback" not in found:
        how["lookback"] = 30 * DAY if how["container"] == "person" else None
    how["lookback"] = None if how["lookback"] == "none" else length(how["lookback"])
    return how


def attributed(view: dict, ask: dict, leaf: Leaf) -> dict | None:
    """The attribution of a metric where it credits values: in a table by dimensions, not only of times (A7)."""
    dimensions = {*ask.get("dimensions", ()), *([ask["across"]] if ask.get("across") else [])} - {*standard.TIMES}
    return settings(view, leaf) if ask["report"] in ("table", "contribution") and dimensions else None


def of_person(how: dict) -> bool:
    """Whether touches are looked for since the person scope began."""
    return how["container"] == "person" and how["lookback"] is None


def reads_from(how: dict, start: int, view: dict) -> int:
    """How far back touches of a conversion at an instant may be."""
    return back(start, how["lookback"], view.get("time_zone", "UTC"))


def reads_person(how: dict) -> bool:
    """Whether anything of a person counts since its scope began: touches, or what its rate is of."""
    return of_person(how) or how.get("game") == "rate_game"


def touches(at: int, values: list, journey: list[dict], session_of: list[int], how: dict, view: dict, ask: dict) -> list[int]:
    """A1, A2: positions of the touches of the conversion at a position."""
    found = [j for j in range(at + 1) if values[j]]
    if how["container"] == "session":
        found = [j for j in found if session_of[j] == session_of[at]]
    if of_person(how):
        found = [j for j in found if journey[j]["t"] >= person_from(view, ask)]
    if how["lookback"] is not None:
        zone = view.get("time_zone", "UTC")
        found = [j for j in found if within(journey[j]["t"], journey[at]["t"], how["lookback"], zone)]
    if how["touch"] == "runs":
        found = [j for n, j in enumerate(found) if n == 0 or values[j] != values[found[n - 1]]]
    return found


def weights(found: list[int], journey: list[dict], how: dict) -> list[float]:
    """A3: the share of each touch, by position; they sum to 1."""
    n, model = len(found), how["model"]
    if model in ("last_touch", "first_touch", "same_touch"):
        return [float(at == (0 if model == "first_touch" else n - 1)) for at in range(n)]
    if model == "linear":
        return [1 / n] * n
    if model == "time_decay":
        last, half = journey[found[-1]]["t"], milliseconds(how["half_life"])
        raw = [2.0 ** (-(last - journey[j]["t"]) / half) for j in found]
        return [weight / sum(raw) for weight in raw]
    if model == "custom":
        first, middle, last_ = (how["weights"][name] for name in ("first", "middle", "last"))
    else:
        first, middle, last_ = SHAPES[model]
    if n == 1:
        return [1.0]
    if n == 2:
        return [0.5, 0.5] if first + last_ == 0 else [first / (first + last_), last_ / (first + last_)]
    return [part / (first + middle + last_) for part in (first, *[middle / (n - 2)] * (n - 2), last_)]


def parts(distinct: frozenset, how: dict, rates: RateGame | None) -> dict:
    """The part of a conversion that each distinct value of its touches gets."""
    if how["model"] == "participation":
        return dict.fromkeys(distinct, 1.0)
    return rates.shares(distinct) if rates else dict.fromkeys(distinct, 1 / len(distinct))


Key = tuple[str | None, ...]
Combinations = Callable[[dict], set[Key]]


def valued(ask: dict) -> list[str]:
    """A7: the dimensions that events set before; those of time are the conversion's own."""
    return [name for name in ask["dimensions"] if name not in standard.TIMES]


def with_times(key: Key, event: dict, ask: dict, view: dict) -> Key:
    """A combination of values beside the conversion's own times, in the order of the dimensions."""
    values = iter(key)
    return tuple(own(event, view, name)[0] if name in standard.TIMES else next(values) for name in ask["dimensions"])


def values_of(event: dict, ask: dict, view: dict, combinations: Combinations) -> set[Key]:
    """A1: what an event sets: its own values of one dimension; of several, the combinations after allocation that have a value."""
    dimensions = valued(ask)
    if len(dimensions) == 1:
        return {(value,) for value in own(own_before_persistence(event), view, dimensions[0])}
    return {key for key in combinations(event) if any(value is not None for value in key)}


def rate_game(seen: dict, ask: dict, view: dict, leaf: Leaf, combinations: Combinations) -> RateGame:
    """A6: all persons with the values of their touches since the person scope began, and whether they convert; A7: unsegmented."""
    persons = []
    for journey in seen["journeys"].values():
        inside = [event for event in journey if person_from(view, ask) <= event["t"] < ask["to"]]
        values = frozenset(key for event in inside for key in values_of(event, ask, view, combinations))
        persons.append((values, any(event["t"] >= ask["from"] and carries(event, view, leaf.metric) for event in inside)))
    return RateGame(persons)


def credits(
    seen: dict, ask: dict, view: dict, leaf: Leaf, how: dict, combinations: Combinations, is_row: Callable[[Key], bool]
) -> tuple[dict[Key, float], float]:
    """Per row what it is credited with, all null for no touch; and what goes to rows, once per touch (A4).

    Of participation, once per conversion.
    """
    nothing = (None,) * len(valued(ask))
    found: dict[Key, float] = {}
    on_rows = 0.0
    rates = rate_game(seen, ask, view, leaf, combinations) if how.get("game") == "rate_game" else None
    for person, journey in seen["journeys"].items():
        session_of = seen["sessions"][person]
        values = [values_of(event, ask, view, combinations) for event in journey]
        for at, event in enumerate(journey):
            kept = seen["mask"][person][at] and all(at in seen["kept"][name][person] for name in leaf.segments)
            if not (kept and ask["from"] <= event["t"] < ask["to"] and carries(event, view, leaf.metric)):
                continue
            x = amount(event, view, leaf.metric)
            some = touches(at, values, journey, session_of, how, view, ask)
            if how["model"] == "same_touch":
                some = [j for j in some if j == at]
            if not some:
                none = with_times(nothing, event, ask, view)
                found[none] = found.get(none, 0.0) + x
                on_rows += x if is_row(none) else 0.0
                continue

            def row(key: Key, event: dict = event) -> Key:
                return with_times(key, event, ask, view)

            if how["model"] in ("participation", "algorithmic"):
                given = parts(frozenset(key for j in some for key in values[j]), how, rates)
                whole = [float(share) for key, share in given.items() if is_row(row(key))]
                on_rows += x * (sum(whole) if how["model"] == "algorithmic" else max(whole, default=0.0))
                each = list(given.items())
            else:
                shares = list(zip(some, weights(some, journey, how), strict=True))
                on_rows += x * sum(share for j, share in shares if any(is_row(row(key)) for key in values[j]))
                each = [(key, share) for j, share in shares for key in values[j]]
            for key, share in each:
                if is_row(row(key)):
                    found[row(key)] = found.get(row(key), 0.0) + x * float(share)
    return found, on_rows

"""Rows of a report of attribution: credits side by side, the first values as sets, what came before conversions (rules A5, T, V)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cja_spark.journeys.batch import Floats
from cja_spark.reports.additive import credits_add_up
from cja_spark.reports.ask import Ask
from cja_spark.reports.attribution_cells import (
    AMOUNT,
    CONVERSIONS,
    CREDIT,
    DAY_STARTS,
    DAYS,
    DAYS_PEOPLE,
    GAVE,
    LAST,
    LAST_PEOPLE,
    MEMBERS,
    MOST_TOUCHES,
    NOBODY,
    NOBODYS,
    PEOPLE,
    SETS,
    TOUCHED,
    TOUCHED_PEOPLE,
    TOUCHES,
    TOUCHES_PEOPLE,
)
from cja_spark.reports.cells import Sums
from cja_spark.reports.kind import Behind, Names
from cja_spark.reports.ranked import near
from cja_spark.reports.rate_game import credited as credited_by_game
from cja_spark.reports.set_masks import names_in, told, with_supersets

if TYPE_CHECKING:
    from cja_spark.reports.attribution import AttributionPanel

TEXTS = ("credited_item", "in_sets", "set_mask", "amount_range")
COUNTS = ("conversion_events", "last_touch_events", "people", "only_people")
BESIDE = ("row_kind", *TEXTS, *COUNTS)  # columns beside those of models
LAST_ONES = "people with it last"
OF_MODEL, IN_FULL = "people of ", "people in full of "
Row = dict[str, object]


def share_of(model: str) -> str:
    """What the share of a model's credit is called."""
    return f"{model}_share"


def people_of(model: str, *, in_full: bool = False) -> str:
    """What the people are called whose conversions a model's credit is of; of one that gives an amount in full to several values, another name."""
    return f"{IN_FULL if in_full else OF_MODEL}{model}"


@dataclass(frozen=True)
class _Values:
    """The values that touched conversions, ranked.

    Attributes:
        keys: their ids.
        texts: what the first ones are called, as many as are named.
        credit: per model what each is credited with, float64[values].
        top: how many are sets, as places among the first.
    """

    keys: list[int]
    texts: list[str]
    credit: Mapping[str, Floats]
    top: list[int]


def finish(sums: Sums, ask: Ask[AttributionPanel], names: Names) -> pa.Table:
    """The total, values by the credit of the first model, the rest, what no touch took; sets of the first values; touches and days before.

    Columns: row_kind string (total, item, other, untouched, set, overlap, none, touches, days), credited_item string (a value, of item rows),
        in_sets string and set_mask bigint (of set, overlap and none), amount_range string (of touches and days), then doubles:
        conversion_events (of items those that the value is a touch of, not additive), last_touch_events (those that it is the last one of),
        people, whose conversions these are, or who has such touches before any conversion (not additive), only_people (in these sets and no
        others, additive), then per model its credit, in the total the metric itself, and its share of that. Null is what a row does not have;
        other is null where credits do not add up.
    """
    rows = [row for row, _ in _rows(sums, ask, names)]
    numbers = [*COUNTS, *(column for model in ask.report.models for column in (model, share_of(model)))]
    kinds = {"set_mask": pa.int64(), **dict.fromkeys(numbers, pa.float64())}
    return pa.table({name: pa.array([row.get(name) for row in rows], kinds.get(name, pa.string())) for name in ("row_kind", *TEXTS, *numbers)})


def behind(sums: Sums, ask: Ask[AttributionPanel], names: Names) -> Behind:
    """Whose conversions each credit is of, row by row, and those of last touches; of *other* the most of one value, so no more than there are."""
    people = [own for _, own in _rows(sums, ask, names)]
    return {name: tuple(own.get(name) for own in people) for name in (LAST_ONES, *_people(ask))}


def _people(ask: Ask[AttributionPanel]) -> list[str]:
    """What the people of each model are called."""
    return [people_of(name, in_full=one.model == "participation") for name, one in ask.report.models.items()]


def _rows(sums: Sums, ask: Ask[AttributionPanel], names: Names) -> Iterator[tuple[Row, dict[str, float]]]:
    """All rows, each with the people behind its figures."""
    report, models, whose_credit = ask.report, [*ask.report.models], _people(ask)
    total, people = sums.total(AMOUNT), sums.total(PEOPLE)
    values = _values(sums, ask, names)
    gave = [sums.by_key(GAVE + number) for number in range(len(models))]
    touched, whose, last, lasts = (sums.by_key(measure) for measure in (TOUCHED, TOUCHED_PEOPLE, LAST, LAST_PEOPLE))

    def of_value(place: int) -> dict[str, float]:
        key = (values.keys[place],)
        return {LAST_ONES: lasts.get(key, 0.0), **{name: own.get(key, 0.0) for name, own in zip(whose_credit, gave, strict=True)}}

    everybody = dict.fromkeys((LAST_ONES, *whose_credit), people)
    yield {"row_kind": "total", "conversion_events": sums.total(CONVERSIONS), "people": people, **_credit(dict.fromkeys(models, total), total)}, everybody
    shown, rest = range(min(report.rows, len(values.keys))), range(report.rows, len(values.keys))
    for place in shown:
        key = (values.keys[place],)
        own = {"conversion_events": touched.get(key, 0.0), "last_touch_events": last.get(key, 0.0), "people": whose.get(key, 0.0)}
        given = {name: float(values.credit[name][place]) for name in models}
        yield {"row_kind": "item", "credited_item": values.texts[place], **own, **_credit(given, total)}, of_value(place)
    if rest:
        left = {name: float(values.credit[name][report.rows :].sum()) if _adds_up(name, ask) else None for name in models}
        most = [of_value(place) for place in rest]
        yield {"row_kind": "other", **_credit(left, total)}, {name: max(one[name] for one in most) for name in most[0]}
    nobody = {name: sums.total(NOBODY + number) for number, name in enumerate(models)}
    nobodys = {name: sums.total(NOBODYS + number) for number, name in enumerate(whose_credit)}
    none = {"conversion_events": sums.by_key(TOUCHES).get((0,), 0.0), "people": sums.by_key(TOUCHES_PEOPLE).get((0,), 0.0)}
    yield {"row_kind": "untouched", **none, **_credit(nobody, total)}, nobodys
    for row in (*_sets(sums, values, people), *_distributions(sums)):
        yield row, {}


def _adds_up(model: str, ask: Ask[AttributionPanel]) -> bool:
    return credits_add_up(ask.report.models[model], (ask.report.dimension,), ask)


def _credit(given: Mapping[str, float | None], total: float) -> Row:
    """Credits by model, and their shares of the metric; x/0 is null (Q)."""
    shares = {share_of(name): amount / total if amount is not None and total else None for name, amount in given.items()}
    return {**given, **shares}


def _values(sums: Sums, ask: Ask[AttributionPanel], names: Names) -> _Values:
    """The values ranked by the credit of the first model, ties by the bytes of their texts; those that can be shown are named.

    Source: T4.
    """
    report, models = ask.report, [*ask.report.hows().items()]
    cells = [_given(sums, number, game=how.game == "rate_game") for number, (_, how) in enumerate(models)]
    counted = (sums.by_key(TOUCHED), *(sums.by_key(GAVE + number) for number in range(len(models))))
    keys = [*dict.fromkeys(key for some in (*counted, *cells) for (key,) in some)]
    credit = {name: np.array([own.get((key,), 0.0) for key in keys]) for (name, _), own in zip(models, cells, strict=True)}
    ranks = near(credit[models[0][0]])
    order = np.argsort(-ranks, kind="stable")
    apart = None if ask.items is None else {*ask.items[0].tolist()}
    named, least = max(report.rows, report.overlap), -np.inf
    if len(order) > named:
        least = ranks[order[named - 1]]
    some = [at for at in order.tolist() if ranks[at] >= least or (apart and keys[at] in apart)]
    known, nothing = names(report.dimension, np.array([keys[at] for at in some], np.int64)), ask.view.no_value_of(report.dimension)
    texts = {at: known.get(keys[at], nothing) for at in some}
    first = sorted(some, key=lambda at: (-ranks[at], texts[at].encode(), keys[at]))
    ordered = [*first, *(at for at in order.tolist() if at not in texts)]
    top = [place for place, at in enumerate(first) if apart is None or keys[at] in apart][: report.overlap]
    return _Values([keys[at] for at in ordered], [texts[at] for at in first], {name: own[ordered] for name, own in credit.items()}, top)


def _given(sums: Sums, number: int, *, game: bool) -> dict[tuple[int, ...], float]:
    """What a model credits each value with; of a game, what it gives and what was shared equally."""
    found = sums.by_key(CREDIT + number)
    for key, amount in credited_by_game(sums, number, 1).items() if game else ():
        found[key] = found.get(key, 0.0) + amount
    return found


def _sets(sums: Sums, values: _Values, people: float) -> Iterator[Row]:
    """Who was touched by which of the first values before a conversion (V)."""
    bits = {values.keys[place]: 1 << number for number, place in enumerate(values.top)}
    called = [values.texts[place] for place in values.top]
    masks: dict[tuple[int, ...], int] = {}
    (one, other, member), _ = sums.measure(MEMBERS, 3)
    some = np.isin(member, [*bits])
    for first, second, key in zip(one[some].tolist(), other[some].tolist(), member[some].tolist(), strict=True):
        masks[first, second] = masks.get((first, second), 0) | bits[key]
    only = np.zeros(1 << len(called))
    for names, count in sums.by_key(SETS, 2).items():
        only[masks.get(names, 0)] += count
    only[0] = people - only[1:].sum()
    in_all = with_supersets(only, len(called))
    sets, several = told(in_all, len(called))
    for kind, some_masks in (("set", sets), ("overlap", several)):
        for mask in some_masks:
            yield {"row_kind": kind, "in_sets": names_in(mask, called), "set_mask": mask, "people": float(in_all[mask]), "only_people": float(only[mask])}
    yield {"row_kind": "none", "set_mask": 0, "people": float(only[0]), "only_people": float(only[0])}


def _distributions(sums: Sums) -> Iterator[Row]:
    """Conversions by the number of touches before them, and by the days since the first one; always all buckets."""
    ends = [*DAY_STARTS[1:], None]
    touches = [*map(str, range(MOST_TOUCHES)), f"{MOST_TOUCHES}+"]
    days = [_days(low, high) for low, high in zip(DAY_STARTS, ends, strict=True)]
    for kind, texts, measure, of_people in (("touches", touches, TOUCHES, TOUCHES_PEOPLE), ("days", days, DAYS, DAYS_PEOPLE)):
        counts, people = sums.by_key(measure), sums.by_key(of_people)
        for place, text in enumerate(texts):
            yield {"row_kind": kind, "amount_range": text, "conversion_events": counts.get((place,), 0.0), "people": people.get((place,), 0.0)}


def _days(low: int, high: int | None) -> str:
    if high is None:
        return f"{low}+"
    return f"< {high}" if not low else str(low) if high == low + 1 else f"{low}-{high - 1}"

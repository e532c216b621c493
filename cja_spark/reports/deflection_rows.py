"""Call deflection after the tasks: rates with their bounds, avoided calls and their cost, topics ranked (rule K)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cja_spark.journeys.batch import Bools, Floats, Ints
from cja_spark.kernels.wilson import wilson
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.deflection_cells import CLASSES, CONTROL, COST, EVENTS, NO_TOPIC, PEOPLE, TOTAL
from cja_spark.reports.kind import Behind, Names

if TYPE_CHECKING:
    from cja_spark.reports.deflection import Deflection

DECIMALS = 9  # that ranks are told apart by
PEOPLE_OF = {name: f"people of {name}" for name in (*CLASSES, "closed_trials")}
OF_OTHER = "people of other"
COUNTED = (*CLASSES, "self_service_events", "people", *PEOPLE_OF.values())
RATES = ("call_rate", "rate_lower", "rate_upper")
FIGURES = ("people", "self_service_events", "trials", *CLASSES, "closed_trials", *RATES, "baseline_rate", "avoided_calls")
COSTS = ("cost_of_a_call", "avoided_cost", "upper_bound")
Columns = Mapping[str, Floats]
Part = tuple[str, list[str | None], Columns]  # rows of a kind: their topics, their figures


def finish(sums: Sums, ask: Ask[Deflection], names: Names) -> pa.Table:
    """The total, topics by rank, the rest as *other*, the control's trials, then self-service that has no topic.

    Columns: row_kind string (total, topic, other, control, no_topic), self_service_topic string (null in total, other and control),
        then doubles: people (not additive, null in other), self_service_events (an event of several topics is one in the total; null in
        other and control), trials and those of each class, closed_trials (additive), call_rate of the closed ones with its bounds (null
        where nothing is closed), baseline_rate, avoided_calls; where a call has a cost, cost_of_a_call, avoided_cost, upper_bound.
        What comes of a baseline is null in control; the row without a topic has people and events alone.
    """
    return _table(_parts(sums, ask, names), (*FIGURES, *(COSTS if ask.report.cost_per_call is not None else ())))


def behind(sums: Sums, ask: Ask[Deflection], names: Names) -> Behind:
    """How many people the trials of each class are of, row by row, and the calls whose cost is known.

    Of *other*, where one person may be of several topics, it is the most of one topic, so no more than there are.
    """
    rows = _table(_parts(sums, ask, names), ("people", OF_OTHER, *PEOPLE_OF.values()))
    found = {name: tuple(rows[of].to_pylist()) for name, of in PEOPLE_OF.items()}
    found["people"] = tuple(pc.coalesce(rows["people"], rows[OF_OTHER]).to_pylist())
    return {**found, "cost_of_a_call": (sums.total(COST + 2),) * len(rows)} if ask.report.cost_metric() else found


def _parts(sums: Sums, ask: Ask[Deflection], names: Names) -> list[Part]:
    report = ask.report
    ids, figures = _of_topics(sums)
    control = _with_rates({name: np.array([sums.total(CONTROL + at)]) for at, name in enumerate(COUNTED)})
    told = _Told(float(control["call_rate"][0]) if (rate := report.fixed_rate()) is None else rate, _price(sums, report))
    topics = told.of(figures)
    shown = _ranked(topics, ids, ask, names)
    chosen = np.array([at for at, _ in shown], np.int64)
    total = {name: np.array([sums.total(TOTAL + at)]) for at, name in enumerate(COUNTED)}
    parts: list[Part] = [
        ("total", [None], told.of(total)),
        ("topic", [text for _, text in shown], {name: column[chosen] for name, column in topics.items()}),
    ]
    rest = np.ones(len(ids), bool)
    rest[chosen] = False
    if rest.any():
        parts.append(("other", [None], told.of(_other(figures, rest))))
    if report.control():
        parts.append(("control", [None], {**control, "self_service_events": np.array([np.nan])}))
    if sums.total(NO_TOPIC + EVENTS):
        without = {name: np.array([sums.total(NO_TOPIC + at)]) for at, name in ((EVENTS, "self_service_events"), (PEOPLE, "people"))}
        parts.append(("no_topic", [ask.view.no_value_of(report.topic)], without))
    return parts


def _other(figures: Columns, rest: Bools) -> Columns:
    """The sums of the topics that are not shown; people and events of several topics are not summed."""
    summed = {name: np.array([column[rest].sum()]) for name, column in figures.items()}
    most = {name: np.array([figures[name][rest].max()]) for name in ("people", *PEOPLE_OF.values())}
    return {**summed, **most, OF_OTHER: most["people"], **{name: np.array([np.nan]) for name in ("people", "self_service_events")}}


def _table(parts: list[Part], columns: tuple[str, ...]) -> pa.Table:
    """Rows of all parts; what a part does not have is null."""
    sizes = [len(texts) for _, texts, _ in parts]
    return pa.table(
        {
            "row_kind": pa.array([kind for (kind, _, _), size in zip(parts, sizes, strict=True) for _ in range(size)], pa.string()),
            "self_service_topic": pa.array([text for _, texts, _ in parts for text in texts], pa.string()),
            **{
                name: pa.array(
                    np.concatenate([part.get(name, np.full(size, np.nan)) for (_, _, part), size in zip(parts, sizes, strict=True)]),
                    pa.float64(), from_pandas=True,
                )
                for name in columns
            },
        }
    )  # fmt: skip


class _Told:
    """What a baseline and a price say of counts."""

    def __init__(self, baseline: float, price: float) -> None:
        self.baseline, self.price = baseline, price

    def of(self, counts: Columns) -> Columns:
        """Counts with rates, avoided calls and what these would have cost; NaN where it is not known."""
        found = _with_rates(counts)
        closed = found["closed_trials"]
        avoided = np.where(closed > 0, closed * self.baseline - found["called_trials"], np.nan)  # closed × (baseline - rate), exact where rates are not
        size = len(avoided)
        return {
            **found, "baseline_rate": np.full(size, self.baseline), "avoided_calls": avoided, "cost_of_a_call": np.full(size, self.price),
            "avoided_cost": avoided * self.price, "upper_bound": found["deflected_trials"] * self.price,
        }  # fmt: skip


def _with_rates(counts: Columns) -> Columns:
    """Counts of classes with those of all trials and of closed ones, and how many of these are followed by a call."""
    closed = counts["called_trials"] + counts["deflected_trials"]
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = counts["called_trials"] / closed
    rates = dict(zip(RATES, (rate, *wilson(counts["called_trials"], closed)), strict=True))
    return {**counts, "trials": sum(counts[name] for name in CLASSES), "closed_trials": closed, **rates}  # type: ignore[dict-item]


def _price(sums: Sums, report: Deflection) -> float:
    """What a call costs: the number, or the mean of those that say it; NaN where none does."""
    if report.cost_metric():
        calls = sums.total(COST + 1)
        return sums.total(COST) / calls if calls else np.nan
    return np.nan if report.cost_per_call is None else float(report.cost_per_call)


def _of_topics(sums: Sums) -> tuple[Ints, dict[str, Floats]]:
    """The value ids of all topics, and their counts in the same order."""
    found, ids = {}, np.zeros(0, np.int64)
    for number, name in enumerate(COUNTED):  # each has a cell of every topic
        [ids], amounts = sums.measure(number, 1)
        order = np.argsort(ids)
        found[name], ids = amounts[order], ids[order]
    return ids, found


def _ranked(topics: Columns, ids: Ints, ask: Ask[Deflection], names: Names) -> list[tuple[int, str]]:
    """Places and texts of the topics that are shown: by what they are sorted by, then by trials, both descending, then value bytes.

    Only topics that can be shown are named.
    """
    rows, trials = ask.report.rows, topics["trials"]
    keys = -np.nan_to_num(np.round(topics[ask.report.sort], DECIMALS), nan=-np.inf)
    order = np.lexsort((-trials, keys))
    if len(order) > rows:
        last = order[rows - 1]
        order = order[(keys[order] < keys[last]) | ((keys[order] == keys[last]) & (trials[order] >= trials[last]))]
    known, nothing = names(ask.report.topic, ids[order]), ask.view.no_value_of(ask.report.topic)
    texts = {at: known.get(int(ids[at]), nothing) for at in order.tolist()}
    by = sorted(texts, key=lambda at: (keys[at], -trials[at], texts[at].encode(), ids[at]))
    return [(at, texts[at]) for at in by[:rows]]

"""Reports drawn at random, on generated journeys, equal the reference: all kernels and finishes, without Spark."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from cja_spark.journeys.hashing import person_key, value_id
from cja_spark.reports import flow_cells, flow_cells_over_time, paths
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import KEYS, Cells, Sums
from cja_spark.reports.compile import (
    deduplicated_in,
    neighbours_in,
    persistent_in,
    ranges_of,
    standard_ids,
    standard_in,
    window_of,
)
from cja_spark.reports.dictionary import is_changed, maps_of, shown_names, shown_of
from cja_spark.reports.kind import PEOPLE_BY_KEY
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.measures import most_keys
from cja_spark.reports.one_pass import Pass, run_asks
from cja_spark.reports.readers import run_surely
from cja_spark.reports.text_rules import refused, tellers
from cja_spark.view.spec import View
from tests.property.arrays import batch_of, text_ids_of
from tests.property.asks import TEXTS, asks_drawn
from tests.property.draws import cases, seeds
from tests.property.families import families_of
from tests.property.strategies import PAGES, journeys
from tests.property.views import ALLOCATIONS, CATEGORIES, FORMULAS, MODELS, TIERS, view_drawn, view_of_reference
from tests.reference import order
from tests.reference.report import report
from tests.unit.kernels.by_hand import run_on_texts

LOTS, SEEDS, PERSONS = 20, 1_000, 200  # with CJA_DRAW=all
JOURNEYS = 20_000  # of each family of rules, with CJA_DRAW=all
SIZES = ("0.0", "1.0", "2.0")
NAMES = {value_id(text): text for texts in (*TEXTS.values(), PAGES, SIZES) for text in texts if text.strip()}
COMPONENTS = {
    "d_page": ("page", 0, True), "d_channel": ("channel", 0, True), "d_sku": ("sku", 1, True),
    "d_category": ("category", 1, True), "d_campaign": ("campaign", 0, True), "d_color": ("color", 1, True),
    "m_views": ("views", 0, False), "m_orders": ("orders", 0, False), "m_units": ("units", 1, False),
    "m_calls": ("calls", 0, False), "m_pages": ("pages", 0, False), "d_size": ("size", 0, True), "d_group": ("group", 0, True), "d_tags": ("tags", 0, True),
    "d_turned": ("page", 0, True), "e_turned": ("neighbour_date", 0, False), "m_turned": ("neighbour_date", 0, False), "e_neighbour": ("neighbour_date", 0, False), "m_waiting": ("first_date", 0, False), "e_waiting": ("second_date", 0, False), "d_neighbour": ("neighbour", 0, True), "d_seen": ("seen", 0, True), "d_looking": ("page", 0, True), "m_level": ("views", 0, False), "q_level": ("raw", 0, False), "q_looking": ("raw", 0, False), "q_waiting": ("raw", 0, False), "m_looking": ("views", 0, False),
}  # fmt: skip


FIRST = dt.datetime(2025, 2, 28, tzinfo=dt.UTC)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
APART = (0, 1, 3_599_999_999, 3_600_000_000, 5 * 3_600_000_000, 86_400_000_000, 90_061_000_001, 2_678_400_000_000)  # microseconds


def dates(chance, event, function):
    """The two dates of an event, and what journeys hold of them: those that fields set."""
    sides = ("start", "end")
    moments = [chance.choice([None, FIRST + dt.timedelta(microseconds=chance.choice(APART) * chance.randrange(12))]) for _ in sides]
    given = [not isinstance(one, str | dict) or one in ("today", "now") for one in (function[side] for side in sides)]
    held = [one for one, skip in zip(moments, given, strict=True) if not skip]
    held = [None if one is None else float((one - EPOCH) // dt.timedelta(microseconds=1)) for one in held]
    event["date of neighbour"] = chance.choice([moments[0], moments[0], FIRST])
    event["date of turned"] = event["date of neighbour"]
    event["neighbour_date"] = None if event["date of neighbour"] is None else float((event["date of neighbour"] - EPOCH) // dt.timedelta(microseconds=1))
    event["waiting"] = tuple(moments)
    for name in ("booked", "due"):
        event[name] = chance.choice([None, FIRST + dt.timedelta(microseconds=chance.choice(APART) * chance.randrange(12))])
        event[f"{name} (us)"] = None if event[name] is None else float((event[name] - EPOCH) // dt.timedelta(microseconds=1))
    event["first_date"], event["second_date"] = (*held, None, None)[:2]


def world(chance, seed, view, persons=20):
    """Events with the values of lookups and profiles on them, as the reference wants them."""
    looks_at = view["derived"]["looking"][0]["input"]
    tiers = {f"person-{number:04d}": chance.choice(TIERS) for number in range(persons)}
    events = journeys(seed, persons)
    for event in events:
        event["category"] = [CATEGORIES.get(sku) for sku in event["sku"]]
        event["campaign"] = event["channel"]
        event["level"] = event["raw"] = event["views"]
        event["p"], event["v"], event["c"] = event["page"], event["views"], event["channel"]
        event["neighbour"] = event["turned"] = event["page"]
        event["looking"] = event[looks_at]
        event["color"] = [chance.choice((None, None, "red", "blue")) for _ in event["sku"]]
        event["tier"] = tiers[event["person_id"]]
        event["group"] = event["seen"] = event["pages"] = event["tags"] = event["page"]
        dates(chance, event, view["derived"]["waiting"][0])
        event["size"] = None if event["views"] is None else str(event["views"])
    return events, tiers


def with_texts(chance, events):
    """The same events where some amounts came as text, which may be a number."""
    for event in events:
        for name in ("calls", "orders"):
            if chance.random() < 0.2:
                event[name] = chance.choice(["seven", "1", "-1.5", "0", " ", "", "NaN"])
        event["units"] = [chance.choice(["two", "2", one, one]) for one in event["units"]]
    return events


def answers_of(view, drawn, events, tiers, until):
    """The product's rows of each report."""
    asks, ids, shown = [], {}, shown_by(view)
    texts = {name: one.texts["value"].to_pylist() for name, one in shown.items()}
    for asked, (first, last), _ in drawn:
        spec = REPORTS.named(asked["report"]).spec.model_validate({**asked, "range": {"from": first, "to": last}})
        window, settled = window_of(spec, view, until, until), (persistent_in(spec, view), deduplicated_in(spec, view))
        asks.append(Ask(spec, view, window, ids, {"category": ("items",)}, *settled, standard_in(spec, view), values={**maps_of(shown), **refused_by(view)}, neighbours=neighbours_in(spec, view), ranges=ranges_of(spec, view, until, until)))
        ids |= text_ids_of(spec, view, NAMES.values(), texts)  # one for all asks of a pass
    ids |= standard_ids(asks)
    batches = [batch_of(order.journeys(some), {**COMPONENTS, **held_by(view)}, {"p_tier": tiers}) for some in in_tasks(events)]

    def run(some):
        cells = pa.Table.from_batches([*empty(most_keys(some)), *run_asks(some, batches)])
        return Pass(tuple(Sums(cells.filter(pc.equal(cells["report"], at))) for at in range(len(some))), 0, 0, 0, 0.0)

    people = {person_key(person): person for person in {event["person_id"] for event in events}}
    names = shown_names(lambda name, ids: people if name == PEOPLE_BY_KEY else NAMES, asks, run_on_texts)
    surely, found = run_surely(run, asks, names)
    for ask, sums in zip(surely, found.sums, strict=True):
        yield REPORTS.named(ask.report.report).finish(sums, ask, names).to_pylist()


def in_tasks(events):
    """The events as two tasks have them: no task knows all persons."""
    halves = [[], []]
    for event in events:
        halves[person_key(event["person_id"]) % 2].append(event)
    return [half for half in halves if half]


@pytest.fixture(autouse=True)
def few_leaders(monkeypatch):
    """A flow counts links of no more values than it shows, and no path is named: where that is not enough they are asked again (L2)."""
    monkeypatch.setattr(flow_cells, "FEW", 0)
    for module in (flow_cells, flow_cells_over_time):
        monkeypatch.setattr(module, "DEVIATIONS", 0)
    monkeypatch.setattr(flow_cells_over_time, "MOST_LINKS", 1)
    monkeypatch.setattr(paths, "LEADERS", 0)


def held_by(view):
    """What journeys hold for functions of which one takes what another makes of other events."""
    holds = [one for name in ("several", "several_texts", "of_others") for one in view.held_of(name)]
    return {column: (f"{hold.input.field} (us)" if hold.kind == "instant" else hold.input.field, 0, hold.kind == "text") for column, hold in holds}


def shown_by(view):
    """What the view's settings make of all texts that may be stored."""
    ids, texts = np.array([*NAMES], np.int64), pa.array(NAMES.values(), pa.string())
    return {name: shown_of(name, view, ids, texts, run_on_texts) for name in view.dimensions if is_changed(name, view)}


def refused_by(view):
    """The values that rules of texts on metrics refuse."""
    ids, texts = np.array([*NAMES], np.int64), pa.array(NAMES.values(), pa.string())
    return {name: refused(view.metrics[name], ids, texts) for name in tellers(view.metrics, view)}


def empty(keys=KEYS):
    """No cell, in the schema of cells."""
    cells = Cells()
    cells.add(0, [])
    return cells.batches(0, keys)


def rows_alike(ours, theirs):
    """The rows within M3, whatever the type of a time."""
    assert [list(row) for row in ours] == [list(row) for row in theirs]
    for one, other in zip(ours, theirs, strict=True):
        for name, value in one.items():
            near = 1e-7 if name in FORMULAS else 1e-9  # a formula may take a large sum from another
            expected = other[name]
            assert value == (pytest.approx(expected, rel=near, abs=near if name in FORMULAS else None) if isinstance(value, float) else expected), name


@pytest.mark.parametrize("lot", range(cases(LOTS, 1)))
def test_drawn_reports_equal_the_reference(lot):
    if cases(LOTS, 1) == 1:
        for seed in seeds(35, lot):
            equals_the_reference(seed, 20)
        return
    for seed, needed in [*needed_of_seeds().items()][lot::LOTS]:
        chance = random.Random(seed)
        written = view_drawn(chance)
        drawn = asks_drawn(chance, written)
        equal_on(chance, seed, written, [drawn[at] for at in needed], PERSONS)


@cache
def needed_of_seeds():
    """Of each seed the reports that a family of rules needs to have enough journeys; those that have some of a family that needs them."""
    seen, found = Counter(), {}
    for seed in range(SEEDS):
        chance = random.Random(seed)
        written = view_drawn(chance)
        families = [families_of(asked, written) for asked, _, _ in asks_drawn(chance, written)]
        here, needed = set(), []
        for at, own in enumerate(families):
            if any(seen[family] * PERSONS < JOURNEYS for family in own - here):
                here |= own
                needed.append(at)
        seen.update(here)
        if needed:
            found[seed] = needed
    return found


def equals_the_reference(seed, persons):
    chance = random.Random(seed)
    written = view_drawn(chance)
    equal_on(chance, seed, written, asks_drawn(chance, written), persons)


def equal_on(chance, seed, written, drawn, persons):
    """The reports drawn for a view have the reference's rows on the seed's events."""
    events, tiers = world(chance, seed, written, persons)
    events = with_texts(chance, events)
    until = max((event["t"] for event in events), default=0) + 1
    view = View.model_validate(written)
    for rows, (asked, _, (start, end)) in zip(answers_of(view, drawn, events, tiers, until), drawn, strict=True):
        expected = report(events, view_of_reference(written), {**asked, "from": start, "to": end}, data_until=until)
        try:
            rows_alike(rows, expected)
        except (AssertionError, TypeError) as difference:
            raise AssertionError(f"seed {seed}: {asked}, view {written}") from difference


def test_every_family_of_rules_has_20_000_journeys_when_all_are_drawn():
    seen = Counter()
    for seed, needed in needed_of_seeds().items():
        chance = random.Random(seed)
        view = view_drawn(chance)
        drawn = asks_drawn(chance, view)
        seen.update(set().union(*(families_of(drawn[at][0], view) for at in needed)))
    assert {f"attribution {model}" for model in (*MODELS, "rate_game")} | {f"allocation {one}" for one in ALLOCATIONS} <= {*seen}
    assert {family: count * PERSONS for family, count in seen.items() if count * PERSONS < JOURNEYS} == {}


def test_what_is_drawn_has_every_kind_of_condition_and_option():
    views = [(view_drawn(chance), chance) for chance in map(random.Random, range(600))]
    drawn = repr([(view, asks_drawn(chance, view)) for view, chance in views])
    words = [
        "starts_with", "ends_with", "equals_any_of", "exists", "non_repeating", "instance", "distinct", "'category'",
        "'tier'", "'month'", "'quarter'", "'year'", "'hour'", "'grace'", "'attempts'", "'next'", "'starts_with': ['calls']",
        "time_spent_seconds", "include_no_value': False", "'campaign'", "last_known", "'binding'", "'person_scope': 'all'",
        "'deduplication'", "'participation'", "'time_decay'", "'rate_game'", "game=rate_game", "'touch': 'runs'", "touch=runs", "'lookback': '1 month'", "'timeout': '1 month'", "'window': '1 month'", "'expiration': '1 month'", "'within': '1 month'", "'after': '1 month'", "'lookback': 'none'", "'keep': 'last'", "'id': 'tier'",
        "'binding': 'sku', 'binding_metric'", "'then'", "logic_group", "only_after", "'after'", "does_not_match",
        "view_segments", "'range': 'last 2 months'", "'range': 'this quarter'", "'range': 'last month'", "'range': 'last 2 full weeks'", "'range': {'from': datetime.date(2025, 2, 1)", "'calendar': '4-5-4'", "'first_month': 'july'", "'4-4-5'", "first_time_sessions", "'hour_of_day'", "'event_depth'",
        "'session_type'", "'fifteen_minutes'", "'week_of_year'",
        "'as_value': True",
        "'show': False", "'buckets'", "'lowercase'", "'from_right'", "'regex'", "'values_to_count': False", "'behavior': 'values'", "'array': True", "time_spent_per_person", "'pages'", "'group'", "'size'",
        "contains_any_of", "'case_sensitive': False", "'label': 'home'",
        "'sort': 'ranking'", "'formula_of_it'", "attributed(", "total(", "cumulative(", "[buyers, ", "z_score(",
        "'date_math'", "'earliest'", "{'function': 'typecast', 'input': {'output': 'x'}", "'formula': 'x ", "'find_and_replace'", "{'field': 'raw'}", "'r': 'raw'", "'input': 'raw'", "'latest'", "'today'", "'now'", "'take': 'last'", "'quarter'",
        "'neighbour'", "'looking'", "'level'", "'seen'", "'several'", "'several_texts'", "'of_others'", "{'derived': 'several'}", "'turned'", "'how': 'distinct'", "'next_or_previous'", "'depth'", "count_distinct", "most_common", "'median'", "include_repeats",
        "'sort': 'ranking'", "'formula_of_it'", "attributed(", "total(", "cumulative(", "[buyers, ", "z_score(", "count_distinct(",
        "'paths'", "'include_last': True", "'max_len': 20", "'repeats': 'keep'", "'count': 'persons', 'min_support': 30",
        "'flow'", "'starts_with': 'entry'", "'contains': {'metric'", "'ends_with': 'exit'", "'limit': True", "'dimension': 'sku'", "'trend': 'week'", "'trend': {'granularity': 'day', 'links': 20}",
        "'exclusion': 'drop_person'", "'times': True", "'trend': 'hour'", "'between': [2, 3]",
        "'report': 'attribution'", "'model_3'", "'overlap': 8", "'across': 'page'", "'across': 'week'", "'columns_shown': 1", "'contribution'", "'compare': 'year_ago'", "'compare': ['", "'moving_average': 7", "'report': 'trend', 'granularity': 'day', ", "'label': 'segment 1'", "'growth'", "'lookback': 5", "'frequency'", "'label': 'event 4'", "'engagement'", "'label': 'thing 9'", "'impact'", "'first_use'", "'release'", "'since'", "'report': 'timeline'", "'sample': 99", "'persons': ['person-", "'indicators'", "'outcome': 'orders'", "'label': 'behaviour 0'",
        "'deflection'", "'match': 'same_topic'", "'control'", "'pre_call'", "'cost_per_call': 'units'",
        "lift(", "confidence(", "confidence_lower(", "sample_variance(", "difference_upper(", "'context': 'variant'",
    ]  # fmt: skip
    assert [word for word in words if word not in drawn] == []

"""What a metric does with its amounts: of events, of summary data, or of a formula."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from cja_spark.reports.touched import HALF_LIFE
from cja_spark.span import span_text
from cja_spark.spec import duration_text
from cja_spark.view.attribution import Attribution
from cja_spark.view.components import CalculatedMetric, Metric
from cja_spark.view.containers import Containers
from cja_spark.view.deduplication import Deduplication
from cja_spark.view.formula.uses import Measure, measures_of
from cja_spark.view.spec import View
from cja_spark.view.standard import SESSION_TYPES
from cja_spark.view.summary import SummaryMetric
from cja_spark.words.condition import written
from cja_spark.words.source import REPORT, Steps, column_in_words, source_in_words

ONCE_PER_ROW = ("people", "sessions", *SESSION_TYPES)
_SIDES: Mapping[bool | str, str] = {True: "true", False: "false", "both": "true or false"}
ONES = ("events", "session_starts", "session_ends", "bounces")


def metric_in_words(view: View, metric: Metric) -> Steps:
    """What a metric of events does, when and what."""
    called = view.containers
    event, events = called.named("event"), called.several("event")
    yield from source_in_words(view, metric)
    if metric.include:
        yield REPORT, f"amounts that do not meet {written(metric.include)} are not set"
    if metric.values_to_count is not None:
        yield REPORT, f"each value that is {_SIDES[metric.values_to_count]} counts 1"
    elif metric.behavior == "instances":
        yield REPORT, "each value that is set counts 1, also 0"
    if metric.deduplication:
        yield REPORT, _deduplication(metric.deduplication, called)
    if metric.attribution:
        yield REPORT, f"in a table amounts are {attribution_in_words(metric.attribution, called)}"
    else:
        yield REPORT, f"amounts go to the values that their {event} has, those that last included"
    yield REPORT, f"segments hide {events} after that; what is left is summed per row, and once for the total"
    yield from _shown(view, metric)
    yield from column_in_words(metric)


def summary_metric_in_words(view: View, metric: SummaryMetric) -> Steps:
    """What a metric of summary data does, when and what."""
    person, session = view.containers.named("person"), view.containers.named("session")
    yield REPORT, f"the amounts of '{metric.summary}' are summed, of rows in the report's range; they have no {person} and no {session}"
    yield REPORT, "they go to the values that the row has: its own dimensions, those that group them, its time; to no value elsewhere"
    yield REPORT, "segments leave out rows that their conditions on such dimensions tell not to keep, and no others"
    yield from _shown(view, metric)
    yield from column_in_words(metric)


def calculated_metric_in_words(view: View, name: str, metric: CalculatedMetric) -> Steps:
    """What a calculated metric does, when and what: what is summed for it, and its formula on the sums."""
    for measure in measures_of(name, view.formulas()):
        within = f" on {view.containers.several('event')} of {', '.join(measure.segments)}" if measure.segments else ""
        yield REPORT, f"{_summed(measure, view.containers)}{within}{_as_the_part_is(view, measure)}".removesuffix(",")
    yield REPORT, f"{metric.calculate} is computed from the sums of each row, of the total, and of all shown rows where it asks for them"
    yield from _shown(view, metric)
    yield from column_in_words(metric)


def attribution_in_words(how: Attribution, called: Containers) -> str:
    """By which model amounts are credited, and to the values of which touches (A1-A6)."""
    runs = "; of the same value in a row the first counts" if how.touch == "runs" else ""
    if how.model == "same_touch":
        return f"credited by same touch to the values that the {called.named('event')} itself sets{runs}"
    back, whose = how.looks_back(), f"{'by' if how.container == 'person' else 'in'} the same {called.named(how.container)}"
    since = "since the report's person_scope began, " if how.of_person else "" if back is None else f"in the {span_text(back)} "
    return f"credited by {_model(how)} to the values set {whose} {since}up to the {called.named('event')}{runs}"


def _model(how: Attribution) -> str:
    if how.model == "algorithmic":
        rate = "a rate game: what their values add to the share that converts"
        return f"algorithmic ({rate if how.game == 'rate_game' else 'a sum game: equal parts to different values'})"
    if how.model == "time_decay":
        return f"time decay with a half-life of {span_text(how.half_life or timedelta(milliseconds=HALF_LIFE))}"
    name = "custom weights" if how.model == "custom" else how.model.replace("_", " ")
    if shape := how.shape():
        first, middle, last = shape
        return f"{name} (first {first:g}, middle {middle:g}, last {last:g})"
    return name


def _deduplication(how: Deduplication, called: Containers) -> str:
    same, others = (f" and '{how.id}'", f"; those without '{how.id}' all count") if how.id else ("", "")
    scope, again = called.named(how.scope), ""
    if how.within is not None:
        again = f" up to {duration_text(how.within)} from it"
    return f"of the {called.several('event')} of one {scope}{same} that carry it the {how.keep} one counts, the others{again} are not set{others}"


def _as_the_part_is(view: View, measure: Measure) -> str:
    """Which values of a formula's part count, and how it is deduplicated and credited, by its own settings or those in the formula."""
    part = view.metrics.get(measure.metric)
    own = part if isinstance(part, Metric) else None
    said = _which_values(own) if own else ""
    if own and own.deduplication:
        how = own.deduplication
        same = f" and '{how.id}'" if how.id else ""
        again = f" within {duration_text(how.within)}" if how.within else ""
        said += f", deduplicated (the {how.keep} one per {view.containers.named(how.scope)}{same}{again})"
    credit = measure.attribution or (own.attribution if own else None)
    return f"{said}, in a table {attribution_in_words(credit, view.containers)}" if credit else said


def _which_values(metric: Metric) -> str:
    """What of a part's values counts, and for how much, where that is not each amount as it stands."""
    met = f", of amounts that meet {written(metric.include)}" if metric.include else ""
    if metric.values_to_count is not None:
        return f"{met}, 1 for each value that is {_SIDES[metric.values_to_count]}"
    return f"{met}, 1 for each value that is set" if metric.behavior == "instances" else met


def _summed(measure: Measure, called: Containers) -> str:
    if measure.distinct:
        return f"the distinct values of '{measure.distinct}' are counted"
    if measure.squared_per:
        unit = called.named({"people": "person", "sessions": "session", "events": "event"}[measure.squared_per])
        return f"what each {unit} has of '{measure.metric}' is squared and summed"
    if measure.metric in ONCE_PER_ROW:
        return f"'{measure.metric}' are counted, each once per row and once for the total,"
    return f"'{measure.metric}' are counted" if measure.metric in ONES else f"'{measure.metric}' is summed"


def _shown(view: View, metric: Metric | CalculatedMetric | SummaryMetric) -> Steps:
    if not metric.model_fields_set & {"format", "decimals", "currency", "upward_trend"}:
        return
    money = f"money{_currency(view, metric)}"
    shown = {"decimal": "a number", "percent": "a percentage", "currency": money, "time": "a length of time"}[metric.format]
    yield REPORT, f"it is shown as {shown}, with {metric.decimals} decimals; an upward trend is {metric.upward_trend}"


def _currency(view: View, metric: Metric | CalculatedMetric | SummaryMetric) -> str:
    if metric.currency:
        return f" in {metric.currency}, its own currency"
    return f" in {view.currency}, the view's currency" if view.currency else " of no known currency"

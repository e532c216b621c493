"""What a component of a view does, in plain words and in the order in which its rules apply (rule O10)."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.errors import ConfigurationError
from cja_spark.span import span_text
from cja_spark.spec import Spec
from cja_spark.view.attribution import Attribution
from cja_spark.view.components import CalculatedMetric, Component, Dimension, Metric
from cja_spark.view.condition import Segment
from cja_spark.view.deduplication import Deduplication
from cja_spark.view.derived.date_math import Clock, DateMath, OfScope
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.inlined import first_late, late_parts
from cja_spark.view.derived.needed import needed
from cja_spark.view.derived.neighbours import NeighbourFunction
from cja_spark.view.formula.uses import Measure, measures_of
from cja_spark.view.persistence import OnMetric, Persistence
from cja_spark.view.spec import STANDARD_METRICS, View
from cja_spark.view.standard import STANDARD_DIMENSIONS
from cja_spark.view.summary import SummaryMetric
from cja_spark.words.condition import condition_in_words, range_in_words, written
from cja_spark.words.derived import field_in_words, functions_in_words

BUILD, REPORT = "when journeys are built", "when a report runs"


def explain_component(view: View, name: str) -> str:
    """Say what a dimension, metric, segment or derived field of a view does.

    Args:
        view: the view.
        name: the component.

    Raises:
        ConfigurationError: the view has no component of the name.
    """
    if name in view.dimensions:
        return _told(f"Dimension '{name}'", view.dimensions[name], _dimension(view, view.dimensions[name]))
    if name in view.metrics:
        return _of_metric(view, name)
    if name in view.segments:
        return _told(f"Segment '{name}'", view.segments[name], _segment(view, view.segments[name]))
    if name in view.derived:
        return _told(f"Derived field '{name}'", view.derived[name], _derived(view, name))
    if name in STANDARD_METRICS or name in STANDARD_DIMENSIONS:
        kind = "metric" if name in STANDARD_METRICS else "dimension"
        return f"'{name}' is a standard {kind} of every view; docs/concepts.md and docs/view-settings.md say what it is."
    known = (*view.dimensions, *view.metrics, *view.segments, *view.derived, *STANDARD_METRICS, *STANDARD_DIMENSIONS)
    raise ConfigurationError.unknown("component", name, known)


def _of_metric(view: View, name: str) -> str:
    metric = view.metrics[name]
    if isinstance(metric, CalculatedMetric):
        return _told(f"Calculated metric '{name}'", metric, _calculated(view, name, metric))
    if isinstance(metric, SummaryMetric):
        return _told(f"Metric '{name}' of summary data", metric, _summary(metric))
    return _told(f"Metric '{name}'", metric, _metric(view, metric))


def _told(title: str, spec: Spec, steps: Iterator[tuple[str, str]]) -> str:
    label, description = (getattr(spec, key, None) for key in ("label", "description"))
    head = title + (f", shown as '{label}'" if label else "") + (f": {description}" if description else "")
    lines = [f"{at}. {when}: {what}" for at, (when, what) in enumerate(steps, 1)]
    return "\n".join([head, *lines])


def _source(view: View, component: Dimension | Metric) -> Iterator[tuple[str, str]]:
    arrays = view.arrays_of(component)
    inside = f", one value per item of '{arrays[-1]}'" if arrays else ", one value per event"
    for name in view.derived_fields_of(component):
        functions = functions_in_words(view.derived[name].functions[: first_late(name, view.derived)])
        yield BUILD, f"the derived field '{name}' is made: {functions or 'what a report asks is stored'}"
    if component.field is not None:
        yield BUILD, f"the field '{component.field}' of events is stored{inside}"
    if isinstance(component, Dimension) and component.summary is not None:
        yield REPORT, f"rows of summary data have the value of '{component.summary}', events have none"
    lookup, profile = getattr(component, "lookup", None), getattr(component, "profile", None)
    if lookup is not None:
        yield BUILD, f"'{lookup}' is looked up by the key that matches the event"
    if profile is not None:
        yield BUILD, f"'{profile}' of the person's profile is stored, one value per person"
    if component.derived is not None and (looking := view.chain_of(component).looking()):
        looks = " and at ".join(dict.fromkeys(map(_looked_at, looking)))
        yield from _of_others(view, component.derived)
        late = functions_in_words(view.derived[component.derived].functions[first_late(component.derived, view.derived) :])
        yield REPORT, f"its derived field looks at {looks}, after sessions and deduplication: {late}"


def _of_others(view: View, name: str) -> Iterator[tuple[str, str]]:
    for part in late_parts(name, view.derived):
        late = functions_in_words(view.derived[part].functions[first_late(part, view.derived) :])
        yield REPORT, f"the derived field '{part}' is made, which looks at other events: {late}"


def _derived(view: View, name: str) -> Iterator[tuple[str, str]]:
    for part in needed(name, view.derived)[:-1]:
        functions = functions_in_words(view.derived[part].functions[: first_late(part, view.derived)])
        yield BUILD, f"the derived field '{part}' is made: {functions or 'what a report asks is stored'}"
    yield from _of_others(view, name)
    built = first_late(name, view.derived)
    for at, what in enumerate(field_in_words(view.derived[name], built)):
        yield BUILD if at < built else REPORT, what


def _looked_at(function: Function) -> str:
    if isinstance(function, NeighbourFunction):
        return f"the other events of the {function.scope}"
    assert isinstance(function, DateMath)
    scopes = [f"the {one.take} date of the {one.scope}" for one in function.moments() if isinstance(one, OfScope)]
    clock = [f"{one.clock}, which is that of the newest event" for one in function.moments() if isinstance(one, Clock)]
    return " and at ".join((*scopes, *clock))


def _dimension(view: View, dimension: Dimension) -> Iterator[tuple[str, str]]:
    yield from _source(view, dimension)
    if group := dimension.summary_data_group:
        yield REPORT, f"rows of summary data that have a value of {', '.join(group.dimensions)} have it here"
    yield from ((REPORT, what) for what in _values(dimension))
    if dimension.persistence:
        yield REPORT, _persistence(dimension.persistence)
    yield REPORT, "metrics with an attribution of their own credit the values that events set themselves, in tables"
    yield REPORT, "segments hide events after that: a hidden event may have set a value that lasts"
    if dimension.context:
        of_several = ", also in a table of several dimensions" if dimension.context == "variant" else ""
        yield REPORT, f"functions of experiments know it as the {dimension.context}{of_several}"
    yield from _outside(dimension)


def _values(dimension: Dimension) -> Iterator[str]:
    if dimension.include:
        yield f"values that do not meet {written(dimension.include)} become no value, before anything looks at them"
    if dimension.lowercase:
        yield "values become lower case, so that those which differ by case are one"
    if dimension.substring:
        made = "each part of a value is a value" if dimension.gives_list else "a part of each value is taken"
        yield f"{made}: {written(dimension.substring)}"
    for value, label in (("true", dimension.true_label), ("false", dimension.false_label)):
        if label:
            yield f"{value} is shown as '{label}'"
    yield from _ranges(dimension)
    if dimension.as_value:
        yield "an event without a value has the label of no value as its value"


def _ranges(dimension: Dimension) -> Iterator[str]:
    if dimension.buckets:
        yield f"numbers become ranges: {written(dimension.buckets)}"
    if dimension.granularity:
        clock = dimension.granularity in ("second", "minute", "hour")
        yield f"instants are shown by {dimension.granularity}" if clock else f"days are shown by {dimension.granularity} of the view's calendar"


def _persistence(how: Persistence) -> str:
    which = {
        "most_recent": "the value that was set last", "original": "the value that was set first", "all": "all values set so far",
        "first_known": "the first value of the whole scope, also before it was set",
        "last_known": "the last value of the whole scope, also before it was set",
    }[how.allocation]  # fmt: skip
    if how.binding_metric:
        return (
            f"events that carry '{how.binding_metric}' bind their value to the '{how.binding}' of their items; an item has "
            f"{which} for its '{how.binding}', {_until(how)}"
        )
    per = f" with the same '{how.binding}'" if how.binding else ""
    return f"an event that sets none has {which}{per}, {_until(how)}"


def _until(how: Persistence) -> str:
    if isinstance(how.expiration, OnMetric):
        return f"up to the event that carries '{how.expiration.metric}'"
    if lasts := how.looks_back:
        return f"for {span_text(lasts)} after it was set"
    if how.expiration == "session":
        return "to the end of the session"
    return "as long as the person's scope (the report's person_scope)"


def _metric(view: View, metric: Metric) -> Iterator[tuple[str, str]]:
    yield from _source(view, metric)
    if metric.include:
        yield REPORT, f"amounts that do not meet {written(metric.include)} are not set"
    if metric.values_to_count is not None:
        side = {True: "true", False: "false", "both": "true and false"}[metric.values_to_count]
        yield REPORT, f"each value that is {side} counts 1"
    elif metric.behavior == "instances":
        yield REPORT, "each value that is set counts 1, also 0"
    if metric.deduplication:
        yield REPORT, _deduplication(metric.deduplication)
    if metric.attribution:
        yield REPORT, _attribution(metric.attribution)
    else:
        yield REPORT, "amounts go to the values that their event has, those that last included"
    yield REPORT, "segments hide events after that; what is left is summed per row, and once for the total"
    yield from _format(metric)
    yield from _outside(metric)


def _outside(component: Component) -> Iterator[tuple[str, str]]:
    if component.external_id:
        yield REPORT, f"its column in the lake's table of a report is called '{component.external_id}'"


def _summary(metric: SummaryMetric) -> Iterator[tuple[str, str]]:
    yield REPORT, f"the amounts of '{metric.summary}' are summed, of rows in the report's range; they have no person and no session"
    yield REPORT, "they go to the values that the row has: its own dimensions, those that group them, its time; to no value elsewhere"
    yield REPORT, "segments leave out rows that their conditions on such dimensions tell not to keep, and no others"
    yield from _format(metric)
    yield from _outside(metric)


def _format(metric: Metric | CalculatedMetric | SummaryMetric) -> Iterator[tuple[str, str]]:
    if not metric.model_fields_set & {"format", "decimals", "currency", "upward_trend"}:
        return
    shown = {"decimal": "a number", "percent": "a percentage", "currency": "money", "time": "a length of time"}[metric.format]
    yield REPORT, f"it is shown as {shown}, with {metric.decimals} decimals; an upward trend is {metric.upward_trend}"


def _deduplication(how: Deduplication) -> str:
    same = f" and '{how.id}'" if how.id else ""
    return f"of the events of one {how.scope}{same} that carry it the {how.keep} one counts, the others are not set"


def _attribution(how: Attribution) -> str:
    back = how.looks_back()
    since = f" of the last {span_text(back)}" if back is not None else ""
    model = f"{how.model} ({how.game})".replace("_", " ") if how.model == "algorithmic" else how.model.replace("_", " ")
    return f"in a table amounts are credited by {model} to the values set in the {how.container}{since} before"


def _calculated(view: View, name: str, metric: CalculatedMetric) -> Iterator[tuple[str, str]]:
    for measure in measures_of(name, view.formulas()):
        within = f" on events of {', '.join(measure.segments)}" if measure.segments else ""
        credited = f", {_attribution(measure.attribution)}" if measure.attribution else ""
        yield REPORT, f"{_summed(measure)}{within}{credited}"
    yield REPORT, f"{metric.calculate} is computed from the sums of each row, of the total, and of all shown rows where it asks for them"
    yield from _format(metric)
    yield from _outside(metric)


def _summed(measure: Measure) -> str:
    if measure.distinct:
        return f"the distinct values of '{measure.distinct}' are counted"
    if measure.squared_per:
        return f"what each of the {measure.squared_per} has of '{measure.metric}' is squared and summed"
    return f"'{measure.metric}' is summed"


def _segment(view: View, segment: Segment) -> Iterator[tuple[str, str]]:
    name = view.containers.named(segment.container)
    kept = {
        "everyone": f"each {name}" if segment.container == "event" else f"all events of each {name}", "only_before": "events up to the first event of the last occurrence",
        "only_after": "events from the last event of the first occurrence on",
    }[segment.include]  # fmt: skip
    yield REPORT, "sessions, deduplication, persistence and attribution have looked at all events"
    if view.view_segments:
        yield REPORT, "the view's own segments leave out events"
    if segment.range is not None:
        yield REPORT, (
            f"it looks at events{range_in_words(segment.range)}, also outside the report's range, with sessions and values as a "
            "report of these days has them"
        )
    of_report = ", of the report's range," if segment.range is not None else ""
    yield REPORT, f"it keeps{of_report} {kept}{' that meets this' if segment.include == 'everyone' else ' of this'}: {condition_in_words(segment.where, view.containers)}"

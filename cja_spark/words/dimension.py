"""What a dimension does with its values, and which of them last."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.span import span_text
from cja_spark.view.components import Dimension
from cja_spark.view.containers import Containers
from cja_spark.view.no_value import NoValue
from cja_spark.view.persistence import OnMetric, Persistence
from cja_spark.view.spec import View
from cja_spark.words.condition import written
from cja_spark.words.source import REPORT, Steps, column_in_words, source_in_words


def dimension_in_words(view: View, dimension: Dimension) -> Steps:
    """What a dimension does, when and what."""
    called = view.containers
    event, events = called.named("event"), called.several("event")
    yield from source_in_words(view, dimension)
    if group := dimension.summary_data_group:
        yield REPORT, f"rows of summary data that have a value of {', '.join(group.dimensions)} have it here"
    yield from ((REPORT, what) for what in _values(view, dimension))
    if dimension.persistence:
        yield REPORT, persistence_in_words(dimension.persistence, called, of_items=bool(view.arrays_of(dimension)))
    yield REPORT, f"metrics with an attribution of their own credit the values that {events} set themselves, in a table of it alone"
    lasts = f": a hidden {event} may have set a value that lasts" if dimension.persistence else ""
    yield REPORT, f"segments hide {events} after that{lasts}"
    if dimension.no_value:
        yield from ((REPORT, what) for what in _no_value(view, dimension.no_value))
    if dimension.context:
        of_several = ", also in a table of several dimensions" if dimension.context == "variant" else ""
        yield REPORT, f"functions of experiments know it as the {dimension.context}{of_several}"
    yield from column_in_words(dimension)


def _values(view: View, dimension: Dimension) -> Iterator[str]:
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
    if dimension.no_value and dimension.no_value.as_value:
        yield f"{view.containers.several('event')} without a value have '{_label(view, dimension.no_value)}' as their value"


def _ranges(dimension: Dimension) -> Iterator[str]:
    if dimension.buckets:
        yield f"numbers become ranges: {written(dimension.buckets)}"
    if dimension.granularity:
        clock = dimension.granularity in ("second", "minute", "hour")
        yield f"instants are shown by {dimension.granularity}" if clock else f"days are shown by {dimension.granularity} of the view's calendar"


def _label(view: View, how: NoValue) -> str:
    return how.label or view.no_value


def _no_value(view: View, how: NoValue) -> Iterator[str]:
    events = view.containers.several("event")
    if how.label and not how.as_value:
        yield f"the row of {events} without a value is called '{how.label}'"
    if not how.show:
        yield (
            f"tables, the report sessions and the parts of a fallout leave the row '{_label(view, how)}' out, unless they say "
            "include_no_value; the total of a table, or of the report sessions, is then that of what has a value"
        )


_BOUND = {"most_recent": "last", "original": "first, also after another one was bound", "first_known": "first", "last_known": "last"}


def persistence_in_words(how: Persistence, called: Containers, *, of_items: bool = False) -> str:
    """Which value events have, and until when (P1, P2, P3, P5, P6).

    Args:
        how: the persistence of a dimension.
        called: what containers are called.
        of_items: whether its values lie on items.
    """
    if how.binding_metric:
        return _bound_by_metric(how, called)
    one, many = ("item", "items") if of_items and how.binding else (called.named("event"), called.several("event"))
    if how.binding:
        which = _which(how, called, f"every {one} with a '{how.binding}'", many, f" with the same '{how.binding}'")
        return f"{which}; one without a '{how.binding}' has what it sets itself"
    which = _which(how, called, f"every {one}", many, "")
    whole = f"; what the items of one {one} set is one list, which every item of another has; without items there is none"
    return f"{which}{whole if of_items else ''}"


def _which(how: Persistence, called: Containers, every: str, many: str, per: str) -> str:
    if how.allocation == "most_recent":
        return f"{many} that set none have the value that was set last{per}, {_until(how, called)}"
    if how.allocation == "original":
        return f"{every} has the value that was set first{per}, also one that sets another, {_until(how, called)}{_renewed(how)}"
    if how.allocation == "all":
        return f"{every} has all values set so far{per}, its own included, {_until(how, called)}"
    known = "first" if how.allocation == "first_known" else "last"
    return f"{every} has the {known} value{' set' if per else ''}{per} of {_scope(how, called)}, also {many} before that and {many} that set another"


def _bound_by_metric(how: Persistence, called: Containers) -> str:
    if how.allocation in ("most_recent", "original"):
        lasting = f"{_BOUND[how.allocation]}, {_until(how, called)}"
    else:
        lasting = f"{_BOUND[how.allocation]} in {_scope(how, called)}, also before that"
    return (
        f"{called.several('event')} that carry '{how.binding_metric}' bind their value, or the one that lasts without binding, to the "
        f"'{how.binding}' of their items; an item has the value that was bound to its '{how.binding}' {lasting}"
    )


def _scope(how: Persistence, called: Containers) -> str:
    if lasts := how.looks_back:
        return f"its {called.named('person')} since {span_text(lasts)} before the report's range began"
    if how.expiration == "session":
        return f"its whole {called.named('session')}"
    return f"its {called.named('person')}'s whole scope (the report's person_scope)"


def _until(how: Persistence, called: Containers) -> str:
    if isinstance(how.expiration, OnMetric):
        return f"up to the {called.named('event')} that carries '{how.expiration.metric}', which still has it"
    if lasts := how.looks_back:
        return f"for {span_text(lasts)} after it was set"
    if how.expiration == "session":
        return f"to the end of the {called.named('session')}"
    return f"as long as the {called.named('person')}'s scope (the report's person_scope)"


def _renewed(how: Persistence) -> str:
    """What comes after the end of a first value, where that is not plain."""
    return "; the next one set after that is the new first one" if how.looks_back or isinstance(how.expiration, OnMetric) else ""

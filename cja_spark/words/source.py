"""Where the values of a component come from, and when: what its derived fields do, and what its column is called."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.view.components import Component, Dimension, Metric
from cja_spark.view.containers import Containers
from cja_spark.view.derived.date_math import Clock, DateMath, OfScope
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.inlined import first_late, late_parts
from cja_spark.view.derived.needed import needed
from cja_spark.view.derived.neighbours import NeighbourFunction
from cja_spark.view.spec import View
from cja_spark.words.derived import field_in_words, functions_in_words

BUILD, REPORT = "when journeys are built", "when a report runs"
Steps = Iterator[tuple[str, str]]


def source_in_words(view: View, component: Dimension | Metric) -> Steps:
    """How a dimension or metric comes to its values, when and what."""
    called = view.containers
    event, events, person = called.named("event"), called.several("event"), called.named("person")
    arrays = view.arrays_of(component)
    inside = f", one value per item of '{arrays[-1]}'" if arrays else f", one value per {event}"
    for name in view.derived_fields_of(component):
        functions = functions_in_words(view.derived[name].functions[: first_late(name, view.derived)])
        yield BUILD, f"the derived field '{name}' is made: {functions or 'what a report asks is stored'}"
    if component.field is not None:
        yield BUILD, f"the field '{component.field}' of {events} is stored{inside}"
    if isinstance(component, Dimension) and component.account is not None:
        yield BUILD, f"the account of '{component.account}' that the {person} belongs to at the time of the {event} is stored"
    if isinstance(component, Dimension) and component.summary is not None:
        yield REPORT, f"rows of summary data have the value of '{component.summary}', {events} have none"
    lookup, profile = getattr(component, "lookup", None), getattr(component, "profile", None)
    if lookup is not None:
        yield BUILD, f"'{lookup}' is looked up by the key that matches the {event}"
    if profile is not None:
        yield BUILD, f"'{profile}' of the {person}'s profile is stored, one value per {person}"
    if component.derived is not None and (looking := view.chain_of(component).looking()):
        looks = " and at ".join(dict.fromkeys(_looked_at(one, called) for one in looking))
        yield from _of_others(view, component.derived)
        late = functions_in_words(view.derived[component.derived].functions[first_late(component.derived, view.derived) :])
        yield REPORT, f"its derived field looks at {looks}, after {called.several('session')} and deduplication: {late}"


def derived_in_words(view: View, name: str) -> Steps:
    """How a derived field is made, when and what."""
    for part in needed(name, view.derived)[:-1]:
        functions = functions_in_words(view.derived[part].functions[: first_late(part, view.derived)])
        yield BUILD, f"the derived field '{part}' is made: {functions or 'what a report asks is stored'}"
    yield from _of_others(view, name)
    built = first_late(name, view.derived)
    for at, what in enumerate(field_in_words(view.derived[name], built, view.containers)):
        yield BUILD if at < built else REPORT, what


def column_in_words(component: Component) -> Steps:
    """What its column is called outside, where that is not its name."""
    if component.external_id:
        yield REPORT, f"its column in the lake's table of a report is called '{component.external_id}'"


def _of_others(view: View, name: str) -> Steps:
    for part in late_parts(name, view.derived):
        late = functions_in_words(view.derived[part].functions[first_late(part, view.derived) :])
        others = f"other {view.containers.several('event')}"
        yield REPORT, f"the derived field '{part}' is made, which looks at {others}: {late}"


def _looked_at(function: Function, called: Containers) -> str:
    if isinstance(function, NeighbourFunction):
        return f"the other {called.several('event')} of the {called.named(function.scope)}"
    assert isinstance(function, DateMath)
    moments = function.moments()
    scopes = [f"the {one.take} date of the {called.named(one.scope)}" for one in moments if isinstance(one, OfScope)]
    clock = [f"{one.clock}, which is that of the newest {called.named('event')}" for one in moments if isinstance(one, Clock)]
    return " and at ".join((*scopes, *clock))

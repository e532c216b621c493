"""A derived field that takes what others make of other events, with their functions in the place of what it takes."""

from __future__ import annotations

from cja_spark.view.derived.chain import with_inputs
from cja_spark.view.derived.input import Input
from cja_spark.view.derived.kinds import looks
from cja_spark.view.derived.needed import Derived, needed
from cja_spark.view.derived.spec import AnyFunction, DerivedField


def looks_at_events(name: str, derived: Derived) -> bool:
    """Whether a derived field, or one that it is made of, looks at other events or at the clock.

    Raises:
        ValueError: one of them is made of itself.
    """
    return any(looks(function) for one in needed(name, derived) if one in derived for function in derived[one].functions)


def late_parts(name: str, derived: Derived) -> tuple[str, ...]:
    """The derived fields that one is made of which look at other events, each after those that it is made of."""
    return tuple(one for one in needed(name, derived)[:-1] if looks_at_events(one, derived))


def first_late(name: str, derived: Derived) -> int:
    """The place of its first function that a report runs."""
    parts, functions = late_parts(name, derived), derived[name].functions
    late = (at for at, one in enumerate(functions) if looks(one) or any(taken.derived in parts for taken, _ in one.takes()))
    return next(late, len(functions))


def inlined(name: str, derived: Derived) -> DerivedField:
    """A derived field whose functions take no other one that looks at other events.

    What is made of events comes first, then what a report runs. Outputs of another field are `field.output`, and what it gives is
    `field.`: names that no author can write.

    Raises:
        ValueError: it is made of itself.
    """
    parts = late_parts(name, derived)
    if not parts:
        return derived[name]
    early: list[AnyFunction] = []
    late: list[AnyFunction] = []
    for one in (*parts, name):
        at, functions = first_late(one, derived), derived[one].functions
        if one != name:
            functions = _renamed(one, functions)
        functions = with_inputs(functions, lambda taken: _taken(taken, parts))
        early += functions[:at]
        late += functions[at:]
    return derived[name].model_copy(update={"functions": (*early, *late)})


def _taken(one: Input, parts: tuple[str, ...]) -> Input:
    return Input.model_construct(output=f"{one.derived}.") if one.derived in parts else one


def _renamed(field: str, functions: tuple[AnyFunction, ...]) -> tuple[AnyFunction, ...]:
    def renamed(one: Input) -> Input:
        return one if one.output is None else Input.model_construct(output=f"{field}.{one.output}")

    found = with_inputs(functions, renamed)
    outputs = [None if one.output is None else f"{field}.{one.output}" for one in functions[:-1]]
    return tuple(one.model_copy(update={"output": output}) for one, output in zip(found, [*outputs, f"{field}."], strict=True))

"""All derived fields of a view together: what they refer to, in which order they are made, where their values lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import TypeAdapter

from cja_spark.errors import did_you_mean
from cja_spark.view.arrays import arrays_in
from cja_spark.view.derived.chain import chain_faults
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.held import faults_of_holds
from cja_spark.view.derived.inlined import first_late, inlined, late_parts, looks_at_events
from cja_spark.view.derived.input import Kind
from cja_spark.view.derived.needed import Derived, needed
from cja_spark.view.derived.spec import AnyDerived, DerivedField, Where, collected, fits, wrong_kind
from cja_spark.view.derived.split import Split

MOST = 500


def arrays_of(name: str, derived: Derived) -> tuple[str, ...]:
    """Arrays that the values of a derived field lie in, outermost first; none for one value per event.

    The parts of a split are an array of their own, and so are all different values of an event, session or person.
    """
    if derived[name].functions[-1].gives_list:
        return (own_array(name),)
    return () if derived[name].of_array() else arrays_taken(name, derived)


def arrays_taken(name: str, derived: Derived) -> tuple[str, ...]:
    """Arrays that a derived field takes values from, whatever it makes of them; the deepest, outermost first."""
    return max((arrays_in(path) for path in _paths(name, derived)), key=len, default=())


def _paths(name: str, derived: Derived) -> Iterator[str]:
    """The fields of a derived field at the grain of its items: not those that another one takes together."""
    for one in dict.fromkeys((*_of_items(name, derived), name)):
        yield from derived[one].paths()


def _of_items(name: str, derived: Derived, above: tuple[str, ...] = ()) -> Iterator[str]:
    for part in derived[name].made_of():
        if part in derived and part not in (*above, name) and not derived[part].of_array():  # a circle is a fault of its own
            yield from _of_items(part, derived, (*above, name))
            yield part


def arrays_as_written(name: str, written: Mapping[str, object]) -> tuple[str, ...]:
    """The same of derived fields as an author writes them; none where one of them has faults, which are told anyway."""
    adapter: TypeAdapter[dict[str, DerivedField]] = TypeAdapter(dict[str, AnyDerived])
    try:
        derived = adapter.validate_python(dict(written))
        return arrays_of(name, derived) if name in derived else ()
    except ValueError:  # a fault of its own
        return ()


_PARTS_OF = "(parts of "


def own_array(name: str) -> str:
    """The array that the parts of a split, or different values, form: one of its own, in no event's fields."""
    return f"{_PARTS_OF}{name})"


def parts_of_values(dimension: str) -> str:
    """The array that the parts of a dimension's texts form, where a delimiter makes several values of one."""
    return own_array(f"values of {dimension}")


def is_parts(array: str) -> bool:
    """Whether an array is one of `own_array`."""
    return array.startswith(_PARTS_OF)


def fit_together(derived: dict[str, DerivedField]) -> dict[str, DerivedField]:
    """Refuse derived fields that do not fit together.

    Raises:
        ValueError: pydantic's, with each fault and its place.
    """
    if found := list(faults(derived)):
        raise collected("derived", found)
    return derived


def faults(derived: Derived) -> Iterator[tuple[Where, str]]:
    """What is wrong with derived fields as parts of one another, and with the arrays that they take values from."""
    if len(derived) > MOST:
        yield (), f"{len(derived)} derived fields; a view has {MOST} at most."
    for name, field in derived.items():
        try:
            needed(name, derived)
        except ValueError as circle:
            yield (name,), str(circle)
            continue
        for at, function in enumerate(field.functions):
            yield from (((name, "functions", at), text) for text in _references(function, derived))
        yield from (((name,), text) for text in _array_faults(name, derived))
        yield from _late_faults(name, derived)


def _references(function: Function, derived: Derived) -> Iterator[str]:
    for one, wanted in function.takes():
        if one.derived is None:
            continue
        if one.derived not in derived:
            yield f"no derived field named '{one.derived}'. {did_you_mean(one.derived, derived)}".rstrip()
        elif derived[one.derived].functions[-1].gives_list:
            yield f"derived field '{one.derived}' has several values on an event; no function takes those."
        elif not fits(kind := _given(one.derived, derived), wanted):
            what = f"derived field '{one.derived}'"
            yield f"{function.function}: {wrong_kind(what, kind, wanted)}"


def _given(name: str, derived: Derived) -> Kind:
    """The kind of its values; `any` where a circle, a fault of its own, hides it."""
    try:
        return inlined(name, derived).gives()
    except ValueError:
        return "any"


def _late_faults(name: str, derived: Derived) -> Iterator[tuple[Where, str]]:
    """What is wrong with the functions that a report runs, where they take what other derived fields make of other events."""
    field, whole = derived[name], inlined(name, derived)
    if late_parts(name, derived):
        behind = len(field.functions) - first_late(name, derived)
        late = whole.functions[len(whole.before()) :]
        found = [(at - len(late) + behind, text) for at, text in chain_faults(late)]
        yield from (((name, "functions", len(field.functions) - behind + at), text) for at, text in found if at >= 0)
        if found:
            return
        if whole.of_array():
            yield (name,), "summarize: takes all values of an array together, and another part looks at other events; make it a derived field of its own."
            return
    if whole.neighbour():
        yield from (((name,), text) for text in faults_of_holds(whole.chain()))


def _array_faults(name: str, derived: Derived) -> Iterator[str]:
    paths = list(_paths(name, derived))
    deepest = max((arrays_in(path) for path in paths), key=len, default=())
    for path in paths:
        inside = arrays_in(path)
        if deepest[: len(inside)] != inside:
            yield f"'{path}' lies in the array '{inside[-1]}' and another field in '{deepest[-1]}': their items have no pairs."
            return
    yield from _faults_in(name, derived, deepest)


def _faults_in(name: str, derived: Derived, deepest: tuple[str, ...]) -> Iterator[str]:
    own = derived[name]
    if deepest and own.of_array() and any(arrays_in(path) for path in own.paths_after_array()):
        yield f"summarize: takes all values of '{deepest[-1]}' together; what follows takes no single ones."
        return
    if deepest and any(isinstance(one, Split) and one.gives_list for one in own.functions):
        yield f"split: array makes several values of one; in the array '{deepest[-1]}' there are several already."
    if deepest and not own.of_array() and looks_at_events(name, derived):
        yield f"{own.functions[-1].function}: looks at events, and in the array '{deepest[-1]}' one has several values."

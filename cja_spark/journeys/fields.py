"""From a view's components to columns over events: where each field lies, its grain, its ids or numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.errors import InputError, MissingColumnError
from cja_spark.journeys.derived.formula import INTERNAL, Formula
from cja_spark.journeys.hashing import RESERVED
from cja_spark.sources.names import storable_name
from cja_spark.view.arrays import arrays_in
from cja_spark.view.components import Dimension, Metric
from cja_spark.view.derived.held import TEXTS
from cja_spark.view.spec import View


@dataclass(frozen=True)
class Field:
    """One stored column of a journey.

    Attributes:
        name: the column's name, `d_` or `m_` before the component's, or another letter of `held`.
        component: the component's name in the view.
        path: where its values lie in events (for a lookup: where its keys lie).
        lookup: dataset and column that turn keys into values; empty otherwise.
        instances: a metric that counts where the field is set, whatever its type; no part of what is stored.
        formula: the derived field that `derive` puts where the values lie.
    """

    name: str
    component: str
    path: str
    lookup: tuple[str, ...] = ()
    instances: bool = False
    formula: Formula | None = None

    @property
    def arrays(self) -> tuple[str, ...]:
        """Arrays of objects it lies in, outermost first; none for the event's own grain."""
        return arrays_in(self.path)

    @property
    def is_dimension(self) -> bool:
        """Whether the column holds value ids; otherwise it holds numbers."""
        return self.name[0] in TEXTS


def event_fields(view: View, matches: Mapping[str, str]) -> tuple[Field, ...]:
    """Columns that a view needs of events.

    Args:
        view: the data view.
        matches: per lookup dataset the event path that holds its keys.

    Raises:
        MissingColumnError: a dimension or derived field names a lookup dataset that the connection does not have.
    """
    found = []
    for name, dimension in view.dimensions.items():
        if path := dimension.field or dimension.account:
            found.append(Field(f"d_{name}", name, storable_name(path)))
        elif dimension.derived:
            found += _of_derived(view, name, dimension, matches)
        elif dimension.lookup:
            dataset, column = dimension.lookup.split(".", 1)
            if dataset not in matches:
                raise MissingColumnError.of(f"dimension '{name}'", dataset, matches)
            path = storable_name(matches[dataset])
            found.append(Field(f"d_{name}", name, path, (dataset, storable_name(column))))
    measured = ((name, metric) for name, metric in view.metrics.items() if isinstance(metric, Metric))
    return (*found, *(field for name, metric in measured for field in _of_metric(view, name, metric, matches)))


def _of_metric(view: View, name: str, metric: Metric, matches: Mapping[str, str]) -> list[Field]:
    if metric.derived is not None:
        return _of_derived(view, name, metric, matches)
    return [Field(f"m_{name}", name, storable_name(metric.field or ""), (), metric.behavior == "instances")]


def _of_derived(view: View, name: str, component: Dimension | Metric, matches: Mapping[str, str]) -> list[Field]:
    """The derived field's values, or what a report makes them of."""
    made = component.derived or ""
    if view.neighbour_of(component):
        return _held(view, name, component, matches)
    formula = Formula.of(made, view.derived, view.time_zone)
    _require_datasets(made, formula, matches)
    if isinstance(component, Dimension):
        return [Field(f"d_{name}", name, formula.path(as_text=True), formula=formula)]
    return [Field(f"m_{name}", name, formula.path(as_text=False), (), component.behavior == "instances", formula)]


def _held(view: View, name: str, component: Dimension | Metric, matches: Mapping[str, str]) -> list[Field]:
    made, found = component.derived or "", []
    for column, hold in view.held_of(name):
        suffix = f" ({column[0]})" if column[0] not in "dm" else ""
        formula = Formula.holding(made, hold, view.derived, view.time_zone, suffix)
        _require_datasets(made, formula, matches)
        found.append(Field(column, name, formula.path(as_text=hold.kind == "text"), formula=formula))
    return found


def words_of(view: View) -> tuple[tuple[str, str], ...]:
    """What reports call numbers that other events or the clock say, each with its dimension: no event has these texts."""
    chains = ((name, view.chain_of(dimension).words) for name, dimension in view.dimensions.items())
    said = ((name, str(one.value)) for name, words in chains if words for one in words.results())
    return tuple(dict.fromkeys(said))


def _require_datasets(name: str, formula: Formula, matches: Mapping[str, str]) -> None:
    for dataset in formula.datasets():
        if dataset not in matches:
            raise MissingColumnError.of(f"derived field '{name}'", dataset, matches)


def profile_fields(view: View) -> tuple[Field, ...]:
    """Columns that a view needs of profiles: one value per person."""
    return tuple(
        Field(f"p_{name}", name, storable_name(dimension.profile))
        for name, dimension in view.dimensions.items()
        if dimension.profile
    )


def text_of(column: Column) -> Column:
    """A value as text; blank text is not set (O8).

    Nearly every text begins with a visible ASCII character, which a comparison of its first byte says for a fraction
    of what looking for white space costs.
    """
    text = column.cast("string")
    visible = (text >= F.lit("!")) & (text < F.lit("\x7f"))
    return F.when(visible | text.rlike(r"[^\p{IsWhite_Space}]"), text)


def id_of(text: Column) -> Column:
    """Value id of text: 0 where not set, never 1-15 (O2)."""
    hashed = F.xxhash64(text)
    moved = F.when(hashed.between(0, RESERVED - 1), hashed + RESERVED).otherwise(hashed)
    return F.when(text.isNull(), F.lit(0).cast("bigint")).otherwise(moved)


def number_of(column: Column, kind: T.DataType) -> Column:
    """A number as double; a NaN of a number's type is not set (O8).

    What is set and no number, such as a word or a date, is stored as NaN: reports of instances count it, others do not.
    """
    if isinstance(kind, T.StringType):
        return F.when(text_of(column).isNotNull(), F.coalesce(column.try_cast("double"), F.lit(float("nan"))))
    if not isinstance(kind, T.NumericType | T.BooleanType):
        return F.when(column.isNotNull(), F.lit(float("nan")))
    number = column.cast("int").cast("double") if isinstance(kind, T.BooleanType) else column.cast("double")
    return F.when(~F.isnan(number), number)


def column_of(field: Field, schema: T.StructType) -> Column:
    """The stored column of a field, computed from events; lookups still hold their keys' ids here.

    A field inside arrays becomes a list per event, inside an array of an array a list of lists.

    Raises:
        MissingColumnError: events have no such path; it names the nearest.
        InputError: the path leads to no single value, or through something that is no array.
    """
    where = f"component '{field.component}'"
    kind, _ = leaf(field.path, schema, where)
    if isinstance(kind, T.ArrayType | T.StructType | T.MapType):
        raise InputError(f"{where}: '{field.path}' is {kind.simpleString()}, not one value.")
    if field.is_dimension:
        return values_at(field.path, schema, where, lambda value: id_of(text_of(value)))
    if not field.instances and not isinstance(kind, T.NumericType | T.StringType | T.BooleanType):
        text = f"'{field.path}' is {kind.simpleString()}, no number. Count it with behavior: instances."
        raise InputError(f"{where}: {text}")
    return values_at(field.path, schema, where, lambda value: number_of(value, kind))


def values_at(path: str, schema: T.StructType, where: str, stored: Callable[[Column], Column]) -> Column:
    """What a path leads to, each value as `stored` makes it; every array on the way is a level of lists.

    Raises:
        MissingColumnError: a part of the path does not exist.
    """
    inner = [tuple(part for part in piece.split(".") if part) for piece in path.split("[]")[1:]]

    def below(column: Column, steps: list[tuple[str, ...]]) -> Column:
        if not steps:
            return stored(column)

        def item(element: Column) -> Column:
            for name in steps[0]:
                element = element.getField(name)
            return below(element, steps[1:])

        return F.transform(column, item)

    return below(F.col(leaf(path, schema, where)[1]), inner)


def leaf(path: str, schema: T.StructType, where: str) -> tuple[T.DataType, str]:
    """Type of a path's leaf, and the column text that reaches it (inside arrays: the outermost array).

    Raises:
        MissingColumnError: a part of the path does not exist.
        InputError: `[]` stands behind something that is no array.
    """
    at: T.DataType = schema
    reached: list[str] = []
    quoted: list[str] = []
    in_array = False
    for part in path.split("."):
        name = part.replace("[]", "")
        if not isinstance(at, T.StructType) or name not in at.fieldNames():
            known = [".".join((*reached, other)) for other in _names(at) if not other.startswith(INTERNAL)]
            raise MissingColumnError.of(where, path, known)
        at = at[name].dataType
        reached.append(part)
        if not in_array:
            quoted.append(f"`{name}`")
        for _ in range(part.count("[]")):
            if not isinstance(at, T.ArrayType):
                raise InputError(f"{where}: '{'.'.join(reached)}' is {at.simpleString()}, no array of objects.")
            at, in_array = at.elementType, True
    return at, ".".join(quoted)


def _names(at: T.DataType) -> Iterable[str]:
    return at.fieldNames() if isinstance(at, T.StructType) else ()

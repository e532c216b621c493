"""Derived fields made: events with two columns for each derived field that a view uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial, reduce
from typing import NamedTuple

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.errors import MissingColumnError
from cja_spark.journeys.derived.columns import COLUMNS
from cja_spark.journeys.derived.formula import Formula, column_name
from cja_spark.journeys.derived.item_lookup import apart, found_for_items
from cja_spark.journeys.derived.items import over_items, value_at
from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.summarize import in_one_list, item_of, summary
from cja_spark.journeys.derived.value import Value, cleaned, text
from cja_spark.journeys.fields import id_of, leaf, text_of
from cja_spark.sources.names import storable_name
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.held import Holding
from cja_spark.view.derived.lookup import Lookup
from cja_spark.view.derived.summarize import Summarize
from cja_spark.view.derived.whole import arrays_taken

Lookups = Callable[[str], DataFrame]


def derive(
    events: DataFrame, formulas: Iterable[Formula], lookup: Lookups, profiles: Callable[[], DataFrame] | None = None
) -> DataFrame:
    """Events with their derived fields, as they are and as text.

    Args:
        events: the events.
        formulas: the derived fields.
        lookup: the rows of a lookup dataset by its name, one per `key`: events cannot multiply.
        profiles: the persons' profiles, one per `person_id`, where there are some.

    Rows:    The same.
    Columns: reads {paths} (what derived fields are made of); adds {derived} (of the derived fields, two for each).
    Raises:  MissingColumnError when a field does not exist; InputError when one is not of the type that a function takes.
    Source:  O10: before anything else that a view does.
    """
    wanted = {formula.name: formula for formula in formulas}
    made_of = {part: Formula.of(part, dict(one.parts), one.zone) for one in wanted.values() for part, _ in one.parts}
    making = _Making(events, made_of, lookup)
    making.join_profiles(profiles)
    making.run_steps()
    made = {name: column for formula in wanted.values() for name, column in making.columns(formula).items()}
    return making.events.withColumns(made).select(*events.columns, *made)


class Step(NamedTuple):
    """One function of a derived field that has one value per event."""

    formula: Formula
    at: int
    function: Function

    @property
    def column(self) -> str:
        """The column that its values have."""
        return f"_step_{self.formula.name}_{self.at}"


class _Making:
    """Derived fields being made.

    Each function's values are a column, so that nothing is computed again where several later ones take it. Functions
    that do not need each other are made in one wave: there are as many projections as functions in a row, not in all.
    """

    def __init__(self, events: DataFrame, formulas: dict[str, Formula], lookup: Lookups) -> None:
        self.events = events
        self.lookup = lookup
        self.schema = events.schema
        self.formulas = formulas
        self.values: dict[str, Value] = {}  # of derived fields with one value per event, or the list of a split
        self.outputs: dict[str, dict[str, Value]] = {name: {} for name in formulas}
        self.profiles: dict[str, Value] = {}
        self.found: dict[tuple[str, int], Value] = {}  # what lookups of items found, in lists like the arrays'

    def join_profiles(self, profiles: Callable[[], DataFrame] | None) -> None:
        """Put the columns of profiles beside the events of their person."""
        paths = sorted({path for formula in self.formulas.values() for path in formula.profiles()})
        if not paths:
            return
        rows = no_lookups("profiles") if profiles is None else profiles()
        leaves = {path: leaf(storable_name(path), rows.schema, f"profile '{path}'") for path in paths}
        columns = {path: f"_profile_{number}" for number, path in enumerate(paths)}
        kept = rows.select("person_id", *(F.col(leaves[path][1]).alias(name) for path, name in columns.items()))
        self.events = self.events.join(kept, on="person_id", how="left")
        self.profiles = {path: Value(F.col(name), leaves[path][0]) for path, name in columns.items()}

    def run_steps(self) -> None:
        """Run all functions that have one value per event."""
        for wave in _waves([step for formula in self.formulas.values() for step in _steps(formula)]):
            made = [self.made_by(step) for step in wave]
            raw = {f"_raw{step.column}": value.column for step, value in zip(wave, made, strict=True)}
            values = [cleaned(F.col(name), value.kind) for name, value in zip(raw, made, strict=True)]
            clean = {step.column: value.column for step, value in zip(wave, values, strict=True)}
            self.events = self.events.withColumns(raw).withColumns(clean)
            for step, value in zip(wave, values, strict=True):
                self.note(step, value._replace(column=F.col(step.column)))

    def made_by(self, step: Step) -> Value:
        if isinstance(step.function, Summarize):
            return self.summary_of(step.formula, step.function)
        if not isinstance(step.function, Lookup):
            return COLUMNS[step.function.function](step.function, self.reading(step.formula))
        rows, kind, path = self.dataset(step.formula, step.function)
        found = f"_found{step.column}"
        keyed = rows.select(text_of(F.col("key")).alias("_key"), F.col(path).alias(found))
        key = self.reading(step.formula).text(step.function.input)
        self.events = self.events.withColumn("_key", key).join(keyed, on="_key", how="left").drop("_key")
        return Value(F.col(found), kind)

    def dataset(self, formula: Formula, function: Lookup) -> tuple[DataFrame, T.DataType, str]:
        """The rows of a lookup's dataset, and the type and place of the column that it takes."""
        rows = self.lookup(function.dataset)
        return rows, *leaf(function.column, rows.schema, f"{_where(formula)}, lookup '{function.dataset}'")

    def summary_of(self, formula: Formula, function: Summarize) -> Value:
        """All values of an event's array as one."""
        where, arrays = _where(formula), arrays_taken(formula.name, dict(formula.parts))
        values = f"_values_of_{formula.name}"
        own = formula.parts[-1][1]
        holding = Holding(function="holding", input=function.input, kind="text")
        inner = own.model_copy(update={"functions": (*own.in_array(), holding)})
        items = Formula(formula.name, (*formula.parts[:-1], (formula.name, inner)), formula.zone)
        listed = self.listed(items, arrays, partial(item_of, function=function, zone=formula.zone, where=where))
        lists = len(arrays) + any(one.gives_list for one in own.in_array())
        self.events = self.events.withColumn(values, in_one_list(listed, lists))
        return summary(function, F.col(values))

    def reading(self, formula: Formula) -> Reading:
        reach = partial(value_at, schema=self.schema, where=_where(formula))
        return Reading(_where(formula), formula.zone, reach, self.values, self.outputs[formula.name], self.profiles)

    def note(self, step: Step, value: Value) -> None:
        if step.function.output:
            self.outputs[step.formula.name][step.function.output] = value
        if step.at == len(step.formula.functions) - 1:
            self.values[step.formula.name] = value

    def columns(self, formula: Formula) -> dict[str, Column]:
        """The two columns of a derived field."""
        names = [column_name(formula.name, as_text=as_text) for as_text in (False, True)]
        if formula.name not in self.values:
            stored = (lambda value: value.column, text)
            return {name: self.listed(formula, formula.arrays, how) for name, how in zip(names, stored, strict=True)}
        value = self.values[formula.name]
        listed = isinstance(value.kind, T.ArrayType)
        return dict(zip(names, (value.column, value.column if listed else text(value)), strict=True))

    def listed(self, formula: Formula, arrays: Sequence[str], stored: Callable[[Value], Column]) -> Column:
        """A value per item of an array: one expression, since no column has the grain of an item."""
        for number, (_, function) in enumerate(_item_steps(formula, self.values)):
            if isinstance(function, Lookup) and (formula.name, number) not in self.found:
                self.found[formula.name, number] = self.found_for(formula, arrays, number, function)
        return self.of_items(formula, arrays, stored)

    def found_for(self, formula: Formula, arrays: Sequence[str], number: int, function: Lookup) -> Value:
        """What one of the lookups of an item finds, those before it are there already."""
        rows, kind, path = self.dataset(formula, function)
        name, keys = f"_found_{formula.name}_{number}", f"_keys_{formula.name}_{number}"
        self.events = self.events.withColumn(keys, apart(self.of_items(formula, arrays, None, up_to=number)))
        found = found_for_items(F.col(keys), len(arrays), rows, path, kind, function.dataset)
        self.events = self.events.withColumn(name, found).drop(keys)
        return Value(F.col(name), kind)

    def of_items(
        self, formula: Formula, arrays: Sequence[str], stored: Callable[[Value], Column] | None, up_to: int = -1
    ) -> Column:
        found = {number: value for (name, number), value in self.found.items() if name == formula.name}
        item = partial(_item, formula, self.values, self.profiles, found, stored=stored, up_to=up_to)
        return over_items(arrays, self.schema, _where(formula), item)


def _item_steps(formula: Formula, known: Mapping[str, Value]) -> list[tuple[str, Function]]:
    """The functions that make an item's value, each with its derived field."""
    return [(name, function) for name, part in formula.parts if name not in known for function in part.functions]


def _item(
    formula: Formula, known: Mapping[str, Value], profiles: Mapping[str, Value], found: Mapping[int, Value],
    reach: Callable[[str], Value], places: Sequence[Column], *, stored: Callable[[Value], Column] | None, up_to: int,
) -> Column:  # fmt: skip
    """The value of an item, with all derived fields that it is made of; those of the event are there already.

    Of lookups the values were found before, one after another: `up_to` asks for the id of the key of one.
    """
    made = dict(known)
    readings = {name: Reading(_where(formula), formula.zone, reach, made, {}, profiles) for name, _ in formula.parts}
    steps = _item_steps(formula, known)

    def after(number: int) -> Column:
        if number == len(steps):
            assert stored is not None
            return stored(made[formula.name])
        name, function = steps[number]
        if isinstance(function, Lookup):
            if number == up_to:
                return id_of(readings[name].text(function.input))
            value = found[number]._replace(column=reduce(F.get, places, found[number].column))
        else:
            value = COLUMNS[function.function](function, readings[name])

        def noted(column: Column) -> Column:
            made[name] = value._replace(column=column, clean=True)
            if function.output:
                readings[name].outputs[function.output] = made[name]
            return after(number + 1)

        return _once(value.column, lambda raw: _once(cleaned(raw, value.kind).column, noted))

    return after(0)


def _once(column: Column, then: Callable[[Column], Column]) -> Column:
    """What comes of a column that is written several times in it and computed once."""
    return F.element_at(F.transform(F.array(column), then), 1)


def _steps(formula: Formula) -> Iterator[Step]:
    first = len(formula.parts[-1][1].in_array()) if formula.parts[-1][1].of_array() else 0
    if not formula.arrays or formula.functions[-1].gives_list:
        yield from (Step(formula, at, function) for at, function in enumerate(formula.functions) if at >= first)


def _needs(step: Step) -> list[tuple[str, str | None]]:
    """Outputs and derived fields that a step takes; of all values of an array, whatever those are made of."""
    if isinstance(step.function, Summarize):
        return [(name, None) for name, _ in step.formula.parts[:-1]]
    return [(step.formula.name, one.output) if one.output else (one.derived or "", None) for one, _ in step.function.takes()]


def _waves(steps: list[Step]) -> list[list[Step]]:
    """Steps by how many others must run before them; what a step needs comes before it in the list."""
    outputs: dict[tuple[str, str | None], int] = {}
    waves: list[list[Step]] = []
    for step in steps:
        needs = _needs(step)
        wave = max((outputs[need] + 1 for need in needs if need in outputs), default=0)
        outputs[step.formula.name, step.function.output] = wave
        if step.at == len(step.formula.functions) - 1:
            outputs[step.formula.name, None] = wave
        waves += [[] for _ in range(wave + 1 - len(waves))]
        waves[wave].append(step)
    return waves


def _where(formula: Formula) -> str:
    return f"derived field '{formula.name}'"


def no_lookups(dataset: str) -> DataFrame:
    """Where there is no connection, there are no lookup datasets.

    Rows:    None.
    Raises:  MissingColumnError always.
    """
    raise MissingColumnError.of("derived field", dataset, ())

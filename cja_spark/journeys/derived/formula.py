"""What a stored column needs to know of a derived field: its definition, and where its values come to lie in events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cja_spark.view.derived.function import Hold
from cja_spark.view.derived.held import Holding
from cja_spark.view.derived.inlined import inlined
from cja_spark.view.derived.needed import needed
from cja_spark.view.derived.spec import AnyFunction, DerivedField
from cja_spark.view.derived.whole import arrays_of


@dataclass(frozen=True)
class Formula:
    """A derived field with all that its values depend on.

    Attributes:
        name: the derived field's name.
        parts: it and the derived fields that it is made of, each after those that it needs itself.
        zone: the view's time zone.
    """

    name: str
    parts: tuple[tuple[str, DerivedField], ...]
    zone: str

    @classmethod
    def of(cls, name: str, derived: Mapping[str, DerivedField], zone: str) -> Formula:
        """A derived field of a view."""
        return cls(name, tuple((one, derived[one]) for one in needed(name, derived)), zone)

    @classmethod
    def holding(cls, name: str, hold: Hold, derived: Mapping[str, DerivedField], zone: str, suffix: str = "") -> Formula:
        """What journeys hold of a derived field that a report makes."""
        own = inlined(name, derived)
        held = own.model_copy(update={"functions": (*own.before(), Holding(function="holding", input=hold.input, kind=hold.kind))})
        below = tuple(part for part in cls.of(name, {**derived, name: own}, zone).parts if part[0] != name)
        return cls(name + suffix, (*below, (name + suffix, held)), zone)

    @property
    def functions(self) -> tuple[AnyFunction, ...]:
        """Its functions."""
        return self.parts[-1][1].functions

    @property
    def arrays(self) -> tuple[str, ...]:
        """Arrays that its values lie in, outermost first."""
        return arrays_of(self.name, dict(self.parts))

    def path(self, *, as_text: bool) -> str:
        """Where `derive` puts its values, every array that they lie in as a list."""
        return column_name(self.name, as_text=as_text) + "[]" * len(self.arrays)

    def datasets(self) -> tuple[str, ...]:
        """Lookup datasets that it takes values from."""
        return tuple(dict.fromkeys(one.dataset for _, part in self.parts for one in part.lookups()))

    def profiles(self) -> tuple[str, ...]:
        """Columns of profiles that it takes values from."""
        return tuple(dict.fromkeys(path for _, part in self.parts for path in part.profiles()))

    def paths(self) -> tuple[str, ...]:
        """The fields of events that it takes values from."""
        return tuple(dict.fromkeys(path for _, part in self.parts for path in part.paths()))

    def written(self) -> dict[str, object]:
        """Its definition as plain values: what is the same gives the same journeys."""
        parts = [{"name": name, "functions": [_written(one) for one in part.functions]} for name, part in self.parts]
        return {"parts": parts, "zone": self.zone}


def _written(function: AnyFunction) -> dict[str, object]:
    return function.model_dump(mode="json", exclude_none=True)


INTERNAL = ("_text_of_derived_", "_derived_")  # what columns of derived fields begin with


def column_name(name: str, *, as_text: bool) -> str:
    """The column of a derived field; as text for dimensions, as it is for metrics."""
    return f"{INTERNAL[0 if as_text else 1]}{name}"

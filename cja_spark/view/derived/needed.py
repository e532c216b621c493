"""The order in which derived fields are made that are made of one another."""

from __future__ import annotations

from collections.abc import Mapping

from cja_spark.view.derived.spec import DerivedField

Derived = Mapping[str, DerivedField]


def needed(name: str, derived: Derived) -> tuple[str, ...]:
    """A derived field and those that it is made of, each after those that it needs itself.

    Raises:
        ValueError: one of them is made of itself.
    """
    found: list[str] = []

    def visit(one: str, above: tuple[str, ...]) -> None:
        if one in above:
            raise ValueError(f"derived field '{one}' is made of itself.")
        for part in derived[one].made_of() if one in derived else ():
            if part in derived:
                visit(part, (*above, one))
        if one not in found:
            found.append(one)

    visit(name, ())
    return tuple(found)

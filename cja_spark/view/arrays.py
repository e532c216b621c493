"""Arrays of objects: which arrays the path of a field passes through."""

from __future__ import annotations

from collections.abc import Iterable

_ALL = "(all values of "


def arrays_in(path: str) -> tuple[str, ...]:
    """Arrays that a field lies in, outermost first; none for a field of the event itself.

    >>> arrays_in("web.page")
    ()
    >>> arrays_in("product[].warranty[].name")
    ('product', 'product[].warranty')
    """
    parts = path.split("[]")[:-1]
    return tuple("[]".join(parts[: depth + 1]) for depth in range(len(parts)))


def all_values(dimension: str) -> str:
    """The array that the values of a dimension form which keeps them all: one of its own, in no event's fields."""
    return f"{_ALL}{dimension})"


def of_objects(arrays: Iterable[str]) -> tuple[str, ...]:
    """Those of some arrays whose items are objects of events, or parts of a split: all but `all_values`."""
    return tuple(array for array in arrays if not is_all_values(array))


def lasting(dimension: str, own: tuple[str, ...]) -> tuple[str, ...]:
    """The arrays of values of items that last unbound: an item has several where those of another event last on it (P1)."""
    return (*own, all_values(dimension)) if own else ()


def is_all_values(array: str) -> bool:
    """Whether an array is one of `all_values`."""
    return array.startswith(_ALL)

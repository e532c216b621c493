"""Arrays of objects: which arrays the path of a field passes through."""

from __future__ import annotations

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


def is_all_values(array: str) -> bool:
    """Whether an array is one of `all_values`."""
    return array.startswith(_ALL)

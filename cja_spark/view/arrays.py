"""Arrays of objects: which arrays the path of a field passes through."""

from __future__ import annotations


def arrays_in(path: str) -> tuple[str, ...]:
    """Arrays that a field lies in, outermost first; none for a field of the event itself.

    >>> arrays_in("web.page")
    ()
    >>> arrays_in("product[].warranty[].name")
    ('product', 'product[].warranty')
    """
    parts = path.split("[]")[:-1]
    return tuple("[]".join(parts[: depth + 1]) for depth in range(len(parts)))

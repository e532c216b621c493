"""Rule T3: which values may be a row of a table."""

from __future__ import annotations

from tests.reference.segments import values_match
from tests.reference.values import no_value

Key = tuple[str | None, ...]


def hidden_in(ask: dict, view: dict) -> list[str]:
    """T3: the dimensions whose null is no row: all if the report says so, those that say so if it says nothing."""
    dimensions, asked = ask.get("dimensions", []), ask.get("include_no_value")
    if isinstance(asked, list):
        return [name for name in dimensions if name not in asked]
    if asked is not None:
        return [] if asked else list(dimensions)
    return [name for name in dimensions if not no_value(view, name)["show"]]


def makes_row(key: Key, dimensions: list[str], ask: dict, view: dict) -> bool:
    """T3: whether values may be a row: none is a null that is hidden, and all meet the filter."""
    hidden, found = hidden_in(ask, view), dict(zip(dimensions, key, strict=True))
    if any(found[name] is None for name in hidden if name in found):
        return False
    asked = [one for one in ask.get("filter", ()) if one["dimension"] in found]
    return all(values_match([value] if (value := found[one["dimension"]]) is not None else [], one) for one in asked)

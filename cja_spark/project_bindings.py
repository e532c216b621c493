"""Bindings: whether a dimension that persists per value of another one can be bound to it (rules P5, P6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cja_spark.view.arrays import arrays_in
from cja_spark.view.components import Dimension
from cja_spark.view.derived.whole import is_parts, parts_of_values
from cja_spark.view.persistence import Persistence
from cja_spark.view.spec import View

Arrays = tuple[str, ...]


def binding_faults(view: View, matches: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Dimensions whose persistence does not fit the arrays that they and what they are bound to lie in: name, sentence.

    Args:
        view: the view; names that it does not have are another's faults.
        matches: per lookup dataset the field that its keys match.
    """
    for name, dimension in view.dimensions.items():
        if dimension.persistence is None:
            continue
        if dimension.persistence.binding == name:
            yield name, f"persistence: '{name}' is bound to itself; values are bound to those of another dimension."
            continue
        own = (parts_of_values(name),) if dimension.gives_list else own_arrays(view, dimension, matches)
        if dimension.persistence.binding is None:
            yield from _alone(name, own, dimension.persistence)
        elif dimension.persistence.binding in view.dimensions:
            by = view.dimensions[dimension.persistence.binding]
            if by.gives_list:
                yield name, f"persistence: '{dimension.persistence.binding}' makes several values of one text; values are bound to those of one value."
            else:
                yield from _bound(name, own, dimension.persistence, own_arrays(view, by, matches))


def _alone(name: str, own: Arrays, how: Persistence) -> Iterator[tuple[str, str]]:
    """What does not last unbound: parts of a split, which other events have no items for, and all values of items."""
    if own and is_parts(own[-1]):
        yield name, f"persistence: dimension '{name}' lies in the array '{own[-1]}'; events without that text have no parts that could last."
    elif own and how.allocation == "all":
        yield name, (
            f"persistence: dimension '{name}' lies in the array '{own[-1]}'; allocation: all is of values of events. Take "
            "most_recent, original, first_known or last_known, or bind the values."
        )


def own_arrays(view: View, dimension: Dimension, matches: Mapping[str, str]) -> Arrays:
    """The arrays that a dimension's own values lie in, outermost first."""
    lookup = (dimension.lookup or "").split(".", 1)[0]
    return view.arrays_of(dimension) or arrays_in(matches.get(lookup, ""))


def _bound(name: str, own: Arrays, how: Persistence, by: Arrays) -> Iterator[tuple[str, str]]:
    if own and own != by:
        where = f"the array '{by[-1]}'" if by else "no array"
        yield name, (
            f"persistence: dimension '{name}' lies in the array '{own[-1]}', '{how.binding}', which it is bound to, in {where}; "
            "values of items are bound to those of the same array."
        )
    elif by and how.allocation == "all":
        yield name, (
            f"persistence: '{how.binding}', which dimension '{name}' is bound to, lies in the array '{by[-1]}'; allocation: all is of values "
            "of events. Take most_recent, original, first_known or last_known."
        )
    elif by and not own and how.binding_metric is None:
        yield name, (
            f"persistence: '{how.binding}' lies in the array '{by[-1]}', so binding_metric is needed: the events that bind their "
            f"value of '{name}' to their items."
        )
    elif how.binding_metric is not None and own == by:
        yield name, (
            f"persistence: binding_metric is for a binding to items of an array; '{name}' and '{how.binding}' lie side by side."
        )

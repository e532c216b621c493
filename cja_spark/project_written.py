"""What files of a project say before they are specs: as they are written, also where they are faulty."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from cja_spark.configuration import Document
from cja_spark.connection.spec import TYPES, Connection
from cja_spark.reports.own_columns import Column
from cja_spark.view.arrays import all_values, arrays_in, lasting
from cja_spark.view.derived.whole import arrays_as_written, parts_of_values
from cja_spark.view.formula.uses import names_in
from cja_spark.view.spec import View

Written = Mapping[str, Any]


def with_metrics(view: Written | None, columns: Mapping[str, Column]) -> Written | None:
    """A view with the columns of a report among its metrics."""
    metrics = section(view, "metrics")
    if not columns or view is None or metrics is None:
        return view
    return {**view, "metrics": {**metrics, **{name: {"calculate": one.formula()} for name, one in columns.items()}}}


def value_of(document: Document | None) -> Written | None:
    """What a file says, where it says several things."""
    return document.value if document is not None and isinstance(document.value, Mapping) else None


def section(written: Written | None, key: str) -> Written | None:
    """The things of one section by name; None when the section cannot be read or seems to be misspelt."""
    others = [str(one) for one in written or () if one not in (*View.model_fields, *Connection.model_fields)]
    if written is None or (key not in written and get_close_matches(key, others)):
        return None
    section = written.get(key, {})
    return section if isinstance(section, Mapping) else None


def key_of(thing: object, key: str) -> object:
    """What a thing says under a key, if it says several things."""
    return thing.get(key) if isinstance(thing, Mapping) else None


def matches_of(datasets: Written | None) -> dict[str, str]:
    """Per lookup dataset the field that its key matches."""
    found = {name: key_of(one, "matches") for name, one in (datasets or {}).items()}
    return {name: path for name, path in found.items() if isinstance(path, str)}


def may_be(kind: str, dataset: object) -> bool:
    """Whether a dataset is of a kind, or of none that there is."""
    return key_of(dataset, "type") == kind or key_of(dataset, "type") not in TYPES


def parts_of(metric: Written) -> tuple[str, ...]:
    """The metrics that a calculated one is made of."""
    try:
        return names_in(str(metric["calculate"]))
    except ValueError:  # a fault of its own
        return ()


def arrays_of(name: str, dimension: object, others: Written, matches: Written, derived: Written) -> tuple[str, ...]:
    """The arrays that the values of a dimension lie in, outermost first."""
    persistence = key_of(dimension, "persistence")
    if key_of(key_of(key_of(dimension, "substring"), "delimiter"), "array"):
        return (parts_of_values(name),)
    if key_of(persistence, "allocation") == "all":
        return (all_values(name),)
    if key_of(persistence, "binding_metric"):
        binding = str(key_of(persistence, "binding"))
        return _own_arrays(others.get(binding), matches, derived)
    own = _own_arrays(dimension, matches, derived)
    return lasting(name, own) if isinstance(persistence, Mapping) and not key_of(persistence, "binding") else own


def _own_arrays(dimension: object, matches: Written, derived: Written) -> tuple[str, ...]:
    if isinstance(made := key_of(dimension, "derived"), str):
        return arrays_as_written(made, derived)
    lookup = str(key_of(dimension, "lookup")).split(".", 1)[0]
    path = dimension if isinstance(dimension, str) else key_of(dimension, "field") or matches.get(lookup)
    return arrays_in(path) if isinstance(path, str) else ()

"""What a derived field does, function by function, in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from cja_spark.view.containers import Containers
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import SOURCES
from cja_spark.view.derived.spec import DerivedField
from cja_spark.words.condition import flow

MOST_SHOWN = 20  # entries of a table


def functions_in_words(functions: Iterable[Function]) -> str:
    """Functions in the order in which they run, each with its inputs and options."""
    return ", then ".join(map(_in_words, functions))


def field_in_words(field: DerivedField, built: int, called: Containers) -> Iterator[str]:
    """What each function of a derived field does, in order; a report runs those behind the first `built`."""
    for at, function in enumerate(field.functions):
        looks = "" if at < built else f"; it looks at other {called.several('event')}, or follows one that does"
        yield f"{_in_words(function)}{looks}"


def _in_words(function: Function) -> str:
    options = json.loads(function.model_dump_json(exclude_none=True, exclude_defaults=True, by_alias=True))
    named = f" as {options.pop('output')}" if options.get("output") else ""
    options.pop("function")
    if len(options.get("entries") or ()) > MOST_SHOWN:
        options["entries"] = f"{len(options['entries'])} values"
    return f"{function.function} ({flow(_plain(options))}){named}"


def _plain(value: object) -> object:
    """Inputs as an author may write them: a path as its text, what an earlier function or another field gave by its name."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and (key := next(iter(value))) in SOURCES:
        return value[key] if key == "field" else f"'{value[key]}'" if key == "value" else f"{key} {value[key]}"
    return {key: _plain(one) for key, one in value.items()}

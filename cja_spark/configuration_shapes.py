"""What is said where something else is written than a key takes: text for a list, a word for keys, nothing at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

Path_ = tuple[str | int, ...]
Found = Mapping[str, Any]

_KEYS = ("model_type", "model_attributes_type", "dict_type")
_SHAPES = (*_KEYS, "string_type")
_EXPECTED = {
    "string_type": "text is expected",
    "int_type": "a whole number is expected",
    "int_from_float": "a whole number is expected",
    "float_type": "a number is expected",
    "bool_type": "true or false is expected",
}
_DATES = ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact")
_SHOWN = 20


def telling(errors: Sequence[Found]) -> list[Found]:
    """Pydantic's errors without those that only say that a value is not the other thing that it might have been."""
    return [one for one in errors if not _of_another_branch(one, errors) and not _of_its_items(one)]


def is_shape(found: Found) -> bool:
    """Whether an error is of what a value is, whatever it says."""
    return found["type"] in (*_SHAPES, *_EXPECTED, *_DATES, "tuple_type")


def place_of(value: object, found: Found) -> Path_:
    """Where a value that is the wrong thing is written; empty when its author wrote another one there."""
    at: Path_ = ()
    for part in found["loc"]:
        inside = part in value if isinstance(value, Mapping) else isinstance(value, list | tuple) and isinstance(part, int) and part < len(value)
        if inside:
            at, value = (*at, part), value[part]  # type: ignore[index]  # `inside` says that it is a mapping or a list
    return at if value is found["input"] or value == found["input"] else ()


def shape_sentence(found: Found, known: Collection[str]) -> str:
    """Say what may be written instead.

    Args:
        found: pydantic's error.
        known: the keys that may be written there; empty when they are the author's own names.
    """
    value, kind = found["input"], found["type"]
    if kind == "tuple_type":
        return _list(value)
    if kind in _DATES:
        return f"'{value}' is no date; write one such as 2025-02-28."
    if kind not in _KEYS:
        return f"{_EXPECTED[kind]}, {_not(value)}."
    expected = f"keys are expected, {_not(value)}"
    return f"{expected}: {_some(known)}." if known else f"names are expected, each with what it is, {_not(value)}."


def of_length(found: Found) -> str:
    """Say of a list that is too long or too short how many items it takes, and which ones it has."""
    context, written = found["ctx"], [one if isinstance(one, str) else "…" for one in found["input"]]
    count = len(written)
    if found["type"] == "too_short":
        least = context["min_length"]
        has = f"{count} {'is' if count == 1 else 'are'} written" if count else "the list is empty"
        return f"at least {least} item{'' if least == 1 else 's'} must be written, and {has}."
    most = context["max_length"]
    return f"{most} at most are taken, and {count} are written: {', '.join(written[:_SHOWN])}{', …' if count > _SHOWN else ''}; leave {count - most} out."


def _list(value: object) -> str:
    if value is None:
        return "write a list; nothing is written here."
    return "write a list; each of its items begins with a dash." if isinstance(value, Mapping) else f"write a list, [{value}]."


def _not(value: object) -> str:
    if value is None:
        return "and nothing is written here"
    if isinstance(value, Mapping):
        return f"not the keys {_some(map(str, value))}"
    return "not a list" if isinstance(value, list | tuple) else f"not '{str(value).lower() if isinstance(value, bool) else value}'"


def _some(names: Iterable[str]) -> str:
    every = sorted(names)
    return ", ".join(every[:_SHOWN]) + (", …" if len(every) > _SHOWN else "")


def _of_another_branch(one: Found, errors: Sequence[Found]) -> bool:
    """Whether an error is of a branch of a union (a name, or keys), and another branch has more to say."""
    *place, branch = one["loc"] or ((),)
    if one["type"] not in _SHAPES or not (branch == "constrained-str" or "[" in str(branch)):
        return False
    others = [other for other in errors if other is not one and [*other["loc"][: len(place)]] == place]
    return any(other["type"] not in _SHAPES or len(other["loc"]) > len(one["loc"]) or branch != "constrained-str" for other in others)


def _of_its_items(one: Found) -> bool:
    """Whether a list is said to be short because its items have faults of their own."""
    return one["type"] == "too_short" and isinstance(one["input"], list | tuple) and len(one["input"]) >= one["ctx"]["min_length"]

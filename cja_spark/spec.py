"""What every noun of a configuration is: a frozen, strict spec, and the small types that its fields use."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from cja_spark.addresses import fault_of

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "millisecond": timedelta(milliseconds=1),
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
DURATION = r"^\s*\d+\s+(ms|milliseconds?|s|seconds?|min|minutes?|h|hours?|d|days?|weeks?)\s*$"
_DURATION = re.compile(r"^\s*(\d+)\s+([a-z]+)\s*$")
LONGEST = timedelta(days=36_500)
_SHORT = {"s": "second", "min": "minute", "h": "hour", "d": "day"}


def parse_duration(text: object) -> timedelta:
    """Read a duration such as ``30 minutes``.

    Raises:
        ValueError: the text is not a number and one of ms, second (s), minute (min), hour (h), day (d), week.
    """
    if isinstance(text, timedelta):
        return text
    found = _DURATION.match(text) if isinstance(text, str) else None
    word = found[2] if found else ""
    unit = _SHORT.get(word, word if word in _UNITS else word.removesuffix("s"))
    if not found or unit not in _UNITS:
        calendar = " Months, quarters and years have no fixed length." if unit in ("month", "quarter", "year") else ""
        raise ValueError(f"'{text}' is no duration. Write a number and a unit: '30 minutes', '7 days', '2 weeks'.{calendar}")
    count = int(found[1])
    if count > LONGEST // _UNITS[unit]:
        raise ValueError(f"'{text}' is too long; {LONGEST.days:,} days at most.")
    return count * _UNITS[unit]


def duration_text(duration: timedelta) -> str:
    """Write a duration as an author would: the largest unit that divides it."""
    for name in ("week", "day", "hour", "minute", "second", "ms"):
        count, rest = divmod(duration, _UNITS[name])
        if not rest and (count or name == "ms"):
            return f"{count} {name}{'s' if count != 1 and name != 'ms' else ''}"
    return str(duration)


def milliseconds(duration: timedelta) -> int:
    """Length of a duration in ms."""
    return duration // timedelta(milliseconds=1)


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(duration_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": DURATION}),
]
NAME = r"^[A-Za-z][A-Za-z0-9_]{0,63}$"
Name = Annotated[str, StringConstraints(pattern=NAME)]


def as_tuple(value: object) -> object:
    """Take a YAML list as a tuple, so that specs stay hashable."""
    return tuple(value) if isinstance(value, list) else value


AsTuple = BeforeValidator(as_tuple)


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = [name for at, name in enumerate(names) if name in names[:at]]
    if twice:
        raise ValueError(f"'{twice[0]}' is given twice.")
    return names


EachOnce = AfterValidator(_each_once)
def _some_text(label: str) -> str:
    if not label.strip():
        raise ValueError(f"'{label}' is no label; leave it out to show the name.")
    return label


Label = Annotated[str, AfterValidator(_some_text)]  # what people see instead of a name
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9998, 12, 31)


def _in_reach(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"{day} is not between {FIRST_DAY} and {LAST_DAY}.")
    return day


def _address(text: str) -> str:
    if (fault := fault_of(text, up=True)) is not None:
        raise ValueError(f"{fault}.")
    return text


Address = Annotated[str, AfterValidator(_address)]  # a path or URI
Day = Annotated[date, AfterValidator(_in_reach)]  # one that can be reckoned with in every time zone


class Spec(BaseModel):
    """A noun of the configuration: frozen, strict, no unknown keys, hashable, equal by value."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

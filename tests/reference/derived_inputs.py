"""What functions of derived fields take, in plain Python: inputs as text, as numbers, as instants (O8)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from tests.reference.calendar import first_instant

NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
ISO = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?", re.ASCII | re.DOTALL)


def blank(value: object) -> object:
    """O8: blank text and what is no finite number are not set."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return None if isinstance(value, str) and not value.strip() else value


class Taken:
    """What a function takes."""

    def __init__(self, zone: str, event: dict, outputs: dict[str, object], made: Callable[[str], object]) -> None:
        self.zone, self.event, self.outputs, self.made = zone, event, outputs, made

    def raw(self, one: object, *, given: bool = False) -> object:
        if given and not isinstance(one, dict):
            return one
        if isinstance(one, str):
            return blank(self.event.get(one))
        [(kind, what)] = one.items()
        if kind == "derived":
            return self.made(what)
        return {"field": lambda: blank(self.event.get(what)), "profile": lambda: blank(self.event.get(what)), "output": lambda: self.outputs.get(what), "value": lambda: what}[kind]()

    def text(self, one: object, *, given: bool = False) -> str | None:
        return as_text(self.raw(one, given=given))

    def number(self, one: object, *, given: bool = False) -> float | None:
        return as_number(self.raw(one, given=given))

    def instant(self, one: object) -> datetime | None:
        return as_instant(self.raw(one), self.zone)


def as_text(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    return None if value is None else str(value)


def as_number(value: object) -> float | None:
    if isinstance(value, str):
        value = float(value) if NUMBER.fullmatch(value) else None
    return None if value is None or not math.isfinite(float(value)) else float(value)


def as_instant(value: object, zone: str) -> datetime | None:
    if isinstance(value, str):
        if not ISO.fullmatch(value):
            return None
        try:
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=first_instant(value, zone))
    return None

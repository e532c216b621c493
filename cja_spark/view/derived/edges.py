"""Numbers, days and instants that a condition of case when compares with."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Strict

from cja_spark.spec import LAST_DAY

Instant = Annotated[datetime, Strict()]
_HOW = "Write a number, a day such as 2025-03-08, or an instant with its zone such as '2025-03-08T10:00:00Z'."


def _edge(value: object) -> object:
    """A day or an instant, in quotes or without, or a number as it is."""
    found = _moment(value) if isinstance(value, str) else value
    if isinstance(found, bool) or not isinstance(found, int | float | date):
        raise ValueError(f"'{str(value).lower() if isinstance(value, bool) else value}' is no number and no day. {_HOW}")
    return _checked(found)


def _moment(text: str) -> date | datetime | None:
    """The day or the instant that a text is; None for any other text."""
    kind = date if len(text) <= len("2025-03-08") else datetime
    try:
        return kind.fromisoformat(text)
    except ValueError:
        return None


def _checked(value: int | float | date) -> float | date:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"'{value.isoformat(sep=' ')}' is an instant without its zone. {_HOW}")
    if isinstance(value, date):
        if (value.date() if isinstance(value, datetime) else value) > LAST_DAY:
            raise ValueError(f"'{value}' is after {LAST_DAY}, the last day that there is.")
        return value
    return float(value)


def _equal(value: object) -> object:
    """Text or a number as it is; a day or an instant is one without quotes."""
    if isinstance(value, int | date) and not isinstance(value, bool):
        return _checked(value)
    return value


Edge = Annotated[float | Instant | date, BeforeValidator(_edge, json_schema_input_type=float | str)]
Equal = Annotated[str | float | Instant | date, BeforeValidator(_equal, json_schema_input_type=str | float)]

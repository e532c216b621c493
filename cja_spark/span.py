"""Spans of time: durations of a fixed length, and months, which are as long as the local calendar says (rule O6)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_serializer

from cja_spark.spec import Spec, duration_text, parse_duration

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_CALENDAR = re.compile(r"^\s*(\d+)\s+(month|quarter|year)s?\s*$")
MOST_MONTHS = 1_200


class Months(Spec):
    """Months, quarters or years of the calendar of twelve months, in the view's time zone."""

    count: int = Field(ge=0, le=MOST_MONTHS)

    @model_serializer
    def _text(self) -> str:
        return span_text(self)


def parse_span(text: object) -> timedelta | Months:
    """Read a duration such as ``30 minutes``, or ``2 months``, ``1 quarter``, ``2 years``.

    Raises:
        ValueError: the text is neither, or too long.
    """
    if isinstance(text, Months):
        return text
    if not (found := _CALENDAR.match(text) if isinstance(text, str) else None):
        return parse_duration(text)
    count = int(found[1]) * _MONTHS[found[2]]
    if count > MOST_MONTHS:
        raise ValueError(f"'{text}' is too long; {MOST_MONTHS:,} months at most.")
    return Months(count=count)


def span_text(span: timedelta | Months) -> str:
    """Write a span as an author would: the largest unit that divides it."""
    if not isinstance(span, Months):
        return duration_text(span)
    name = next(name for name in ("year", "quarter", "month") if span.count % _MONTHS[name] == 0 and (span.count or name == "month"))
    count = span.count // _MONTHS[name]
    return f"{count} {name}{'s' if count != 1 else ''}"


PATTERN = r"^\s*\d+\s+(ms|milliseconds?|s|seconds?|min|minutes?|h|hours?|d|days?|weeks?|months?|quarters?|years?)\s*$"
Span = Annotated[
    timedelta | Months,
    BeforeValidator(parse_span),
    PlainSerializer(span_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": PATTERN}),
]

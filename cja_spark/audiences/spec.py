"""An audience as an author writes it, and what follows from it without data: window, lifetime, definition."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from cja_spark.spec import AsTuple, Day, Duration, Name, Spec
from cja_spark.view.condition import AllOf, AnyOf, Condition, Exclude, SegmentReference, leaves

DAY = timedelta(days=1)
Refresh = Literal["4 hours", "daily", "weekly", "monthly"]
Kind = Literal["one_time", "recurring"]
TTL_DAYS: Mapping[Kind, int] = {"one_time": 420, "recurring": 16}  # rule A14
HEARTBEAT = 4 * DAY  # rule A15
MAX_PEOPLE = 20_000_000  # rule A7
_DECIDES = ("segments", "refresh", "lookback", "range", "known_only", "known_namespaces")
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _parts(tree: Spec) -> Iterator[Spec]:
    """What the and, or and not of an audience stand between."""
    below = tree.all if isinstance(tree, AllOf) else tree.any if isinstance(tree, AnyOf) else ()
    if isinstance(tree, Exclude):
        below = (tree.exclude,)
    if not below:
        yield tree
    for part in below:
        yield from _parts(part)


class Dates(Spec):
    """From the first instant of one day to the end of another, in the view's time zone.

    Attributes:
        from: the first day.
        to: the last day.
    """

    from_: Day = Field(alias="from")
    to: Day

    @model_validator(mode="after")
    def _forward(self) -> Dates:
        if self.from_ > self.to:
            raise ValueError(f"range: from {self.from_} is after to {self.to}.")
        return self


class Audience(Spec):
    """People with an event in a window that passes a tree of segments (A1-A4).

    With `refresh` the audience is recurring and looks back from `as_of`; without it the `range` is fixed.

    Attributes:
        name: what the audience is called; the file's name.
        description: what it is for, for people.
        segments: segments of the view, by name, under `all`, `any` and `exclude`; 1 to 20.
        refresh: how often it is evaluated again; without it once.
        lookback: how far back a refreshing audience looks, 1 to 90 days.
        range: the days that a one-time audience looks at.
        expires: the day from which it is not evaluated any more.
        known_only: whether only persons who are known belong, not mere devices.
        known_namespaces: the namespaces whose ids are known persons.
        sinks: the sinks that it is delivered to, by name.
    """

    name: Name
    description: str | None = None
    segments: Condition
    refresh: Refresh | None = None
    lookback: Duration | None = None
    range: Dates | None = None
    expires: Day | None = None
    known_only: bool = False
    known_namespaces: Annotated[tuple[Name, ...], AsTuple] = ()
    sinks: Annotated[tuple[Name, ...], AsTuple] = ()

    @field_validator("segments")
    @classmethod
    def _only_segments(cls, tree: Condition) -> Condition:
        parts = list(_parts(tree))
        if not all(isinstance(part, SegmentReference) for part in parts):
            raise ValueError(
                "an audience is made of segments of the view; put metrics, dimensions and containers into a segment."
            )
        if len(parts) > 20:
            raise ValueError(f"{len(parts)} segments; an audience has 1 to 20.")
        return tree

    @model_validator(mode="after")
    def _one_window(self) -> Audience:
        if self.refresh is None and (self.range is None or self.lookback is not None):
            raise ValueError("a one-time audience has a 'range' and no 'lookback'; or say how often to 'refresh'.")
        if self.refresh is not None and (self.lookback is None or self.range is not None):
            raise ValueError("a refreshing audience has a 'lookback' of 1 to 90 days and no 'range'.")
        if self.lookback is not None and (self.lookback % DAY or not DAY <= self.lookback <= 90 * DAY):
            raise ValueError("lookback: whole days, 1 to 90.")
        if self.known_only and not self.known_namespaces:
            raise ValueError("known_only needs 'known_namespaces': the namespaces of persons who are known.")
        return self

    @property
    def kind(self) -> Kind:
        """Whether the audience is evaluated once per wish or again and again."""
        return "one_time" if self.refresh is None else "recurring"

    def segment_names(self) -> tuple[str, ...]:
        """The segments that the tree names."""
        return tuple(leaf.segment for leaf in leaves(self.segments) if hasattr(leaf, "segment"))

    def window(self, as_of: datetime, time_zone: str = "UTC") -> tuple[datetime, datetime]:
        """The instants `[start, end)` in which a member has an event (A3, A4)."""
        if self.lookback is not None:
            return as_of - self.lookback, as_of
        assert self.range is not None
        zone = ZoneInfo(time_zone)
        start = datetime.combine(self.range.from_, time(), zone)
        return start.astimezone(UTC), datetime.combine(self.range.to + DAY, time(), zone).astimezone(UTC)

    def valid_until(self, as_of: datetime) -> datetime:
        """When a membership asserted at `as_of` lapses (A14)."""
        return as_of + timedelta(days=TTL_DAYS[self.kind])

    def definition(self, segments: Mapping[str, object]) -> str:
        """What decides who belongs, as canonical JSON: this tree and the view's segments that it names."""
        own = self.model_dump(mode="json", include=set(_DECIDES))
        return json.dumps({**own, "definitions": dict(segments)}, sort_keys=True, separators=(",", ":"))


def audience_id(name: str, generation: int) -> str:
    """The id of the n-th audience of a name; an id is never used again after a deletion (A19)."""
    number = int.from_bytes(hashlib.sha256(f"{name}\x1f{generation}".encode()).digest(), "big")
    digits = []
    for _ in range(12):
        number, digit = divmod(number, 36)
        digits.append(_LETTERS[digit])
    return "aud_" + "".join(digits)

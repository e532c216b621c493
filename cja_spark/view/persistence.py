"""Persistence: how long, and which, values of a dimension last beyond the events that set them (rules P1-P6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, model_validator

from cja_spark.errors import guess
from cja_spark.span import Months, Span, parse_span
from cja_spark.spec import Name, Spec

Allocation = Literal["most_recent", "original", "all", "first_known", "last_known"]
SCOPES = ("session", "person")
LONGEST, MOST_MONTHS = timedelta(days=90), 3


class OnMetric(Spec):
    """Values last until an event carries a metric; that event still has them."""

    metric: Name


def _expiration(value: object) -> object:
    if isinstance(value, Mapping) and not (set(value) == {"metric"} and isinstance(value["metric"], str)):
        near = " ".join(filter(None, (guess(str(key), ("metric",)) for key in value if key != "metric")))
        raise ValueError(f"a metric that ends values is written {{metric: orders}}, with no other key. {near}".rstrip())
    if isinstance(value, timedelta | Months | Mapping | OnMetric) or value in SCOPES:
        return value
    try:
        return parse_span(value)
    except ValueError:
        near = guess(str(value), SCOPES)
        text = f"'{value}' is no expiration. Write session, person, a duration such as '30 days', or {{metric: orders}}."
        raise ValueError(f"{text} {near}".rstrip()) from None


Expiration = Annotated[
    Literal["session", "person"] | Span | OnMetric,
    BeforeValidator(_expiration, json_schema_input_type=Literal["session", "person"] | Span | OnMetric),
]


class Persistence(Spec):
    """Which value an event has that sets none, and until when.

    `allocation`: `most_recent` the last value set, `original` the first one, whatever is set later, `all` every value
    set so far; `first_known` and `last_known` the first and last value of the whole scope, given to the events before
    it too.

    `expiration`: `session`, `person` (from the report's person scope on), a duration of up to 90 days, or 3 months, after the
    value was set, or `{metric: orders}`: until an event carries the metric.

    `binding`: another dimension; values are then remembered per value of that one, and only events that set it have
    them. Both lie side by side: on events, or on the items of one array.

    `binding_metric`: needed where the other dimension lies in an array and this one does not. Events that carry the metric
    bind their value, or the one that persists without binding, to each of their items; the dimension is then one of
    items.

    Attributes:
        allocation: which value lasts.
        expiration: how long it lasts.
        binding: the dimension per value of which it lasts.
        binding_metric: the metric whose events bind it to items.
    """

    allocation: Allocation = "most_recent"
    expiration: Expiration = "session"
    binding: Name | None = None
    binding_metric: Name | None = None

    @model_validator(mode="after")
    def _documented(self) -> Persistence:
        """P4: what Customer Journey Analytics does not list is an error."""
        lasts = self.expiration
        if not self._some_time():
            raise ValueError(f"expiration: values last more than nothing and {LONGEST.days} days, or {MOST_MONTHS} months, at most.")
        if self.allocation == "all" and lasts not in SCOPES:
            raise ValueError("allocation: all expires with the session or the person.")
        if self.allocation in ("first_known", "last_known") and isinstance(lasts, OnMetric):
            raise ValueError(f"allocation: {self.allocation} expires with the session, the person or after a duration.")
        if self.binding_metric is not None and self.binding is None:
            raise ValueError("binding_metric says which events bind; name what they bind to with 'binding'.")
        return self

    def _some_time(self) -> bool:
        lasts = self.expiration
        if isinstance(lasts, Months):
            return 0 < lasts.count <= MOST_MONTHS
        return not isinstance(lasts, timedelta) or timedelta(0) < lasts <= LONGEST

    @property
    def of_person(self) -> bool:
        """Whether the state is the person's, so that it begins where the report's person scope does."""
        return self.expiration == "person" or isinstance(self.expiration, OnMetric)

    @property
    def looks_back(self) -> timedelta | Months | None:
        """How far before the range a set value may lie, where a time says; so long it lasts."""
        return self.expiration if isinstance(self.expiration, timedelta | Months) else None

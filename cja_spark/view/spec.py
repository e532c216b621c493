"""A data view: what the fields of events mean to an analyst. Everything here is retroactive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from cja_spark.errors import guess
from cja_spark.spec import AsTuple, Duration, Name, Spec
from cja_spark.view.arrays import arrays_in
from cja_spark.view.attribution import Attribution
from cja_spark.view.calendar_settings import GREGORIAN, AnyCalendar
from cja_spark.view.condition import Segment
from cja_spark.view.deduplication import Deduplication
from cja_spark.view.derived.chain import Chain
from cja_spark.view.derived.components import neighbour_faults
from cja_spark.view.derived.function import Hold
from cja_spark.view.derived.held import AtReports, held_columns
from cja_spark.view.derived.spec import AnyDerived, collected
from cja_spark.view.derived.whole import arrays_of, fit_together, needed
from cja_spark.view.formula.nodes import Node
from cja_spark.view.formula.parse import parse
from cja_spark.view.persistence import Persistence
from cja_spark.view.standard import SESSION_TYPES, STANDARD_DIMENSIONS
from cja_spark.view.values import DimensionValues, MetricValues

SESSION_METRICS = ("session_starts", "session_ends", "bounces", "time_spent_seconds")  # amounts of events (S4, S5)
STANDARD_METRICS = ("events", "people", "sessions", *SESSION_TYPES, *SESSION_METRICS)
# Columns that reports have by themselves; a component of such a name would be a second one.
COLUMNS_BESIDE_METRICS = ("row_kind", "bucket", "label", "run_id")
COLUMNS_BESIDE_DIMENSIONS = (
    *COLUMNS_BESIDE_METRICS, "breakdown", "step", "step_name", "percent_of_previous", "percent_of_total",
    *(f"{figure}{unit}" for unit in ("people", "sessions", "attempts") for figure in ("fallout_", "open_")), "attempts",
    "bounce_rate", "sessions_per_person", "events_per_session", "mean_session_seconds",
)  # fmt: skip
Format = Literal["decimal", "percent", "currency", "time"]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        from zoneinfo import available_timezones

        raise ValueError(f"'{name}' is no IANA time zone. {guess(name, available_timezones())}".rstrip()) from None
    return name


def _currency(code: str) -> str:
    if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
        raise ValueError(f"'{code}' is no currency. Write its ISO 4217 code, such as EUR or USD.")
    return code


Zone = Annotated[str, AfterValidator(_zone)]
Currency = Annotated[str, AfterValidator(_currency)]


def _field_of(value: object) -> object:
    return {"field": value} if isinstance(value, str) else value


class Dimension(DimensionValues):
    """A dimension: the values of one field of events, of a derived field, of a lookup dataset or of a profile.

    Null and blank text mean not set. A field inside an array of objects, such as ``productListItems[].SKU``,
    has the grain of that array.
    """

    field: str | None = None
    derived: Name | None = None
    lookup: str | None = None
    profile: str | None = None
    persistence: Persistence | None = None
    label: str | None = None
    description: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Dimension:
        if sum(source is not None for source in (self.field, self.derived, self.lookup, self.profile)) != 1:
            raise ValueError("give exactly one of 'field', 'derived', 'lookup', 'profile'.")
        for kind in ("lookup", "profile"):
            path = getattr(self, kind)
            if path is not None and "." not in path:
                raise ValueError(f"{kind}: '{path}' names a dataset and a column of it: '{path}.column'.")
        if self.persistence and self.profile:
            raise ValueError("persistence: a value of a profile is on every event of the person already.")
        return self


AnyDimension = Annotated[Dimension, BeforeValidator(_field_of, json_schema_input_type=str | Dimension)]


class Metric(MetricValues):
    """A metric: a number on events, of a field or a derived field. `instances` counts events on which the field is set, also to 0 or to text.

    Amounts of `format: currency` are shown in `currency`, else in the view's, else without one; none is converted.
    """

    field: str | None = None
    derived: Name | None = None
    format: Format = "decimal"
    decimals: int = Field(default=0, ge=0, le=10)
    currency: Currency | None = None
    upward_trend: Literal["good", "bad"] = "good"
    deduplication: Deduplication | None = None
    attribution: Attribution | None = None
    label: str | None = None
    description: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Metric:
        if (self.field is None) == (self.derived is None):
            raise ValueError("give exactly one of 'field', 'derived'.")
        return self


class CalculatedMetric(Spec):
    """A formula on the columns of a report: arithmetic, functions, metrics in segments or with an attribution (rule Q)."""

    calculate: str
    format: Format = "decimal"
    decimals: int = Field(default=2, ge=0, le=10)
    currency: Currency | None = None
    upward_trend: Literal["good", "bad"] = "good"
    label: str | None = None
    description: str | None = None

    @field_validator("calculate")
    @classmethod
    def _parses(cls, text: str) -> str:
        parse(text)
        return text


def _metric_kind(value: object) -> str:
    keys = value if isinstance(value, Mapping) else getattr(value, "model_fields_set", ())
    return "calculated" if "calculate" in keys else "metric"


AnyMetric = Annotated[
    Annotated[Metric, Tag("metric")] | Annotated[CalculatedMetric, Tag("calculated")],
    Discriminator(_metric_kind),
    BeforeValidator(_field_of, json_schema_input_type=str | Metric | CalculatedMetric),
]


def _no_column(columns: tuple[str, ...]) -> AfterValidator:
    def apart(name: str) -> str:
        if name.lower() in STANDARD_METRICS:
            raise ValueError(f"'{name}' is a standard metric; choose another name.")
        if name.lower() in STANDARD_DIMENSIONS:
            raise ValueError(f"'{name}' is a standard dimension; choose another name.")
        if name.lower() in columns:
            raise ValueError(f"'{name}' is a column of reports; choose another name.")
        return name

    return AfterValidator(apart)


DimensionName = Annotated[Name, _no_column(COLUMNS_BESIDE_DIMENSIONS)]
MetricName = Annotated[Name, _no_column(COLUMNS_BESIDE_METRICS)]


class SessionSettings(Spec):
    """A session ends after more than `timeout` without an event (rule S1)."""

    timeout: Duration = timedelta(minutes=30)
    starts_with: Annotated[tuple[Name, ...], AsTuple] = ()


class View(Spec):
    """A data view.

    `view_segments` apply to every report and audience before their own segments, which see only what those keep (O10).

    A person with more than `max_events` events in what a report reads is left out of that report, counted in
    `report_runs` and named in `report_exclusions` (rule L3): such an id is a shared or default one, not a person.
    """

    name: Name
    time_zone: Zone = "UTC"
    calendar: AnyCalendar = GREGORIAN
    session: SessionSettings = SessionSettings()
    derived: Annotated[dict[Name, AnyDerived], AfterValidator(fit_together)] = Field(default_factory=dict)
    dimensions: dict[DimensionName, AnyDimension] = Field(default_factory=dict)
    metrics: dict[MetricName, AnyMetric] = Field(default_factory=dict)
    segments: dict[Name, Segment] = Field(default_factory=dict)
    view_segments: Annotated[tuple[Name | Segment, ...], AsTuple] = ()
    no_value: str = "No value"
    currency: Currency | None = None
    buckets: int | None = Field(default=None, ge=1, le=4096)
    period: Literal["day", "month", "year"] = "month"
    max_events: int = Field(default=1_000_000, ge=1)

    @model_validator(mode="after")
    def _sessions_come_first(self) -> View:
        """O10: sessions come before deduplication."""
        for name in self.session.starts_with:
            metric = self.metrics.get(name)
            if isinstance(metric, Metric) and metric.deduplication:
                raise ValueError(f"session: starts_with: metric '{name}' has deduplication, which asks for sessions itself.")
        return self

    def no_value_of(self, dimension: str) -> str:
        """What the row of a dimension's events without a value is called."""
        found = self.dimensions.get(dimension)
        how = found.no_value if found else None
        return self.no_value if how is None or how.label is None else how.label

    def shows_no_value(self, dimension: str) -> bool:
        """Whether tables show that row unless they are told otherwise."""
        found = self.dimensions.get(dimension)
        return found is None or found.no_value is None or found.no_value.show

    def arrays_of(self, component: Dimension | Metric) -> tuple[str, ...]:
        """Arrays of objects that the field or derived field of a component lies in, outermost first."""
        if component.derived is not None:
            return arrays_of(component.derived, self.derived)
        return arrays_in(component.field or "")

    @model_validator(mode="after")
    def _neighbours_have_their_place(self) -> View:
        """O10: session- and person-scoped derived fields come after sessions and deduplication; ids are of text."""
        if faults := list(neighbour_faults(self.derived, self.dimensions, self.metrics, self.session.starts_with)):
            raise collected(type(self).__name__, faults)
        return self

    def neighbour_of(self, component: Dimension | Metric | CalculatedMetric) -> AtReports | None:
        """The function that looks at other events or at the clock, of a component's derived field."""
        name = None if isinstance(component, CalculatedMetric) else component.derived
        return self.derived[name].neighbour() if name in self.derived and name is not None else None

    def chain_of(self, component: Dimension | Metric | CalculatedMetric) -> Chain:
        """The functions behind that one."""
        name = None if isinstance(component, CalculatedMetric) else component.derived
        return self.derived[name].chain() if name in self.derived and name is not None else Chain()

    def held_of(self, name: str) -> tuple[tuple[str, Hold], ...]:
        """The columns that journeys hold for the derived field of a component that a report makes."""
        component = self.dimensions.get(name) or self.metrics[name]
        function = self.neighbour_of(component)
        if function is None or isinstance(component, CalculatedMetric):
            return ()
        return held_columns(name, function, metric=self.derived[component.derived or ""].asks_numbers(metric=name in self.metrics))

    def derived_fields_of(self, component: Dimension | Metric | CalculatedMetric) -> tuple[str, ...]:
        """The derived fields that a component is made of, in the order in which they are made."""
        name = None if isinstance(component, CalculatedMetric) else component.derived
        return () if name is None else needed(name, self.derived)

    def paths_of(self, dimension: Dimension) -> tuple[str, ...]:
        """The fields whose values, or parts of them, a dimension shows."""
        parts = [self.derived[name] for name in self.derived_fields_of(dimension)]
        made = (path for part in parts for path in (*part.paths(), *part.profiles()))
        return (*(path for path in (dimension.field, dimension.profile) if path), *made)

    def metric_names(self) -> tuple[str, ...]:
        """All metrics a report may name."""
        return (*STANDARD_METRICS, *self.metrics)

    def formulas(self) -> dict[str, Node]:
        """The formulas of its calculated metrics by name."""
        return {name: parse(one.calculate) for name, one in self.metrics.items() if isinstance(one, CalculatedMetric)}

    @field_validator("dimensions", "metrics")
    @classmethod
    def _no_twins(cls, components: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        """Dimensions and metrics are columns of one table, where Spark does not tell case apart."""
        taken = {} if info.field_name == "dimensions" else {name.lower(): name for name in info.data.get("dimensions", ())}
        faults = []
        for name in components:
            if name.lower() in taken:
                text = f"'{taken[name.lower()]}' is there already; dimensions and metrics need different names, also without case."
                faults.append(InitErrorDetails(type=PydanticCustomError("twin", "{text}", {"text": text}), loc=(name,), input=name))
            taken[name.lower()] = name
        if faults:
            raise ValidationError.from_exception_data(cls.__name__, faults)
        return components

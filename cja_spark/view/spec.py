"""A data view: what the fields of events mean to an analyst. Everything here is retroactive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from cja_spark.span import Span
from cja_spark.spec import AsTuple, Name, Spec
from cja_spark.view.arrays import arrays_in
from cja_spark.view.calendar_settings import GREGORIAN, AnyCalendar
from cja_spark.view.components import AnyDimension, AnyMetric, CalculatedMetric, Component, Dimension, Metric
from cja_spark.view.condition import Segment
from cja_spark.view.containers import Containers
from cja_spark.view.context import context_faults
from cja_spark.view.derived.chain import Chain
from cja_spark.view.derived.components import neighbour_faults
from cja_spark.view.derived.function import Function, Hold
from cja_spark.view.derived.held import held_columns
from cja_spark.view.derived.inlined import inlined, looks_at_events
from cja_spark.view.derived.needed import needed
from cja_spark.view.derived.spec import AnyDerived, collected
from cja_spark.view.derived.whole import arrays_of, fit_together
from cja_spark.view.external_ids import external_faults
from cja_spark.view.formats import Currency
from cja_spark.view.formula.nodes import Node
from cja_spark.view.formula.parse import parse
from cja_spark.view.metrics_of_text import counted_texts, counts_where_set, text_faults
from cja_spark.view.preset import Preset, with_preset_of_view
from cja_spark.view.standard import SESSION_TYPES, STANDARD_DIMENSIONS
from cja_spark.zone import Zone

SESSION_METRICS = ("session_starts", "session_ends", "bounces", "time_spent_seconds")  # amounts of events (S4, S5)
STANDARD_METRICS = ("events", "people", "sessions", *SESSION_TYPES, *SESSION_METRICS)
# Columns that reports have by themselves; a component of such a name would be a second one.
COLUMNS_BESIDE_METRICS = ("row_kind", "in_segment", "column_kind", "bucket", "label", "run_id")
COLUMNS_BESIDE_DIMENSIONS = (
    *COLUMNS_BESIDE_METRICS, "breakdown", "step", "step_name", "percent_of_previous", "percent_of_total",
    *(f"{figure}{unit}" for unit in ("people", "sessions", "attempts") for figure in ("fallout_", "open_")), "attempts",
    "bounce_rate", "sessions_per_person", "events_per_session", "mean_session_seconds", "amount_range", "times", "at_least", "less_than",
    "path_taken", "trials", "converted_trials", "converted_people", "metric_sum", "converted_rate", "rate_lower", "rate_upper", "rate_lift",
    "times_done", "person_periods", "active_periods", "share_sum", "average_share", "times_per_person", "quadrant", "interval", "change_rate",
    "elapsed", "retention_rate", "periods_after", "base_people", "cohort_rate", "new_people", "repeat_people", "return_people", "dormant_people", "net_growth", "in_sets", "set_mask", "only_people", "only_sessions",
    "self_service_topic", "self_service_events", "after_call_trials", "open_trials", "called_trials", "deflected_trials", "closed_trials",
    "call_rate", "baseline_rate", "avoided_calls", "cost_of_a_call", "avoided_cost", "upper_bound",
    "time_taken", "more_than_seconds", "at_most_seconds", "reached_share", "share_by_then", "censored_share", "mean_seconds",
    *(f"p{percent}_seconds" for percent in range(1, 100)),
    *(f"{figure}{unit}" for unit in ("people", "sessions") for figure in ("reached_", "censored_")),
    "credited_item", "conversion_events", "last_touch_events", "indicator", "indicator_count", "counted_units", "outcome_units", "outcome_rate", "unexposed_units", "unexposed_outcomes", "unexposed_rate",
    "crude_ratio", "adjusted_ratio", "ratio_lower", "ratio_upper", "flow_column", "item_kind", "flow_item", "next_kind", "next_item", "path_views",
    "contributor_dimension", "contributor", "amount_before", "amount_after", "amount_change", "share_of_change", "beyond_growth", "people_before", "people_after", "rows_add_up",
    "journey_name", "node_name", "next_node", "journey_runs", "node_visits", "share_of_all", "run_starts", "entered_events", "exit_events", "error_events", "ended_runs", "waiting_runs",
)  # fmt: skip


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
    """A session ends after more than `timeout` without an event (rule S1).

    Attributes:
        timeout: how long a person may do nothing in a session; also `3 months`.
        starts_with: metrics; an event that carries one begins a session.
    """

    timeout: Span = timedelta(minutes=30)
    starts_with: Annotated[tuple[Name, ...], AsTuple] = ()

    @field_validator("timeout")
    @classmethod
    def _some_time(cls, timeout: Span) -> Span:
        if timeout == timedelta(0):
            raise ValueError("a timeout of no time makes a session of each event; write 1 ms or more.")
        return timeout


class View(Spec):
    """A data view.

    `view_segments` apply to every report and audience before their own segments, which see only what those keep (O10).

    A person with more than `max_events` events in what a report reads is left out of that report, counted in
    `report_runs` and named in `report_exclusions` (rule L3): such an id is a shared or default one, not a person.

    Attributes:
        name: what the view is called.
        person_id: an account dataset, whose accounts are the persons then; events without an account are left out.
        time_zone: the IANA time zone of days, weeks, months.
        calendar: `gregorian`, `4-5-4`, or one of its own.
        preset: the tool whose options its reports take where they say none themselves; with `adobe` weeks begin on Sunday.
        session: where sessions end and begin.
        derived: fields made of others, by name.
        dimensions: dimensions by name; the path of a field is short for it.
        metrics: metrics by name; the path of a field is short for it, `calculate` makes a formula.
        segments: segments by name.
        view_segments: segments that every report and audience begins with.
        containers: what persons, sessions and events are called.
        no_value: what the row of events without a value is called, where a dimension does not say.
        currency: the ISO 4217 code of amounts that name none.
        buckets: how many parts journeys have, for parallel work; by itself as the events ask for.
        period: how much time a part of journeys holds.
        max_events: how many events of a person a report reads at most.
    """

    name: Name
    person_id: Name | None = None
    time_zone: Zone = "UTC"
    calendar: AnyCalendar = GREGORIAN
    preset: Preset | None = None
    session: SessionSettings = SessionSettings()
    derived: Annotated[dict[Name, AnyDerived], AfterValidator(fit_together)] = Field(default_factory=dict)
    dimensions: dict[DimensionName, AnyDimension] = Field(default_factory=dict)
    metrics: dict[MetricName, AnyMetric] = Field(default_factory=dict)
    segments: dict[Name, Segment] = Field(default_factory=dict)
    view_segments: Annotated[tuple[Name | Segment, ...], AsTuple] = ()
    containers: Containers = Containers()
    no_value: str = "No value"
    currency: Currency | None = None
    buckets: int | None = Field(default=None, ge=1, le=4096)
    period: Literal["day", "month", "year"] = "month"
    max_events: int = Field(default=1_000_000, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _with_preset(cls, written: Any) -> Any:  # noqa: ANN401 - whatever the author wrote
        return with_preset_of_view(written)

    @model_validator(mode="after")
    def _texts_are_counted(self) -> View:
        """M1: a metric of text counts where it is set."""
        self.metrics.update(counted_texts(self.metrics, self.derived))
        if faults := list(text_faults(self.metrics, self.derived)):
            raise collected(type(self).__name__, faults)
        return self

    @model_validator(mode="after")
    def _sessions_come_first(self) -> View:
        """O10: sessions come before deduplication."""
        for name in self.session.starts_with:
            metric = self.metrics.get(name)
            if isinstance(metric, Metric) and metric.deduplication:
                raise ValueError(f"session: starts_with: metric '{name}' has deduplication, which asks for sessions itself.")
        return self

    @model_validator(mode="after")
    def _accounts_have_no_profile(self) -> View:
        profiles = [name for name, dimension in self.dimensions.items() if dimension.profile]
        if self.person_id and profiles:
            text = f"profiles are of persons, and the persons of this view are accounts (person_id: {self.person_id})."
            raise collected(type(self).__name__, [(("dimensions", name), text) for name in profiles])
        return self

    @model_validator(mode="after")
    def _each_to_one(self) -> View:
        """A context label and an external id belong to one component."""
        others = {
            **dict.fromkeys(COLUMNS_BESIDE_DIMENSIONS, "a column of reports"), **dict.fromkeys(STANDARD_METRICS, "a standard metric"),
            **dict.fromkeys(STANDARD_DIMENSIONS, "a standard dimension"),
        }  # fmt: skip
        faults = [*context_faults(self.dimensions), *external_faults(self.dimensions, self.metrics, others)]
        if faults:
            raise collected(type(self).__name__, faults)
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

    def neighbour_of(self, component: Component) -> Function | None:
        """The first function that looks at other events or at the clock, of a component's derived field and those it is made of."""
        return next(iter(self.chain_of(component).looking()), None)

    def chain_of(self, component: Component) -> Chain:
        """That one and all functions behind it."""
        name = None if isinstance(component, CalculatedMetric) else component.derived
        if name is None or name not in self.derived or not looks_at_events(name, self.derived):
            return Chain()
        return inlined(name, self.derived).chain()

    def held_of(self, name: str) -> tuple[tuple[str, Hold], ...]:
        """The columns that journeys hold for the derived field of a component that a report makes."""
        chain = self.chain_of(one := self.dimensions.get(name) or self.metrics[name])
        return held_columns(name, chain, metric=name in self.metrics and not counts_where_set(one, chain)) if chain.made else ()

    def derived_fields_of(self, component: Component) -> tuple[str, ...]:
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
        faults = {}
        for name in components:
            if name.lower() in taken:
                faults[name] = f"'{taken[name.lower()]}' is there already; dimensions and metrics need different names, also without case."
            taken[name.lower()] = name
        _refuse(cls.__name__, faults)
        return components

    @field_validator("segments")
    @classmethod
    def _no_metrics(cls, segments: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        """A step, or a set, is a metric or a segment by its name."""
        metrics = (*STANDARD_METRICS, *info.data.get("metrics", ()))
        _refuse(cls.__name__, {name: f"'{name}' is a metric; segments and metrics need different names." for name in segments if name in metrics})
        return segments


def _refuse(spec: str, faults: Mapping[str, str]) -> None:
    """Say what is wrong with names, each with its own."""
    if faults:
        details = [InitErrorDetails(type=PydanticCustomError("name", "{text}", {"text": text}), loc=(name,), input=name) for name, text in faults.items()]
        raise ValidationError.from_exception_data(spec, details)

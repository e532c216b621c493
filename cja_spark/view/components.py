"""Components of a data view: dimensions, metrics, calculated metrics, as an author writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Discriminator, Field, Tag, field_validator, model_validator

from cja_spark.spec import Label, Name, Spec
from cja_spark.view.attribution import Attribution
from cja_spark.view.context import Context
from cja_spark.view.deduplication import Deduplication
from cja_spark.view.external_ids import ExternalId
from cja_spark.view.formats import Currency, Format
from cja_spark.view.formula.parse import parse
from cja_spark.view.persistence import Persistence
from cja_spark.view.summary import AnyGroup, SummaryMetric, SummaryPath
from cja_spark.view.values import DimensionValues, MetricValues


def _field_of(value: object) -> object:
    return {"field": value} if isinstance(value, str) else value


class Dimension(DimensionValues):
    """A dimension: values of a field of events, a derived field, a profile, or a lookup, account or summary dataset.

    Null and blank text mean not set. A field inside an array of objects, such as ``productListItems[].SKU``,
    has the grain of that array.

    Attributes:
        field: the path of a field of events.
        derived: a derived field of the view.
        lookup: `dataset.column` of a lookup dataset.
        profile: `dataset.column` of a profile dataset.
        account: an account dataset; its values are the accounts that persons belong to at the time of an event.
        summary: `dataset.column` of a summary dataset; events have no value of it.
        summary_data_group: dimensions of summary datasets whose values are this dimension's too.
        persistence: how long, and which, values last on later events.
        context: what it is to functions of experiments: `experiment` or `variant`; one dimension of a view each.
        external_id: what its column of kept reports is called; by itself its name.
    """

    field: str | None = None
    derived: Name | None = None
    lookup: str | None = None
    profile: str | None = None
    account: str | None = None
    summary: SummaryPath | None = None
    summary_data_group: AnyGroup | None = None
    persistence: Persistence | None = None
    context: Context | None = None
    external_id: ExternalId | None = None
    label: Label | None = None
    description: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Dimension:
        sources = (self.field, self.derived, self.lookup, self.profile, self.account, self.summary)
        if sum(source is not None for source in sources) != 1:
            raise ValueError("give exactly one of 'field', 'derived', 'lookup', 'profile', 'account', 'summary'.")
        for kind in ("lookup", "profile"):
            path = getattr(self, kind)
            if path is not None and "." not in path:
                raise ValueError(f"{kind}: '{path}' names a dataset and a column of it: '{path}.column'.")
        if self.persistence and self.profile:
            raise ValueError("persistence: a value of a profile is on every event of the person already.")
        if self.persistence and self.summary:
            raise ValueError("persistence: rows of summary data have no person with whom a value could last.")
        if self.gives_list and (self.summary or self.summary_data_group):
            raise ValueError("substring: delimiter: array makes several values of one; a row of summary data has one.")
        return self


AnyDimension = Annotated[Dimension, BeforeValidator(_field_of, json_schema_input_type=str | Dimension)]


_Shown = TypeVar("_Shown", "Metric", "CalculatedMetric")


class Metric(MetricValues):
    """A metric: a number on events, of a field or a derived field. `instances` counts events on which the field is set, also to 0 or to text.

    Amounts of `format: currency` are shown in `currency`, else in the view's, else without one; none is converted.

    Attributes:
        field: the path of a field of events.
        derived: a derived field of the view.
        format: how amounts are shown.
        decimals: how many decimals are shown.
        currency: the ISO 4217 code of amounts.
        upward_trend: whether more is good or bad.
        deduplication: which of its values count.
        attribution: which values before it its amounts are credited to.
        external_id: what its column of kept reports is called; by itself its name.
    """

    field: str | None = None
    derived: Name | None = None
    format: Format = "decimal"
    decimals: int = Field(default=0, ge=0, le=10)
    currency: Currency | None = None
    upward_trend: Literal["good", "bad"] = "good"
    deduplication: Deduplication | None = None
    attribution: Attribution | None = None
    external_id: ExternalId | None = None
    label: Label | None = None
    description: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Metric:
        if (self.field is None) == (self.derived is None):
            raise ValueError("give exactly one of 'field', 'derived'.")
        return _with_currency(self)


class CalculatedMetric(Spec):
    """A formula on the columns of a report: arithmetic, functions, metrics in segments or with an attribution (rule Q).

    Attributes:
        calculate: the formula.
        format: how results are shown.
        decimals: how many decimals are shown.
        currency: the ISO 4217 code of amounts.
        upward_trend: whether more is good or bad.
        external_id: what its column of kept reports is called; by itself its name.
    """

    calculate: str
    format: Format = "decimal"
    decimals: int = Field(default=2, ge=0, le=10)
    currency: Currency | None = None
    upward_trend: Literal["good", "bad"] = "good"
    external_id: ExternalId | None = None
    label: Label | None = None
    description: str | None = None

    @model_validator(mode="after")
    def _money_has_a_currency(self) -> CalculatedMetric:
        return _with_currency(self)

    @field_validator("calculate")
    @classmethod
    def _parses(cls, text: str) -> str:
        parse(text)
        return text


def _with_currency(metric: _Shown) -> _Shown:
    if metric.currency and metric.format != "currency":
        raise ValueError(f"currency: '{metric.currency}' is shown of amounts of money alone; write format: currency.")
    return metric


def _metric_kind(value: object) -> str:
    keys = value if isinstance(value, Mapping) else getattr(value, "model_fields_set", ())
    if "calculate" in keys:
        return "calculated"
    return "summary" if "summary" in keys and not {"field", "derived"} & {*keys} else "metric"


AnyMetric = Annotated[
    Annotated[Metric, Tag("metric")] | Annotated[CalculatedMetric, Tag("calculated")] | Annotated[SummaryMetric, Tag("summary")],
    Discriminator(_metric_kind),
    BeforeValidator(_field_of, json_schema_input_type=str | Metric | CalculatedMetric | SummaryMetric),
]
Component = Dimension | Metric | CalculatedMetric | SummaryMetric

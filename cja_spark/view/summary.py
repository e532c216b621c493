"""Components of summary datasets: metrics of their rows, and dimensions that events and their rows share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from cja_spark.spec import AsTuple, EachOnce, Label, Name, Spec
from cja_spark.view.external_ids import ExternalId
from cja_spark.view.formats import Currency, Format


def _path(text: str) -> str:
    dataset, _, column = text.partition(".")
    if not (dataset and column):
        raise ValueError(f"'{text}' names a dataset and a column of it: '{dataset or 'dataset'}.column'.")
    return text


SummaryPath = Annotated[str, AfterValidator(_path)]


class SummaryDataGroup(Spec):
    """Dimensions of summary datasets that report as one column with a dimension, joined by equal value.

    Attributes:
        dimensions: dimensions of summary datasets, of each dataset one.
        hide: whether reports may name the grouped dimensions no more.
    """

    dimensions: Annotated[tuple[Name, ...], AsTuple, EachOnce] = Field(min_length=1)
    hide: bool = False


def _group(value: object) -> object:
    if isinstance(value, Mapping | SummaryDataGroup):
        return value
    return {"dimensions": [value] if isinstance(value, str) else value}


AnyGroup = Annotated[
    SummaryDataGroup, BeforeValidator(_group, json_schema_input_type=str | list[str] | SummaryDataGroup)
]


class SummaryMetric(Spec):
    """A metric of a summary dataset: the sum of a column of its rows, which have no person.

    Attributes:
        summary: `dataset.column` of a summary dataset.
        format: how amounts are shown.
        decimals: how many decimals are shown.
        currency: the ISO 4217 code of amounts.
        upward_trend: whether more is good or bad.
        external_id: what its column of kept reports is called; by itself its name.
    """

    derived: ClassVar[None] = None  # what it is not made of, for those who ask any component

    summary: SummaryPath
    format: Format = "decimal"
    decimals: int = Field(default=0, ge=0, le=10)
    currency: Currency | None = None
    upward_trend: Literal["good", "bad"] = "good"
    external_id: ExternalId | None = None
    label: Label | None = None
    description: str | None = None

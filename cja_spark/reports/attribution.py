"""Attribution: one metric by the values of a dimension under several models at once, and which touches came before (rules A1-A8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from cja_spark.reports.attribution_cells import first_kernel, kernel
from cja_spark.reports.attribution_rows import BESIDE, behind, finish, share_of
from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.spec import Report
from cja_spark.spec import Label, Name
from cja_spark.view.attribution import Attribution, Lookback
from cja_spark.view.attribution import Model as ModelName
from cja_spark.view.spec import STANDARD_METRICS
from cja_spark.view.standard import STANDARD_DIMENSIONS

MOST_MODELS, MOST_SETS = 10, 8
OF_REPORT = ("container", "lookback", "touch")  # what a model takes from the report where it does not say it itself


class Model(Attribution):
    """One way to credit the metric, with what the page calls it; what it leaves out of whose touches count the report says."""

    label: Label | None = None


def _settings(written: object) -> object:
    return {"model": written} if isinstance(written, str) else written


def _by_name(written: object) -> object:
    """Models in a list are called what they are."""
    if not isinstance(written, list | tuple):
        return written
    for one in written:
        if not isinstance(one, str):
            raise ValueError("models: a list has names of models alone; write 'name: {model: …}' for one with settings.")
        if written.count(one) > 1:
            raise ValueError(f"models: '{one}' is named twice; write 'name: {{model: {one}, …}}' for each, with a name of its own.")
    return {one: one for one in written}


Models = Annotated[
    dict[Name, Annotated[Model, BeforeValidator(_settings, json_schema_input_type=Model | ModelName)]],
    BeforeValidator(_by_name, json_schema_input_type=dict[Name, Model | ModelName] | list[ModelName]),
    Field(min_length=1, max_length=MOST_MODELS),
]


class AttributionPanel(Report):
    """What the values of a dimension are credited with of a metric, by several models side by side, and which touches came before.

    Attributes:
        report: a metric by attribution models.
        metric: what conversions are: events that have some of it.
        dimension: the dimension whose values are credited; an event that sets one is a touch.
        models: the models, a list of their names, or by a name of one's own how each credits.
        container: whose touches count, where a model does not say it.
        lookback: how long before a conversion a touch may be, where a model does not say it; `none` for no limit but the container.
        touch: `each` event that sets a value is a touch, or only those that begin `runs`, where a model does not say it.
        rows: how many values are shown; the rest is *other*.
        overlap: of how many of the first values it is told who was touched by which of them.
    """

    report: Literal["attribution"] = "attribution"
    metric: Name
    dimension: Name
    models: Models = Field(default_factory=lambda: {name: Model(model=name) for name in ("last_touch", "first_touch", "linear")})
    container: Literal["session", "person"] = "person"
    lookback: Lookback | None = None
    touch: Literal["each", "runs"] = "each"
    rows: int = Field(default=20, ge=1, le=1_000)
    overlap: int = Field(default=3, ge=2, le=MOST_SETS)

    @model_validator(mode="after")
    def _of_what_events_have(self) -> Self:
        if self.metric in STANDARD_METRICS:
            raise ValueError(f"metric: '{self.metric}' is of every event or of sessions and people, so no touch brought it; name a metric of a field.")
        if self.dimension in STANDARD_DIMENSIONS:
            raise ValueError(f"dimension: every event has its own '{self.dimension}', so nothing before is credited; name a dimension of the view.")
        columns = [*BESIDE, *(column for name in self.models for column in (name, share_of(name)))]
        for name in self.models:
            if max(columns.count(name), columns.count(share_of(name))) > 1:
                raise ValueError(f"models: another column is called '{name}' or '{share_of(name)}'; give the model another name.")
        return self

    def hows(self) -> Mapping[str, Attribution]:
        """How each model credits, with what it takes from the report."""
        given: dict[str, Any] = {name: getattr(self, name) for name in OF_REPORT}
        return {
            name: one.model_copy(update={key: value for key, value in given.items() if key not in one.model_fields_set})
            for name, one in self.models.items()
        }

    def window(self) -> Attribution:
        """Which touches are counted, whoever gets the credit."""
        return Attribution(container=self.container, lookback=self.lookback, touch=self.touch)

    def credited_by(self) -> tuple[Attribution, ...]:
        """The models, then what says which touches are counted."""
        return (*self.hows().values(), self.window())

    def metrics_used(self) -> tuple[str, ...]:
        """What is credited."""
        return (self.metric,)

    def metrics_of_events(self) -> tuple[str, ...]:
        """Conversions are events that have some of it."""
        return (self.metric,)

    def dimensions_used(self) -> tuple[str, ...]:
        """What is credited with it."""
        return (self.dimension,)

    @property
    def items(self) -> int:
        """How many of the values are told apart where there are very many (L2)."""
        return self.overlap

    def places(self) -> tuple[int, ...]:
        """The columns that have these values: one."""
        return (0,)


REPORTS.register("attribution")(Kind(AttributionPanel, kernel, finish, first=first_kernel, behind=behind))

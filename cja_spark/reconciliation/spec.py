"""`reconcile.yaml`: where the source system's numbers lie, how it counts, and which of our metrics answers which of its."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from cja_spark.errors import did_you_mean
from cja_spark.sources.spec import Source
from cja_spark.spec import AsTuple, Duration, Name, Spec
from cja_spark.view.condition import Segment
from cja_spark.zone import Zone

METRICS = (
    "targeted", "sent", "delivered", "bounces", "errors", "exclusions", "opens", "clicks", "unsubscribes", "spam_complaints",
    "displays", "journey_enters", "journey_exits",
)  # fmt: skip


class Answer(Spec):
    """Which of our metrics answers one of the source's.

    Attributes:
        ours: a metric of the view that is summed over events: of a field, or calculated by adding and subtracting such ones.
        retries: a metric of the same kind that the source counts besides.
    """

    ours: Name
    retries: Name | None = None

    def names(self) -> tuple[str, ...]:
        """The metrics of the view that it names."""
        return (self.ours,) if self.retries is None else (self.ours, self.retries)


AnyAnswer = Annotated[
    Answer, BeforeValidator(lambda value: {"ours": value} if isinstance(value, str) else value, json_schema_input_type=Name | Answer)
]


class SourceCounts(Spec):
    """What the source system counts of rows that are special.

    Attributes:
        test_profiles: whether messages to test profiles.
        repeats: whether a row again whose id it has counted.
    """

    test_profiles: bool = False
    repeats: bool = False


class Reconciliation(Spec):
    """The source system's numbers, and how they are compared with ours.

    Attributes:
        source: where the numbers lie: a table with the columns date, channel, campaign, metric, value, such as a CSV file.
        time_zone: the IANA time zone of the source's days.
        source_counts: what it counts of rows that are special.
        metrics: per metric of the source ours.
        channel: the dimension of our channels.
        campaign: the dimension of our campaigns.
        test_profiles: a segment of the view, or a condition, that rows of test profiles meet.
        segments: segments of the view that our numbers are of, besides the view's own.
        within: the share of the source's number up to which what remains unexplained is green.
        amber: the share up to which it is amber; beyond it is red.
        young: how old a range must be for retries to have come to an end.
        settled: how old the newest row of a range must be to have arrived.
    """

    source: Source
    time_zone: Zone = "UTC"
    source_counts: SourceCounts = SourceCounts()
    metrics: dict[str, AnyAnswer] = Field(min_length=1)
    channel: Name = "channel"
    campaign: Name = "campaign"
    test_profiles: Name | Segment | None = None
    segments: Annotated[tuple[Name, ...], AsTuple] = ()
    within: float = Field(default=0.02, ge=0, le=1)
    amber: float = Field(default=0.05, ge=0, le=1)
    young: Duration = timedelta(days=7)
    settled: Duration = timedelta(hours=2)

    @model_validator(mode="after")
    def _known_metrics(self) -> Self:
        for name in self.metrics:
            if name not in METRICS:
                raise ValueError(f"metrics: the source has no metric named '{name}'. {did_you_mean(name, METRICS)}")
        return self

    @model_validator(mode="after")
    def _events_alone(self) -> Self:
        if isinstance(self.test_profiles, Segment) and self.test_profiles.container != "event":
            raise ValueError("test_profiles: a row is one event; write container: event.")
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.amber < self.within:
            raise ValueError(f"amber: {self.amber:g} is below within: {self.within:g}.")
        return self

    def names(self) -> tuple[str, ...]:
        """The metrics of the view that are compared, each once."""
        return tuple(dict.fromkeys(name for answer in self.metrics.values() for name in answer.names()))

    def verdict(self, share: float) -> Literal["green", "amber", "red"]:
        """What a share that remains unexplained means."""
        return "green" if share <= self.within else "amber" if share <= self.amber else "red"

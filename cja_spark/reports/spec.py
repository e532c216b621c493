"""What every report has: a date range, segments, and a name to find it by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import model_validator

from cja_spark.reports.presets import options_of, preset_faults, with_preset
from cja_spark.spec import AsTuple, Name, Spec
from cja_spark.view.arrays import of_objects
from cja_spark.view.attribution import Attribution
from cja_spark.view.calendar import Granularity
from cja_spark.view.calendar_settings import Calendar
from cja_spark.view.condition import Segment
from cja_spark.view.derived.spec import collected
from cja_spark.view.preset import Preset
from cja_spark.view.ranges import Days, Last, Range
from cja_spark.view.spec import View

SegmentUse = Name | Segment
PersonScope = Literal["month", "range", "all"]


class Report(Spec):
    """A question to the journeys. Each kind of report adds its own fields.

    `person_scope` says since when what belongs to a person counts, such as a value that persists with the person: the
    first day of the range's first month, the range's first day, or ever.

    Attributes:
        name: what the report is called; the file's name.
        report: the kind of report.
        title: what the page calls it.
        description: what it is for, for people.
        range: the days that it is about.
        segments: segments by name or in place; events must pass all of them.
        person_scope: since when what belongs to a person counts.
        preset: the tool whose options the report takes where it says none itself; `default` leaves out that of the view.
    """

    name: Name = "report"
    report: str
    title: str | None = None
    description: str | None = None
    range: Range = Last(count=90, unit="day")
    segments: Annotated[tuple[SegmentUse, ...], AsTuple] = ()
    person_scope: PersonScope = "month"
    preset: Preset | None = None

    @model_validator(mode="before")
    @classmethod
    def _with_preset(cls, written: Any) -> Any:  # noqa: ANN401 - whatever the author wrote
        return with_preset(written, cls.model_fields["report"].default) if isinstance(written, Mapping) else written

    @model_validator(mode="after")
    def _fits_preset(self) -> Self:
        if faults := list(preset_faults(self)):
            raise collected(type(self).__name__, faults)
        return self

    def under(self, view: View) -> Self:
        """The same question with the options of the view's preset, where it has no preset itself and the view's sets some."""
        if self.preset is not None or not options_of(self.report, view.preset):
            return self
        fields = type(self).model_fields.items()
        written = {field.alias or name: getattr(self, name) for name, field in fields if name in self.model_fields_set}
        return type(self).model_validate({**written, "preset": view.preset})

    def effective(self) -> Self:
        """The same question with the options that took effect where the author left them to the report."""
        return self

    def settled(self, view: View) -> Self:
        """The same question with the options that the view decides where the author left them to it."""
        return self

    def looks_back(self) -> timedelta:
        """How long before its range events count that the report itself asks for."""
        return timedelta(0)

    def metrics_used(self) -> tuple[str, ...]:
        """Names of metrics that the report itself reads."""
        return ()

    def metrics_of_events(self) -> tuple[str, ...]:
        """Names of metrics that an event must have some of, so none that is calculated."""
        return ()

    def dimensions_used(self) -> tuple[str, ...]:
        """Names of dimensions that the report itself reads."""
        return ()

    def sorted_by(self) -> str | None:
        """The metric that rows are sorted by, if they are by one."""
        return None

    def credited_dimensions(self) -> tuple[str, ...]:
        """The dimensions whose values, or combinations of values, metrics with attribution are credited to."""
        return ()

    def dimensions_combined(self) -> tuple[str, ...]:
        """The dimensions whose values stand together in a row."""
        return self.dimensions_used()

    def days_compared(self, today: date, calendar: Calendar) -> tuple[Days, ...]:
        """The days of each range that the report itself compares."""
        return ()

    def credited_by(self) -> tuple[Attribution, ...]:
        """How the report itself credits a metric, model by model."""
        return ()

    def single_valued(self) -> tuple[str, ...]:
        """Names of dimensions that must have one value per event, so none inside an array of objects."""
        return ()

    def segments_used(self) -> tuple[str, ...]:
        """Names of segments that the report itself reads, besides `segments`."""
        return ()

    def names_used(self) -> tuple[str, ...]:
        """Names that are a metric's or a segment's."""
        return ()

    def whole_periods(self) -> Granularity | None:
        """The periods of the calendar of which the range has to have whole ones, if it has to."""
        return None

    def periods_before(self) -> int:
        """How many whole periods before those of the range count too."""
        return 0

    def knows_newcomers(self) -> bool:
        """Whether the report itself asks who did something in the 13 months before its range."""
        return False

    def conditions(self) -> tuple[Spec, ...]:
        """Conditions that the report itself evaluates, besides its segments."""
        return ()


def several_values(dimension: str, arrays: Sequence[str]) -> str:
    """The sentence that refuses a dimension of several values where one value per event is needed."""
    if not of_objects(arrays):
        return f"dimension '{dimension}' keeps all its values (allocation: all), so an event has several; use a table."
    return f"dimension '{dimension}' lies in the array '{of_objects(arrays)[-1]}', so an event has several values; use a table."

"""A trend beside another range, with means, as tests of pages draw it."""

from datetime import UTC, datetime, timedelta

from cja_spark.page import ColumnSpec, Panel

NEW_YEAR = datetime(2025, 1, 1, tzinfo=UTC)


def _row(kind: str, day: int | None, people: float) -> dict:
    moment = None if day is None else NEW_YEAR + timedelta(days=day - 1)
    return {"row_kind": kind, "bucket": moment, "label": moment and f"{moment:%Y-%m-%d}", "people": people}


TREND_BESIDE = Panel(
    name="beside", title="Beside the days before", report="trend", range="5 to 7 January 2025",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="bucket", label="From", format="time"), ColumnSpec(name="label", label="Day"),
             ColumnSpec(name="people", label="People", format="people")),
    rows=(_row("total", None, 200), _row("bucket", 5, 100), _row("bucket", 6, 120), _row("bucket", 7, 5), _row("moving_average", 6, 110), _row("moving_average", 7, 62.5),
          _row("total_before", None, 400), _row("bucket_before", 1, 80), _row("bucket_before", 2, 320), _row("bucket_before", 3, 0), _row("bucket_before", 4, 0)),
)  # fmt: skip


def _step(kind: str, step: int, day: int | None, people: float | None, share: float, **more: float) -> dict:
    moment = None if day is None else NEW_YEAR + timedelta(days=day - 1)
    return {
        "row_kind": kind, "breakdown": None, "step": step, "step_name": ("home", "order")[step - 1], "people": people, "percent_of_previous": share if step == 2 else None,
        "percent_of_total": share, "bucket": moment, "label": moment and f"{moment:%Y-%m-%d}", **more,
    }  # fmt: skip


FALLOUT_OVER_TIME = Panel(
    name="funnel_by_day", title="Funnel by day", report="fallout", range="1 to 2 January 2025",
    columns=(
        ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="breakdown", label="Value"), ColumnSpec(name="step", label="Step"), ColumnSpec(name="step_name", label="What"),
        ColumnSpec(name="people", label="People", format="people"), ColumnSpec(name="percent_of_previous", label="Of the step before", format="percent"),
        ColumnSpec(name="percent_of_total", label="Of all", format="percent"), ColumnSpec(name="fallout_people", label="Went no further", format="people"),
        ColumnSpec(name="mean_seconds_from_previous", label="Mean time after the step before", format="seconds"),
        ColumnSpec(name="median_seconds_from_previous", label="Median time after the step before", format="seconds"),
        ColumnSpec(name="bucket", label="From", format="time"), ColumnSpec(name="label", label="Day"),
    ),
    rows=(_step("step", 1, None, 160, 1, fallout_people=110), _step("step", 2, None, 50, 0.3125, mean_seconds_from_previous=200, median_seconds_from_previous=120),
          _step("step_over_time", 1, 1, 60, 1), _step("step_over_time", 2, 1, 24, 0.4), _step("step_over_time", 1, 2, 100, 1), _step("step_over_time", 2, 2, 26, 0.26),
          _step("mean_of_rates", 1, None, None, 1), _step("mean_of_rates", 2, None, None, 0.35)),
)  # fmt: skip
TREND_BY_MINUTE = Panel(
    name="by_minute", title="By minute", report="trend", range="2 November 2025",
    columns=(ColumnSpec(name="row_kind", label="Row"), ColumnSpec(name="bucket", label="From", format="time"), ColumnSpec(name="label", label="Minute"), ColumnSpec(name="events", label="Events", format="count")),
    rows=({"row_kind": "total", "bucket": None, "label": None, "events": 1440},
          *({"row_kind": "bucket", "bucket": NEW_YEAR + timedelta(minutes=at), "label": f"{NEW_YEAR + timedelta(minutes=at):%Y-%m-%d %H:%M}+0000", "events": 1} for at in range(1440))),
)  # fmt: skip

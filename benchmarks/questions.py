"""The five questions of the benchmark, and how cja_spark answers them."""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks.events import DAYS, START_MS, STEPS, VIEW
from cja_spark.lake import Lake
from cja_spark.reports.compile import asks_of, columns_of
from cja_spark.reports.fallout import Fallout
from cja_spark.reports.flow_items import with_items_shown
from cja_spark.reports.kind import REPORTS
from cja_spark.reports.names import names_from
from cja_spark.reports.periods_read import journeys_read
from cja_spark.reports.readers import run_pass, run_surely
from cja_spark.reports.sessions import Sessions
from cja_spark.reports.spec import Report
from cja_spark.reports.table import Table
from cja_spark.reports.trend import Trend
from cja_spark.view.spec import View

Rows = list[dict[str, Any]]

RANGE = {"from": "2026-01-01", "to": "2026-03-31"}
FALLOUT, PAGES, SESSIONS, TREND, CHANNELS = (
    "fallout, 4 steps", "table, 1,000 pages", "sessions", "trend by day", "table, channels"
)  # fmt: skip
REPORT_OF: dict[str, Report] = {
    FALLOUT: Fallout.model_validate(
        {"name": "fallout", "range": RANGE,
         "steps": [{"dimension": "event", "equals": step} for step in STEPS]}
    ),
    PAGES: Table.model_validate(
        {"name": "pages", "range": RANGE, "dimensions": ["page"], "metrics": ["events", "people", "sessions"], "rows": 1000}
    ),
    SESSIONS: Sessions.model_validate({"name": "sessions", "range": RANGE}),
    TREND: Trend.model_validate({"name": "trend", "range": RANGE, "metrics": ["events", "people", "revenue"]}),
    CHANNELS: Table.model_validate(
        {"name": "channels", "range": RANGE, "dimensions": ["channel"], "metrics": ["people", "orders", "revenue"]}
    ),
}  # fmt: skip


def ask(lake: Lake, reports: list[Report], view: View = VIEW) -> list[Rows]:
    """Rows of some reports in one pass; another view may differ in what is not stored."""
    until = START_MS + DAYS * 86_400_000 - 1
    values, journeys = lake.values(VIEW.name).stored(), lake.journeys(VIEW.name)
    names = names_from(values.rows, values)
    asks = asks_of(reports, view, values.rows, data_until=until, as_of=until, arrays={})
    read = journeys_read(journeys, journeys.version(), asks, view)
    asks = with_items_shown(read, asks, values, "arrow")
    asks, passed = run_surely(partial(run_pass, read, columns_of(reports, view), reader="arrow"), asks, names)
    return [
        REPORTS.named(one.report.report).finish(sums, one, names).to_pylist()
        for one, sums in zip(asks, passed.sums, strict=True)
    ]

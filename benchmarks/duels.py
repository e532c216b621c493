"""Questions about journeys to cja_spark and to DuckDB, on the same events: answers compared, then both timed in turns.

DuckDB's side is in `benchmarks/sql`, a file per question, as somebody who knows SQL well would write it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.clock import timed
from benchmarks.compare import require_equal
from benchmarks.costs import (
    BUYERS_BACK,
    CART_TO_PURCHASE,
    GROWTH_BY_DAY,
    HOW_OFTEN,
    REVENUE_OF_PEOPLE,
    THREE_SETS,
    TREND_OF_BUYERS,
    VISITS_BY_WEEK,
    WORKS,
)  # fmt: skip
from benchmarks.events import DAYS, START_MS, VIEW
from benchmarks.questions import RANGE, Rows, ask
from cja_spark.lake import Lake
from cja_spark.reports.flow import Flow
from cja_spark.reports.indicators import Indicators
from cja_spark.reports.next_previous import NextPrevious
from cja_spark.reports.one_pass import read_by_arrow
from cja_spark.reports.paths import Paths
from cja_spark.reports.spec import Report
from cja_spark.view.spec import View

TARGET, TOGETHER = 1 / 4, 1 / 8  # of DuckDB's time: a question of the order of events, and all of them in one pass
MONDAY = START_MS - 3 * 86_400_000
Answer = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Duel:
    """A question to both.

    Attributes:
        sql: its file.
        report: the report.
        answer: what of the report's rows DuckDB is asked for.
        ordered: whether it is about the order of events, so that the target holds for it.
        view: the view that is asked.
    """

    sql: str
    report: Report
    answer: Callable[[Rows], Answer]
    ordered: bool = True
    view: View = VIEW


def _cells(*columns: str, only: Callable[[dict[str, Any]], bool] = lambda row: row["row_kind"] != "total") -> Callable[[Rows], Answer]:
    """Some columns of some rows."""
    return lambda rows: [tuple(row[name] for name in columns) for row in rows if only(row)]


def _links(rows: Rows) -> Answer:
    """The links of a flow between columns 1 to 5, by one name each."""

    def item(kind: str, value: str | None) -> str:
        return value if kind == "item" else kind

    links = [row for row in rows if row["row_kind"] == "link" and row["flow_column"] > 0 and row["item_kind"] != "exit"]
    return [
        (f"{row['flow_column']} {item(row['item_kind'], row['flow_item'])} {item(row['next_kind'], row['next_item'])}", row["path_views"])
        for row in links
    ]


def _weeks(rows: Rows) -> Answer:
    """The cells of a cohort table by the week's number and the weeks after."""
    cells = [row for row in rows if row["bucket"] is not None]
    return [(f"{(int(row['bucket'].timestamp() * 1000) - MONDAY) // 604_800_000} {row['periods_after']}", row["people"]) for row in cells if row["people"]]


def _times(rows: Rows) -> Answer:
    """Persons by what they did and how often."""
    return [(f"{row['step_name'].split()[1]} {row['at_least']:.0f}", row["people"]) for row in rows if row["row_kind"] == "bucket"]


def _took(rows: Rows) -> Answer:
    return [tuple(rows[0][name] for name in ("people", "reached_people", "mean_seconds"))]


def _hundreds(rows: Rows) -> Answer:
    found = [row for row in rows if row["row_kind"] in ("bucket", "above")]
    return [(f"{row['at_least'] / 100:.0f}", row["people"]) for row in found if row["people"]]


def _person_flow() -> Report:
    return Flow.model_validate({"name": "flow_of_people", "range": RANGE, "dimension": "page", "starts_with": "entry", "container": "person"})


DUELS: dict[str, Duel] = {
    "flow of pages, five steps of people": Duel("flow", _person_flow(), _links),
    "the page after a page": Duel(
        "next", NextPrevious.model_validate({"name": "after", "range": RANGE, "dimension": "page", "anchor": {"items": ["page_0"]}, "direction": "next"}),
        _cells("flow_item", "path_views", "people", only=lambda row: row["row_kind"] == "node" and row["item_kind"] == "item"),
    ),
    "paths of channels to revenue": Duel(
        "paths", Paths.model_validate({"name": "paths", "range": RANGE, "dimension": "channel", "conversion": "revenue", "container": "person"}),
        _cells("path_taken", "trials", "converted_trials", "people", "metric_sum", only=lambda row: row["row_kind"] == "top"),
    ),
    "retention, buyers by day": Duel(
        "retention", BUYERS_BACK, lambda rows: [(row["label"] or "total", row["people"]) for row in rows if row["row_kind"] != "reserved"]
    ),
    "cohorts of weeks": Duel("cohorts", VISITS_BY_WEEK, _weeks),
    "time from cart to purchase": Duel("time_to_event", CART_TO_PURCHASE, _took),
    "growth of days": Duel(
        "growth", GROWTH_BY_DAY, _cells(
            "label", "people", "new_people", "repeat_people", "return_people", "dormant_people", only=lambda row: row["people"] is not None and row["label"]
        ),
    ),
    "people who bought within 7 days, by day": Duel(
        "sequence", TREND_OF_BUYERS, _cells("label", "events", "people", "revenue")
    ),
    "orders by channel, linear": Duel(
        "attribution", WORKS["attribution, linear"].report, _cells("channel", "orders"), view=WORKS["attribution, linear"].view
    ),
    "pages before a purchase": Duel(
        "indicators", Indicators.model_validate(
            {"name": "before", "range": RANGE, "outcome": "revenue", "dimension": "page", "container": "person", "rows": 1000}
        ),
        _cells("indicator", "counted_units", "outcome_units", "adjusted_ratio", only=lambda row: row["row_kind"] in ("leads_to", "protects", "undefined")),
    ),
    "histogram, revenue of people": Duel("histogram", REVENUE_OF_PEOPLE, _hundreds, ordered=False),
    "frequency of three steps": Duel("frequency", HOW_OFTEN, _times, ordered=False),
    "overlap of three steps": Duel(
        "overlap", THREE_SETS, lambda rows: [(f"{row['set_mask']}", row["only_people"]) for row in rows if row["set_mask"]], ordered=False
    ),
}  # fmt: skip


def sql_of(duel: Duel, source: str) -> str:
    """DuckDB's query."""
    text = Path(__file__).with_name("sql").joinpath(f"{duel.sql}.sql").read_text(encoding="utf-8")
    for name, value in {"events": source, "end": START_MS + DAYS * 86_400_000, "monday": MONDAY}.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def require_answers(lake: Lake, database: duckdb.DuckDBPyConnection, source: str) -> None:
    """Require the same answers of both sides to all questions.

    Raises:  AssertionError that names the question and the first row that differs.
    """
    for name, duel in DUELS.items():
        [rows] = ask(lake, [duel.report], duel.view)
        require_equal(name, duel.answer(rows), database.execute(sql_of(duel, source)).fetchall())


def duels(lake: Lake, database: duckdb.DuckDBPyConnection, source: str, rounds: int) -> list[str]:
    """Compare the answers, time both sides in turns, and ten questions in one pass against DuckDB's ten queries; what falls short is said."""
    require_answers(lake, database, source)
    lines = ["| question | cja_spark wall s | DuckDB wall s | ratio | target |", "|---|---|---|---|---|"]
    theirs: dict[str, float] = {}
    short = []
    for name, duel in DUELS.items():
        ours, others = [], []
        for _ in range(rounds):
            ours.append(timed(lambda duel=duel: ask(lake, [duel.report], duel.view))[1])
            others.append(timed(lambda duel=duel: database.execute(sql_of(duel, source)).fetchall())[1])
        mine, theirs[name] = sorted(ours)[rounds // 2], sorted(others)[rounds // 2]
        ratio = mine / theirs[name]
        short += [name] if duel.ordered and ratio > TARGET else []
        lines.append(f"| {name} | {mine:.2f} | {theirs[name]:.2f} | {ratio:.2f} | {TARGET if duel.ordered else ''} |")
    said = f"Slower than a quarter of DuckDB's time: {', '.join(short)}." if short else "Each takes a quarter of DuckDB's time at most."
    return [*lines, "", said, _why(lake, theirs, rounds), _ten(lake, theirs, rounds)]


def _why(lake: Lake, theirs: dict[str, float], rounds: int) -> str:
    """What a pass takes in which nothing is asked: below four times that, no question can take a quarter of DuckDB's time."""
    journeys = lake.journeys(VIEW.name)

    def read(columns: list[str]) -> float:
        stored = journeys.stored()
        return sorted(timed(lambda: read_by_arrow(stored, columns, []).toArrow())[1] for _ in range(rounds))[rounds // 2]

    floor, event = read([]), read(["d_event"])
    short = [name for name, duel in DUELS.items() if duel.ordered and theirs[name] < event / TARGET]
    told = f"That is more than a quarter of DuckDB's time for {', '.join(short)}." if short else "DuckDB takes four times that for each of them."
    return f"A pass in which nothing is asked takes {floor:.2f} s to read persons and times, {event:.2f} s to read what each event is too. {told}"


def _ten(lake: Lake, theirs: dict[str, float], rounds: int) -> str:
    """The ten questions about the order of events on one view, in one pass."""
    ten = {name: duel for name, duel in DUELS.items() if duel.ordered}
    assert len(ten) == 10, "another number of questions"
    [view] = {id(duel.view): duel.view for duel in ten.values() if duel.view is not VIEW}.values()  # differs by a metric that only it asks
    reports = [duel.report for duel in ten.values()]
    for duel, rows in zip(ten.values(), ask(lake, reports, view), strict=True):
        require_equal(f"{duel.sql}, ten in one pass", duel.answer(rows), duel.answer(ask(lake, [duel.report], duel.view)[0]))
    wall = sorted(timed(lambda: ask(lake, reports, view))[1] for _ in range(rounds))[rounds // 2]
    queries = sum(theirs[name] for name in ten)
    return f"The ten about the order of events: {wall:.2f} s in one pass, {queries:.2f} s by DuckDB's ten queries: ratio {wall / queries:.2f} (target {TOGETHER})."

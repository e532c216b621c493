"""The query of a panel: where the rows that it shows lie, for a reader who wants each digit or joins them to something else."""

from __future__ import annotations

from textwrap import fill

from cja_spark.identifiers import quoted
from cja_spark.lake import Lake
from cja_spark.plan import Answer
from cja_spark.reports.results import external_name
from cja_spark.table import Table

LINE = 100  # characters of a line of columns


def query_of(lake: Lake, answer: Answer) -> str:
    """SQL for Spark that gives the rows of one run of a report from its Delta table, whatever the page hides or rounds.

    Source: Decision: the table is named by its whole path, because Delta takes no relative one in SQL (docs/decisions/page-charts.md).
    """
    names = [_ticked(external_name(name, answer.ask.view)) for name in answer.rows.column_names]
    columns = fill(", ".join(names), LINE, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return f"SELECT {columns}\nFROM {_named(lake.report(answer.ask.report.name))}\nWHERE run_id = '{answer.run_id}'"


def _named(table: Table) -> str:
    if not table.by_path:
        return quoted(table.address)
    return f"delta.{_ticked(table.address if table.folder is None else str(table.folder.resolve()))}"


def _ticked(name: str) -> str:
    return f"`{name.replace('`', '``')}`"

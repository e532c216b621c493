"""Where the source system's numbers lie: a CSV file, or a table of any format that a source may have."""

from __future__ import annotations

from cja_spark.errors import MissingColumnError, SourceError
from cja_spark.lake import Lake
from cja_spark.reconciliation.reported import COLUMNS, Days, Reported, checked, reported_in_csv
from cja_spark.sources.read import items_of, read_items
from cja_spark.sources.spec import Source

NAME = "reconcile"


def reported_by(lake: Lake, source: Source, files_root: str, days: Days | None) -> list[Reported]:
    """Read the source's numbers; of CSV every fault is told with its file and line.

    Args:
        lake: the lake, for its session.
        source: where they lie.
        files_root: where relative paths begin.
        days: the first and the last day that are compared; None compares those that there are.

    Raises:
        SourceError: there is nothing, or more than one file of CSV.
        InputError: what is wrong with the numbers.
    """
    items = items_of(lake.spark, NAME, source, files_root, {})
    if source.format != "csv":
        return _of_table(lake, source, files_root, days)
    if len(items) > 1:
        raise SourceError.unfit(NAME, f"{len(items)} files are there, and the numbers of a comparison are one; name the file, not its folder")
    text = lake.spark.read.text(items[0].path, wholetext=True).collect()
    separator = source.options.get("sep", source.options.get("delimiter", ","))
    return reported_in_csv(text[0][0] if text else "", items[0].path.removeprefix("file:"), days, separator)


def _of_table(lake: Lake, source: Source, files_root: str, days: Days | None) -> list[Reported]:
    rows = read_items(lake.spark, source, files_root, items_of(lake.spark, NAME, source, files_root, {}))
    place = source.table or source.path or ""
    for name in COLUMNS:
        if name not in rows.columns:
            raise MissingColumnError.of(place, name, [one for one in rows.columns if not one.startswith("_")])
    found = rows.select(*COLUMNS).toArrow().to_pylist()
    return checked(((0, row) for row in found), place, days)

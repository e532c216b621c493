"""The product gives the published answers: events to journeys to cells to rows, the widest of them with both readers of Spark."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyspark.sql import functions as F

from cja_spark.journeys.build import build
from cja_spark.journeys.reader import ReadCounts, read_bucket
from cja_spark.lake import Lake
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.compile import columns_of
from cja_spark.reports.dictionary import shown_names
from cja_spark.reports.kind import REPORTS
from cja_spark.reports.names import names_from
from cja_spark.reports.one_pass import bucket_files, run_asks
from cja_spark.reports.readers import run_pass
from cja_spark.reports.summaries import names_with, with_summaries
from cja_spark.reports.summary_run import values_with
from cja_spark.stored import Stored
from tests.golden.frames import Lot, ask_of, events_of, lots, newest_of, summaries_in
from tests.reference.golden import cases, differences, expected_of


def label(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


def answers_of(lake: Lake, lot: Lot) -> dict[str, dict[str, list[dict]]]:
    """By folder and by reader."""
    view = lot.view()
    lake.events.append(events_of(lake.spark, lot))
    build(lake, view, {})
    dictionary, journeys, found = lake.values(view.name).stored(), lake.journeys(view.name).read(), {}
    values = dictionary.rows
    names, buckets = names_from(values, dictionary), sorted({lot.bucket(number) for number in range(len(lot.inputs))})
    files = dict(zip(buckets, bucket_files(journeys.inputFiles()), strict=True))
    summaries = {folder: summaries_in(lake, folder) for folders in lot.inputs for folder in folders}
    asked = [
        (number, some)
        for number, folders in enumerate(lot.inputs)
        for some in passes({one: ask_of(one, values_with(values, summaries[one]), newest_of(folders)) for one in folders})
    ]
    widest = max((one for one in asked if one[0] == lot.widest()), key=lambda one: len(one[1]))
    for number, some in asked:
        asks = list(some.values())
        columns = sorted({column for ask in asks for column in columns_of([ask.report], ask.view)})
        sums = {"here": sums_of_persons(files[lot.bucket(number)], lot.keys(number), columns, asks)}
        if (number, some) == widest:
            own = journeys.where(F.col("bucket") == lot.bucket(number))
            sums |= {reader: run_pass(Stored.of(own), columns, asks, reader).sums for reader in ("arrow", "spark")}
        for reader, every in sums.items():
            for (folder, ask), its in zip(some.items(), every, strict=True):
                both, known = with_summaries(its, ask, summaries[folder]), names_with(names, summaries[folder])
                rows = REPORTS.named(ask.report.report).finish(both, ask, shown_names(known, [ask]))
                found.setdefault(label(folder), {})[reader] = rows.to_pylist()
    return found


def sums_of_persons(files: list[str], keys: list[int], columns: list[str], asks: list[Ask]) -> list[Sums]:
    """What the task of a bucket does, in this process, with the events of some persons."""
    bucket = read_bucket([unquote(file) for file in files], columns, ReadCounts())
    cells = run_asks(asks, (part.only(np.isin(part.person_ids, keys)[part.person_of_event()]) for part in bucket))
    table = pa.Table.from_batches(cells)
    return [Sums(table.filter(pc.equal(table["report"], number))) for number in range(len(asks))]


def passes(asks: dict[Path, Ask]) -> list[dict[Path, Ask]]:
    """Folders that may share a pass: the asks of one pass share segments, so those that have some go alone."""
    plain = {folder: ask for folder, ask in asks.items() if not ask.view.segments and not ask.text_ids}
    return [*([plain] if plain else []), *({folder: ask} for folder, ask in asks.items() if folder not in plain)]


@pytest.fixture(scope="module")
def answers(spark, tmp_path_factory):
    found = {}
    for number, lot in enumerate(lots(cases())):
        found |= answers_of(Lake(spark, str(tmp_path_factory.mktemp(f"golden_{number}"))), lot)
    return found


@pytest.mark.parametrize("folder", cases(), ids=label)
def test_the_product_agrees_with_a_published_example(answers, folder):
    assert answers[label(folder)]
    for rows in answers[label(folder)].values():
        assert differences(rows, expected_of(folder)) == []

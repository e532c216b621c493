"""The product gives the published answers: events to journeys to cells to rows, many of them with both readers."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import functions as F

from cja_spark.journeys.build import build
from cja_spark.lake import Lake
from cja_spark.reports.ask import Ask
from cja_spark.reports.compile import columns_of
from cja_spark.reports.dictionary import shown_names
from cja_spark.reports.kind import REPORTS
from cja_spark.reports.names import names_from
from cja_spark.reports.readers import run_pass
from tests.golden.frames import Lot, ask_of, events_of, lots, newest_of
from tests.reference.golden import cases, differences, expected_of

READERS = ("arrow", "spark")


def label(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


def answers_of(lake: Lake, lot: Lot) -> dict[str, dict[str, list[dict]]]:
    """By folder and by reader."""
    view = lot.view()
    lake.events.append(events_of(lake.spark, lot))
    build(lake, view, {})
    values, found = lake.values(view.name).read(), {}
    names = names_from(values, stored=True)
    for bucket, folders in enumerate(lot.inputs):
        journeys = lake.journeys(view.name).read().where(F.col("bucket") == bucket)
        asks = {folder: ask_of(folder, values, newest_of(folders)) for folder in folders}
        for folders_of_pass in passes(asks):
            some = [asks[folder] for folder in folders_of_pass]
            columns = sorted({column for ask in some for column in columns_of([ask.report], ask.view)})
            for reader in readers_of(some):
                passed = run_pass(journeys, columns, some, reader)
                for folder, ask, sums in zip(folders_of_pass, some, passed.sums, strict=True):
                    rows = REPORTS.named(ask.report.report).finish(sums, ask, shown_names(names, [ask]))
                    found.setdefault(label(folder), {})[reader] = rows.to_pylist()
    return found


def readers_of(asks: list[Ask]) -> tuple[str, ...]:
    """Both readers for a pass of several; one that goes alone, for its segments, reads what others read."""
    return READERS if len(asks) > 1 else READERS[:1]


def passes(asks: dict[Path, Ask]) -> list[list[Path]]:
    """Folders that may share a pass: the asks of one pass share segments, so those that have some go alone."""
    plain = [folder for folder, ask in asks.items() if not ask.view.segments and not ask.text_ids]
    return [*([plain] if plain else []), *([folder] for folder in asks if folder not in plain)]


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

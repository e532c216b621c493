"""The product's answers on generated events: a lake or a frame, one pass, finished rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pyarrow as pa
from pyspark.sql import functions as F

from cja_spark.journeys.build import build
from cja_spark.journeys.fields import event_fields
from cja_spark.journeys.hashing import value_id
from cja_spark.journeys.reader import ReadCounts
from cja_spark.journeys.rows import event_rows, journey_rows
from cja_spark.lake import Lake
from cja_spark.reports.cells import schema_of
from cja_spark.reports.compile import asks_of, columns_of
from cja_spark.reports.kind import REPORTS
from cja_spark.reports.measures import most_keys
from cja_spark.reports.one_pass import run_asks, summed, whole_persons
from cja_spark.reports.readers import run_pass, run_surely
from cja_spark.view.spec import View
from tests.property.strategies import PAGES, RANGE_FROM, RANGE_TO, TAGS, VIEW
from tests.property.test_reports_equal_reference import ASKS, KINDS, frame

CHANNELS = ("mail", "search", "direct")
MARCH = {"range": {"from": dt.date(2025, 3, 1), "to": dt.date(2025, 3, 31)}}
WIDE = [
    {"report": "table", "dimensions": ["page"], "metrics": ["events", "people", "sessions", "orders", "calls"]},
    {"report": "table", "dimensions": ["channel", "page"], "metrics": ["events", "people", "sessions", "orders"]},
    {"report": "table", "dimensions": ["page"], "metrics": ["events", "people", "sessions", "orders", "calls"], "rows": 3},
    {"report": "table", "dimensions": ["sku"], "metrics": ["units", "people"]},
    {"report": "table", "dimensions": ["sku"], "metrics": ["units", "people"], "include_no_value": False},
    {"report": "trend", "granularity": "day", "metrics": ["events", "people", "sessions", "orders"]},
    {"report": "sessions", "dimension": "page"},
    {"report": "sessions", "dimension": "page", "rows": 2},
]  # fmt: skip
REPORTS_ASKED = [*WIDE, *ASKS]


def reports(asked=REPORTS_ASKED, **given):
    return [
        KINDS[ask["report"]].model_validate({**MARCH, **ask, **given, "name": f"report_{at}"})
        for at, ask in enumerate(asked)
    ]


def view_of(**given):
    return View.model_validate({"buckets": 2, **VIEW, **given})


class Product:
    """Asks answered on generated events; texts are known beforehand, so no dictionary is read."""

    def __init__(self, spark, view, asked, texts=(*PAGES, *TAGS, *CHANNELS), until=RANGE_TO):
        self.spark, self.view = spark, view
        self.names = {value_id(text): text for text in texts}
        rows = [(name, key, text) for name in view.dimensions for key, text in self.names.items()]
        values = spark.createDataFrame(rows, "dimension string, id bigint, value string")
        self.asks = asks_of(asked, view, values, data_until=until, as_of=until, arrays={})
        self.columns = columns_of(asked, view)

    def finished(self, sums_of, asks=None):
        """Rows of each report."""
        return [
            REPORTS.named(ask.report.report).finish(sums, ask, lambda name, ids: self.names).to_pylist()
            for ask, sums in zip(asks or self.asks, sums_of, strict=True)
        ]

    def finished_surely(self, run, asks=None):
        """Rows of each report, asked once more where its cells do not say for sure what is shown, as a run does (L2)."""
        surely, passed = run_surely(run, asks or self.asks, lambda name, ids: self.names)
        return self.finished(passed.sums, surely)

    def of_lake(self, lake, reader="arrow", asks=None):
        """Answers from the journeys of a lake."""
        stored = lake.journeys(self.view.name).stored()
        return self.finished_surely(lambda some: run_pass(stored, self.columns, some, reader), asks)

    def of_frame(self, events, partitions=2, chunk_events=20_000):
        """Answers from journeys made in the report's own plan."""
        fields, columns = event_fields(self.view, {}), self.columns
        rows = event_rows(events, self.view, fields, partitions).withColumn("period", F.lit(1))
        journeys = journey_rows(rows, fields, {}, [1], partitions, chunk_events).select("person", "t", *columns)

        def run(asks):
            def task(batches):
                yield from run_asks(asks, whole_persons(batches, columns, ReadCounts()))

            return summed(journeys.mapInArrow(task, schema_of(most_keys(asks))), len(asks))

        return self.finished_surely(run)

    def shifted(self, ms):
        """The same asks, their time moved."""
        found = Product.__new__(Product)
        found.__dict__.update(self.__dict__)
        found.asks = tuple(replace(ask, window=moved(ask.window, ms), ranges=ranges_moved(ask.ranges, ms)) for ask in self.asks)
        return found


def ranges_moved(ranges, ms):
    return replace(ranges, windows={days: moved(window, ms) for days, window in ranges.windows.items()})


def moved(window, ms):
    return type(window)(*(getattr(window, name) + ms for name in ("read_from", "start", "end", "until", "complete", "person_from")))


def stored(ts):
    """Columns that connect adds."""
    return (
        F.lit("crm").alias("person_namespace"),
        F.to_date(ts).alias("event_date"),
        F.lit(1).cast("bigint").alias("load"),
    )


def events_frame(spark, events):
    """Generated events as rows of the events table."""
    return frame(spark, events).select("*", *stored(F.col("ts")))


def built(spark, place, parts, view, **options):
    """A lake whose journeys were built once after each part of its events."""
    lake = Lake(spark, str(place))
    for part in parts:
        lake.events.append(part)
        build(lake, view, {}, **options)
    return lake


def many_events(spark, persons=2000, events=30_000, seed=11):
    """A bigger set: skewed persons and pages, ties, amounts that are no whole numbers."""
    chance = np.random.default_rng(seed)
    person = np.minimum(chance.zipf(1.3, events), persons)
    t = chance.integers(RANGE_FROM - 2 * 86_400_000, RANGE_TO + 8 * 86_400_000, events) // 60_000 * 60_000
    page = np.array(PAGES)[np.minimum(chance.zipf(1.6, events), len(PAGES)) - 1]
    channel = np.array([*CHANNELS, None], object)[chance.integers(0, 4, events)]
    number = np.arange(events)

    def some(share, amounts):
        return pa.array(np.where(chance.random(events) < share, amounts, np.nan), pa.float64(), from_pandas=True)

    columns = {
        "person_id": [f"p{at}" for at in person], "t": t, "sequence": pa.nulls(events, pa.int64()),
        "dataset_position": np.zeros(events, np.int32), "event_id": [f"e{at}" for at in number],
        "row_hash": number, "dataset": ["web"] * events, "page": page, "channel": channel,
        "sku": np.array([*TAGS, None], object)[chance.integers(0, 4, events)], "units": some(0.5, chance.random(events)),
        "views": some(0.7, 1.0), "orders": some(0.1, chance.random(events) * 100), "call_id": some(0.05, 7.0),
    }  # fmt: skip
    rows = spark.createDataFrame(pa.table(columns))
    return rows.select(
        "person_id", F.timestamp_millis("t").alias("ts"), "sequence", "dataset_position", "event_id", "row_hash",
        "dataset", "page", "channel", F.array(F.struct("sku", "units")).alias("items"), "views", "orders", "call_id",
        *stored(F.timestamp_millis("t")),
    )  # fmt: skip


def equal(ours, theirs):
    """Whether two answers are equal, sums within rule M3."""
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(equal(one, other) for one, other in zip(ours, theirs, strict=True))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(equal(ours[name], theirs[name]) for name in ours)
    if isinstance(ours, float) and isinstance(theirs, float):
        return abs(ours - theirs) <= 1e-9 * max(1.0, abs(ours))
    return ours == theirs

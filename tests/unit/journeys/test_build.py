"""Journeys from events: incremental equals full, both readers give equal cells, faults change nothing."""

from datetime import date, datetime

import numpy as np
import pytest
from pyspark.sql import functions as F

from cja_spark.errors import CollisionError, MissingColumnError
from cja_spark.journeys import values as dictionary
from cja_spark.journeys.build import build
from cja_spark.lake import Lake
from cja_spark.reports.compile import asks_of, columns_of
from cja_spark.reports.kind import REPORTS
from cja_spark.reports.names import names_from
from cja_spark.reports.readers import run_pass
from cja_spark.reports.sessions import Sessions
from cja_spark.reports.table import Table
from cja_spark.reports.trend import Trend
from cja_spark.view.spec import View

SCHEMA = (
    "person_id string, person_namespace string, persistent_id string, event_id string, ts timestamp, event_date date, "
    "dataset string, dataset_position int, sequence bigint, row_hash bigint, page string, price double, "
    "items array<struct<SKU:string,qty:double>>"
)
VIEW = View.model_validate(
    {
        "name": "shop",
        "buckets": 2,
        "dimensions": {"page": "page", "sku": "items[].SKU"},
        "metrics": {"revenue": {"field": "price"}, "qty": {"field": "items[].qty"}},
    }
)
REPORT_SPECS = [
    Table(name="pages", dimensions=("page",), metrics=("events", "people", "sessions", "revenue")),
    Table(name="skus", dimensions=("sku",), metrics=("qty", "revenue", "people")),
    Trend(name="days", granularity="day", metrics=("people",)),
    Sessions(name="visits", dimension="page"),
]


def row(person, moment, page, price=None, items=()):
    return (person, "crm", None, f"{person}{moment}", moment, date(moment.year, moment.month, moment.day), "web", 0, None,
            hash((person, moment)) % 1000, page, price, [tuple(item) for item in items])  # fmt: skip


def add(lake, rows):
    lake.events.append(lake.spark.createDataFrame(rows, SCHEMA).withColumn("load", F.lit(1).cast("bigint")))


JANUARY = [
    row("a", datetime(2026, 1, 31, 23, 50), "home"),
    row("b", datetime(2026, 1, 5, 10, 0), "cart", 2.5, [("s1", 1.0), ("s2", 2.0)]),
]
FEBRUARY = [
    row("a", datetime(2026, 2, 1, 0, 10), "cart", 4.0, [("s1", 3.0)]),
    row("c", datetime(2026, 2, 2, 9, 0), None),
]


def answers(lake, reader, version=None):
    asks = asks_of(REPORT_SPECS, VIEW, lake.values("shop").read(), data_until=1_772_000_000_000, as_of=1_772_000_000_000,
                   arrays={})  # fmt: skip
    passed = run_pass(lake.journeys("shop").stored(version), columns_of(REPORT_SPECS, VIEW), asks, reader)
    names = names_from(lake.values("shop").read(), lake.values("shop").stored())
    return [
        REPORTS.named(ask.report.report).finish(sums, ask, names).to_pylist()
        for ask, sums in zip(asks, passed.sums, strict=True)
    ]


def content(lake):
    return sorted(map(str, lake.journeys("shop").rows())), sorted(
        map(str, lake.values("shop").rows())
    )


def test_a_session_over_the_end_of_a_period_is_one_session(lake):
    add(lake, JANUARY + FEBRUARY)
    build(lake, VIEW, {})
    total = answers(lake, "arrow")[3][0]
    assert (total["sessions"], total["people"], total["events"]) == (3, 3, 4)


def test_both_readers_give_equal_rows(lake):
    add(lake, JANUARY + FEBRUARY)
    build(lake, VIEW, {})
    assert answers(lake, "arrow") == answers(lake, "spark")


def test_building_period_by_period_equals_building_once(lake, spark, tmp_path):
    from cja_spark.lake import Lake

    once = Lake(spark, str(tmp_path / "once"))
    add(once, JANUARY + FEBRUARY)
    build(once, VIEW, {})
    add(lake, JANUARY)
    build(lake, VIEW, {})
    add(lake, FEBRUARY)
    second = build(lake, VIEW, {})
    assert second.written == (202602,)
    assert second.reused == (202601,)
    assert content(lake) == content(once)


def test_persons_whose_keys_begin_alike_are_parted(lake, spark, tmp_path, monkeypatch):
    from cja_spark.journeys import rows
    from cja_spark.lake import Lake

    plain = Lake(spark, str(tmp_path / "plain"))
    moments = [datetime(2026, 1, 3, 9, minute) for minute in range(0, 60, 4)]
    mates = [row(("c1172416", "c5881171")[at % 2], moment, f"p{at}", 1.0) for at, moment in enumerate(moments)]
    for some in (lake, plain):
        add(some, [*mates, *JANUARY])
    build(lake, VIEW, {}, chunk_events=3)
    monkeypatch.setattr(rows, "rank_of", lambda periods: None)
    build(plain, VIEW, {}, chunk_events=3)
    assert content(lake) == content(plain)
    assert answers(lake, "arrow") == answers(lake, "spark") == answers(plain, "arrow")


def test_a_second_build_writes_nothing(lake):
    add(lake, JANUARY)
    first = build(lake, VIEW, {})
    second = build(lake, VIEW, {})
    assert second.written == ()
    assert second.version == first.version


def test_a_late_event_rebuilds_only_its_period(lake):
    add(lake, JANUARY + FEBRUARY)
    build(lake, VIEW, {})
    add(lake, [row("d", datetime(2026, 1, 1, 1, 0), "home")])
    assert build(lake, VIEW, {}).written == (202601,)


def test_a_new_component_rebuilds_every_period(lake):
    add(lake, JANUARY + FEBRUARY)
    build(lake, VIEW, {})
    wider = VIEW.model_copy(update={"dimensions": {**VIEW.dimensions, "again": VIEW.dimensions["page"]}})
    assert build(lake, wider, {}).written == (202601, 202602)
    assert len(answers(lake, "arrow")) == len(REPORT_SPECS)


def test_a_metric_of_a_field_that_does_not_exist_names_the_nearest_and_writes_nothing(lake):
    add(lake, JANUARY)
    wrong = View.model_validate({"name": "shop", "metrics": {"revenue": {"field": "prise"}}})
    with pytest.raises(MissingColumnError, match="Did you mean 'price'"):
        build(lake, wrong, {})
    assert not lake.journeys("shop").exists()


def test_two_texts_under_one_id_are_refused_before_anything_is_written(lake, monkeypatch):
    add(lake, JANUARY)
    monkeypatch.setattr(dictionary, "id_of", lambda text: F.lit(99).cast("bigint"))
    with pytest.raises(CollisionError, match="page|sku"):
        build(lake, VIEW, {})
    assert not lake.journeys("shop").exists()


def test_journeys_that_somebody_dropped_are_built_again(lake):
    add(lake, JANUARY)
    before = build(lake, VIEW, {})
    lake.journeys(VIEW.name).drop()
    again = build(lake, VIEW, {})
    assert again.written == before.written == (202601,)
    assert lake.journeys(VIEW.name).count() == 2


def test_a_build_notes_persons_and_events_of_each_period(lake):
    add(lake, [*JANUARY, *FEBRUARY])
    build(lake, VIEW, {}, chunk_events=1)
    notes = {row["period"]: (row["persons"], row["event_count"]) for row in lake.journey_builds.rows()}
    assert notes == {202601: (2, 2), 202602: (2, 2)}


@pytest.mark.parametrize("blank", ["", " ", "\t", "\u00a0", "\u3000 \n"])
def test_o8_text_of_white_space_alone_is_not_set(lake, blank):
    add(lake, [row("a", datetime(2026, 1, 1), blank), row("b", datetime(2026, 1, 1), "\u00a0é"), row("c", datetime(2026, 1, 1), " !")])
    build(lake, VIEW, {})
    assert {row["value"] for row in lake.values(VIEW.name).rows()} == {"\u00a0é", " !"}


def test_o3_times_are_floored_to_milliseconds_also_before_1970(lake):
    moments = [datetime(1969, 12, 31, 23, 59, 59, 999_500), datetime(1969, 12, 31, 23, 59, 59), datetime(1970, 1, 1, 0, 0, 0, 1_999)]
    add(lake, [row("a", moment, "home") for moment in moments])
    build(lake, VIEW, {})
    assert [one["t"] for one in sorted(lake.journeys(VIEW.name).rows("period", "t"), key=lambda one: one["period"])] == [[-1000, -1], [1]]


TIED = [  # microseconds, sequence, dataset, event id, hash of the row: in the order of rule O3
    (999, 1, 1, "z", 9), (0, 2, 0, "Z", 9), (0, 2, 0, "a", 9), (0, 2, 0, "\u00e9", 9), (0, 2, 0, "\uffff", 9), (0, 2, 0, "\U0001f600", 9),
    (0, 2, 0, None, -5), (0, 2, 0, None, 3), (0, 2, 1, "A", 0), (0, None, 0, "b", 9), (500, None, 0, "c", 0), (0, None, 0, None, 0),
    (0, None, 1, "a", 0), (0, None, 1, None, 7), (0, None, 1, None, 7), (1000, -1, 0, "a", 0),
]  # fmt: skip


@pytest.mark.parametrize("order", [1, -1], ids=["as they are", "the other way round"])
def test_o3_events_of_one_millisecond_are_in_the_total_order(lake, order):
    rows = []
    for at, (microseconds, sequence, dataset, event_id, row_hash) in enumerate(TIED):
        person, *others, page, price, items = row("a", datetime(2026, 1, 1, 9, 0, 0, microseconds), f"{at:02d}")
        others[2], others[6], others[7], others[8] = event_id, dataset, sequence, row_hash
        rows.append((person, *others, page, price, items))
    add(lake, rows[::order])
    build(lake, VIEW, {})
    names = {one["id"]: one["value"] for one in lake.values("shop").rows()}
    [journey] = lake.journeys("shop").rows("t", "d_page")
    found = [int(names[page]) for page in journey["d_page"]]
    assert found[:13] + sorted(found[13:15]) + found[15:] == [*range(len(TIED))]  # 13 and 14 are one row twice
    assert np.diff(journey["t"]).tolist() == [0] * 14 + [1]


def test_o8_a_nan_of_a_number_is_not_set_and_0_is(lake):
    add(lake, [row("a", datetime(2026, 1, 1), "home", price, [("s", price)]) for price in (float("nan"), 0.0, None, -2.5)])
    build(lake, VIEW, {})
    [journey] = lake.journeys("shop").rows("m_revenue", "m_qty")
    assert sorted(journey["m_revenue"], key=str) == [-2.5, 0.0, None, None]
    assert sorted(journey["m_qty"], key=str) == [[-2.5], [0.0], [None], [None]]


@pytest.mark.parametrize("length", [10, 5_000])
@pytest.mark.fault("F13")
def test_long_person_ids_keep_batches_bounded_by_bytes(lake, length):
    add(lake, [row("p" * length, datetime(2026, 1, 1), "home")])
    build(lake, View.model_validate({"name": "plain", "dimensions": {"page": "page"}}), {})
    assert [len(found["person_id"]) for found in lake.journeys("plain").rows()] == [length]


def test_where_executors_cannot_open_the_files_spark_reads_them(spark, tmp_path):
    settings = spark._jsc.hadoopConfiguration()
    settings.set("fs.viewfs.mounttable.shop.link./lake", tmp_path.as_uri())
    lake = Lake(spark, "viewfs://shop/lake")  # a file system of Hadoop's that pyarrow has no library for
    add(lake, [*JANUARY, *FEBRUARY])
    build(lake, VIEW, {})
    with pytest.raises(Exception, match="executors cannot open the files"):
        answers(lake, "arrow")
    assert answers(lake, "auto") == answers(lake, "spark")

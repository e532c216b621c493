"""Laws 1 and 2 on the product: nothing of how data is cut, ordered, stored or built shows in an answer."""

import random
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from cja_spark.journeys.build import build
from cja_spark.journeys.reader import ReadCounts, read_bucket
from cja_spark.reports.cells import Sums
from cja_spark.reports.one_pass import bucket_files, run_asks
from tests.property.product import Product, built, equal, events_frame, many_events, reports, view_of
from tests.property.strategies import journeys

EVENTS = journeys(5, 120)


def pieces(spark, events, count):
    """Events dealt out over `count` frames, so that each brings early and late ones of most persons."""
    return [events_frame(spark, events[at::count]) for at in range(count)]


@pytest.fixture(scope="module")
def product(spark):
    return Product(spark, view_of(), reports())


@pytest.fixture(scope="module")
def lake(spark, tmp_path_factory):
    return built(spark, tmp_path_factory.mktemp("once"), [events_frame(spark, EVENTS)], view_of())


@pytest.fixture(scope="module")
def expected(product, lake):
    answers = product.of_lake(lake)
    assert answers[0][0]["events"] > 500
    return answers


def test_law_1_both_readers_give_equal_answers(product, lake, expected):
    assert product.of_lake(lake, "spark") == expected


def test_law_1_a_report_answers_alike_alone_and_among_others(product, lake, expected):
    for at in (2, 7, 18, 21):
        assert product.of_lake(lake, asks=(product.asks[at],)) == [expected[at]]
    assert product.of_lake(lake, asks=product.asks[::-1]) == expected[::-1]


def test_laws_1_and_2_buckets_chunks_and_periods_change_nothing(spark, product, expected, tmp_path):
    view = view_of(buckets=5, period="year")
    lake = built(spark, tmp_path, [events_frame(spark, EVENTS)], view, chunk_events=4)
    journeys_ = lake.journeys("generated").read()
    assert {tuple(row) for row in journeys_.select("bucket", "period").distinct().collect()} == {
        (bucket, 2025) for bucket in range(5)
    }
    assert journeys_.selectExpr("max(size(t))").collect()[0][0] == 4
    assert equal(product.of_lake(lake), expected)
    assert equal(product.of_lake(lake, "spark"), expected)


def test_law_1_input_order_and_file_layout_change_nothing(spark, product, expected, tmp_path):
    shuffled = random.Random(1).sample(EVENTS, len(EVENTS))
    assert equal(product.of_frame(events_frame(spark, shuffled).repartition(3), partitions=3), expected)
    assert equal(product.of_frame(events_frame(spark, EVENTS[::-1]).coalesce(1), partitions=1), expected)


def test_law_1_the_slices_of_a_bucket_change_nothing(product, lake, expected):
    cells, slices = [], 0
    for files in bucket_files(lake.journeys("generated").read().inputFiles()):
        parts = list(read_bucket([unquote(file) for file in files], product.columns, ReadCounts(), slice_bytes=1000))
        slices += len(parts)
        cells += run_asks(product.asks, parts)
    assert slices > 10
    table = pa.Table.from_batches(cells)
    sums = [Sums(table.filter(pc.equal(table["report"], at))) for at in range(len(product.asks))]
    assert equal(product.finished(sums), expected)  # parts of credits are added in another order (M3)


def test_law_2_building_in_steps_with_late_events_equals_building_once(spark, product, expected, lake, tmp_path):
    steps = built(spark, tmp_path, pieces(spark, EVENTS, 2), view_of())
    assert product.of_lake(steps) == expected
    ordered = ("period", "bucket", "person", "chunk")
    rows = [found.journeys("generated").read().orderBy(*ordered).toArrow() for found in (steps, lake)]
    assert rows[0].equals(rows[1])


def test_law_2_building_a_period_again_changes_nothing(product, expected, lake):
    assert build(lake, view_of(), {}, full=True).reused == ()
    assert product.of_lake(lake) == expected


@pytest.mark.parametrize("chunk", [1, 4])
def test_law_2_chunk_size_changes_nothing(spark, product, expected, chunk):
    assert product.of_frame(events_frame(spark, EVENTS), chunk_events=chunk) == expected


def test_laws_1_and_2_hold_on_many_events(spark, tmp_path):
    events = many_events(spark).cache()
    product = Product(spark, view_of(), reports())
    answers = product.of_frame(events)
    assert answers[0][0]["events"] > 20_000
    lake = built(spark, tmp_path, [events.repartition(5, "event_id")], view_of(buckets=3), chunk_events=50)
    assert equal(product.of_lake(lake), answers)
    assert equal(product.of_lake(lake, "spark"), answers)
    events.unpersist()

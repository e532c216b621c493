"""What a Python task refuses is the same error on the driver, through the API and on the command line."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cja_spark import plan
from cja_spark.errors import CollisionError, InputError, MissingColumnError
from cja_spark.journeys.group import group
from cja_spark.journeys.reader import ReadCounts, cannot_open, read_bucket
from cja_spark.project import load
from cja_spark.worker_errors import worker_error, worker_errors
from tests.bad_input.shop import Shop

TRACE = 'Traceback (most recent call last):\n  File "/a.py", line 1, in run\n'
OWN = "cja_spark.errors.CollisionError: person ids: 'a\nb' and 'c' share the key 5."
EVENTS = "period int, bucket int, person bigint, person_id string, person_namespace string, t bigint"
ROWS = "period int, bucket int, person bigint, person_id string, person_namespace string, chunk int, event_count int, t array<bigint>"


@pytest.mark.parametrize("after", ["", "\n", "\n\n\tat org.apache.spark.X(Y.scala:1)", "\n\tat org.apache.spark.X(Y.scala:1)\n\t... 1 more"])
def test_the_class_and_the_whole_message_come_back(after):
    own = worker_error(RuntimeError(f"An exception was thrown.\n{TRACE}{OWN}{after}"))
    assert type(own) is CollisionError
    assert str(own) == "person ids: 'a\nb' and 'c' share the key 5."


def test_an_error_that_an_own_one_was_raised_from_is_not_it():
    chained = f"{TRACE}OSError: gone\n\nThe above exception was the direct cause of the following exception:\n\n{TRACE}"
    assert type(worker_error(RuntimeError(chained + OWN))) is CollisionError
    assert worker_error(RuntimeError(f"{TRACE}{OWN}\n\nDuring handling of the above exception, another exception occurred:\n\n{TRACE}KeyError: 1")) is None


@pytest.mark.parametrize("text", [f"{TRACE}ValueError: cja_spark.errors.InputError: x", f"{TRACE}cja_spark.errors.Fault: x", "x"])
def test_what_is_no_own_error_stays_what_it_is(text):
    with pytest.raises(RuntimeError), worker_errors():
        raise RuntimeError(text)


def test_an_own_error_of_the_driver_is_raised_unchanged():
    with pytest.raises(MissingColumnError, match="no column 'x'"), worker_errors():
        raise MissingColumnError.of("view", "x", [])


def shared_key(spark):
    """Two persons under one key, grouped in a task."""
    rows = [(1, 0, 7, person, "crm", at) for at, person in enumerate(("ann\nb", "bob"))]
    return spark.createDataFrame(rows, EVENTS).coalesce(1).mapInArrow(lambda batches: group(batches, {}), ROWS)


@pytest.mark.parametrize("work", ["collect", "write"])
def test_a_collision_in_a_task_is_a_collision_on_the_driver(spark, lake, work):
    rows = shared_key(spark)
    with pytest.raises(CollisionError, match=r"person ids: 'ann\nb' and 'bob' share the key 7\. Nothing was written\.$"), worker_errors():
        rows.collect() if work == "collect" else lake.journeys("shop").overwrite(rows)
    assert not lake.journeys("shop").exists()


@pytest.mark.parametrize(("uri", "said"), [("file:{}", "journeys lack the column 'd_page'"), ("nowhere://{}", "cannot open the files")])
def test_what_a_task_cannot_read_is_an_input_error_on_the_driver(spark, tmp_path, uri, said):
    file = tmp_path / "a.parquet"
    pq.write_table(pa.table({"person": [1], "t": [[1]]}), file)

    def run(batches):
        for batch in batches:
            list(read_bucket([uri.format(file)], ["d_page"], ReadCounts()))
            yield batch

    with pytest.raises(InputError, match=said) as refused, worker_errors():
        spark.range(1).mapInArrow(run, "id bigint").toArrow()
    assert cannot_open(refused.value) == uri.startswith("nowhere")


def test_journeys_that_lack_a_column_are_an_input_error_of_the_api_and_end_a_report_with_code_three(spark, tmp_path, capsys):
    shop = Shop(tmp_path)
    assert [shop.run("connect"), shop.run("journey")] == [0, 0]
    for file in (shop.lake / "journeys" / "shop").rglob("part-*.parquet"):
        rows = pq.ParquetFile(file).read()
        pq.write_table(rows.drop_columns([name for name in rows.column_names if name.endswith("page")]), file)
    assert shop.run("report") == 3
    assert "cja report: journeys lack the column " in capsys.readouterr().err
    project = load(shop.project)
    with pytest.raises(InputError, match="journeys lack the column"):
        plan.report(plan.lake_of(spark, project), project)

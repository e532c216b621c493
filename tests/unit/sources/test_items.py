"""What is new in a source."""

from cja_spark.connection.spec import Connection
from tests.unit.sources.shop import connection, load, put


def test_a_dataset_that_is_added_later_takes_files_that_another_one_took(lake, tmp_path):
    put(tmp_path, "web/a.csv", "id,time,who,caller\ne1,2026-01-01T10:00:00Z,ann,bob\n")
    spec = connection("csv")
    load(lake, tmp_path, spec)
    calls = spec.datasets["web"].model_copy(
        update={"person_id": spec.datasets["web"].person_id.model_copy(update={"column": "caller"})}
    )
    both = Connection(name="shop", datasets={**spec.datasets, "calls": calls})
    assert load(lake, tmp_path, both).loaded == {"calls": 1}
    assert load(lake, tmp_path, both).load is None
    assert sorted(row["person_id"] for row in lake.events.rows()) == ["ann", "bob"]

"""A lake in a catalogue schema: every job writes tables of that schema, by name, and none anywhere else."""

import pytest

from tests.jobs.processes import JOBS, run_here
from tests.jobs.shop import arrive, write_project

SCHEMA = "cja_shop"


@pytest.fixture(scope="module")
def schema(spark, tmp_path_factory):
    folder = tmp_path_factory.mktemp("catalogue")
    spark.sql(f"CREATE SCHEMA {SCHEMA} LOCATION '{folder / 'schema'}'")
    (folder / "pepper").write_text("no secret, but long enough", encoding="utf-8")
    project = write_project(folder)
    (project / "lake.yaml").write_text(f"location: catalogue:{SCHEMA}\nfiles: ..\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CJA_PEPPER", f"${{file:{folder / 'pepper'}}}")
        for instalment in (0, 1):
            arrive(folder, instalment)
            for job in JOBS if instalment else ("connect", "journey"):
                run_here(job, project, *(("--out", str(folder / "page.html")) if job == "report" else ()))
        yield project
    spark.sql(f"DROP SCHEMA {SCHEMA} CASCADE")


def names(spark):
    return {row["tableName"] for row in spark.sql(f"SHOW TABLES IN {SCHEMA}").collect()}


def test_every_table_is_one_of_the_schema(spark, schema):
    assert {"events", "quarantine", "profiles", "lookups__catalogue", "journeys__shop", "values__shop", "reports__pages",
            "report_runs", "audience_changes", "audience_members", "profile_store__profile_memberships__profiles"} <= names(spark)  # fmt: skip


def test_two_loads_and_a_rebuild_of_the_touched_periods_give_all_events(spark, schema):
    assert spark.table(f"{SCHEMA}.events").count() == 800 + 400 + 1 + 2 * (60 + 40)
    counted = spark.sql(f"SELECT sum(event_count) FROM {SCHEMA}.journeys__shop WHERE period > 0").collect()[0][0]
    assert counted == spark.table(f"{SCHEMA}.events").count()
    total = spark.table(f"{SCHEMA}.reports__pages").where("row_kind = 'total'").collect()[0]
    assert 0 < total["people"] <= total["events"]


def test_what_is_done_is_not_done_again(spark, schema):
    def commits():
        return {name: spark.sql(f"DESCRIBE HISTORY {SCHEMA}.{name}").count() for name in names(spark) if name != "claims"}

    before = commits()
    for job in ("connect", "journey", "publish", "deliver"):
        run_here(job, schema)
    assert commits() == before

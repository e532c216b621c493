"""A lake in a catalogue's schema is maintained and forgets too; there a run that was taken over may have tasks that go on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cja_spark.audiences.claims import LEASE
from cja_spark.audiences.tables import CHANGES, CLAIMS, MEMBERS, RUNS
from cja_spark.driver_reads import equal
from cja_spark.erasure import stragglers
from cja_spark.erasure.stragglers import quiet_from
from cja_spark.lake import Lake
from cja_spark.maintenance.maintain import Work, maintain
from tests.unit.erasure.lake_of_shop import erased, files_that_name, fill

NOW = datetime.now(UTC)
PERSONS, GONE = 12, (0, 3, 5)


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    pepper = tmp_path_factory.mktemp("secrets") / "pepper"
    pepper.write_text("a pepper for the catalogue's lake", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CJA_PEPPER", f"${{file:{pepper}}}")
        spark.sql("CREATE DATABASE care")
        spark.sql("CREATE VIEW care.people AS SELECT 1 AS one")
        yield fill(Lake(spark, "catalogue:care"), PERSONS)
        spark.sql("DROP DATABASE care CASCADE")


@pytest.fixture(scope="module")
def folder(spark, world):
    return Path(spark.catalog.getDatabase("care").locationUri.removeprefix("file:"))


def test_it_is_maintained(world, folder):
    lake = world.lake
    receipt = maintain(Work(lake, {world.id: world.audience.sinks}, [], NOW))
    told = {one.table: one for one in receipt.tables}
    assert "people" not in told  # a view
    assert {"events", "journeys__shop", "profile_store__profiles__profiles", "maintenance"} <= set(told)
    outbox = told["audience_changes"]
    assert (outbox.files, outbox.small) == (len(lake.table(CHANGES).files()),) * 2
    assert outbox.bytes == sum(Path(file.removeprefix("file:")).stat().st_size for file in lake.table(CHANGES).files())
    assert {one.action for one in receipt.deeds} >= {"vacuum_full"}
    later = maintain(Work(lake, {world.id: world.audience.sinks}, [], NOW + timedelta(days=40), dry_run=True))
    assert {one.target for one in later.deeds if one.action == "rows_removed"} == {f"audience_changes of {world.id}"}


def test_tasks_of_a_run_that_was_taken_over_are_waited_for_and_it_forgets(world, folder, monkeypatch):
    lake = world.lake
    assert files_that_name(folder, GONE)
    table = lake.table(CLAIMS)
    ticket = max(row["ticket"] for row in table.rows("ticket")) + 1
    lapsed = datetime.now(UTC) - timedelta(minutes=1)
    table.append(table.frame([(ticket, ticket, world.id, "acquired", "dead", "deliver", lapsed)]))
    monkeypatch.setattr(stragglers, "ATTEMPT", timedelta(seconds=9))
    receipt = erased(lake, world, GONE)
    assert (receipt.state, receipt.scopes["events"].persons) == ("erased", 3)
    [released] = [row for row in table.rows() if row["claim"] == ticket and row["event"] == "released"]
    [told] = lake.table(RUNS).rows("recorded_at", where=equal(audience_id="_erase", state="committed"))
    assert told["recorded_at"] - (released["lease_until"] - LEASE) >= timedelta(seconds=9)
    assert files_that_name(folder, GONE) == []
    assert lake.table(MEMBERS).count() == PERSONS - len(GONE)
    assert table.properties()["delta.appendOnly"] == "true"


def test_runs_that_gave_their_claims_back_are_not_waited_for_and_those_that_anybody_took_over_are():
    def row(event, claim, run_id, minutes):
        return {"event": event, "claim": claim, "run_id": run_id, "lease_until": NOW + timedelta(minutes=minutes) + LEASE}

    own = [row("acquired", 9, "erase", 0), row("released", 9, "erase", 3), row("acquired", 5, "publish", 1), row("released", 5, "publish", 8)]
    assert quiet_from(own) is None
    by_this = [row("acquired", 4, "dead", -90), row("released", 4, "erase", 1)]
    assert quiet_from([*own, *by_this]) == NOW + timedelta(minutes=11)
    by_another = [row("acquired", 6, "dead too", -90), row("renewed", 6, "dead too", -80), row("released", 6, "publish", 2)]
    assert quiet_from([*own, *by_this, *by_another]) == NOW + timedelta(minutes=12)

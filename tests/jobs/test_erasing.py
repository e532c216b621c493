"""Erasure on a lake: killed after each step and resumed it ends as one that was not, nothing comes back, nothing is left (F16)."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from cja_spark.audiences.claims import claimed
from cja_spark.audiences.identity import pepper_beside, pepper_id
from cja_spark.audiences.outbox import changes_of, require_complete
from cja_spark.audiences.runs import seals
from cja_spark.audiences.tables import CHANGES, CLAIMS, DEAD_LETTERS, ERASURE_RECEIPTS, LEDGER, MEMBERS, SUPPRESSIONS
from cja_spark.connection.tables import LOADS, QUARANTINE
from cja_spark.driver_reads import equal
from cja_spark.erasure.erase import erase
from cja_spark.erasure.receipts import proofs
from cja_spark.errors import ClaimError, ConfigurationError, ReconcileError, VersionError
from cja_spark.lake import Lake
from cja_spark.maintenance.tables import tables_of
from cja_spark.reports.exclusions import EXCLUSIONS
from cja_spark.sinks.deliver import deliver
from cja_spark.sinks.delta_profiles import MEMBERSHIPS, PROFILES
from cja_spark.sinks.spec import DeltaProfiles
from tests.faults.plan import FULL
from tests.unit.audiences.world import World, day
from tests.unit.erasure.lake_of_shop import erased, files_that_name, fill, name_of, wish_of

# The fault of the list, F16, has 1,000 of 100,000 persons (CJA_FAULTS=full); CI erases 100 of 2,000.
PERSONS, EVERY = (100_000, 100) if FULL else (2_000, 20)
GONE = range(0, PERSONS, EVERY)
STEPS = (
    "erase.suppressed", "erase.claimed", "erase.counted", "erase.committed", "erase.sink_erased", "erase.told", "erase.deleted",
    "erase.outbox_anonymised", "erase.letters_anonymised", "erase.gaps_kept", "erase.events_deleted", "erase.traces_forgotten", "erase.values_forgotten",
    "erase.journeys_built", "erase.purged", "erase.vacuumed", "erase.checkpoint_asked", "erase.log_cleaned", "erase.swept", "erase.scanned",
)  # fmt: skip


@pytest.fixture(scope="module")
def shop(place):
    return fill(place, PERSONS)


@pytest.fixture(scope="module")
def backup(place, shop, tmp_path_factory):
    """A copy of the lake as it was before anybody asked to be forgotten, with its pepper beside it."""
    folder = tmp_path_factory.mktemp("backup") / "lake"
    shutil.copytree(place.folder, folder)
    shutil.copy(f"{place.folder}.pepper", f"{folder}.pepper")
    return folder


@pytest.fixture(scope="module")
def before(place, shop, backup):
    """What the lake held; and that it did name those who ask to be forgotten."""
    folder = place.folder
    named = {file.split("/")[0] for file in files_that_name(folder, GONE)}
    expected = {
        "events", "profiles", "journeys", "values", "audience_changes", "audience_members", "dead_letters", "profile_store",
        "quarantine", "loads", "report_runs", "report_exclusions", "reports", "lookups", "summaries",
    }  # fmt: skip
    assert named >= expected
    return {"version": place.table(CHANGES).version(), "events": place.events.count()}


@pytest.fixture(scope="module")
def receipts(place, shop, before):
    """The receipts of an erasure that died after every step, by `make test` after every third; the last is that of the run that finished it."""
    from cja_spark.failpoints import InjectedFault, forget_hits

    for name in STEPS if FULL else STEPS[1::3]:
        os.environ["CJA_FAILPOINTS"] = f"{name}=raise@1"
        forget_hits()
        with pytest.raises(InjectedFault, match=name):
            erased(place, shop, GONE)
    os.environ.pop("CJA_FAILPOINTS")
    return erased(place, shop, GONE)


@pytest.mark.fault("F1")
def test_an_erasure_that_died_again_and_again_ends_and_says_what_it_did(place, receipts):
    told = {name: (one.outcome, one.persons, one.rows) for name, one in receipts.scopes.items()}
    people, thirds = len(GONE), len([number for number in GONE if number % 3 == 0])
    assert receipts.state == "erased"
    assert (receipts.identities, receipts.exit_code) == (people, 0)
    assert told == {
        "audience_members": ("deleted", people, people),
        "audience_changes": ("anonymised", people, people + 1),  # everybody entered, one changed
        "dead_letters": ("anonymised", 1, 2),
        "sink:profiles": ("deleted", people, 2 * people),
        "events": ("deleted", people, 2 * people + thirds),
        "profiles": ("deleted", people, people),
        "quarantine": ("anonymised", 1, 1),
        "loads": ("anonymised", 1, 1),
        "report_exclusions": ("deleted", 1, 1),
        "stitching_gaps": ("absent", 0, 0),
        "report_runs": ("deleted", 1, 1),
        "reports/lives": ("deleted", 1, 1),
        "reports/logins": ("anonymised", 1, 1),
        "lookups/customers": ("deleted", 1, 2),
        "summaries/spend": ("anonymised", 1, 1),
    }
    assert receipts.files_scanned > 50


@pytest.mark.fault("F16")
def test_no_file_of_the_lake_names_them_any_more(place, receipts):
    assert files_that_name(place.folder, GONE) == []


def test_everybody_else_is_where_they_were(place, shop, receipts, before):
    left = [name_of(number) for number in range(PERSONS) if number not in GONE]
    assert sorted(row["id"] for row in place.table(MEMBERS).rows("id", where=equal(audience_id=shop.id))) == sorted(left)
    assert sorted(row["id"] for row in place.table(PROFILES, "profiles").rows("id")) == sorted(left)
    assert place.table(MEMBERSHIPS, "profiles").count() == len(left)
    assert sorted(row["person_id"] for row in place.profiles.rows("person_id")) == sorted(left)
    kept = before["events"] - len(GONE) - len([number for number in GONE if number % 3 == 0])
    assert place.events.count() == kept


def test_events_that_stitching_gave_them_are_their_devices_again(place, receipts):
    devices = place.events.read().where(F.col("person_namespace") == "ECID")
    rows = sorted((row["person_id"], row["persistent_id"], row["stitch_reason"]) for row in devices.collect())
    assert rows == [(f"device-{number:06d}", f"device-{number:06d}", "persistent") for number in GONE]


def test_journeys_and_their_values_are_those_of_the_events_that_are_left(place, receipts):
    persons = {row["person_id"] for row in place.journeys("shop").rows("person_id")}
    assert persons == {row["person_id"] for row in place.events.rows("person_id")}
    logins = {row["value"] for row in place.values("shop").rows("value", where=equal(dimension="login"))}
    assert logins == {row["own_person_id"] for row in place.events.rows("own_person_id")} - {None}
    assert place.journeys("shop").read().select(F.sum("event_count")).collect()[0][0] == place.events.count()


def test_the_outbox_still_is_what_its_seals_say_and_still_only_grows(place, shop, receipts):
    for seal in (*seals(place, shop.id), *seals(place, "_erase")):
        require_complete(place, seal)
    gone = place.table(CHANGES).read().where(F.col("op") == "erased")
    blank = ("profile_key", "namespace", "id", "person_ref", "attrs", "attr_hash")
    assert gone.where(F.coalesce(*(F.col(name).cast("string") for name in blank)).isNotNull()).count() == 0
    assert gone.where(F.col("audience_id") == "_erase").count() == len(GONE)
    assert place.table(CHANGES).properties()["delta.appendOnly"] == "true"


def test_letters_reports_and_quarantine_keep_what_names_nobody(place, receipts):
    letters = {row["letter_id"]: (row["op"], row["state"], row["version"]) for row in place.table(DEAD_LETTERS).rows()}
    assert letters["letter0"] == letters["letterx"] == ("erased", "discarded", 2)
    assert letters["letter1"] == ("enter", "open", 1)
    assert sorted((row["login"] or "", row["events"]) for row in place.report("logins").rows()) == [("", 5), (name_of(1), 5), (name_of(2), 5)]
    assert sorted(row["timeline_person"] for row in place.report("lives").rows()) == sorted([name_of(1), name_of(2)])
    customers = sorted(map(tuple, place.lookup("customers").read().collect()))
    assert customers == [("lamp", "iron", None), (name_of(1), "gold", None)]
    spend = {(row["customer"], row["spent"]) for row in place.summary("spend").rows()}
    assert spend == {(None, 3.5), (name_of(1), 3.5), (name_of(2), 3.5)}
    assert [row["run_id"] for row in place.report_runs.rows("run_id")] == ["r2"]
    raw = [row["raw"] for row in place.table(QUARANTINE).rows("raw")]
    assert (len(raw), raw.count(None)) == (3, 1)
    assert [row["bad_ids"] for row in place.table(LOADS).rows("bad_ids")] == [[name_of(1), name_of(2)]]
    assert place.table(EXCLUSIONS).count() == 0


def test_nothing_is_left_to_travel_back_to(place, receipts, before):
    with pytest.raises(Exception, match=r"DELTA_VERSION_NOT_FOUND|does not exist|Cannot time travel|CANNOT_RECONSTRUCT|FILE_NOT_FOUND|not exist"):
        place.table(CHANGES).read(before["version"]).select("id").collect()


def test_no_commit_and_no_claim_is_left_behind(place, receipts):
    claims = place.table(CLAIMS).rows("claim", "event")
    assert {row["claim"] for row in claims} == {row["claim"] for row in claims if row["event"] == "released"}
    assert not (place.folder / "_staging" / "_erase" / "e1").exists()


def test_every_table_is_checkpointed_as_seldom_as_before(place, receipts):
    assert {table.properties().get("delta.checkpointInterval", "10") for table in tables_of(place)} == {"10"}


def test_every_row_of_the_receipts_has_its_proof(place, receipts):
    pepper = pepper_beside(place.location)
    rows = place.table(ERASURE_RECEIPTS).read()
    assert rows.where(F.col("proof") != proofs(pepper)).count() == 0
    assert rows.where(F.col("scope") == "events").count() == len(GONE)
    assert {row["outcome"] for row in rows.select("outcome").distinct().collect()} == {"deleted", "anonymised", "absent"}
    assert receipts.is_genuine(pepper)
    assert not receipts.model_copy(update={"identities": 1}).is_genuine(pepper)


def test_running_it_again_does_nothing(place, shop, receipts):
    tables = (CHANGES, MEMBERS, DEAD_LETTERS, SUPPRESSIONS, ERASURE_RECEIPTS, LEDGER)
    versions = {one.name: place.table(one).version() for one in tables}
    assert erased(place, shop, GONE).state == "done_before"
    assert {one.name: place.table(one).version() for one in tables} == versions


def test_the_same_name_for_other_identities_is_refused(place, shop, receipts):
    table = place.table(SUPPRESSIONS)
    name = pepper_id(pepper_beside(place.location))
    table.append(table.frame([("0" * 64, "e2", "asked", name, datetime(2026, 8, 1, tzinfo=UTC))]))
    with pytest.raises(ConfigurationError, match="'e2' was begun for other identities"):
        erased(place, shop, [5], erasure_id="e2")
    assert [file for file in (place.folder / "_staging" / "_erase" / "e2").rglob("*") if file.is_file()] == []


def test_a_finished_name_for_other_identities_is_refused_too_and_erases_nobody(place, shop, receipts):
    versions = {one.name: place.table(one).version() for one in (SUPPRESSIONS, CLAIMS, ERASURE_RECEIPTS, CHANGES)}
    for others in ([5], [*GONE, 5], GONE[1:]):
        with pytest.raises(ConfigurationError, match="'e1' was begun for other identities"):
            erased(place, shop, others)
    assert {one.name: place.table(one).version() for one in (SUPPRESSIONS, CLAIMS, ERASURE_RECEIPTS, CHANGES)} == versions
    assert not (place.folder / "_staging" / "_erase" / "e1").exists()


def test_who_finds_another_run_at_work_leaves_no_identity_in_staging(place, shop, receipts):
    with claimed(place, "*", "other", "publish"), pytest.raises(ClaimError):
        erased(place, shop, [PERSONS + 7], erasure_id="e6")
    assert [file for file in (place.folder / "_staging" / "_erase").rglob("*") if file.is_file()] == []
    assert place.table(SUPPRESSIONS).count(equal(erasure_id="e6")) == 1


@pytest.mark.fault("F17")
def test_another_pepper_would_know_nobody_and_is_refused(place, shop, receipts, monkeypatch):
    monkeypatch.setenv("CJA_PEPPER", "another pepper of some length")
    with pytest.raises(VersionError, match="pepper"):
        erased(place, shop, [5], erasure_id="e9")


@pytest.mark.fault("F16")
def test_nobody_is_resurrected_by_a_new_sink_the_oldest_runs_or_the_next_publish(place, shop, receipts):
    late = DeltaProfiles(name="late", sink="delta")
    shop.audience = shop.audience.model_copy(update={"sinks": ("profiles", "late")})
    receipt = deliver(place, {"profiles": shop.sink, "late": late}, [shop.audience])
    assert {one.sink: one.state for one in receipt.sinks} == {"profiles": "done", "late": "done"}
    [seal, _] = seals(place, shop.id)
    assert changes_of(place, seal).where(F.col("op") == "erased").count() == len(GONE)
    told = shop.publish(day(7), {name_of(number): '{"tier":"gold"}' for number in range(PERSONS)})
    assert (told.suppressed, told.people) == (len(GONE), PERSONS - len(GONE))
    shop.deliver()
    assert files_that_name(place.folder, GONE) == []


@pytest.mark.fault("F16")
def test_a_restored_copy_brings_nobody_back_once_the_suppressions_of_now_came_first(place, shop, receipts, backup):
    table = place.table(SUPPRESSIONS).folder
    shutil.rmtree(backup / table.name)
    shutil.copytree(table, backup / table.name)
    restored = Lake(place.spark, str(backup))
    assert files_that_name(backup, GONE)
    again = World(restored, "shoppers")
    late = DeltaProfiles(name="late", sink="delta")
    again.audience = again.audience.model_copy(update={"sinks": ("profiles", "late")})
    told = deliver(restored, {"profiles": again.sink, "late": late}, [again.audience])
    assert {(one.sink, one.exit_code) for one in told.sinks} == {("profiles", 0), ("late", 0)}
    gone = {name_of(number) for number in GONE}
    assert not gone & {row["id"] for row in restored.table(PROFILES, "late").rows("id")}
    published = again.publish(day(7), {name_of(number): '{"tier":"gold"}' for number in range(PERSONS)})
    assert (published.suppressed, published.people) == (len(GONE), PERSONS - len(GONE))
    assert {row["status"] for row in restored.table(MEMBERS).rows("id", "status") if row["id"] in gone} == {"exited"}
    wish = wish_of(restored, again, GONE, erasure_id="e1.restored", sinks={"profiles": again.sink, "late": late})
    assert erase(wish).state == "erased"
    assert files_that_name(backup, GONE) == []
    assert restored.table(MEMBERS).count(equal(audience_id=shop.id)) == PERSONS - len(GONE)


def test_an_erasure_of_nobody_who_is_known_says_so(place, shop, receipts):
    told = erased(place, shop, [PERSONS + 1], erasure_id="e3")
    assert {one.outcome for one in told.scopes.values()} == {"absent"}


def test_what_still_names_somebody_is_told_and_the_erasure_is_not_finished(place, shop, receipts):
    stray = Path(place.folder, "notes.txt")
    stray.write_text(f"called {name_of(1)} today", encoding="utf-8")
    with pytest.raises(ReconcileError, match=r"1 places still hold identities .*notes\.txt \(utf-8, bytes\)") as raised:
        erased(place, shop, [1], erasure_id="e4")
    assert name_of(1) not in str(raised.value)
    assert place.table(ERASURE_RECEIPTS).count(equal(erasure_id="e4")) == 0
    stray.unlink()
    # What somebody wrote meanwhile, as a run of reports may, which nobody keeps out, goes at the next attempt.
    place.report("logins").append(place.spark.createDataFrame([("r3", name_of(1), 1)], "run_id string, login string, events bigint"))
    assert erased(place, shop, [1], erasure_id="e4").state == "erased"
    assert files_that_name(place.folder, [1]) == []


def test_a_load_that_has_begun_is_finished_first_and_a_mere_plan_is_given_up(place, shop, receipts):
    loads, items = place.table(LOADS), [("web", "x.json", 1, 1)]
    loads.append(loads.frame([(7, "planned", False, place.events.version() - 1, None, items, None, None, None, None, None)]))
    with pytest.raises(ClaimError, match="Load 7 has begun and is not done"):
        erased(place, shop, [7], erasure_id="e7")
    assert place.table(SUPPRESSIONS).count(equal(erasure_id="e7")) == 1
    assert place.table(MEMBERS).count(equal(id=name_of(7))) == 1
    loads.append(loads.frame([(7, "done", False, 1, None, [], None, None, 5, [], None)]))
    loads.append(loads.frame([(8, "planned", False, place.events.version(), None, items, None, None, None, None, None)]))
    assert erased(place, shop, [7], erasure_id="e7").state == "erased"
    assert sorted(row["state"] for row in loads.rows("state", where=equal(load=8))) == ["dropped", "planned"]


@pytest.mark.parametrize("name", ["erase.receipts_written", "erase.done"])
@pytest.mark.fault("F1")
def test_whoever_dies_after_the_receipts_has_finished(place, shop, receipts, crash, name):
    number = 2 + len(name) % 2
    crash(name, lambda: erased(place, shop, [number], erasure_id=name))
    assert erased(place, shop, [number], erasure_id=name).state == "done_before"
    assert files_that_name(place.folder, [number]) == []


def test_no_identity_is_in_a_wish_that_is_shown(place, shop):
    assert "person" not in wish_of(place, shop, [1]).request.text()

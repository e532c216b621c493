"""Letters, runs and audiences sent once more: each letter at most one owner, nothing older over anything newer."""

import uuid
from itertools import count

import pytest
from pyspark.sql import functions as F

from cja_spark.audiences import outbox
from cja_spark.audiences.approvals import approve
from cja_spark.audiences.claims import claimed
from cja_spark.audiences.runs import audience_run_state, last_run, seals
from cja_spark.audiences.tables import CHANGES, DEAD_LETTERS, LEDGER, RUNS, SUPPRESSIONS
from cja_spark.cli import main
from cja_spark.driver_reads import equal
from cja_spark.errors import ConfigurationError, InputError
from cja_spark.maintenance.tables import appendable
from cja_spark.sinks import retry as retrying
from cja_spark.sinks.addressed import addressed
from cja_spark.sinks.again import Again, send_again
from cja_spark.sinks.chunk import Rejected
from cja_spark.sinks.letters import write_letters
from cja_spark.sinks.spec import DeltaProfiles
from tests.unit.audiences.world import World, day
from tests.unit.sinks.scripted import Scripted

PEOPLE = [f"p{at:02}" for at in range(12)]

NUMBERS = count(1)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(outbox, "CHUNK", 4)
    monkeypatch.setattr(retrying, "CHUNK", 2)


@pytest.fixture
def world(place, tmp_path):
    number = next(NUMBERS)
    world = World(place, f"audience{number}")
    world.sink = Scripted(name=f"store{number}", folder=str(tmp_path / "store"),
                          concurrency=2, attempts=1, give_up_after="0 s", max_dlq_ratio=1.0)  # fmt: skip
    world.publish(day(0), PEOPLE)
    return world


@pytest.fixture
def refused(world):
    """Three letters of run 1."""
    world.sink.script(refuse=keys("p01", "p05", "p07"))
    world.deliver()
    world.sink.script()
    return world


def keys(*people):
    return [f"crm:{id_}" for id_ in people]


def send(world, **what):
    return send_again(Again(**what), world.lake, world.audience.name, world.id, [world.sink], str(uuid.uuid4()))


def letters(world):
    columns = ("profile_key", "state", "attempts", "error_code")
    return world.rows(DEAD_LETTERS, columns, where=equal(audience_id=world.id))


def realized(world):
    return [row[0] for row in world.sink.members(world.id) if row[1] == "realized"]


def test_letters_are_sent_again_once_and_the_run_is_published(refused):
    world = refused
    [receipt] = send(world, letters=True)
    assert (receipt.acked, receipt.dead, receipt.exit_code, receipt.letters.resolved) == (3, 0, 0, 3)
    assert "letters: 3 resolved" in receipt.text()
    assert [row[1:3] for row in letters(world)] == [("resolved", 2)] * 3
    assert realized(world) == keys(*PEOPLE)
    before = world.lake.table(DEAD_LETTERS).version()
    assert send(world, letters=True) == []
    assert world.lake.table(DEAD_LETTERS).version() == before
    assert world.deliver() == []


@pytest.mark.fault("F5")
def test_what_is_refused_again_stays_a_letter(refused):
    world = refused
    world.sink.script(refuse=keys("p05"), code="22021")
    [receipt] = send(world, letters=True)
    assert (receipt.acked, receipt.dead, receipt.exit_code) == (2, 1, 4)
    assert letters(world) == [
        ("crm:p01", "resolved", 2, "22P05"), ("crm:p05", "open", 2, "22021"), ("crm:p07", "resolved", 2, "22P05"),
    ]  # fmt: skip


@pytest.mark.parametrize(("script", "code"), [("fatal", 6), ("away", 6), ("lost", 7), ("bug", 1)])
def test_letters_that_were_not_sent_are_open_again(refused, script, code):
    world = refused
    newest = world.lake.table(DEAD_LETTERS)
    world.sink.script(**{script: [-at for at in range(1, 100_000)]})
    [receipt] = send(world, letters=True)
    assert (receipt.exit_code, receipt.acked) == (code, 0)
    assert [row[1:3] for row in letters(world)] == [("open", 1)] * 3
    assert newest.count(equal(audience_id=world.id, state="retrying")) == 0


def test_a_letter_is_not_sent_over_a_later_run(refused):
    """R4: the person left since; the letter of the enter is superseded, and that of the exit keeps its op (T14)."""
    world = refused
    world.publish(day(1), [id_ for id_ in PEOPLE if id_ != "p01"])
    world.sink.script(refuse=["exit"])
    world.deliver()
    world.sink.script()
    [receipt] = send(world, letters=True)
    assert (receipt.letters.superseded, receipt.letters.resolved) == (1, 3)
    assert ("crm:p01", "exited", 2) in world.sink.members(world.id)
    assert world.sink.rows("SELECT how FROM sent WHERE audience_id = ? AND chunk < 0 AND run_seq = 2", world.id) == [("exit",)]


def test_a_letter_of_an_erased_person_is_not_sent(refused):
    world = refused
    world.publish(day(1), [*PEOPLE, "gone"])
    world.sink.script(refuse=keys("gone"))
    world.deliver()
    world.sink.script()
    refs = dict(row[:2] for row in world.found(store=False)["members"])
    table = world.lake.table(SUPPRESSIONS)
    table.append(table.frame([(refs["crm:gone"], "e1", "asked", "p1", day(0))]))
    [receipt] = send(world, letters=True)
    assert (receipt.letters.discarded, receipt.letters.resolved, receipt.suppressed) == (1, 3, 1)
    assert realized(world) == keys(*PEOPLE)


@pytest.mark.parametrize("at", ["retry.letters_claimed", "scripted.applied", "retry.sent", "retry.letters_written"])
@pytest.mark.fault("F1")
def test_a_retry_that_died_is_finished_by_the_next(refused, crash, at):
    world = refused
    crash(at, lambda: send(world, letters=True))
    send(world, letters=True)
    assert {row[1] for row in letters(world)} == {"resolved"}
    assert realized(world) == keys(*PEOPLE)
    assert world.sink.rows("SELECT count(*) FROM memberships WHERE audience_id = ?", world.id) == [(12,)]


@pytest.mark.fault("F8")
def test_letters_that_come_in_meanwhile_stay(refused):
    """T7: a retry writes only what it took, as it took it."""
    world = refused
    [seal] = seals(world.lake, world.id)
    with claimed(world.lake, world.id, "r1", "retry") as claim:
        taken = retrying._take(world.lake, world.sink.name, claim)
        assert taken == {1: 3}
        rows = addressed(world.lake, seal, world.sink.name)
        late = world.rows(CHANGES, ("change_id", "profile_key"), where=equal(audience_id=world.id, profile_key="crm:p09"))
        write_letters(world.lake, rows, world.sink.name, seal, [Rejected(late[0][0], "data", "late")], claim.epoch)
        done, fault = retrying._run(world.lake, world.sink, seal, claim, 2)
    assert (done.resolved, fault) == (3, None)
    assert [row for row in letters(world) if row[1] == "open"] == [("crm:p09", "open", 1, "late")]


@pytest.mark.fault("F8")
def test_of_two_retries_one_has_a_letter(refused):
    world = refused
    with claimed(world.lake, world.id, "r1", "retry") as claim:
        stale = retrying._letters(world.lake, equal(audience_id=world.id))
        assert retrying._take(world.lake, world.sink.name, claim) == {1: 3}
        words = [retrying._Word.of(one, "resolved") for one in stale]
        retrying._say(world.lake, claim, words)  # as one that read before the other took them
        assert {row[1] for row in letters(world)} == {"retrying"}


@pytest.mark.fault("F4")
def test_a_run_is_brought_again_and_nothing_goes_back(world):
    world.deliver()
    world.publish(day(1), PEOPLE[:8])
    world.deliver()
    before = world.sink.members(world.id)
    with_run_1_again = world.sink.rows("SELECT count(*) FROM sent")
    [receipt] = send(world, replay=world.sink.name, from_run=1)
    assert (receipt.runs, receipt.redo_rows, receipt.exit_code) == ((1, 2), 16, 0)
    assert receipt.balance.text() == "16 emitted = 16 acked + 0 dead + 0 suppressed + 0 pending"
    assert world.sink.members(world.id) == before
    assert world.sink.rows("SELECT count(*) FROM sent") > with_run_1_again
    [receipt] = send(world, replay=world.sink.name, from_run=2)
    assert receipt.runs == (2,)
    with pytest.raises(ConfigurationError, match="has no run 7 .* Runs: 1, 2"):
        send(world, replay=world.sink.name, from_run=7)


@pytest.mark.fault("F4")
def test_what_a_sink_knows_is_counted_once_when_its_run_is_brought_again(world):
    """Who was refused and then erased is suppressed, and not dead too."""
    world.sink = world.sink.model_copy(update={"remembers": True})
    world.sink.script(refuse=keys("p03"))
    world.deliver()
    refs = dict(row[:2] for row in world.found(store=False)["members"])
    table = world.lake.table(SUPPRESSIONS)
    table.append(table.frame([(refs["crm:p03"], "e1", "asked", "p1", day(0))]))
    [receipt] = send(world, replay=world.sink.name, from_run=1)
    assert (receipt.acked, receipt.dead, receipt.suppressed, receipt.redo_rows) == (11, 0, 1, 11)
    assert receipt.balance.text() == "12 emitted = 11 acked + 0 dead + 1 suppressed + 0 pending"


@pytest.mark.fault("F1")
def test_a_store_that_lost_everything_is_rebuilt_from_the_members(world, crash):
    world.deliver()
    world.publish(day(1), PEOPLE[:8])
    world.deliver()
    want = {row[:2] for row in world.sink.members(world.id)}
    members = world.found(store=False)["members"]
    world.sink.rows("DELETE FROM memberships")
    crash("bootstrap.committed", lambda: send(world, rebuild=world.sink.name))
    [receipt] = send(world, rebuild=world.sink.name)
    assert (receipt.runs, receipt.acked, receipt.exit_code) == ((3,), 12, 0)
    assert {row[:2] for row in world.sink.members(world.id)} == want
    assert world.found(store=False)["members"] == members
    assert [seal.target_sink for seal in seals(world.lake, world.id)] == [None, None, world.sink.name]
    world.publish(day(2), PEOPLE)
    [receipt] = world.deliver()
    assert (receipt.runs, receipt.acked) == ((4,), 4)
    assert world.found(store=False)["members"][0][3:5] == (day(0), day(0))


def test_a_new_sink_is_built_from_the_members_and_for_others_that_run_is_empty(world):
    world.deliver()
    world.publish(day(1), PEOPLE[:8])
    world.deliver()
    old, world.sink = world.sink, DeltaProfiles(name="profiles", sink="delta")
    both = [old, world.sink]
    [receipt] = send_again(Again(rebuild="profiles"), world.lake, world.audience.name, world.id, both, "r1")
    assert (receipt.sink, receipt.runs, receipt.acked) == ("profiles", (3,), 8)  # nobody who left before
    assert [row[0] for row in world.found()["memberships"]] == keys(*PEOPLE[:8])
    assert world.deliver() == []
    world.sink = old
    assert world.deliver() == []
    assert {row[0] for row in world.rows(LEDGER, ("run_seq",), where=equal(sink_id=old.name))} == {1, 2}


def emptied(world):
    """The outbox without the changes of finished runs, as maintenance leaves it."""
    changes = world.lake.table(CHANGES)
    with appendable(changes):
        changes.delta().delete(f"audience_id = '{world.id}' AND op <> 'seal'")


@pytest.mark.fault("F1")
def test_a_new_sink_begins_with_the_members_where_its_first_run_is_gone(world, crash):
    world.deliver()
    world.publish(day(1), PEOPLE[:8])
    world.deliver()
    emptied(world)
    world.sink = DeltaProfiles(name="profiles", sink="delta")
    crash("bootstrap.committed", world.deliver)
    [receipt] = world.deliver()
    assert (receipt.runs, receipt.acked, receipt.exit_code, receipt.next_action) == ((3,), 8, 0, None)
    assert [row[0] for row in world.found()["memberships"]] == keys(*PEOPLE[:8])
    world.publish(day(2), PEOPLE[:7])
    [receipt] = world.deliver()
    assert (receipt.runs, receipt.acked) == ((4,), 1)


@pytest.mark.fault("F1")
def test_a_new_sink_waits_while_the_last_run_is_not_finished(world, crash):
    world.deliver()
    emptied(world)
    crash("outbox.after_commit", lambda: world.publish(day(1), PEOPLE[:8]))
    old, world.sink = world.sink, DeltaProfiles(name="profiles", sink="delta")
    [receipt] = world.deliver()
    assert (receipt.state, receipt.exit_code, receipt.acked) == ("failed", 3, 0)
    assert receipt.reason.endswith("begin with the members: cja deliver --rebuild SINK.")
    world.publish(day(1), PEOPLE[:8])
    [receipt] = world.deliver()
    assert (receipt.state, receipt.acked) == ("done", 8)
    assert [seal.target_sink for seal in seals(world.lake, world.id)] == [None, None, "profiles"]
    world.sink = old
    [receipt] = world.deliver()
    assert (receipt.runs, receipt.acked) == ((2,), 4)


def test_what_was_published_stays_published_after_a_rebuild(world):
    world.deliver()
    send(world, rebuild=world.sink.name)
    assert world.publish(day(0), PEOPLE).reason == "nothing to do: this instant is published"


@pytest.mark.parametrize("yes", [False, True], ids=["blocked", "approved"])
def test_a_run_that_is_held_back_keeps_its_number_and_its_changes(world, yes):
    """Step 5: a rebuild is refused and a new sink waits, until what somebody looks at is committed."""
    world.deliver()
    assert world.publish(day(1), []).guard == ("empty_result",)
    if yes:
        approve(world.lake, world.audience.name, approved_by="me")
    with pytest.raises(InputError, match=r"^Run 2 of aud_\w+ is held back \(empty_result\), and a rebuild would drop its changes\."):
        send(world, rebuild=world.sink.name)
    emptied(world)
    old, world.sink = world.sink, DeltaProfiles(name="profiles", sink="delta")
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.acked) == (3, 0)
    assert [seal.run_seq for seal in seals(world.lake, world.id)] == [1]
    if not yes:
        approve(world.lake, world.audience.name, approved_by="me")
    receipt = world.publish(day(2), PEOPLE)
    assert (receipt.state, receipt.run_seq, receipt.as_of, receipt.exit) == ("committed", 2, day(1), 12)
    world.sink = old
    [receipt] = world.deliver()
    assert (receipt.runs, receipt.acked) == ((2,), 12)
    [receipt] = send(world, rebuild=world.sink.name)
    assert (receipt.runs, receipt.exit_code) == ((3,), 0)


@pytest.mark.fault("F1")
def test_a_rebuild_that_died_keeps_what_the_last_run_was_made_of(world, crash):
    """Else an older source would not be seen, and the same publish again would end with 3."""
    world.publish(day(1), PEOPLE[:8], inputs={"journeys": 7})
    world.deliver()
    crash("bootstrap.committed", lambda: send(world, rebuild=world.sink.name))
    assert last_run(world.lake, world.id).inputs == {"journeys": 7}
    again = world.publish(day(1), PEOPLE[:8], inputs={"journeys": 7})
    assert (again.exit_code, again.run_seq, again.reason) == (0, 3, "resumed and finished")
    assert last_run(world.lake, world.id).inputs == {"journeys": 7}
    assert world.publish(day(2), PEOPLE[:7], inputs={"journeys": 6}).guard == ("stale_source",)


def states(world):
    """The state of every run, in order."""
    rows = audience_run_state(world.lake).where(F.col("audience_id") == world.id).orderBy("run_seq").collect()
    return [row["state"] for row in rows]


def test_a_rebuild_that_arrived_is_published_and_not_committed_for_ever(world):
    world.deliver()
    send(world, rebuild=world.sink.name)
    assert states(world) == ["published", "published"]
    told = world.lake.table(RUNS).version()
    assert world.deliver() == []
    assert world.lake.table(RUNS).version() == told


@pytest.mark.fault("F1")
def test_a_run_that_is_finished_after_it_was_delivered_is_published_at_the_next_delivery(world, crash):
    """Its `committed` comes under a newer claim than its `published`, which is told once more then."""
    world.deliver()
    crash("outbox.after_commit", lambda: world.publish(day(1), PEOPLE[:8]))
    world.deliver()
    assert states(world) == ["published", "published"]
    assert world.publish(day(1), PEOPLE[:8]).reason == "resumed and finished"
    assert states(world) == ["published", "committed"]
    assert world.deliver() == []
    assert states(world) == ["published", "published"]
    told = world.lake.table(RUNS).version()
    assert world.deliver() == []
    assert world.lake.table(RUNS).version() == told


def test_nothing_can_be_rebuilt_before_the_first_publish(place):
    from cja_spark.audiences.bootstrap import bootstrap

    with claimed(place, "aud_000000000000", "r1", "rebuild") as claim, pytest.raises(InputError, match="'cja publish' first"):
        bootstrap(place, "store", claim, used=False)


def test_a_sink_that_no_audience_has_is_named(world):
    with pytest.raises(ConfigurationError, match=r"Did you mean 'profiles'\?"):
        Again(replay="profile").require_some([world.audience])
    assert send(world, replay="elsewhere") == []


def test_a_first_run_without_a_replay_is_not_passed_over(tmp_path, capsys):
    asked = ["deliver", "--project", str(tmp_path), "--receipt", str(tmp_path / "told.json"), "--from-run", "3"]
    for other in ([], ["--rebuild", "store"], ["--retry-dead-letters"]):
        assert main([*asked, *other]) == 2
        assert "write --replay SINK beside it" in capsys.readouterr().err

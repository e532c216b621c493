"""Letters sent once more: each at most one owner, and nothing older over anything newer."""

import pytest

from cja_spark.audiences.claims import claimed
from cja_spark.audiences.runs import seals
from cja_spark.audiences.tables import CHANGES, DEAD_LETTERS
from cja_spark.driver_reads import equal
from cja_spark.sinks import retry as retrying
from cja_spark.sinks.addressed import addressed
from cja_spark.sinks.chunk import Rejected
from cja_spark.sinks.letters import write_letters
from tests.unit.audiences.world import day
from tests.unit.sinks.again.given import PEOPLE, keys, letters, realized, send


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
    world.suppress(refs["crm:gone"])
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

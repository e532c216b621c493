"""From people sets through waves of tasks into a real Kafka."""

import json
from itertools import count

import pytest

from cja_spark.audiences import outbox
from cja_spark.audiences.tables import CHANGES, DEAD_LETTERS, LEDGER
from cja_spark.driver_reads import equal
from tests.unit.audiences.world import World, day
from tests.unit.sinks.kafka.rows import sink_of

PEOPLE = [f"p{at:02}" for at in range(20)]
NUMBERS = count(1)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(outbox, "CHUNK", 4)


@pytest.fixture
def world(place, broker, topic):
    """An audience of 20 people in 5 chunks, none of which is delivered."""
    world = World(place, f"kafka{next(NUMBERS)}")
    world.sink = sink_of(broker, topic, attempts=1, give_up_after="0 s")
    world.publish(day(0), PEOPLE)
    return world


def outbox_ids(world):
    return sorted(row["change_id"] for row in world.lake.table(CHANGES).rows("change_id", where=equal(audience_id=world.id)) if row["change_id"])


def found(broker, world):
    messages = broker.messages(world.sink.topic)
    return [(json.loads(one.value()), dict(one.headers())) for one in messages]


def test_every_change_is_a_message_and_the_newest_one_is_the_members_state(broker, world):
    [receipt] = world.deliver()
    world.publish(day(1), PEOPLE[:15])
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.acked, receipt.pending) == (0, 5, 0)
    messages = found(broker, world)
    assert sorted(headers["change_id"].decode() for _, headers in messages) == outbox_ids(world)
    newest = {value["profile_key"]: (value["status"], value["run_seq"], value["change_id"]) for value, _ in messages}
    members = world.found(store=False)["members"]
    assert newest == {row[0]: (row[2], row[8], row[9]) for row in members}
    assert {value["audience_id"] for value, _ in messages} == {world.id}


@pytest.mark.fault("F1")
def test_a_driver_that_dies_before_the_ledger_sends_a_wave_again_as_the_same_bytes(broker, world, crash):
    crash("ledger.before_append", world.deliver)
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.acked) == (0, 20)
    messages = broker.messages(world.sink.topic)
    sent = [(one.key(), one.value()) for one in messages]
    assert 20 < len(sent) <= 40
    assert len({*sent}) == 20
    assert sum(row[0] for row in world.rows(LEDGER, ("acked",), where=equal(audience_id=world.id))) == 20


def test_a_message_that_is_too_large_is_a_letter(broker, world):
    world.sink = world.sink.model_copy(update={"max_message_bytes": 1000})
    world.publish(day(1), {**dict.fromkeys(PEOPLE), "p03": json.dumps({"x": "y" * 1000})})
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.dead, receipt.acked) == (4, 1, 20)
    columns = ("profile_key", "error_class", "error_code", "state")
    assert world.rows(DEAD_LETTERS, columns, where=equal(audience_id=world.id)) == [("crm:p03", "kafka", "MSG_SIZE_TOO_LARGE", "open")]


def test_the_number_of_slots_stays_while_rows_are_pending(broker, world, crash):
    crash("ledger.before_append", world.deliver)
    two, three = world.sink, world.sink.model_copy(update={"concurrency": 3})
    world.sink = three
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.pending) == (2, 20)
    assert "concurrency is 3, and run 1 was begun with 2" in receipt.reason
    world.sink = two
    assert world.deliver()[0].exit_code == 0
    world.sink = three
    world.publish(day(1), PEOPLE[:15])
    assert world.deliver()[0].exit_code == 0


def test_a_sink_without_transactions_is_not_confirmed_and_has_no_slots_to_keep(broker, world, crash):
    world.sink = world.sink.model_copy(update={"transactional": False})
    crash("ledger.before_append", world.deliver)
    world.sink = world.sink.model_copy(update={"concurrency": 3})
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.acked, receipt.unconfirmed) == (0, 20, 20)


def test_a_topic_that_is_not_there_leaves_the_rows_pending(broker, world):
    world.sink = world.sink.model_copy(update={"topic": "nowhere"})
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.pending) == (6, 20)
    assert "kafka " in receipt.reason
    world.sink = world.sink.model_copy(update={"topic": broker.topic(f"later_{world.id}")})
    assert world.deliver()[0].exit_code == 0
    assert len(broker.messages(world.sink.topic)) == 20

"""The inlet through Spark: runs from the outbox in waves of tasks, over TLS, into a server that misbehaves."""

from itertools import count

import pytest

from cja_spark.audiences import outbox
from cja_spark.audiences.tables import DEAD_LETTERS, LEDGER
from cja_spark.driver_reads import equal
from cja_spark.sinks.inlet.spec import Inlet
from tests.unit.audiences.world import World, day
from tests.unit.sinks.inlet.given import settings

NUMBERS = count()
PEOPLE = [f"p{at:02}" for at in range(30)]
DEFINED = {"xdm_schema": "https://ns.adobe.com/shop/schemas/definitions", "dataset": "dataset2", "namespace": "CJA_AUDIENCES"}


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(outbox, "CHUNK", 4)


@pytest.fixture
def world(place, secure, authority):
    """An audience of 30 people in 8 chunks that goes to the server; none of it is delivered."""
    number = next(NUMBERS)
    world = World(place, f"inlet{number}")
    world.sink = Inlet.model_validate(
        {**settings().model_dump(), "name": f"platform{number}", "hosts": ("localhost",),
         "endpoint": f"https://localhost:{secure.port}", "allow_private": True, "ca": str(authority.ca), "concurrency": 3,
         "attempts": 1, "give_up_after": "0 s", "max_dlq_ratio": 1.0, "rate_group": "waves", "definition": DEFINED}
    )  # fmt: skip
    world.publish(day(0), PEOPLE)
    return world


def members(server, status="realized"):
    return sorted(key.partition(" ")[2] for key, state in server.told["memberships"].items() if state["status"] == status)


def keys(people):
    return sorted(f"crm:{id_}" for id_ in people)


def test_a_run_arrives_whole_and_the_ledger_says_that_it_is_not_confirmed(world, secure):
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.acked, receipt.pending) == (0, 30, 0)
    assert members(secure) == keys(PEOPLE)
    assert {*secure.told["taken"].values()} == {1, 8}  # each row once, the definition once per chunk
    ledger = world.rows(LEDGER, ("run_seq", "chunk", "acked", "requests", "confirmed"), where=equal(audience_id=world.id))
    assert [row[:2] for row in ledger] == [(1, chunk) for chunk in range(8)]
    assert sum(row[2] for row in ledger) == 30
    assert {row[3:] for row in ledger} == {(2, False)}
    assert world.deliver() == []


def test_who_left_leaves(world, secure):
    world.deliver()
    world.publish(day(1), PEOPLE[:20])
    [receipt] = world.deliver()
    assert receipt.acked == 10
    assert (members(secure), members(secure, "exited")) == (keys(PEOPLE[:20]), keys(PEOPLE[20:]))


@pytest.mark.fault("F5")
def test_what_it_refuses_are_letters_and_the_rest_is_taken(world, secure):
    secure.always(do="take", poison={'"p07"': 400, '"p19"': 422})
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.acked, receipt.pending) == (4, 28, 0)
    letters = world.rows(DEAD_LETTERS, ("profile_key", "error_class", "error_code"), where=equal(audience_id=world.id))
    assert letters == [("crm:p07", "data", "item_400"), ("crm:p19", "data", "item_422")]
    assert members(secure) == keys({*PEOPLE} - {"p07", "p19"})


@pytest.mark.parametrize("behaviour", [{"do": "status", "code": 403}, {"do": "status", "code": 302}], ids=str)
@pytest.mark.fault("F7")
def test_while_it_takes_nothing_rows_wait_and_the_same_command_brings_them(world, secure, behaviour):
    secure.always(**behaviour)
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.acked, receipt.pending) == (6, 0, 30)
    assert world.rows(LEDGER, ("chunk",), where=equal(audience_id=world.id)) == []
    secure.always(do="take")
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.acked, receipt.pending) == (0, 30, 0)
    assert members(secure) == keys(PEOPLE)

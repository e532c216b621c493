"""The sink of PostgreSQL dies, is killed, repeats itself, is not heard, and is not alone (F1-F4, F8)."""

import pytest

from cja_spark.sinks.postgres.sink import PostgresSink
from tests.faults.plan import seeds
from tests.faults.receivers import Tables
from tests.faults.story import Ledger, bring, story, survived
from tests.faults.trials import HOWS, dies, killed, killed_at_random, repeats, together
from tests.servers.lost import Cut

PLACES = ("pg.connected", "pg.after_ledger_claim", "pg.after_upsert", "pg.before_commit", "pg.after_commit")


@pytest.fixture
def receiver(store):
    return Tables(store)


@pytest.mark.fault("F1")
@pytest.mark.parametrize("seed", seeds(1, 2))
@pytest.mark.parametrize("hit", [1, 2])
@pytest.mark.parametrize("place", PLACES)
def test_f1_a_task_that_dies_is_done_again(receiver, tmp_path, monkeypatch, fault, place, hit, seed):
    dies(receiver, tmp_path, monkeypatch, fault, f"{place}=raise@{hit}", seed)


@pytest.mark.fault("F1")
@pytest.mark.parametrize("hit", seeds(1, 2))
@pytest.mark.parametrize("place", PLACES)
def test_f1_a_process_that_is_killed_is_done_again(receiver, tmp_path, fault, place, hit):
    killed(receiver, tmp_path, fault, f"{place}=kill@{hit + 1}")


@pytest.mark.fault("F2")
@pytest.mark.parametrize("seed", seeds(4, 40))
def test_f2_a_process_that_is_killed_at_any_moment_is_done_again(receiver, tmp_path, fault, seed):
    killed_at_random(receiver, tmp_path, fault, seed, within=0.6)


@pytest.mark.fault("F3")
@pytest.mark.parametrize("seed", seeds(6, 20))
def test_f3_a_commit_of_which_nobody_hears_has_its_effect_once(receiver, postgres, tmp_path, fault, seed):
    told, ledger = story(seed), Ledger(tmp_path / "ledger")
    before = sorted(told.chunks)[: seed % len(told.chunks)]
    bring(told._replace(chunks={place: told.chunks[place] for place in before}), receiver.open, ledger)
    way = Cut(postgres.folder, postgres.port, b"COMMIT", after=b"acked = ", answered=True)
    file = tmp_path / "way"
    file.write_text(postgres.dsn(host=str(way.folder), user="writer", database=receiver.store.database))
    over = receiver.store.spec.model_copy(update={"dsn": f"${{file:{file}}}"})
    bring(told, lambda slot: PostgresSink(over), ledger)
    way.close()
    assert way.cuts == 1
    survived(told, receiver, ledger, fault=fault, seed=seed, action="lost_ack")


@pytest.mark.fault("F4")
@pytest.mark.parametrize("seed", seeds(1, 3))
@pytest.mark.parametrize("how", HOWS)
def test_f4_what_comes_again_changes_nothing(receiver, tmp_path, fault, how, seed):
    repeats(receiver, tmp_path, fault, how, seed)


@pytest.mark.fault("F8")
@pytest.mark.parametrize("seed", seeds(12, 60))
def test_f8_two_owners_at_once_are_one(receiver, tmp_path, fault, seed):
    together(receiver, tmp_path, fault, seed)

"""The sink of the inlet dies, is killed, repeats itself, is not heard, meets spoiled lines, and is not alone (F1-F4, F7, F8)."""

import random
import time

import pytest

from tests.faults.plan import seeds
from tests.faults.receivers import Stream
from tests.faults.story import Ledger, bring, story, survived
from tests.faults.trials import HOWS, dies, errs, killed, killed_at_random, repeats, together
from tests.servers.proxy import Fault, Proxy

PLACES = ("http.before_send", "http.partial_body", "http.after_send_before_read", "http.after_read")


@pytest.fixture
def receiver(server, at):
    return Stream(server, at)


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
@pytest.mark.parametrize("seed", seeds(2, 20))
def test_f2_a_process_that_is_killed_at_any_moment_is_done_again(receiver, tmp_path, fault, seed):
    killed_at_random(receiver, tmp_path, fault, seed, within=0.6)


@pytest.mark.fault("F3")
@pytest.mark.parametrize("seed", seeds(1, 4))
@pytest.mark.parametrize("hit", [1, 2, 5])
@pytest.mark.parametrize("place", ["http.after_send_before_read", "http.after_read"])
def test_f3_a_request_of_which_nobody_hears_goes_again_as_the_same_bytes(receiver, tmp_path, monkeypatch, fault, place, hit, seed):
    errs(receiver, tmp_path, monkeypatch, fault, f"{place}=lost_ack@{hit}", seed)


@pytest.mark.fault("F3")
@pytest.mark.parametrize("hit", [0, 3])
@pytest.mark.parametrize("behaviour", [{"do": "lost"}, {"do": "take", "mangle": "cut"}, {"do": "take", "code": 500}], ids=lambda one: str(one)[:40])
def test_f3_an_answer_that_does_not_come_is_no_success(receiver, server, tmp_path, fault, behaviour, hit):
    server.script(*[{"do": "take"}] * hit, behaviour)
    told, ledger = story(hit), Ledger(tmp_path / "ledger")
    bring(told, receiver.open, ledger)
    survived(told, receiver, ledger, fault=fault, action=str(behaviour))


@pytest.mark.fault("F4")
@pytest.mark.parametrize("seed", seeds(1, 3))
@pytest.mark.parametrize("how", HOWS)
def test_f4_what_comes_again_changes_nothing(receiver, tmp_path, fault, how, seed):
    repeats(receiver, tmp_path, fault, how, seed)


def spoiled(seed):
    """What is done to a line, by lot."""
    drawn = random.Random(f"line {seed}")
    return drawn.choice(
        [Fault(refuse=True), Fault(cut_up_after=drawn.randrange(3000)), Fault(cut_down_after=drawn.randrange(400)), Fault(swallow_down=True),
         Fault(swallow_up=True), Fault(delay_s=drawn.uniform(0, 0.5)), Fault(bytes_per_s=drawn.choice([1000, 20_000])), Fault(repeats=drawn.randrange(3))]
    )  # fmt: skip


@pytest.mark.fault("F7")
@pytest.mark.parametrize("seed", seeds(4, 60))
def test_f7_spoiled_lines_cost_time_alone(receiver, server, at, tmp_path, fault, seed):
    told, ledger = story(seed), Ledger(tmp_path / "ledger")
    with Proxy(server.port, faults=[spoiled(f"{seed} {at_}") for at_ in range(3)]) as proxy:
        begun = time.monotonic()
        bring(told, lambda slot: at(proxy.port, timeouts=(0.3, 0.3), attempt_timeout="1 second"), ledger)
        assert time.monotonic() - begun < 30
    survived(told, receiver, ledger, fault=fault, seed=seed, action="spoiled line")


@pytest.mark.fault("F8")
@pytest.mark.parametrize("seed", seeds(6, 40))
def test_f8_two_owners_at_once_are_one(receiver, tmp_path, fault, seed):
    together(receiver, tmp_path, fault, seed)

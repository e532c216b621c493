"""The sink of Kafka dies, is killed, repeats itself, is not heard, and is not alone (F1-F4, F8)."""

import pytest

from cja_spark.sinks.kafka.own import own
from cja_spark.sinks.kafka.sink import KafkaSink
from tests.faults.plan import FULL, seeds
from tests.faults.receivers import Topic
from tests.faults.story import AUDIENCE
from tests.faults.trials import HOWS, dies, killed, killed_at_random, repeats, together
from tests.unit.sinks.kafka.rows import SHORT, sink_of

PLACES = ("kafka.begin", "kafka.produced", "kafka.before_commit", "kafka.after_commit")


@pytest.fixture
def spec(broker, topic):
    return sink_of(broker, topic)


@pytest.fixture
def receiver(broker, topic, spec):
    return Topic(broker, topic, spec, lambda slot: KafkaSink(spec, AUDIENCE, slot, SHORT))


@pytest.mark.fault("F1")
@pytest.mark.parametrize("hit", [1, 2] if FULL else [2])  # the first hits are those of test_kafka_sink.py
@pytest.mark.parametrize("place", PLACES)
def test_f1_a_task_that_dies_is_done_again(receiver, tmp_path, monkeypatch, fault, place, hit):
    dies(receiver, tmp_path, monkeypatch, fault, f"{place}=raise@{hit}", runs=2, count=1)


@pytest.mark.fault("F3")
@pytest.mark.parametrize("seed", seeds(1, 3))
@pytest.mark.parametrize("hit", [1, 2])
def test_f3_a_commit_of_which_nobody_hears_comes_again_as_the_same_bytes(receiver, tmp_path, monkeypatch, fault, hit, seed):
    dies(receiver, tmp_path, monkeypatch, fault, f"kafka.after_commit=raise@{hit}", seed, runs=2, count=1)


@pytest.mark.fault("F4")
@pytest.mark.parametrize("how", HOWS if FULL else ["no ledger", "the oldest run last"])
def test_f4_what_comes_again_changes_nothing_for_who_looks_at_runs(receiver, tmp_path, fault, how):
    repeats(receiver, tmp_path, fault, how)


@pytest.mark.fault("F8")
@pytest.mark.parametrize("seed", seeds(2, 12))
def test_f8_of_two_owners_one_is_fenced_off_and_nothing_is_lost(receiver, spec, tmp_path, fault, seed):
    together(receiver, tmp_path, fault, seed, own=lambda: own(spec, AUDIENCE, SHORT))


if FULL:  # what is killed waits for the brokers to give its transactions up

    @pytest.mark.fault("F1")
    @pytest.mark.parametrize("hit", [1, 2])
    @pytest.mark.parametrize("place", PLACES)
    def test_f1_a_process_that_is_killed_is_done_again(receiver, tmp_path, fault, place, hit):
        killed(receiver, tmp_path, fault, f"{place}=kill@{hit}")

    @pytest.mark.fault("F2")
    @pytest.mark.parametrize("seed", range(6))
    def test_f2_a_process_that_is_killed_at_any_moment_is_done_again(receiver, tmp_path, fault, seed):
        killed_at_random(receiver, tmp_path, fault, seed, within=1.5)

"""A Kafka that dies, restarts, or is silent while it is written to."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from cja_spark.sinks.chunk import RetryableError
from cja_spark.sinks.clocks import Clocks
from cja_spark.sinks.kafka.own import own
from cja_spark.sinks.kafka.sink import KafkaSink
from tests.conftest import ROOT
from tests.unit.sinks.kafka.rows import AUDIENCE, RUN, SHORT, changes, expected_ids, ids, sink_of, token

IMPATIENT = SHORT._replace(open=3, delivery=3, commit=3)
PROGRAM = """
import sys
from cja_spark.sinks.kafka.sink import KafkaSink
from tests.unit.sinks.kafka.rows import AUDIENCE, RUN, SHORT, changes, sink_of, token
class At:
    server = sys.argv[1]
KafkaSink(sink_of(At, sys.argv[2]), AUDIENCE, 0, SHORT).apply(changes(50), token(), RUN)
"""


@pytest.mark.parametrize(("place", "seen"), [("kafka.produced", 0), ("kafka.before_commit", 0), ("kafka.after_commit", 50)])
@pytest.mark.fault("F1")
def test_a_process_that_is_killed_leaves_a_whole_chunk_or_none_of_it(broker, topic, opened, place, seen):
    killed = subprocess.run(
        [sys.executable, "-c", PROGRAM, broker.server, topic], cwd=ROOT, start_new_session=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CJA_FAILPOINTS": f"{place}=kill@1"},
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    own(sink_of(broker, topic), AUDIENCE, SHORT)
    assert len(broker.messages(topic)) == seen
    opened().apply(changes(50), token(), RUN)
    assert ids(broker.messages(topic)) == expected_ids(*([changes(50)] * (2 if seen else 1)))


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
@pytest.mark.fault("F7")
def test_a_broker_that_restarts_amid_the_chunks_loses_none_and_doubles_only_whole_ones(broker, topic, opened, ending):
    sink = opened(patience=IMPATIENT)
    chunks = [changes(400, start=400 * number) for number in range(30)]
    first = threading.Event()
    faults = []

    def deliver():
        try:
            for number, rows in enumerate(chunks):
                Clocks(draw=lambda: 1.0).persist(lambda: sink.apply(rows, token(chunk=number), RUN))  # noqa: B023
                first.set()
        except BaseException as fault:  # told where the test can see it
            faults.append(fault)

    thread = threading.Thread(target=deliver)
    thread.start()
    assert first.wait(60)
    broker.stop(signal_number=ending)
    broker.start()
    thread.join(240)
    assert (faults, thread.is_alive()) == ([], False)
    found = ids(broker.messages(topic))
    times = {id_: found.count(id_) for id_ in {*found}}
    assert sorted(times) == expected_ids(*chunks)
    for rows in chunks:
        assert len({times[one.change_id] for one in rows}) == 1


@pytest.mark.fault("F7")
def test_a_broker_that_is_silent_is_no_success_and_the_chunk_comes_when_it_answers(broker, topic, opened):
    sink = opened(patience=IMPATIENT)
    sink.apply(changes(5), token(), RUN)
    broker.freeze()
    try:
        begun = time.monotonic()
        with pytest.raises(RetryableError, match="TIMED_OUT"):
            sink.apply(changes(5, start=5), token(chunk=1), RUN)
        assert time.monotonic() - begun < 60
    finally:
        broker.thaw()
    Clocks().persist(lambda: sink.apply(changes(5, start=5), token(chunk=1), RUN))
    found = ids(broker.messages(topic))
    assert sorted({*found}) == expected_ids(changes(10))
    assert found[:5] == expected_ids(changes(5))


@pytest.mark.fault("F7")
def test_a_broker_that_is_away_is_retryable(broker, topic):
    away = sink_of(broker, topic, bootstrap_servers=("127.0.0.1:9",))
    with pytest.raises(RetryableError):
        KafkaSink(away, AUDIENCE, 0, IMPATIENT).apply(changes(1), token(), RUN)
    with pytest.raises(RetryableError):
        own(away, AUDIENCE, IMPATIENT)

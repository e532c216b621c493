"""T10 on a real server: tasks, and runs at the same time, share one rate, however many they are."""

import threading
import time

import pytest

from tests.unit.sinks.inlet.given import TOKEN, changes, persisted

RATE, SECONDS = 160, 2.0


def sent_by(at, port, *, tasks, runs, spec_tasks):
    """Every task sends its share; how long it took from the first to the last."""
    count = int(RATE * SECONDS / tasks / runs)
    sinks = [at(port, rate_group="shared", records_per_second=RATE, concurrency=spec_tasks) for _ in range(tasks * runs)]

    def task(place, sink):
        persisted(sink, changes(count), TOKEN._replace(chunk=place))
        sink.close()

    threads = [threading.Thread(target=task, args=one) for one in enumerate(sinks)]
    begun = time.monotonic()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return time.monotonic() - begun, count * tasks * runs


@pytest.mark.parametrize("tasks", [1, 4, 16])
def test_t10_tasks_of_a_run_share_the_rate(server, at, tasks):
    seconds, sent = sent_by(at, server.port, tasks=tasks, runs=1, spec_tasks=tasks)
    assert sent == RATE * SECONDS
    assert seconds >= SECONDS / 1.1
    assert sum(len(one["ids"]) for one in server.requests) == sent


def test_t10_runs_at_the_same_time_share_it_too(server, at):
    seconds, sent = sent_by(at, server.port, tasks=4, runs=3, spec_tasks=4)
    assert sum(len(one["ids"]) for one in server.requests) == sent
    assert seconds >= sent / RATE / 1.1


def test_a_429_slows_its_task_down(server, at):
    sink = at(server.port, records_per_second=100)
    server.script({"do": "status", "code": 429})
    begun = time.monotonic()
    persisted(sink, changes(100))
    assert sink.wire.records.pace < 100
    assert time.monotonic() - begun > 1.5  # a second until the first, more until it goes again at half the rate


def test_a_429_for_one_message_slows_its_task_down_too(server, at):
    sink = at(server.port, records_per_second=100)
    server.script({"do": "take", "items": {"3": 429}})
    persisted(sink, changes(10))
    assert sink.wire.records.pace < 100
    assert sink.wire.calls.pace < 1000

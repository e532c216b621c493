"""The two clocks of a chunk (K3, K4) and the halving of what a sink refuses (K6), against clocks that are turned by hand."""

import math
import random

import pytest

from cja_spark.sinks.chunk import DataError, Rejected, RetryableError
from cja_spark.sinks.clocks import AT_LAST_S, Clocks, GaveUpError
from cja_spark.sinks.isolate import isolate
from tests.faults.plan import seeds
from tests.unit.sinks.rows import change


class Day:
    """A clock that only waiting turns."""

    def __init__(self):
        self.now, self.waits = 0.0, []

    def sleep(self, seconds):
        self.waits.append(seconds)
        self.now += seconds


def clocks(day, draw=1.0, **given):
    return Clocks(now=lambda: day.now, sleep=day.sleep, draw=lambda: draw, **given)


def failing(day, times=10**9, lasts=0.0, **how):
    left = [times]

    def attempt():
        day.now += lasts
        left[0] -= 1
        if left[0] >= 0:
            raise RetryableError("network", "reset", **how)
        return "taken"

    return attempt


def test_waits_double_up_to_a_minute():
    day = Day()
    assert clocks(day).persist(failing(day, 10)) == "taken"
    assert day.waits == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_the_jitter_is_full():
    day = Day()
    clocks(day, draw=0.0).persist(failing(day, 3))
    assert day.waits == [0, 0, 0]


def test_neither_clock_alone_ends_it():
    many = Day()
    with pytest.raises(GaveUpError, match="network reset"):
        clocks(many).persist(failing(many))
    assert many.now == 15 * 60 + 3.5  # 5 attempts were made long before
    assert len(many.waits) > 5
    slow = Day()
    with pytest.raises(GaveUpError):
        clocks(slow).persist(failing(slow, lasts=600.0))
    assert len(slow.waits) == 4  # 15 minutes are over after the second of five attempts


def test_after_three_hours_it_ends_in_any_case():
    day = Day()
    with pytest.raises(GaveUpError):
        clocks(day).persist(failing(day, retry_after=900.0, costs_attempt=False))
    assert AT_LAST_S - 900 <= day.now < AT_LAST_S


@pytest.mark.parametrize(("asked", "waited"), [(7.0, 7.0), (0.1, 0.5), (10_000.0, 900.0)])
def test_a_sink_that_asks_to_wait_is_obeyed_within_reason(asked, waited):
    day = Day()
    clocks(day).persist(failing(day, 1, retry_after=asked))
    assert day.waits == [waited]


def test_a_wait_that_is_asked_for_costs_no_attempt():
    day = Day()
    chunk = clocks(day, attempts=1, give_up_s=0.0)
    assert chunk.persist(failing(day, 3, retry_after=1.0, costs_attempt=False)) == "taken"
    with pytest.raises(GaveUpError):
        chunk.persist(failing(day, 1))


def test_all_requests_of_a_chunk_share_its_clocks():
    day = Day()
    chunk = clocks(day, attempts=3, give_up_s=1.0)
    chunk.persist(failing(day, 2))
    with pytest.raises(GaveUpError):
        chunk.persist(failing(day, 1))


def test_other_errors_are_not_tried_again():
    day, calls = Day(), []

    def attempt():
        calls.append(1)
        raise DataError("data", "x")

    with pytest.raises(DataError):
        clocks(day).persist(attempt)
    assert len(calls) == 1


@pytest.mark.parametrize("seed", seeds(40, 160))
@pytest.mark.fault("F5")
def test_exactly_the_poison_is_found_with_few_calls(seed):
    drawn = random.Random(seed)
    rows = [change(f"p{at:05}") for at in range(drawn.choice([1, 2, 3, 7, 64, 1000]))]
    most = drawn.choice([0, 1, 2, len(rows) // 2, len(rows) - 1, len(rows)])
    poison = {row.change_id for row in drawn.sample(rows, min(max(most, 0), len(rows)))}
    taken, calls = [], []

    def send(some):
        calls.append(len(some))
        if any(row.change_id in poison for row in some):
            raise DataError("data", "22P05")
        taken.extend(some)

    found = isolate(rows, send)
    assert found == tuple(Rejected(row.change_id, "data", "22P05") for row in rows if row.change_id in poison)
    assert taken == [row for row in rows if row.change_id not in poison]
    assert len(calls) <= 1 + 2 * len(poison) * math.ceil(math.log2(max(len(rows), 2)))
    assert isolate([], send) == ()

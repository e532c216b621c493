"""A shared rate (K5, T10): over any ten seconds all tasks together send at most 1.1 times it, and nearly all of it."""

import heapq
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cja_spark.sinks.rate import RECOVERY, Rate


class Time:
    def __init__(self):
        self.now = 0.0

    def sleep(self, seconds):
        assert seconds >= 0
        self.now += seconds


def a_rate(part, time):
    return Rate(part, now=lambda: time.now, sleep=time.sleep)


def sent(part, seconds, count, *, pause=lambda: 0.0, restart=None, slow_at=()):
    """What one task sends in some seconds: (time, count) of each request."""
    time, found, slow = Time(), [], sorted(slow_at)
    rate = a_rate(part, time)
    while True:
        if restart and len(found) % restart == restart - 1:
            rate = a_rate(part, time)  # another task follows it in its place
        rate.take(count)
        if time.now > seconds:
            return found
        found.append((time.now, count))
        time.now += pause()
        while slow and slow[0] <= time.now:
            slow.pop(0)
            rate.slow_down()


def most_in_a_window(requests, window=10.0):
    requests, most, total, begin = sorted(requests), 0, 0, 0
    for at, count in requests:
        total += count
        while requests[begin][0] <= at - window:
            total -= requests[begin][1]
            begin += 1
        most = max(most, total)
    return most


@pytest.mark.parametrize("tasks", [1, 4, 16])
@pytest.mark.parametrize("rate", [16, 160, 1500])
def test_t10_tasks_share_a_rate(tasks, rate):
    draw = random.Random(tasks)
    found = []
    for _ in range(tasks):
        found += sent(rate / tasks, 120, int(rate / tasks), pause=lambda: draw.choice([0, 0, 0, 0.01, 2.5]))
    assert most_in_a_window(found) <= 11 * rate
    assert sum(count for _, count in found) > 0.5 * rate * 120


@pytest.mark.parametrize("tasks", [1, 4, 16])
def test_without_pauses_nearly_all_of_it_is_used(tasks):
    found = [one for _ in range(tasks) for one in sent(1500 / tasks, 60, int(1500 / tasks / 3))]
    assert 0.97 * 1500 * 60 <= sum(count for _, count in found) <= 1500 * 60


@pytest.mark.parametrize("restart", [1, 2, 7])
def test_tasks_that_follow_each_other_in_one_place_are_no_faster(restart):
    assert most_in_a_window(sent(100, 60, 50, restart=restart, pause=lambda: 0.3)) <= 1100


def test_what_is_not_used_is_saved_for_one_second():
    time = Time()
    rate = a_rate(100, time)
    rate.take(1)
    time.now += 3600
    before = time.now
    rate.take(100)
    assert time.now == before
    rate.take(100)
    assert time.now == pytest.approx(before + 1)


def test_a_task_begins_with_nothing():
    time = Time()
    a_rate(100, time).take(100)
    assert time.now == pytest.approx(1)


@pytest.mark.parametrize("part", [1, 10, 375.0])
def test_slowing_down_halves_and_five_percent_per_second_come_back(part):
    time = Time()
    rate = a_rate(part, time)
    rate.slow_down()
    assert rate.pace == part / 2
    for second in range(1, 11):
        time.now = second
        rate.take(0)
        assert rate.pace == pytest.approx(part * min(1, 0.5 + 0.05 * second))
    time.now = 1000
    rate.take(0)
    assert rate.pace == part


def test_slowing_down_again_halves_again():
    time = Time()
    rate = a_rate(64, time)
    for left in (32, 16, 8, 4, 2, 1, 0.5):
        rate.slow_down()
        assert rate.pace == left
    rate.take(64)
    assert time.now < 20


def test_what_a_recovering_task_earns_is_the_area_under_its_pace():
    time = Time()
    rate = a_rate(100, time)
    rate.slow_down()
    rate.take(55)  # 50 t + 2.5 t^2 = 55
    assert time.now == pytest.approx(1.0451, abs=1e-3)


def test_slowing_down_forgets_what_was_saved():
    time = Time()
    rate = a_rate(100, time)
    rate.take(0)
    time.now = 1
    rate.slow_down()
    rate.take(10)
    assert time.now > 1.19


def test_more_than_a_second_brings_cannot_be_asked_for():
    rate = a_rate(10, Time())
    assert rate.at_once == 10
    with pytest.raises(AssertionError):
        rate.take(11)


@given(
    st.floats(1, 2000), st.lists(st.tuples(st.floats(0, 20), st.integers(1, 2000), st.booleans()), min_size=1, max_size=60)
)
def test_no_ten_seconds_have_more_than_eleven_seconds_bring(part, steps):
    time, found = Time(), []
    rate = a_rate(part, time)
    for pause, count, refused in steps:
        time.now += pause
        rate.take(some := min(count, rate.at_once))
        found.append((time.now, some))
        if refused:
            rate.slow_down()
    assert most_in_a_window(found) <= 11 * part + 1e-6


def test_tasks_that_are_refused_at_once_come_down_together():
    """429 to all tasks: the next ten seconds have at most what half the rate and its recovery bring."""
    found = []
    for _ in range(4):
        found += [one for one in sent(100, 40, 10, slow_at=(20.0,)) if 20 < one[0] <= 30]
    assert 0.5 * 4000 < sum(count for _, count in found) <= 10 * 400 * (0.5 + RECOVERY * 10 / 2) + 4 * 10
    assert heapq.nlargest(1, found)

"""Passes over a chunk against a model of a server: what is poison becomes a letter, all else is taken, whatever fails between."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cja_spark.sinks.chunk import DataError, FatalError, RetryableError
from cja_spark.sinks.inlet.answers import Verdict
from cja_spark.sinks.inlet.delivery import PATIENCE, Pass, Progress
from cja_spark.sinks.inlet.messages import Message


class Server:
    """Takes messages; `poison` names how it refuses some: entry status, `400` or `500` for the whole request, `413`."""

    def __init__(self, poison=None, most=10_000, faults=()):
        self.poison = poison or {}
        self.most = most
        self.faults = list(faults)  # for the next requests: an error, a share of entries to be sent again, or None
        self.taken = {}
        self.calls = []

    def send(self, messages):
        self.calls.append(len(messages))
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Exception):
            raise fault
        if len(messages) > self.most:
            raise DataError("data", "http_413")
        kinds = {self.poison.get(one.change_id) for one in messages}
        if "500" in kinds:
            raise RetryableError("server", "http_500")
        if "400" in kinds:
            raise DataError("data", "http_400")
        return self._by_entry(messages, fault)

    def _by_entry(self, messages, fault):
        accepted, refused, again = [], {}, {}
        for place, one in enumerate(messages):
            kind = self.poison.get(one.change_id)
            if kind == "item_500":
                again[place] = 500
            elif kind:
                refused[place] = int(kind.removeprefix("item_"))
            elif fault and place % fault == 0:
                again[place] = 503
            else:
                accepted.append(place)
                self.taken[one.change_id] = self.taken.get(one.change_id, 0) + 1
        return Verdict(tuple(accepted), refused, again)


def messages(count):
    return [Message(f"c{number}", b"x") for number in range(count)]


def groups(some, size):
    return [some[at : at + size] for at in range(0, len(some), size)]


def delivered(server, some, size=100, passes=200):
    """Pass until all is settled: what is known then, and how many passes it took."""
    progress = Progress()
    for number in range(1, passes + 1):
        one = Pass(progress, server.send)
        try:
            for batch in groups(some, size):
                one.bring(batch)
            one.end()
        except RetryableError:
            continue
        return progress, number
    raise AssertionError("not settled")


def test_a_server_that_takes_all_is_asked_once_per_batch():
    server = Server()
    progress, passes = delivered(server, messages(250))
    assert (server.calls, passes) == ([100, 100, 50], 1)
    assert progress.accepted == {one.change_id for one in messages(250)}


@pytest.mark.parametrize("kind", ["item_400", "item_422", "400", "500", "item_500"])
@pytest.mark.parametrize("count", [1, 2, 50, 99, 100])
@pytest.mark.fault("F5")
def test_f5_exactly_the_poison_of_a_batch_becomes_letters(kind, count):
    some = messages(101)  # the last is well: a server that refuses all with 500 is one that is away
    chosen = random.Random(count).sample(some[:100], count)
    progress, _ = delivered(server := Server({one.change_id: kind for one in chosen}), some)
    assert {*progress.rejected} == {one.change_id for one in chosen}
    assert progress.accepted == {one.change_id for one in some} - {*progress.rejected}
    assert {*server.taken} == progress.accepted
    code = kind if kind.startswith("item") else f"http_{kind}"
    assert {(one.error_class, one.error_code) for one in progress.rejected.values()} == {("data", code)}


@pytest.mark.parametrize("count", [1, 2, 5, 10])
@pytest.mark.parametrize("size", [2, 16, 100, 128])
def test_k6_halving_costs_few_calls(count, size):
    count = min(count, size)
    some = messages(size)
    chosen = random.Random(size * count).sample(some, count)
    delivered(server := Server({one.change_id: "400" for one in chosen}), some, size)
    assert len(server.calls) <= 1 + 2 * count * math.ceil(math.log2(size))


def test_a_server_that_takes_fewer_at_once_gets_halves():
    progress, passes = delivered(server := Server(most=30), messages(100))
    assert (len(progress.accepted), progress.rejected, passes) == (100, {}, 1)
    assert server.calls == [100, 50, 25, 25, 50, 25, 25]


def test_a_message_that_is_too_large_alone_is_a_letter():
    progress, _ = delivered(Server(most=0), messages(3))
    assert {one.error_code for one in progress.rejected.values()} == {"http_413"}
    assert len(progress.rejected) == 3


def test_only_what_was_not_taken_is_sent_again():
    server = Server(faults=[3])
    progress, passes = delivered(server, messages(10))
    assert (server.calls, passes) == ([10, 4], 2)
    assert {*server.taken.values()} == {1}
    assert len(progress.accepted) == 10


def test_an_unknown_outcome_sends_the_same_again():
    server = Server(faults=[RetryableError("network", "broken")])
    delivered(server, messages(10))
    assert server.calls == [10, 10]


@pytest.mark.parametrize("error", [RetryableError("server", "http_503"), RetryableError("network", "timeout"), RetryableError("unknown", "no_json")])
def test_a_fault_of_the_server_ends_the_pass_and_the_next_goes_on_there(error):
    server = Server(faults=[None, error])
    _, passes = delivered(server, messages(300))
    assert (server.calls, passes) == ([100, 100, 100, 100], 2)
    assert {*server.taken.values()} == {1}


def test_what_is_refused_whole_is_not_sent_whole_again():
    server = Server({"c7": "400"}, faults=[None, None, RetryableError("network", "timeout")])
    delivered(server, messages(16), 16)
    assert server.calls.count(16) == 1


def test_a_fatal_error_ends_it():
    with pytest.raises(FatalError):
        delivered(Server(faults=[FatalError("server", "http_403")]), messages(3))


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_server_that_answers_500_to_all_takes_no_letters(size):
    progress = Progress()
    server = Server({one.change_id: "500" for one in messages(100)})
    for _ in range(40):
        one = Pass(progress, server.send)
        with pytest.raises(RetryableError, match="server http_500"):
            for batch in groups(messages(100), size):
                one.bring(batch)
            one.end()
    assert progress.rejected == {}


def test_an_outage_with_500_in_the_middle_takes_no_letters_and_asks_little():
    """After some were taken, a failure counts only while another message succeeds."""
    outage = [None, *[RetryableError("server", "http_500")] * 60]
    server = Server(faults=outage)
    progress, passes = delivered(server, messages(300))
    assert (progress.rejected, len(progress.accepted)) == ({}, 300)
    assert passes == 31  # two calls each: the batch, and one that was taken before
    assert all(count in (100, 1) for count in server.calls)


def test_poison_that_answers_500_is_told_after_five_times():
    server = Server({"c5": "500"})
    progress, passes = delivered(server, messages(200))
    assert {*progress.rejected} == {"c5"}
    assert passes <= 2 * PATIENCE
    assert len(server.calls) <= 2 + 4 * PATIENCE + 2 * math.ceil(math.log2(100))


def test_many_poison_rows_that_answer_500_are_found_in_the_same_passes():
    server = Server({f"c{number}": "500" for number in range(5, 2000, 100)})
    progress, passes = delivered(server, messages(2000))
    assert len(progress.rejected) == 20
    assert passes <= 3 * PATIENCE  # the first five find a group that is well


def test_a_row_that_failed_at_times_is_no_poison():
    """Four times 500 with others succeeding, then it is taken."""
    server = Server(faults=[RetryableError("server", "http_500"), None] * 4)
    progress, _ = delivered(server, messages(20), 10)
    assert (progress.rejected, len(progress.accepted)) == ({}, 20)


FAULTS = st.sampled_from(
    [None, None, 2, 3, 1, RetryableError("network", "timeout"), RetryableError("unknown", "other_length"), RetryableError("server", "http_503"),
     RetryableError("server", "http_429", retry_after=3.0, costs_attempt=False)]
)  # fmt: skip
KINDS = st.sampled_from(["item_400", "item_413", "400", "500", "item_500"])


@settings(max_examples=150, deadline=None)
@given(st.data(), st.integers(1, 120), st.integers(1, 60), st.lists(FAULTS, max_size=40), st.integers(1, 80))
def test_whatever_fails_every_row_ends_taken_or_refused_for_what_it_is(data, count, size, faults, most):
    some = messages(count)
    poison = data.draw(st.dictionaries(st.sampled_from([one.change_id for one in some]), KINDS, max_size=min(count - 1, 12)))
    server = Server(poison, most, faults)
    progress, _ = delivered(server, some, size)
    assert {*progress.rejected} == {*poison}
    assert progress.accepted == {*server.taken} == {one.change_id for one in some} - {*poison}


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 60), st.integers(1, 30), st.lists(FAULTS, max_size=30))
def test_a_row_is_sent_again_only_where_its_fate_was_not_known(count, size, faults):
    """Without status 500 nothing that was taken is ever sent again."""
    server = Server(faults=faults)
    delivered(server, messages(count), size)
    assert {*server.taken.values()} == {1}


AWAY = RetryableError("server", "http_500")


def test_what_is_refused_is_not_sent_again_with_the_rest():
    server = Server({"c0": "item_400"}, faults=[3])
    delivered(server, messages(10))
    assert server.calls == [10, 3]


def test_the_last_row_of_a_group_that_failed_has_to_fail_five_times_by_itself():
    failing = [AWAY, None] * 5  # the first batch, and another message that is taken
    server = Server(faults=[*failing, AWAY, AWAY])  # then a half of it, and one row, once each
    progress, _ = delivered(server, messages(8), 4)
    assert (progress.rejected, len(progress.accepted)) == ({}, 8)


def test_a_server_that_is_away_from_the_beginning_is_asked_for_one_group_more_at_a_time():
    progress, server = Progress(), Server({one.change_id: "500" for one in messages(400)})
    for _ in range(12):
        one = Pass(progress, server.send)
        for batch in groups(messages(400), 100):
            one.bring(batch)
        with pytest.raises(RetryableError):
            one.end()
    assert server.calls.count(100) == 5 + 12 * 3
    assert len(server.calls) < 70

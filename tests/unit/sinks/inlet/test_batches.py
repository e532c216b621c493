"""Batches: as many messages as one request takes, in their order (KH3)."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cja_spark.sinks.inlet.batches import batches, fits
from cja_spark.sinks.inlet.messages import Message, envelope
from cja_spark.sinks.inlet.spec import MOST_BYTES, MOST_MESSAGES
from tests.unit.sinks.inlet.given import messages

AROUND = len(envelope(()))


def of_sizes(*sizes):
    return [Message(str(place), b"x" * size) for place, size in enumerate(sizes)]


def sizes(some, most=500, most_bytes=10_000):
    return [[len(one.text) for one in batch] for batch in batches(some, most, most_bytes)]


def test_nothing_is_no_request():
    assert list(batches([], 500, 10_000)) == []


@pytest.mark.parametrize(("count", "found"), [(1, [1]), (499, [499]), (500, [500]), (501, [500, 1]), (1000, [500, 500]), (1001, [500, 500, 1])])
def test_a_request_has_at_most_500_messages(count, found):
    assert [len(batch) for batch in batches(messages(count), MOST_MESSAGES, MOST_BYTES)] == found


def test_a_request_has_at_most_900_000_bytes():
    each = (MOST_BYTES - AROUND - 1) // 2  # two with a comma between are just as many
    assert sizes(of_sizes(each, each, 1), most_bytes=AROUND + 2 * each + 1) == [[each, each], [1]]
    assert sizes(of_sizes(each, each + 1, 1), most_bytes=AROUND + 2 * each + 1) == [[each], [each + 1, 1]]


def test_a_message_fits_up_to_the_limit():
    assert fits(Message("a", b"x" * (1000 - AROUND)), 1000)
    assert not fits(Message("a", b"x" * (1001 - AROUND)), 1000)


@given(st.lists(st.integers(1, 400)), st.integers(1, 20), st.integers(400 + AROUND, 1200))
def test_batches_hold_all_in_order_and_no_batch_could_have_taken_the_next(given_sizes, most, most_bytes):
    some = of_sizes(*given_sizes)
    found = list(batches(some, most, most_bytes))
    assert [one for batch in found for one in batch] == some
    assert all(0 < len(batch) <= most and len(envelope(batch)) <= most_bytes for batch in found)
    for batch, after in pairwise(found):
        more = [*batch, after[0]]
        assert len(more) > most or len(envelope(more)) > most_bytes
    assert list(batches(iter(some), most, most_bytes)) == found

"""F6: poison in a large chunk: letters are exactly the poison, and finding it costs few calls (K6)."""

import math
import random
from collections import namedtuple

import pytest

from cja_spark.sinks.chunk import DataError
from cja_spark.sinks.isolate import isolate
from tests.faults.plan import FULL

Row = namedtuple("Row", "change_id")
ROWS = 1_000_000 if FULL else 100_000
CASES = [("a thousandth", ROWS // 1000), ("one", 1), ("only poison", 2_000)] + ([("two", 2), ("all but one", 1_999)] if FULL else [])


@pytest.mark.fault("F6")
@pytest.mark.parametrize(("name", "count"), CASES)
def test_f6_exactly_the_poison_of_many_rows_is_found(fault, name, count):
    rows = [Row(f"c{at:07}") for at in range(2_000 if name in ("only poison", "all but one") else ROWS)]
    poison = sorted(random.Random(name).sample(range(len(rows)), count))
    bad, taken, calls = {rows[at].change_id for at in poison}, [], []

    def send(some):
        calls.append(len(some))
        first, last = int(some[0].change_id[1:]), int(some[-1].change_id[1:])
        if any(first <= at <= last for at in _between(poison, first, last)):
            raise DataError("data", "22P05")
        taken.extend(some)

    letters = {one.change_id for one in isolate(rows, send)}
    lost = len(rows) - len(taken) - len(letters)
    fault.tried(rows=len(rows), lost=lost, duplicated=len(taken) - len({*taken}), disordered=0, action=name)
    assert letters == bad
    assert lost == 0
    assert {one.change_id for one in taken}.isdisjoint(bad)
    assert len(calls) <= 1 + 2 * count * math.ceil(math.log2(len(rows)))


def _between(numbers, first, last):
    """Numbers of a sorted list from one on, the first of them."""
    from bisect import bisect_left

    at = bisect_left(numbers, first)
    return numbers[at : at + 1]

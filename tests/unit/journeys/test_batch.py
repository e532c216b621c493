"""Items: values of arrays, and of arrays inside arrays, kept and summed on every level."""

from itertools import pairwise

import numpy as np
import pytest

from cja_spark.journeys.batch import Items, Journeys

NAN = float("nan")
# Events: [[1, 2], []], [], [[nan], [4]]
NESTED = Items.nested((np.array([0, 2, 2, 4]), np.array([0, 2, 2, 3, 4])), np.array([1.0, 2.0, NAN, 4.0]))


def test_an_event_owns_all_values_below_it():
    assert NESTED.offsets.tolist() == [0, 2, 2, 4]


@pytest.mark.parametrize(("depth", "sums"), [(0, [3.0, NAN, 4.0]), (1, [3.0, NAN, NAN, 4.0]), (2, [1.0, 2.0, NAN, 4.0])])
def test_numbers_are_summed_up_to_a_level_and_nothing_set_is_not_set(depth, sums):
    np.testing.assert_array_equal(NESTED.summed(depth), sums)


def test_a_sum_carries_no_rounding_of_other_events():
    items = Items(np.array([0, 1, 2]), np.array([1e16, 0.3]))
    assert items.summed(0).tolist() == [1e16, 0.3]


def test_items_of_kept_events_keep_their_shape():
    kept = NESTED.kept(np.array([False, True, True]))
    assert [level.tolist() for level in kept.chain()] == [[0, 0, 2], [0, 1, 2]]
    np.testing.assert_array_equal(kept.values, [NAN, 4.0])


def test_events_of_a_time_keep_their_items():
    journeys = Journeys(np.array([0, 2, 3]), np.array([10, 20, 30]), {"m_fee": NESTED})
    np.testing.assert_array_equal(journeys.between(20, 31).amounts("fee"), [NAN, 4.0])


@pytest.mark.parametrize("kept", ["", "0", "1", "0110", "1111", "0000", "1001"])
def test_each_person_has_the_kept_of_its_own_events(kept):
    mask = np.array([one == "1" for one in kept], bool)
    offsets = np.array([0, 0, *sorted((min(1, len(mask)), min(3, len(mask)))), len(mask), len(mask)])
    t = np.arange(len(mask), dtype=np.int64)
    found = Journeys(offsets, t, {"m_fee": t * 2.0}, {}, None).only(mask)
    persons = [t[first:last][mask[first:last]].tolist() for first, last in pairwise(offsets)]
    assert [found.t[first:last].tolist() for first, last in pairwise(found.offsets)] == persons
    assert found.columns["m_fee"].tolist() == (found.t * 2.0).tolist()


def test_one_array_has_one_level():
    items = Items.nested((np.array([0, 2]),), np.array([5, 6]))
    assert items.levels == ()
    assert items.any_per_event(items.values == 6).tolist() == [True]

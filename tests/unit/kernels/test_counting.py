"""Counting kernels against sets and dictionaries."""

import numpy as np
import pytest

from cja_spark.kernels.counting import (
    coded,
    distinct_units,
    first_per_code,
    places,
    slots_of,
    sum_of,
    sums_per_code,
    units_per_code,
    within_runs,
)


@pytest.fixture(params=range(20))
def drawn(request):
    """Owners in ascending order with many ties, and codes of few values; one draw is empty."""
    dice = np.random.default_rng(request.param)
    rows = 0 if request.param == 0 else 500
    return np.sort(dice.integers(0, 60, rows)), dice.integers(0, 9, rows).astype(np.int32)


def first_of(pairs):
    return [at for at, pair in enumerate(pairs) if pair not in pairs[:at]]


def test_the_first_of_each_pair_ascending_or_not(drawn):
    owners, codes = drawn
    assert first_per_code(owners, codes, 9).tolist() == first_of(list(zip(owners, codes, strict=True)))
    mixed = np.random.default_rng(1).permutation(owners)
    assert first_per_code(mixed, codes, 9).tolist() == first_of(list(zip(mixed, codes, strict=True)))


def test_units_and_sums_per_code(drawn):
    owners, codes = drawn
    amounts = np.where(codes % 4 == 1, np.nan, owners / 4)
    pairs = set(zip(owners.tolist(), codes.tolist(), strict=True))
    assert units_per_code(codes, owners, 9).tolist() == [sum(code == at for _, code in pairs) for at in range(9)]
    assert sums_per_code(codes, amounts, 9).tolist() == [np.nansum(amounts[codes == at]) for at in range(9)]


def test_units_and_sums_of_some_events(drawn):
    owners, codes = drawn
    amounts = np.where(codes % 4 == 1, np.nan, owners / 4)
    for kept in (codes > 2, codes >= 0, codes < 0):
        assert distinct_units(owners, kept) == len(set(owners[kept].tolist()))
        assert sum_of(amounts, kept) == np.nansum(amounts[kept])
        assert owners[places(kept)].tolist() == owners[kept].tolist()
    assert places(codes >= 0) == slice(None)


def test_codes_are_numbered_by_first_appearance(drawn):
    owners, _ = drawn
    mixed = np.random.default_rng(2).permutation(owners)
    values, codes = coded(mixed)
    assert values[codes].tolist() == mixed.tolist()
    assert values.tolist() == list(dict.fromkeys(mixed.tolist()))


@pytest.mark.parametrize("starts", [[0, 3, 3, 10, 40], [-20, 30, 33, 36, 40], [0, 15, 30, 45], [0]])
def test_slots_of_numbers_that_begin_again(drawn, starts):
    owners, codes = drawn
    starts = np.array(starts, np.int64)
    numbers = np.random.default_rng(3).permutation(owners) if codes.sum() % 2 else np.concatenate([owners, owners])
    assert slots_of(numbers, starts).tolist() == (np.searchsorted(starts, numbers, side="right") - 1).tolist()


def test_rows_are_numbered_in_their_runs(drawn):
    counts = np.bincount(drawn[0], minlength=60)
    assert within_runs(counts).tolist() == [at for many in counts.tolist() for at in range(many)]

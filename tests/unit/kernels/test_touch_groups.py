"""Touches of groups of conversions: those between the ends stand once per value, and weigh what they weighed."""

import numpy as np
import pytest

from cja_spark.kernels.touch_groups import Groups, Values, most_standing, standing, standing_sizes

HALF_LIFE = 5_000.0


def values_of(chance, touches, size):
    """One to three values per touch, each once."""
    codes = [np.sort(chance.choice(size, chance.integers(1, 4), replace=False)) for _ in range(touches)]
    start = np.append(0, np.cumsum([len(some) for some in codes]))
    return Values(start, np.concatenate(codes).astype(np.int32), np.sort(chance.integers(0, 40_000, touches)), size)


def groups_of(chance, count, reach, touches):
    """Windows whose ends ascend, as those of a person's conversions do, in groups of three."""
    last = np.sort(chance.integers(0, touches, 3 * count)).reshape(count, 3)
    first = np.maximum(last - reach, 0)
    return Groups(first[:, 0], first[:, 2], last[:, 0], last[:, 2])


def groups_anyhow(chance, count, reach, touches):
    """Windows whose ends go up and down from group to group, as those of hours of the day may."""
    base = chance.integers(0, touches - 2 * reach, count)
    return Groups(*(base + np.sort(chance.integers(0, 2 * reach, (count, 4)), axis=1).T))


def some_of(values, j):
    return values.codes[values.start[j] : values.start[j + 1]].tolist()


def at_ends(groups, g):
    """The touches that no other one stands for."""
    low, begin, end, high = (int(part[g]) for part in groups)
    return [j for j in range(low, high + 1) if not begin < j < end]


@pytest.mark.parametrize("half_life", [np.inf, HALF_LIFE])
@pytest.mark.parametrize("reach", [3, 60])
@pytest.mark.parametrize("drawn", [groups_of, groups_anyhow])
def test_each_group_has_its_ends_and_each_value_between_with_all_of_its_weight(half_life, reach, drawn):
    chance = np.random.default_rng(reach)
    values = values_of(chance, 300, 50)
    groups = drawn(chance, 40, reach, 300)
    sizes = standing_sizes(groups, values)
    found, counts = standing(groups, values, sizes, half_life)
    same, _ = standing(groups, values, most_standing(groups, values), half_life)
    assert [part.tolist() for part in same] == [part.tolist() for part in found]
    assert counts.tolist() == sizes[0].tolist()
    touch_from, value_from = np.append(0, np.cumsum(sizes[0])), np.append(0, np.cumsum(sizes[1]))
    assert (len(found.at), len(found.codes)) == (touch_from[-1], value_from[-1])
    gathered = 0
    for g in range(40):
        own = slice(value_from[g], value_from[g + 1])
        rows = [(int(found.at[touch]), code, found.weight[touch]) for touch, code in zip(found.touch[own], found.codes[own].tolist(), strict=True)]
        ends = at_ends(groups, g)
        weights: dict[int, float] = {}
        newest: dict[int, int] = {}
        for j in range(int(groups.begin[g]) + 1, int(groups.end[g])):
            for code in some_of(values, j):
                since = values.t[j] - values.t[newest.get(code, j)]
                weights[code] = weights.get(code, 0.0) * 2.0 ** (-since / half_life) + 1.0
                newest[code] = j
        between = [(newest[code], code, pytest.approx(weights[code], rel=1e-9)) for code in weights]
        expected = [(j, code, 1.0) for j in ends for code in some_of(values, j)] + between
        assert sorted(rows, key=lambda row: row[:2]) == sorted(expected, key=lambda row: row[:2])
        at = found.at[touch_from[g] : touch_from[g + 1]]
        assert (np.diff(at) >= 0).all()
        gathered += len(between)
    assert gathered > reach


def test_a_group_in_the_middle_is_what_it_is_among_all():
    chance = np.random.default_rng(3)
    values, groups = values_of(chance, 300, 7), groups_of(chance, 40, 60, 300)
    sizes = standing_sizes(groups, values)
    whole, _ = standing(groups, values, sizes, HALF_LIFE)
    some, _ = standing(Groups(*(part[20:] for part in groups)), values, (sizes[0][20:], sizes[1][20:]), HALF_LIFE)
    assert some.at.tolist() == whole.at[sizes[0][:20].sum() :].tolist()
    assert some.weight == pytest.approx(whole.weight[sizes[0][:20].sum() :], rel=1e-9)


def test_what_stands_grows_with_touches_and_with_what_groups_credit_and_no_further():
    """400,000 touches before 50,000 groups would be ten thousand million, one beside the other."""
    count, each = 50_000, 8
    touches = count * each
    values = Values(np.arange(touches + 1), (np.arange(touches) % 5).astype(np.int32), np.arange(touches), 5)
    last = np.arange(count) * each + each - 1
    groups = Groups(np.zeros(count, np.int64), np.zeros(count, np.int64), last - 3, last)
    sizes = standing_sizes(groups, values)
    assert sizes[0].sum() <= count * (5 + 5)
    found, _ = standing(groups, values, sizes)
    assert found.weight.sum() == pytest.approx((last + 1).sum())

"""Sums of sessions against a plain loop over each session's events."""

from itertools import pairwise

import numpy as np
import pytest

from cja_spark.kernels.sessions import first_masked, session_sums


def by_hand(t, sessions, in_range, masked, persons):
    """Per session with a masked event: its first masked event, its person, and what it adds."""
    rows = []
    for number in dict.fromkeys(sessions.tolist()):
        whole = np.flatnonzero(sessions == number)
        seen = [at for at in whole if in_range[at]]
        kept = [at for at in seen if masked[at]]
        if not kept:
            continue
        spent = sum(int(t[after] - t[at]) for at, after in pairwise(seen) if masked[at])
        added = (
            1, masked[seen[0]] and seen[0] == whole[0], masked[seen[-1]], len(seen) == 1, len(kept), spent,
            int(t[seen[-1]] - t[seen[0]]),
        )  # fmt: skip
        rows.append((kept[0], persons[kept[0]], added))
    return rows


def drawn(seed):
    dice = np.random.default_rng(seed)
    events = int(dice.integers(0, 40))
    sessions = np.cumsum(dice.random(events) < 0.4).astype(np.int64)
    new = np.append(True, sessions[1:] != sessions[:-1])[:events]
    persons = np.cumsum(new & (dice.random(events) < 0.5)).astype(np.int64)
    persons -= persons[0] if events else 0
    t = np.cumsum(dice.integers(0, 5, events)).astype(np.int64)
    in_range = dice.random(events) < 0.8
    masked = in_range & (dice.random(events) < 0.6)
    offsets = np.append(np.flatnonzero(np.diff(persons, prepend=-1)), events)
    return dice, (t, sessions, in_range, masked), persons, offsets


@pytest.mark.parametrize("coded", [False, True], ids=["in all", "by code"])
@pytest.mark.parametrize("seed", range(60))
def test_sums_of_sessions_equal_a_plain_loop(seed, coded):
    dice, arrays, persons, offsets = drawn(seed)
    rows = by_hand(*arrays, persons)
    assert first_masked(arrays[1], arrays[3]).tolist() == [first for first, _, _ in rows]
    codes = dice.integers(0, 3, len(rows), np.int32) if coded else np.zeros(len(rows), np.int32)
    found = session_sums(*arrays, offsets, codes, 3) if coded else session_sums(*arrays, offsets)
    assert found.all_people == len({person for _, person, _ in rows})
    for code in range(3 if coded else 1):
        own = [row for row, other in zip(rows, codes, strict=True) if other == code]
        sums = [sum(int(added[at]) for _, _, added in own) for at in range(7)]
        expected = [*sums[:4], len({person for _, person, _ in own}), *sums[4:]]
        assert [int(column[code]) for column in found[:8]] == expected

"""A tally against counters and sets."""

from collections import Counter

import numpy as np
import pytest

from cja_spark.kernels.tally import EMPTY, _count, _with_room, figures_of, tallied


def tally_of(keys, people, sessions, room):
    """What a tally of a few places counts that grows as it must."""
    places, figures, filled = np.full(room, EMPTY, np.int64), figures_of(room), 0
    for key, person, session in zip(keys, people, sessions, strict=True):
        if 2 * (filled + 1) > len(places):
            places, figures = _with_room(places, figures, filled + 1)
        filled += _count(places, figures, key, person, session)
    return places, figures, filled


@pytest.mark.parametrize("seed", range(20))
def test_a_tally_counts_times_people_and_sessions_of_each_key(seed):
    dice = np.random.default_rng(seed)
    rows = 0 if seed == 0 else 600
    people, keys = np.sort(dice.integers(0, 40, rows)), dice.integers(0, 2, rows) * 2**60 + dice.integers(0, 60, rows)
    sessions = np.sort(people * 3 + dice.integers(0, 3, rows))
    places, figures, filled = tally_of(keys, people, sessions, 1)
    found, counts = tallied(places, figures)
    times, pairs = Counter(keys.tolist()), set(zip(keys.tolist(), people.tolist(), strict=True))
    own = set(zip(keys.tolist(), sessions.tolist(), strict=True))
    expected = {key: [n, sum(one == key for one, _ in pairs), sum(one == key for one, _ in own)] for key, n in times.items()}
    assert dict(zip(found.tolist(), counts.tolist(), strict=True)) == expected
    assert (len(found), len(places) >= 2 * filled) == (filled, True)


def test_keys_that_would_stand_at_the_same_place_stand_beside_each_other():
    keys = np.arange(1_000) << 40
    found, counts = tallied(*tally_of(keys, keys * 0, keys * 0, 1)[:2])
    assert (sorted(found.tolist()), counts.tolist()) == (keys.tolist(), [[1, 1, 1]] * 1_000)

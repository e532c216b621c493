"""Figures of sessions against a plain loop over each session's events."""

from itertools import pairwise

import numpy as np
import pytest

from cja_spark.kernels.sessions import session_figures


def by_hand(t, sessions, in_range, masked):
    rows = []
    for number in dict.fromkeys(sessions.tolist()):
        whole = np.flatnonzero(sessions == number)
        seen = [at for at in whole if in_range[at]]
        kept = [at for at in seen if masked[at]]
        if not kept:
            continue
        spent = sum(int(t[after] - t[at]) for at, after in pairwise(seen) if masked[at])
        rows.append(
            (masked[seen[0]] and seen[0] == whole[0], masked[seen[-1]], len(seen) == 1, len(kept), spent,
             int(t[seen[-1]] - t[seen[0]]), kept[0])
        )  # fmt: skip
    return rows


@pytest.mark.parametrize("seed", range(60))
def test_session_figures_equal_a_plain_loop(seed):
    dice = np.random.default_rng(seed)
    events = int(dice.integers(0, 40))
    sessions = np.cumsum(dice.random(events) < 0.4).astype(np.int64)
    sessions -= sessions[0] if events else 0
    t = np.cumsum(dice.integers(0, 5, events)).astype(np.int64)
    in_range = dice.random(events) < 0.8
    masked = in_range & (dice.random(events) < 0.6)
    found = session_figures(t, sessions, in_range, masked)
    assert list(zip(*(column.tolist() for column in found), strict=True)) == by_hand(t, sessions, in_range, masked)

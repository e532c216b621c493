"""Fifty made-up months of Journey Optimizer: every difference between its report and ours is explained to the last row."""

from __future__ import annotations

import pytest

from tests.jobs.optimizer_seeds import Story, unexplained


@pytest.mark.parametrize("seed", range(50))
def test_nothing_remains_unexplained(lake, tmp_path, seed):
    story = Story(lake, tmp_path / "files", seed)
    for as_of in (story.asked.reported_at, story.later):
        assert unexplained(story.compared(as_of)) == dict(story.without_a_day())

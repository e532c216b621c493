"""Fifty made-up months of Journey Optimizer: every difference between its report and ours is explained to the last row."""

from __future__ import annotations

import os

import pytest

from tests.jobs.optimizer_seeds import Story, counted, true_counts, unexplained

SEEDS = range(50) if os.environ.get("CJA_DRAW") == "all" else (0, 10, 13, 15)  # 0, 10 and 15 with bad rows; 13 with zones of its own


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_remains_unexplained_and_each_cause_has_the_count_of_the_truth(lake, tmp_path, seed):
    story = Story(lake, tmp_path / "files", seed)
    for as_of in (story.asked.reported_at, story.later):
        found = story.compared(as_of)
        assert unexplained(found) == story.placed_later()
        if story.asked.report_zone == story.asked.view_zone:  # days of two zones cancel each other in a range that has all of them
            assert counted(found) == true_counts(story, as_of)
    if not story.asked.defects:  # a row without its correlation id has no campaign here, and one there
        assert not unexplained(story.compared(story.later, "reported-campaigns.csv"))

"""Made-up Journey Optimizer data: the comparison explains all that its own report has more."""

from __future__ import annotations

from tests.jobs.optimizer_seeds import Story, unexplained


def test_a_seed_is_explained_to_the_last_row(lake, tmp_path):
    story = Story(lake, tmp_path / "files", 1)
    for as_of in (story.asked.reported_at, story.later):
        assert unexplained(story.compared(as_of)) == {}

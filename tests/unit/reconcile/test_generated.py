"""Made-up Journey Optimizer data: the comparison explains all that its own report has more."""

from __future__ import annotations

from tests.jobs.optimizer_seeds import Story, counted, true_counts, unexplained


def test_a_seed_is_explained_to_the_last_row(lake, tmp_path):
    story = Story(lake, tmp_path / "files", 1)
    for as_of in (story.asked.reported_at, story.later):
        assert unexplained(story.compared(as_of)) == {}


def test_each_cause_has_the_count_of_the_truth_before_and_after_all_has_arrived(lake, tmp_path):
    story = Story(lake, tmp_path / "files", 85, persons=120)
    early, late = (counted(story.compared(as_of)) for as_of in (story.asked.reported_at, story.later))
    assert early == true_counts(story, story.asked.reported_at)
    assert late == true_counts(story, story.later)
    causes = {"dropped", "deduplicated", "test_profiles", "running_day"}
    assert {key[2] for key in early} == {*causes, "not_yet_arrived", "young_range", "retries"}
    assert {key[2] for key in late} == {*causes, "retries"}

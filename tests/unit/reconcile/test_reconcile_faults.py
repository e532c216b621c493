"""`reconcile.yaml`: what is wrong with one is said before Spark starts, with its line and the nearest right word."""

from __future__ import annotations

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.project import load
from tests.unit.reconcile.messages import RECONCILE, VIEW, project_in

OF_PERSONS = VIEW + "  buyers: {container: person, where: {metric: opens, at_least: 1}}\n"


def told(tmp_path, old, new, view=VIEW):
    assert RECONCILE.count(old) == 1
    with pytest.raises(ConfigurationError) as refused:
        project_in(tmp_path, reconcile=RECONCILE.replace(old, new), view=view)
    return str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("  opens: opens", "  open: opens", "metrics: the source has no metric named 'open'. Did you mean 'opens'?"),
        ("  opens: opens", "  opens: openz", "line 7  metrics.opens.ours: no metric named 'openz'. Did you mean 'opens'?"),
        ("retries: delays", "retries: delay", "line 6  metrics.sent.retries: no metric named 'delay'. Did you mean 'delays'?"),
        ("test_profiles: tests", "test_profiles: test", "line 4  test_profiles: no segment named 'test': it is a dimension."),
        ("source_counts:", "channel: chanel\nsource_counts:", "channel: no dimension named 'chanel'. Did you mean 'channel'?"),
        ("source_counts:", "segments: [testing]\nsource_counts:", "segments.0: no segment named 'testing'. Did you mean 'tests'?"),
        ("source_counts:", "within: 0.1\nsource_counts:", "amber: 0.05 is below within: 0.1."),
        ("source_counts:", "time_zone: Berlin\nsource_counts:", "'Berlin' is no IANA time zone. Did you mean 'Europe/Berlin'?"),
        ("repeats: true", "repeat: true", "Did you mean 'repeats'?"),
        ("  opens: opens", "  opens: people", "metric 'people' is no sum over single events"),
        ("test_profiles: tests", "test_profiles: {container: person, where: {dimension: test, equals: 'true'}}", "a row is one event; write container: event."),
        ("test_profiles: tests", "test_profiles: {where: {dimension: tests, equals: 'true'}}", "test_profiles: no dimension named 'tests': it is a segment."),
    ],
)
def test_a_fault_is_told_with_the_nearest_right_word(tmp_path, old, new, why):
    assert why in told(tmp_path, old, new)


def test_a_rate_is_no_sum_over_events(tmp_path):
    view = VIEW.replace("segments:", "  rate: {calculate: opens / sends}\nsegments:")
    assert "metrics.opens.ours: metric 'rate' is no sum over single events" in told(tmp_path, "  opens: opens", "  opens: rate", view)


@pytest.mark.parametrize("use", ["segments: [buyers]\ntest_profiles: tests", "test_profiles: buyers"])
def test_a_segment_of_persons_tells_no_rows(tmp_path, use):
    assert "segment 'buyers' is of more than one event" in told(tmp_path, "test_profiles: tests", use, OF_PERSONS)


def test_a_view_that_begins_with_persons_is_not_compared(tmp_path):
    assert "segment 'buyers' is of more than one event" in told(tmp_path, "source_counts:", "source_counts:", OF_PERSONS + "view_segments: [buyers]\n")


def test_faults_of_the_view_come_alone(tmp_path):
    text = told(tmp_path, "source_counts:", "source_counts:", VIEW.replace("field: interaction", "feild: interaction"))
    assert "reconcile.yaml" not in text


def test_a_project_without_the_file_has_no_comparison(tmp_path):
    project = project_in(tmp_path)
    assert project.reconcile is not None
    assert project.reconcile.metrics["opens"].ours == "opens"
    (tmp_path / "project" / "reconcile.yaml").unlink()
    assert load(tmp_path / "project").reconcile is None

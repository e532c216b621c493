"""conf/templates/calculated_metrics.yaml: a view has them, and they are what they are called."""

from pathlib import Path

import pytest
import yaml

from cja_spark.project_names import faults_of_names
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import GAP, MINUTE, page, table

TEXT = (Path(__file__).resolve().parents[3] / "conf" / "templates" / "calculated_metrics.yaml").read_text(encoding="utf-8")
WRITTEN = yaml.safe_load(TEXT)
VIEW = yaml.safe_load(TEXT.replace("source_dataset", "channel"))
CALL = {"call_cost": 12.5, "call_seconds": 300, "survey_score": 4, "surveys": 4}
# ann: a session of two channels, ten minutes, and a call after it; bob: one event.
PERSONS = [
    [page(0, "a", channel="web"), page(10 * MINUTE, "b", channel="app"), page(GAP + 11 * MINUTE, "c", channel="calls", **CALL)],
    [page(0, "a", channel="web")],
]
EXPECTED = {
    "session_start_rate": 1, "session_end_rate": 1, "bounce_rate": 2 / 3, "mean_time_per_person": 600, "mean_time_per_session": 600,
    "sessions_per_person": 1.5, "events_per_session": 4 / 3, "multi_channel_session_rate": 1 / 3, "multi_channel_person_rate": 1 / 2,
    "web_and_app_sessions": 1, "cost_per_call": 12.5, "seconds_per_call": 300, "mean_survey_score": 4, "call_cost": 12.5, "call_seconds": 300,
    "survey_score": 4, "surveys": 1,
}  # fmt: skip


def test_a_view_takes_them():
    assert faults_of_names(View.model_validate({"name": "v", **WRITTEN}), []) == []
    assert {*WRITTEN["metrics"]} == {*EXPECTED}


@pytest.mark.parametrize("metric", EXPECTED)
def test_each_is_what_it_is_called(metric):
    [(_, found)] = table(PERSONS, metrics=[metric], view=VIEW)
    assert found == pytest.approx(EXPECTED[metric])

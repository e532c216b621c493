"""`reconcile` on a lake: connect's own loads and quarantine tell why the source's numbers are not ours."""

from __future__ import annotations

from datetime import date

import pytest

from cja_spark import plan
from cja_spark.errors import BlockedError, ConfigurationError, InputError, MissingColumnError
from cja_spark.reconciling import Comparison, reconcile
from tests.unit.reconcile.messages import EVERY, RECONCILE, VIEW, Files, at, project_in, row

DAY = (date(2026, 8, 3), date(2026, 8, 3))
LATER = Comparison(days=DAY, as_of=at("2026-09-01"))
FIRST, SECOND = at("2026-08-05"), at("2026-08-06")


def causes(found, metric="sent", channel="email", campaign=""):
    [line] = [one for one in found.lines if (one.metric, one.channel, one.campaign) == (metric, channel, campaign)]
    parts = {(one.cause, one.detail): one.count for one in line.causes}
    assert line.source - line.ours == sum(parts.values()) + line.unexplained
    return line.source, line.ours, parts, line.unexplained


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


@pytest.fixture
def project(tmp_path):
    return project_in(tmp_path)


def one_of_each(files, lake, project):
    """A day on which a row of each cause is there; the last two come with a second load."""
    feedback = [
        EVERY, row(1, "2026-08-03T09:00:00Z", status="sent"), row(2, "2026-08-03T09:00:00Z", status="delay", retry="1"),
        row(2.5, "2026-08-03T10:00:00Z", status="sent", retry="1", correlation="c2"),
        row(3, "2026-08-03T09:00:00Z", status="sent", test="true"), row(4, "2026-08-03T09:00:00Z", status="sent", person=None),
        row(5, "2026-08-03T09:00:00Z", status="sent", retry="two"), row(6, "soon", status="sent"),
        row(7, "2026-08-02T23:00:00Z", status="sent"), row(8, "2026-08-03T23:00:00Z", status="sent"),
        row(9, "2026-08-03T08:00:00Z", status="sent"), row(9.5, "2026-08-03T12:00:00Z", status="bounce", category="async"),
        row(10, "2026-08-03T08:00:00Z", status="bounce", category="sync"), row(11, "2026-08-03T08:00:00Z", status="exclude"),
    ]  # fmt: skip
    files.load(lake, project, FIRST, feedback, [EVERY | {"_id": "t0"}, row(20, "2026-08-03T11:00:00Z", interaction="open")])
    again = [row(1, "2026-08-03T09:00:00Z", status="sent"), row(12, "2026-08-03T13:00:00Z", status="sent")]
    files.load(lake, project, SECOND, again, [row(21, "2026-08-03T11:00:00Z", interaction="open", correlation="unknown")])


def test_every_cause_is_measured_and_the_table_adds_up(lake, files, tmp_path):
    project = project_in(tmp_path, reconcile=RECONCILE.replace("source:", "time_zone: Europe/Berlin\nsource:", 1))
    one_of_each(files, lake, project)
    # Theirs: r1 and again, r2 (delay), r2.5, r4, r5, r7 (1:00 in Berlin), r9, r10, r12. Ours: r1, r2.5, r3, r8, r9, r10 + r12.
    files.reported("2026-08-03,email,,sent,10\n2026-08-03,email,Summer,sent,9\n2026-08-03,email,Winter,sent,1\n2026-08-03,email,,opens,2\n")
    found = reconcile(lake, project, LATER)
    parts = {
        ("dropped", "empty_person_id"): 1, ("dropped", "not_a_number"): 1, ("deduplicated", ""): 1, ("test_profiles", ""): -1,
        ("time_zone", ""): 0, ("retries", ""): 1,
    }  # fmt: skip
    assert causes(found) == (10, 7, parts, 0)
    assert causes(found, campaign="Summer") == (9, 6, parts, 0)
    assert causes(found, campaign="Winter") == (1, 1, {}, 0)
    assert causes(found, "opens") == (2, 2, {}, 0)
    assert {one.verdict for one in found.lines} == {"green"}
    assert found.undated == (("feedback", "invalid_timestamp", True, 1),)
    before = reconcile(lake, project, Comparison(days=DAY, as_of=at("2026-08-05T12:00:00"), reported_at=at("2026-09-01"), anyway=True))
    young = {("young_range", "") if key == ("retries", "") else key: count for key, count in parts.items()}
    assert causes(before) == (10, 6, {**young, ("not_yet_arrived", "feedback"): 1}, 0)
    assert causes(before, "opens") == (2, 1, {("not_yet_arrived", "tracking"): 1}, 0)


def test_a_row_without_a_usable_time_is_dropped_on_the_day_when_its_file_was_written(lake, files, project):
    kept = [EVERY, row(1, "2026-08-03T09:00:00Z", status="sent")]
    files.load(lake, project, at("2026-08-03T12:00:00"), [*kept, row(2, "soon", status="sent"), row(3, None, status="sent")], [EVERY | {"_id": "t0"}])
    files.load(lake, project, at("2026-08-04T00:30:00"), [row(4, "soon", status="sent")])
    files.reported("2026-08-03,email,,sent,3\n2026-08-03,email,Summer,sent,3\n")
    found = reconcile(lake, project, LATER)
    parts = {("dropped", "invalid_timestamp"): 1, ("dropped", "missing_timestamp"): 1}
    assert causes(found) == causes(found, campaign="Summer") == (3, 1, parts, 0)
    assert found.undated == (("feedback", "invalid_timestamp", True, 2), ("feedback", "missing_timestamp", True, 1))


def test_our_number_is_that_of_the_view_s_own_report(lake, files, tmp_path):
    project = project_in(tmp_path, view=VIEW + "view_segments: [without_tests]\n")
    one_of_each(files, lake, project)
    files.reported("2026-08-03,email,,sent,1\n2026-08-03,email,Summer,sent,1\n2026-08-03,,,opens,1\n")
    found = reconcile(lake, project, LATER)
    from cja_spark.reports.table import Table

    reports = {"r": Table.model_validate({"name": "r", "range": {"from": DAY[0], "to": DAY[1]}, "dimensions": ("campaign",), "metrics": ("messages_sent", "opens")})}
    asked = project.model_copy(update={"reports": reports})
    plan.journey(lake, asked)
    [answer] = plan.report(lake, asked, ["r"], keep_rows=False).answers
    rows = answer.rows.to_pylist()
    [total], [summer] = ([row for row in rows if row["row_kind"] == "total"], [row for row in rows if row["campaign"] == "Summer"])
    assert (total["messages_sent"], summer["messages_sent"], total["opens"]) == (causes(found)[1], causes(found, campaign="Summer")[1], causes(found, "opens", "")[1])
    assert ("test_profiles", "") not in causes(found)[2]  # counted on neither side


def test_the_running_day_and_the_last_hours_are_refused_and_compared_anyway(lake, files, project):
    files.load(
        lake, project, at("2026-08-03T12:00:00"),
        [EVERY, row(1, "2026-08-03T09:00:00Z", status="sent"), row(2, "2026-08-02T09:00:00Z", status="sent")], [EVERY | {"_id": "t0"}],
    )  # fmt: skip
    files.load(lake, project, at("2026-08-03T18:00:00"), [row(3, "2026-08-03T11:00:00Z", status="sent"), row(4, "2026-08-03T15:00:00Z", status="sent")])
    files.reported("2026-08-02,email,,sent,1\n2026-08-03,email,,sent,2\n")
    now = at("2026-08-03T12:00:00")
    with pytest.raises(BlockedError) as refused:
        reconcile(lake, project, Comparison(as_of=now))
    assert "end the range on 2026-08-02" in str(refused.value)
    assert refused.value.exit_code == 5
    found = reconcile(lake, project, Comparison(as_of=now, anyway=True))
    assert causes(found) == (3, 2, {("running_day", ""): 1}, 0)
    late = reconcile(lake, project, Comparison(as_of=at("2026-08-20"), reported_at=now, anyway=True))
    assert causes(late) == (3, 4, {("running_day", ""): -1}, 0)  # what happened at 15:00 is here already
    advised = reconcile(lake, project, Comparison(as_of=now, anyway=True, validate_only=True))
    assert (advised.lines, advised.meaningful) == ((), False)


def test_what_nobody_explains_is_printed_and_red(lake, files, project):
    files.load(lake, project, FIRST, [EVERY, row(1, "2026-08-03T09:00:00Z", status="sent")], [EVERY | {"_id": "t0"}])
    files.reported("2026-08-03,email,,sent,3\n2026-08-03,sms,,sent,0\n2026-08-03,email,,targeted,9\n")
    found = reconcile(lake, project, LATER)
    assert causes(found) == (3, 1, {}, 2)
    assert [one.verdict for one in found.lines] == ["red", "green"]
    assert (found.exit_code, found.not_compared) == (1, ("targeted",))
    assert "unexplained" in found.text()
    assert "66.7% of source" in found.text()


def test_the_source_s_numbers_may_be_a_table(lake, files, tmp_path):
    project = project_in(tmp_path, reconcile=RECONCILE.replace("format: csv, path: reported.csv", "format: delta, path: reported"))
    files.load(lake, project, FIRST, [EVERY, row(1, "2026-08-03T09:00:00Z", status="sent")], [EVERY | {"_id": "t0"}])
    rows = lake.spark.createDataFrame([(DAY[0], "email", None, "sent", 1)], "date date, channel string, campaign string, metric string, value int")
    rows.write.format("delta").save(str(files.folder / "reported"))
    assert causes(reconcile(lake, project, LATER)) == (1, 1, {}, 0)
    rows.drop("metric").write.format("delta").save(str(files.folder / "less"))
    project = project_in(tmp_path, reconcile=RECONCILE.replace("format: csv, path: reported.csv", "format: delta, path: less"))
    with pytest.raises(MissingColumnError, match="no column 'metric'"):
        reconcile(lake, project, LATER)


def test_wrong_numbers_are_refused_with_file_and_line(lake, files, project):
    files.load(lake, project, FIRST, [EVERY, row(1, "2026-08-03T09:00:00Z", status="sent")], [EVERY | {"_id": "t0"}])
    for text, why in (
        ("2026-08-03,emial,,sent,3\n", "line 2  channel: no channel named 'emial'. Did you mean 'email'?"),
        ("2026-08-03,email,,send,3\n", "line 2  metric: the source has no metric named 'send'. Did you mean 'sent'?"),
        ("2026-08-04,email,,sent,3\n", "line 2  date: 2026-08-04 is outside 2026-08-03 to 2026-08-03"),
    ):
        files.reported(text)
        with pytest.raises(InputError) as refused:
            reconcile(lake, project, LATER)
        assert why in str(refused.value)
        assert "reported.csv" in str(refused.value)


def test_a_project_without_a_comparison_or_events_is_told_what_is_missing(lake, tmp_path):
    project = project_in(tmp_path)
    with pytest.raises(InputError, match="run 'cja connect' first"):
        reconcile(lake, project, LATER)
    with pytest.raises(ConfigurationError, match=r"has no reconcile\.yaml"):
        reconcile(lake, project.model_copy(update={"reconcile": None}), LATER)

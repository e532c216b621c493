"""The result of a comparison: a table that adds up, a text for people, a verdict."""

from __future__ import annotations

from datetime import date

import pytest

from cja_spark.kernels.reconcile import CAUSES
from cja_spark.reconciliation.advice import Advice
from cja_spark.reconciliation.compare import Cell, compared
from cja_spark.reconciliation.reported import Reported
from cja_spark.reconciliation.result import Reconciled
from cja_spark.reconciliation.spec import Reconciliation

SPEC = Reconciliation.model_validate({"source": {"format": "csv", "path": "r.csv"}, "metrics": {"sent": "sends", "opens": "opens"}})
DAY = date(2026, 8, 3)
CELLS = [
    Cell("sent", "email", "Summer", "", "", 90.0, 90, 0), Cell("sent", "email", "", "", "", 5.0, 5, 0), Cell("sent", "push", "", "", "", 2.0, 2, 0),
    Cell("sent", "email", "Summer", "retries", "", 4.0, 4, 0), Cell("sent", "push", "", "retries", "", 1.0, 1, 0),
    Cell("sent", "email", "", "not_yet_arrived", "tracking", 1.0, 1, 7_200_000), Cell("opens", "email", "", "", "", 1.0, 1, 0),
    Cell("sent", "push", "", "not_yet_arrived", "feedback", 1.0, 1, 3_600_000),
]  # fmt: skip


def number(channel, campaign, value, metric="sent", day=DAY):
    return Reported(0, day, channel, campaign, metric, value)


def lines(*numbers):
    return compared(numbers, CELLS, SPEC, CAUSES)


def test_a_number_of_all_channels_is_compared_with_all():
    [line] = lines(number("", "", 104.0))
    assert (line.ours, line.difference, line.unexplained) == (97, 7, 0)
    assert [(one.cause, one.detail, one.count) for one in line.causes] == [
        ("not_yet_arrived", "feedback", 1), ("not_yet_arrived", "tracking", 1), ("retries", "", 5),
    ]  # fmt: skip


def test_channels_are_one_whatever_their_case():
    [line] = lines(number("Push", "", 4.0))
    assert (line.channel, line.ours, line.unexplained) == ("Push", 2, 0)


@pytest.mark.parametrize("theirs", ["inApp", "inapp", "InApp"])
def test_a_channel_of_two_spellings_is_one_number(theirs):
    cells = [Cell("opens", spelled, "", "", "", 2.0, 2, 0) for spelled in ("inApp", "inapp")]
    numbers = [number(theirs, "", 3.0, "opens"), number("INAPP", "", 1.0, "opens", day=date(2026, 8, 4))]
    [line] = compared(numbers, cells, SPEC, CAUSES)
    assert (line.channel, line.source, line.ours, line.unexplained) == (theirs, 4, 4, 0)


def test_days_are_summed_and_keys_keep_the_order_of_the_source():
    found = lines(number("push", "", 1.0), number("email", "Summer", 94.0), number("push", "", 3.0, day=date(2026, 8, 4)))
    assert [(one.channel, one.campaign, one.source, one.unexplained) for one in found] == [("push", "", 4, 0), ("email", "Summer", 94, 0)]


@pytest.mark.parametrize(("value", "verdict"), [(100.0, "green"), (102.04, "green"), (103.0, "amber"), (105.26, "amber"), (105.3, "red"), (95.0, "red")])
def test_the_verdict_is_of_the_share_that_remains(value, verdict):
    [line] = lines(number("email", "", value))
    assert (line.verdict, line.share) == (verdict, abs(value - 100) / value)


def test_a_number_of_nothing_has_a_share_too():
    [line] = lines(number("sms", "", 0.0))
    assert (line.difference, line.share, line.verdict) == (0, 0, "green")


def test_the_counts_beneath_a_number_add_up_to_its_difference():
    found = Reconciled(date_from=DAY, date_to=DAY, lines=tuple(lines(number("email", "", 130.0), number("email", "Summer", 94.0), number("email", "", 0.0, "opens"))))
    rows = found.table().to_pylist()
    for head in (row for row in rows if row["cause"] is None):
        beneath = [row for row in rows if row["cause"] and all(row[key] == head[key] for key in ("channel", "campaign", "metric"))]
        assert sum(row["count"] for row in beneath) == head["difference"] == head["source"] - head["ours"]
        assert (beneath[-1]["cause"], beneath[-1]["count"]) == ("unexplained", head["unexplained"])
    assert [row["longest_lag_hours"] for row in rows if row["cause"] == "not_yet_arrived"] == [2.0]
    assert found.verdict == "red"


def test_advice_and_notes_stand_above_the_table():
    found = Reconciled(
        date_from=DAY, date_to=DAY, advice=(Advice(rule="young_range", waits=True, text="later."), Advice(rule="time_zone", waits=False, text="zones.")),
        not_compared=("targeted",), undated=(("feedback", "invalid_timestamp", True, 1200), ("feedback", "erased", False, 2)),
    )  # fmt: skip
    assert found.text().splitlines() == [
        "2026-08-03 to 2026-08-03", "wait: later.", "note: zones.", "note: no metric of ours answers 'targeted'; it is not compared.",
        "note: 1,200 rows of feedback in quarantine (invalid_timestamp) have no usable time: they count as dropped on the day when their file was "
        "written, and may have happened on one before.",
        "note: 2 rows of feedback in quarantine (erased) have no content any more: nobody can say what they counted for.",
    ]  # fmt: skip
    assert (found.meaningful, found.verdict, found.exit_code) == (False, "green", 0)

"""Both sides of a comparison: what was reported, what the files give, and why they differ, on fifty seeds."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from cja_spark.demo.optimizer import Asked, generate
from tests.unit.demo.optimizer_files import (
    adjusted,
    asynchronous,
    counted,
    delivery,
    feedback,
    once,
    rows,
    table,
    usable,
    why,
)

ZONES = (("UTC", "America/New_York"), ("UTC", "UTC"), ("America/Los_Angeles", "Asia/Kolkata"), ("Asia/Kolkata", "America/Los_Angeles"))
CAUSES = {"retries", "young_range", "deduplicated", "test_profiles", "time_zone", "dropped", "not_yet_arrived", "running_day"}
SEEDS = range(50)


def settings(seed):
    """Another story for each seed, also of other kinds; the days hold the night in which summer time begins."""
    report_zone, view_zone = ZONES[seed % 4]
    first_day = date(2026, 3, 2) if seed % 3 else date(2026, 10, 26)
    end = datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC) + timedelta(days=9)
    return {
        "persons": 30 + seed, "days": 9 + seed % 4, "seed": seed, "first_day": first_day, "defects": bool(seed % 2),
        "report_zone": report_zone, "view_zone": view_zone, "load_hours": (1, 6, 24)[seed % 3],
        "repeats_counted": "once" if seed % 5 == 0 else "twice", "tests_counted": seed % 7 == 0,
        "as_of": (None, end - timedelta(hours=31), end + timedelta(days=9))[seed % 3],
    }  # fmt: skip


@pytest.fixture(scope="module", params=SEEDS, ids=lambda seed: f"seed {seed}")
def story(request, tmp_path_factory):
    target = tmp_path_factory.mktemp("story")
    asked = settings(request.param)
    generate(str(target), **asked)
    return target, asked


def test_the_report_and_its_causes_give_the_count_over_the_files(story):
    target, asked = story
    there = counted(target, asked["view_zone"])
    assert sum(there.values()) > 300
    assert adjusted(target) == there


def test_what_was_sent_was_delivered_or_bounced(story):
    """Per delivery, from what its rows say became of it; the formulas give the same in sum."""
    target, _ = story
    by_delivery = {}
    for row in filter(usable, once(rows(target, "message-feedback.json"))):
        by_delivery.setdefault(delivery(row), []).append(row)
    sent = delivered = bounced = strays = 0
    for of_one in by_delivery.values():
        said = Counter(feedback(row)["feedbackStatus"] for row in of_one)
        assert max(said["sent"], said["bounce"], said["denylist"], said["error"]) <= 1
        came_back = any(asynchronous(row) for row in of_one)
        strays += came_back and not said["sent"]
        accepted = bool(said["sent"])
        sent += accepted or (bool(said["bounce"] + said["denylist"]) and not came_back)
        delivered += accepted and not came_back
        bounced += bool(said["bounce"] + said["denylist"]) and (accepted or not came_back)
    assert sent == delivered + bounced
    there = Counter()
    for (_, _, metric), count in counted(target, "UTC").items():
        there[metric] += count
    # A bounce without its sent takes a delivery that was never made.
    assert (there["sent"], there["delivered"], there["bounces"]) == (sent, delivered - strays, bounced + strays)
    assert there["sent"] == there["delivered"] + there["bounces"]


@pytest.mark.parametrize("seed", range(12))
def test_each_row_belongs_to_the_first_cause_that_it_has(seed, tmp_path):
    """Read from files that hold all that ever arrives, by another hand."""
    asked = settings(seed) | {"defects": False}
    as_of = asked["as_of"] or Asked(**asked).reported_at
    generate(str(tmp_path / "then"), **asked)
    generate(str(tmp_path / "later"), **asked | {"as_of": as_of + timedelta(days=20)})
    there = {
        (line["date"], line["channel"], line["metric"], line["cause"]): int(line["count"]) for line in table(tmp_path / "then", "causes.csv")
    }
    assert there == why(tmp_path / "later", as_of, asked | {"reported_at": Asked(**asked).reported_at})


def test_causes_are_words_that_a_report_of_differences_knows(story):
    target, asked = story
    found = table(target, "causes.csv")
    assert {line["cause"] for line in found} <= CAUSES
    assert {line["reason"] for line in found if line["cause"] == "dropped"} <= {"invalid_timestamp", "empty_person_id", "not_a_number"}
    assert all((line["reason"] != "") == (line["cause"] == "dropped") for line in found)
    if asked["report_zone"] == asked["view_zone"]:
        assert not [line for line in found if line["cause"] == "time_zone"]
    if asked["tests_counted"]:
        assert not [line for line in found if line["cause"] == "test_profiles"]
    if asked["repeats_counted"] == "once":
        assert not [line for line in found if line["cause"] == "deduplicated"]


def test_moving_between_zones_adds_and_takes_equally(story):
    target, _ = story
    moved = Counter()
    for line in table(target, "causes.csv"):
        if line["cause"] == "time_zone":
            moved[line["channel"], line["metric"]] += int(line["count"])
    assert not any(moved.values())


def test_every_cause_occurs():
    """Over a story of some size nothing is left out."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as target:
        generate(target, persons=150, days=16, defects=True, view_zone="America/New_York")
        seen = {line["cause"] for line in table(target, "causes.csv")}
        assert seen == CAUSES


def test_when_all_has_arrived_nothing_waits(tmp_path):
    generate(str(tmp_path), persons=60, days=12, as_of=datetime(2026, 8, 20, tzinfo=UTC))
    found = table(tmp_path, "causes.csv")
    assert not [line for line in found if line["cause"] == "not_yet_arrived"]
    # What is left of the running day happened after the report.
    assert all(int(line["count"]) > 0 or line["metric"] == "delivered" for line in found if line["cause"] == "running_day")


def test_numbers_by_campaign_are_part_of_the_totals(tmp_path):
    generate(str(tmp_path), persons=120, days=12)
    totals = {(line["date"], line["channel"], line["metric"]): int(line["value"]) for line in table(tmp_path, "reported.csv")}
    parts = Counter()
    for line in table(tmp_path, "reported-campaigns.csv"):
        assert line["campaign"] in {"Summer sale", "App news", "Delivery notice", "Season banner"}
        parts[line["date"], line["channel"], line["metric"]] += int(line["value"])
    assert parts and all(count <= totals[key] for key, count in parts.items() if key[2] != "delivered")
    assert {key[2] for key in parts} >= {"sent", "opens", "displays", "exclusions"}


def test_the_report_counts_attempts(tmp_path):
    generate(str(tmp_path), persons=200, days=20, view_zone="UTC", as_of=datetime(2026, 9, 1, tzinfo=UTC))
    shown, retries = Counter(), Counter()
    for line in table(tmp_path, "reported.csv"):
        shown[line["metric"]] += int(line["value"]) if line["channel"] == "email" else 0
    for line in table(tmp_path, "causes.csv"):
        retries[line["cause"]] += int(line["count"]) if (line["channel"], line["metric"]) == ("email", "sent") else 0
    assert retries["retries"] < -50 and not retries["young_range"]
    # Sent is more than what was delivered or bounced by the attempts that were put off, once or as often as they lie there.
    put_off = shown["sent"] - shown["delivered"] - shown["bounces"]
    assert 0 <= put_off + retries["retries"] <= 3

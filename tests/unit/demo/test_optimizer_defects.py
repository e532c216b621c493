"""Bad rows: each kind is there, what connect drops is known, and nothing else is bad."""

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cja_spark.demo.optimizer import FILES, generate
from cja_spark.demo.optimizer.defects import DEFECTS
from tests.unit.demo.optimizer_files import asynchronous, delivery, feedback, once, rows, step, table, usable

SETTINGS = {"persons": 100, "days": 12, "as_of": datetime(2026, 9, 20, tzinfo=UTC)}
PAGE = (Path(__file__).resolve().parents[3] / "docs" / "optimizer-demo.md").read_text(encoding="utf-8")
KNOWN = {"error", "exclude", "sent", "bounce", "delay", "duplicate", "denylist", "delivered", "read", "unknown"}


@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    target = tmp_path_factory.mktemp("bad")
    generate(str(target), **SETTINGS, defects=True)
    return target


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    target = tmp_path_factory.mktemp("good")
    generate(str(target), **SETTINGS)
    return target


def faults(target):
    """How many rows of each kind of fault there are, seen from outside."""
    sent = once(rows(target, FILES["feedback"]))
    with_sent = {delivery(row) for row in sent if feedback(row)["feedbackStatus"] == "sent"}
    found = Counter()
    for row in sent:
        tries = feedback(row)["retryCount"]
        found["unknown status"] += feedback(row)["feedbackStatus"] not in KNOWN
        found["retryCount as text"] += isinstance(tries, str) and tries.isdigit()
        found["retryCount is no number"] += isinstance(tries, str) and not tries.isdigit()
        found["bounce without sent"] += asynchronous(row) and delivery(row) not in with_sent
    for name in ("feedback", "email_tracking", "inbound", "journey_steps"):
        for row in once(rows(target, FILES[name])):
            if name in ("feedback", "email_tracking"):
                [shown] = row["_experience"]["decisioning"]["propositions"]
                found[f"{name} without correlation id"] += "correlationID" not in shown["scopeDetails"]
            found[f"{name} dropped"] += not usable(row) and (name != "journey_steps" or step(row) is not None)
    ids = Counter(row["_id"] for row in rows(target, FILES["entities"]))
    found["entity twice"] = sum(count > 1 for count in ids.values())
    return found


def test_every_kind_of_defect_is_there(bad):
    found = faults(bad)
    assert [name for name, count in found.items() if not count] == []


def test_without_defects_no_row_is_bad(good):
    assert not any(faults(good).values())


def test_what_is_dropped_is_told_by_the_word_of_connect(bad, good):
    assert {line["reason"] for line in table(bad, "causes.csv")} - {""} == {"invalid_timestamp", "empty_person_id", "not_a_number"}
    assert {line["cause"] for line in table(good, "causes.csv")} == {"retries", "deduplicated", "test_profiles", "running_day"}


def test_most_rows_are_good(bad, good):
    """A defect changes or adds rows of its own and no others."""
    for name, folder in FILES.items():
        before = {row["_id"]: row for row in rows(good, folder)}
        after = {row["_id"]: row for row in rows(bad, folder)}
        changed = sum(before.get(key) != row for key, row in after.items())
        most = sum(max(1, len(before) // 200) for dataset, _, _ in DEFECTS.values() if dataset == name)
        assert changed <= most and before.keys() <= after.keys()


def test_the_page_names_what_is_spoilt():
    told = PAGE[PAGE.index("`defects` adds bad rows") :]
    for words in ("unknown status", "retryCount", "correlation id", "without its sent", "entity twice", "timestamp", "names nobody"):
        assert re.search(words, told), words

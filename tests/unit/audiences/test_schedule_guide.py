"""docs/audiences.md: the slots of its table are those of the clock."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cja_spark.audiences.schedule import EVERY, slot


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "audiences.md").read_text(encoding="utf-8")
TOLD = re.findall(r"^\| (\d{4}-\d\d-\d\d \d\d:\d\d) \| (\w[\w ]*) \| (.*) \|$", GUIDE, re.MULTILINE)


@pytest.mark.parametrize(("first", "refresh", "slots"), TOLD, ids=[f"{one[0]} {one[1]}" for one in TOLD])
def test_a5_the_guide_says_the_slots(first, refresh, slots):
    assert [slot(at(first), refresh, number) for number in (1, 2, 3)] == [at(one) for one in slots.split(", ")]


def test_the_guide_has_a_row_for_each_cadence():
    assert {refresh for _, refresh, _ in TOLD} == {*EVERY, "monthly"}

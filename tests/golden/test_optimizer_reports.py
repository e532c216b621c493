"""tests/golden/optimizer through conf/ajo: connect, journey and report say what was counted by hand."""

from __future__ import annotations

import pytest

from tests.golden.optimizer_project import Loaded
from tests.golden.test_optimizer_golden import FOLDERS, asked, in_order, lines_of
from tests.reference.golden import differences, expected_of


@pytest.fixture(scope="module")
def told(spark, tmp_path_factory):
    reports = {folder.name: asked(folder)["ask"] for folder in FOLDERS}
    return Loaded(spark, tmp_path_factory.mktemp("optimizer"), lines_of(FOLDERS), reports)


@pytest.fixture(scope="module")
def answers(told):
    return told.answers()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_product_says_what_was_counted_by_hand(answers, folder):
    assert differences(in_order(answers[folder.name], folder), in_order(expected_of(folder), folder)) == []


def test_what_connect_drops_is_counted_by_its_reason(told):
    dropped = {name: dict(reasons) for name, reasons in told.receipt.dropped.items()}
    assert dropped == {"feedback": {"duplicate_event_id": 1, "not_a_number": 1}, "journey_steps": {"empty_person_id": 1}}

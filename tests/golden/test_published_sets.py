"""Every published set of worked examples is a golden folder, or is named as one that is not, with the reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).parent
LISTED = yaml.safe_load((HERE / "sets.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def published(shared):
    return {re.sub(r"(-(input|expected))?\.csv$", "", file.name) for file in (shared / "golden").glob("*.csv")}


def test_every_published_set_has_a_folder_or_is_a_named_exception(published):
    assert published == {*LISTED["sets"], *LISTED["without"]}


def test_no_set_is_both():
    assert not {*LISTED["sets"]} & {*LISTED["without"]}


@pytest.mark.parametrize("name", LISTED["sets"])
def test_the_folders_of_a_set_are_there(name):
    assert LISTED["sets"][name]
    missing = [folder for folder in LISTED["sets"][name] if not (HERE / folder / "ask.yaml").is_file()]
    assert missing == []
    assert all((HERE / folder / "expected.csv").is_file() for folder in LISTED["sets"][name])

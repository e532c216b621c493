"""A copy of a retailer's project, to be changed: tests know its lines."""

import shutil

import pytest

from tests.unit.project.demo import ROOT


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "shop"
    shutil.copytree(ROOT / "tests" / "unit" / "project" / "retailer", copy)
    return copy

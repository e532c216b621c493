"""A copy of the demo's project, to be changed."""

import shutil

import pytest

from tests.unit.project.demo import ROOT


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "shop"
    shutil.copytree(ROOT / "conf" / "demo", copy)
    return copy

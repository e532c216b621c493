"""Golden folders of comparisons: the reference and the kernel give the tables that were written by hand."""

from __future__ import annotations

import pytest

from tests.golden.reconcile_rows import told_by_kernel
from tests.reference.golden_reconcile import asked, expected_of, rows_of, told
from tests.reference.golden_stitching import cases

FOLDERS = cases("reconcile")


@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_the_reference_gives_the_expected_table(folder):
    assert told(rows_of(folder), *asked(folder)) == expected_of(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_the_kernel_gives_the_expected_table(folder):
    assert told_by_kernel(rows_of(folder), *asked(folder)) == expected_of(folder)

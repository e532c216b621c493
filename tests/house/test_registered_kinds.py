"""A task on another machine gets a report unpickled, which imports the module of its class alone: so that one registers the kind."""

import subprocess
import sys

import pytest

from cja_spark.reports.kinds import REPORTS


@pytest.mark.parametrize("name", REPORTS)
def test_the_module_of_a_report_registers_its_kind(name):
    asked = f"import {REPORTS.named(name).spec.__module__}; from cja_spark.reports.kind import REPORTS; REPORTS.named({name!r})"
    subprocess.run([sys.executable, "-c", asked], check=True)

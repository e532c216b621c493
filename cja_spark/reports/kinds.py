"""All kinds of reports, found by importing every module of this folder.

A new file here is asked, run, kept and drawn as a table; CONTRIBUTING.md says where labels of its columns and a chart go.
"""

from __future__ import annotations

import importlib
import pkgutil

import cja_spark.reports
from cja_spark.reports.kind import REPORTS

__all__ = ["REPORTS"]

# Modules that are steps between reports and Spark; a report's file never imports pyspark.
_STEPS = {
    "ask",
    "cells",
    "compile",
    "kinds",
    "measures",
    "names",
    "one_pass",
    "spec",
    "results",
    "members",
    "readers",
    "limits",
    "exclusions",
    "explain",
    "flow_items",
    "dictionary",
    "text_test",
    "text_chain",
    "periods_read",
    "traced",
    "erasures",
    "single_ask",
    "traced_credits",
    "traced_sums",
    "summary_run",
}

for _module in pkgutil.iter_modules(cja_spark.reports.__path__):
    if _module.name not in _STEPS:
        importlib.import_module(f"cja_spark.reports.{_module.name}")

"""Customer Journey Analytics, open, on Spark and Delta Lake.

import cja_spark as cja
project = cja.load("conf/demo")                        # YAML read and validated, no Spark yet
rows = cja.report(spark, project, "checkout_fallout")   # a DataFrame
cja.report_rows(events, view, [cja.Fallout(steps=[...])])
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

# Where each public name lives; imported on first use, so that `import cja_spark` needs neither Spark nor numba.
_HOMES = {
    "load": "cja_spark.project",
    "Project": "cja_spark.project",
    "connect": "cja_spark.notebook",
    "journey": "cja_spark.notebook",
    "preview": "cja_spark.notebook",
    "report": "cja_spark.notebook",
    "explain": "cja_spark.notebook",
    "trace": "cja_spark.notebook",
    "reconcile": "cja_spark.notebook_watching",
    "publish": "cja_spark.notebook",
    "approve": "cja_spark.notebook",
    "deliver": "cja_spark.notebook",
    "audit": "cja_spark.notebook_watching",
    "status": "cja_spark.notebook_watching",
    "migrate": "cja_spark.notebook",
    "preview_audience": "cja_spark.notebook_audiences",
    "due": "cja_spark.notebook_audiences",
    "run_due": "cja_spark.notebook_audiences",
    "pause": "cja_spark.notebook_audiences",
    "resume": "cja_spark.notebook_audiences",
    "rename": "cja_spark.notebook_audiences",
    "renew": "cja_spark.notebook_audiences",
    "delete": "cja_spark.notebook_audiences",
    "erase": "cja_spark.notebook",
    "maintain": "cja_spark.notebook",
    "preflight": "cja_spark.notebook",
    "stitching": "cja_spark.notebook",
    "report_rows": "cja_spark.frames",
    "open_session": "cja_spark.session",
    "View": "cja_spark.view.spec",
    "Table": "cja_spark.reports.table",
    "Trend": "cja_spark.reports.trend",
    "Sessions": "cja_spark.reports.sessions",
    "Fallout": "cja_spark.reports.fallout",
    "Histogram": "cja_spark.reports.histogram",
    "Paths": "cja_spark.reports.paths",
    "Flow": "cja_spark.reports.flow",
    "NextPrevious": "cja_spark.reports.next_previous",
    "Overlap": "cja_spark.reports.overlap",
    "Retention": "cja_spark.reports.retention",
    "Cohort": "cja_spark.reports.cohort",
    "Deflection": "cja_spark.reports.deflection",
    "TimeToEvent": "cja_spark.reports.time_to_event",
    "Indicators": "cja_spark.reports.indicators",
    "Contribution": "cja_spark.reports.contribution",
    "Growth": "cja_spark.reports.growth",
    "AttributionPanel": "cja_spark.reports.attribution",
    "Frequency": "cja_spark.reports.frequency",
    "Engagement": "cja_spark.reports.engagement",
    "Impact": "cja_spark.reports.impact",
    "Canvas": "cja_spark.reports.canvas",
    "Timeline": "cja_spark.reports.timeline",
    "CjaError": "cja_spark.errors",
}
__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute of any kind
    if name not in _HOMES:
        raise AttributeError(f"module 'cja_spark' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)

"""A view's names: components become columns of reports, so each is a column of its own."""

from __future__ import annotations

import pyarrow as pa
import pytest

from cja_spark.configuration import spec_of
from cja_spark.errors import ConfigurationError
from cja_spark.journeys.batch import Window
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums, names_of
from cja_spark.reports.kinds import REPORTS
from cja_spark.view.spec import COLUMNS_BESIDE_DIMENSIONS, COLUMNS_BESIDE_METRICS, STANDARD_METRICS, View

DAY_MS = 86_400_000
OWN = {"dimensions": ["page", "channel"], "dimension": "page", "metrics": ["events", "price"], "steps": ["price"], "metric": "price", "conversion": "price", "breakdown": "page"}
OF_MODELS = {f"{model}{end}" for model in ("last_touch", "first_touch", "linear") for end in ("", "_share")}  # as authors call them, in reports without other components
OF_TIMELINES = {"timeline_person", "timeline_session", "timeline_event", "timeline_time", "shown_people", "shown_events", "left_out_events"}  # a timeline refuses to show a component of such a name
OF_A_KIND = {"canvas": {"journey": "page", "node": "channel", "run": "visit", "exits": "price"}, "attribution": {"metric": "price", "dimension": "page"}, "contribution": {"metric": "price"}, "engagement": {"events": ["price"]}, "frequency": {"events": ["price"]}, "indicators": {"outcome": "price"}, "deflection": {"topic": "page", "self_service": "price", "call": "price", "baseline": 0.5}, "impact": {"indicators": ["price"], "first_use": "price"}, "next_previous": {"anchor": "entry"}, "flow": {"starts_with": "entry"}, "retention": {"start": "price"}, "time_to_event": {"start": "price", "event": "price"}, "overlap": {"sets": ["price"]}, "timeline": {"metrics": ["price"]}, "cohort": {"inclusion": "price"}}


def view(**components):
    return spec_of(View, {"name": "shop", **components}, "view")


def columns(kind: str) -> list[str]:
    """Columns of a report's answer about nothing, the one that is added when it is kept included."""
    spec = REPORTS.named(kind).spec
    report = spec.model_validate({key: value for key, value in {**OWN, **OF_A_KIND.get(kind, {})}.items() if key in spec.model_fields})
    nothing = Sums(pa.table({name: pa.array([], pa.float64() if name == "amount" else pa.int64()) for name in names_of()}))
    ask = Ask(report, view(dimensions={"page": "page", "channel": "channel"}, metrics={"price": "price"}), Window(0, 0, DAY_MS, DAY_MS, DAY_MS, 0))
    return [*REPORTS.named(kind).finish(nothing, ask, lambda dimension, ids: dict.fromkeys(ids.tolist(), "")).column_names, "run_id"]


@pytest.mark.parametrize("kind", REPORTS)
def test_no_component_can_be_named_as_a_column_that_a_report_has_by_itself(kind):
    own = set(columns(kind)) - {"page", "entry_page", "channel", "price"} - OF_MODELS - OF_TIMELINES
    assert own <= {*COLUMNS_BESIDE_DIMENSIONS, *STANDARD_METRICS}
    if "price" in columns(kind):
        assert own <= {*COLUMNS_BESIDE_METRICS, *STANDARD_METRICS}


@pytest.mark.parametrize("name", ["row_kind", "run_id", "step", "Bucket", "label", "bounce_rate", "open_sessions"])
def test_a_dimension_is_not_named_as_a_column_of_reports(name):
    with pytest.raises(ConfigurationError, match=f"dimensions.{name}: '{name}' is a column of reports; choose another name"):
        view(dimensions={name: "page"})


@pytest.mark.parametrize("section", ["dimensions", "metrics"])
@pytest.mark.parametrize("name", ["events", "People"])
def test_a_component_is_not_named_as_a_standard_metric(section, name):
    with pytest.raises(ConfigurationError, match=f"'{name}' is a standard metric"):
        view(**{section: {name: "field"}})


@pytest.mark.parametrize(
    ("dimensions", "metrics", "fault"),
    [
        (["page"], ["page"], "metrics.page: 'page' is there already"),
        (["page"], ["Page"], "metrics.Page: 'page' is there already"),
        (["page", "PAGE"], [], "dimensions.PAGE: 'page' is there already"),
        ([], ["price", "Price"], "metrics.Price: 'price' is there already"),
    ],
)
def test_dimensions_and_metrics_have_different_names_also_without_case(dimensions, metrics, fault):
    with pytest.raises(ConfigurationError, match=fault):
        view(dimensions={name: name for name in dimensions}, metrics={name: name for name in metrics})


def test_a_metric_may_be_named_as_what_only_reports_of_sessions_have():
    assert view(metrics={"bounce_rate": "email.bounced"}, dimensions={"page": "page"}).metric_names() == (*STANDARD_METRICS, "bounce_rate")

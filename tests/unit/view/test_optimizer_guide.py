"""docs/journey-optimizer.md: its tables are what conf/ajo says, rule by rule; no Spark."""

import re
from pathlib import Path

import pytest
import yaml

import cja_spark as cja
from cja_spark.view.components import CalculatedMetric

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "journey-optimizer.md").read_text(encoding="utf-8")
VIEW = yaml.safe_load((ROOT / "conf" / "ajo" / "view.yaml").read_text(encoding="utf-8"))
SPLIT = re.compile(r"(?<!\\) \| ")
KNOWN = ["sends", "message_bounces", "bounces_after_delivery", "errors", "excludes", "delays", "retries", "opens", "clicks", "unsubscribes", "spam_complaints", "bot_opens", "bot_clicks", "landing_page_views", "landing_page_conversions", "list_adds", "list_removes", "push_opens", "push_custom_actions", "edge_sends", "inbound_displays", "inbound_clicks", "inbound_triggers", "inbound_dismisses", "journey_enters", "journey_exits", "journey_failures", "node_enters", "actions", "action_successes", "messages_sent", "messages_delivered", "delivery_rate", "open_rate", "click_through_rate", "click_to_open_rate", "bounce_rate", "unsubscribe_rate", "error_rate"]
DIMENSIONS = ["channel", "campaign", "campaign_id", "journey", "journey_version", "node", "node_type", "action", "treatment", "experiment", "feedback_status", "failure_category", "failure_type", "failure_reason", "exclusion_code", "exclusion_reason", "retry_count", "message_type", "test_message", "interaction_type", "link", "step_status", "email_domain", "platform"]


def table(header):
    lines = GUIDE.split(f"| {header} | ", 1)[1].split("\n\n")[0].splitlines()[2:]
    return {cells[0].strip("`"): [cell.replace("\\|", "|") for cell in cells[1:]] for cells in (SPLIT.split(line.strip().strip("|").strip()) for line in lines)}


METRICS = table("metric")


@pytest.fixture(scope="module")
def view():
    return cja.load(ROOT / "conf" / "ajo").view


def test_the_table_has_every_metric_in_the_order_of_the_view():
    assert list(METRICS) == list(VIEW["metrics"])
    assert set(KNOWN) <= set(METRICS)


@pytest.mark.parametrize("name", VIEW["metrics"])
def test_a_metric_has_the_rule_the_formula_and_the_source_that_the_view_says(name, view):
    rule, formula, source = METRICS[name]
    metric = view.metrics[name]
    assert metric.description == f"{rule} Source: {source}"
    assert formula.strip("`") == (metric.calculate if isinstance(metric, CalculatedMetric) else "–")


def test_the_table_has_every_dimension_in_the_order_of_the_view():
    dimensions = table("dimension")
    assert list(dimensions) == list(VIEW["dimensions"])
    assert set(DIMENSIONS) <= set(dimensions)
    assert {name: told for name, [told] in dimensions.items()} == {name: one["description"] for name, one in VIEW["dimensions"].items()}


def test_the_datasets_of_the_table_are_those_of_the_connection():
    connection = yaml.safe_load((ROOT / "conf" / "ajo" / "connection.yaml").read_text(encoding="utf-8"))["datasets"]
    told = [name.strip("` ") for cells in table("dataset | file or folder").items() for name in [cells[0], *cells[0].split(",")]]
    assert set(connection) == {name.strip("` ") for cell in told for name in cell.replace("`", "").split(",")}


def test_every_code_of_the_list_is_called_once():
    codes = [line.split(",") for line in (ROOT / "conf" / "ajo" / "exclusions.csv").read_text(encoding="utf-8").splitlines()[1:]]
    assert len({code for code, _ in codes}) == len(codes)
    assert all(re.fullmatch(r"05\d{4}", code) and reason for code, reason in codes)

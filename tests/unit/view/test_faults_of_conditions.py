"""Conditions with faults that YAML or an author makes easily: each says what to write."""

from __future__ import annotations

import pytest
import yaml

from cja_spark.configuration import spec_of
from cja_spark.errors import ConfigurationError
from cja_spark.view.condition import Segment

STEPS = "where: {then: [{dimension: page, equals: a}, %s, {dimension: page, equals: b}]}"


def said(written):
    with pytest.raises(ConfigurationError) as caught:
        spec_of(Segment, {"container": "person", **yaml.safe_load(written)}, "segment")
    return str(caught.value)


@pytest.mark.parametrize(("value", "shown"), [("1.5", "1.5"), ("true", "true"), ("2025-01-01", "2025-01-01"), ("2025-01-01 10:00:00", "2025-01-01 10:00:00")])
@pytest.mark.parametrize("operator", ["equals", "does_not_equal", "starts_with"])
def test_what_yaml_reads_as_something_else_than_text_is_to_be_quoted(operator, value, shown):
    assert f"{shown} is no text as YAML reads it; put it in quotes" in said(f"where: {{dimension: page, {operator}: {value}}}")


def test_a_whole_number_is_text_as_it_stands():
    segment = spec_of(Segment, {"where": {"dimension": "page", "equals_any_of": [404, "500"]}}, "segment")
    assert segment.where.equals_any_of == ("404", "500")


@pytest.mark.parametrize(
    "between",
    ["{after: 3 days, within: 1 day}", "{after: 2 events, within: 1 event}", "{after: {dimension: page, count: 2}, within: {dimension: page}}"],
)
def test_distances_that_exclude_each_other_are_named(between):
    assert "'after' is more than 'within', so nothing is that far apart." in said(STEPS % between)


@pytest.mark.parametrize(
    "between",
    ["{after: 1 day, within: 1 day}", "{after: 30 days, within: 1 month}", "{after: 2 events, within: 1 session}", "{after: 2 events, within: 1 minute}"],
)
def test_distances_that_may_both_hold_are_taken(between):
    spec_of(Segment, {"container": "person", **yaml.safe_load(STEPS % between)}, "segment")


NOTHING = [
    ("{metric: orders, at_least: 5, at_most: 4}", "metric 'orders': nothing is at least 5 and at most 4."),
    ("{metric: orders, at_least: 5, less_than: 5}", "metric 'orders': nothing is at least 5 and less than 5."),
    ("{metric: orders, more_than: 5, at_most: 5}", "metric 'orders': nothing is more than 5 and at most 5."),
    ("{metric: orders, equals: 3, at_least: 3.5}", "metric 'orders': nothing is at least 3.5 and 3."),
    ("{metric: orders, equals: 5, less_than: 5}", "metric 'orders': nothing is 5 and less than 5."),
    ("{metric: orders, equals: 5, does_not_equal: 5}", "metric 'orders': nothing is 5 and not 5."),
    ("{dimension: page, distinct: {at_most: -1}}", "distinct: no count is at most -1; counts are 0, 1, 2 and so on."),
    ("{dimension: page, distinct: {equals: 1.5}}", "distinct: no count is 1.5; counts are 0, 1, 2 and so on."),
    ("{dimension: page, distinct: {more_than: 3, less_than: 4}}", "distinct: no count is more than 3 and less than 4; counts are 0, 1, 2 and so on."),
    ("{dimension: page, distinct: {at_least: -1}}", "distinct: every count is at least -1, so all are met; 'at_least: 1' asks for some value."),
    ("{dimension: page, distinct: {at_least: 0}}", "distinct: every count is at least 0, so all are met; 'at_least: 1' asks for some value."),
    ("{dimension: page, distinct: {does_not_equal: 0.5}}", "distinct: every count is not 0.5, so all are met; 'at_least: 1' asks for some value."),
]


@pytest.mark.parametrize(("where", "message"), NOTHING)
def test_numbers_that_nothing_meets_and_counts_that_everything_meets_are_named(where, message):
    assert message in said(f"where: {where}")


@pytest.mark.parametrize("number", [".nan", ".inf", "-.inf"])
def test_a_number_to_compare_with_is_finite(number):
    assert "finite number" in said(f"where: {{metric: orders, at_least: {number}}}")


@pytest.mark.parametrize(
    "where",
    [
        "{metric: orders, at_least: 5, at_most: 5}", "{metric: orders, more_than: 3, less_than: 4}", "{metric: orders, equals: 5, at_least: 5}",
        "{metric: orders, at_least: -3, at_most: -1}", "{metric: orders, at_least: 0}", "{dimension: page, distinct: {equals: 0}}",
        "{dimension: page, distinct: {more_than: -1, at_most: 0}}", "{dimension: page, distinct: {does_not_equal: 1}}",
    ],
)  # fmt: skip
def test_numbers_that_something_meets_are_taken(where):
    spec_of(Segment, {"container": "person", "where": yaml.safe_load(where)}, "segment")

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

"""Metrics of derived fields that give text count where it is set (rule M1; CJA, component settings, behavior)."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from cja_spark.view.spec import View
from cja_spark.view.text_numbers import marked
from cja_spark.words.metric import metric_in_words
from tests.reference.values import amount

LOW = {"function": "lowercase", "input": "page"}
BOTH = {"function": "concatenate", "inputs": ["page", "site"]}
WORDS = {"function": "case_when", "cases": [{"when": {"input": "price", "more_than": 9}, "value": "dear"}], "otherwise": "cheap"}
SIZES = {**WORDS, "cases": [{**WORDS["cases"][0], "value": "42"}]}
LENGTH = {"function": "typecast", "input": "page", "to": "number"}
SUM = {"function": "math", "formula": "x + y", "inputs": {"x": "price", "y": "tax"}}


def metric(functions, **how):
    return View.model_validate({"name": "v", "derived": {"a": functions}, "metrics": {"m": {"derived": "a", **how}}})


@pytest.mark.parametrize("functions", [[LOW], [BOTH], [WORDS], [SIZES], [{**LOW, "output": "x"}, {**LOW, "input": {"output": "x"}}]])
def test_a_derived_field_of_text_counts_instances_where_nothing_is_said(functions):
    assert metric(functions).metrics["m"].behavior == "instances"


@pytest.mark.parametrize("functions", [[LENGTH], [SUM], [{"function": "merge_fields", "inputs": ["price", "tax"]}]])
def test_one_of_numbers_or_of_what_the_events_have_sums(functions):
    assert metric(functions).metrics["m"].behavior is None


@pytest.mark.parametrize("how", [{"behavior": "values"}, {"values_to_count": True}, {"include": {"more_than": 3}}])
def test_who_asks_for_the_numbers_in_texts_gets_them(how):
    assert metric([LOW], **how).metrics["m"].behavior == how.get("behavior")


def test_values_of_words_alone_are_a_fault_and_of_texts_that_may_be_numbers_none():
    with pytest.raises(ValidationError, match=r"behavior: values sums numbers, and derived field 'a' gives words alone; leave it out to count"):
        metric([WORDS], behavior="values")
    assert metric([SIZES], behavior="values").metrics["m"].behavior == "values"


@pytest.mark.parametrize("how", [{}, {"behavior": "values"}, {"behavior": "instances"}])
def test_m1_amounts_of_texts_equal_the_reference(how):
    texts = ["home", "12", "0", None, "1e3", "n/a"]
    numbers = np.array([np.nan, 12, 0, np.nan, 1000, np.nan])
    held = marked(numbers, np.array([one is not None and np.isnan(number) for one, number in zip(texts, numbers, strict=True)]))
    given = {"behavior": how.get("behavior", "instances")}  # what the reference is told: text counts
    found = metric([LOW], **how).metrics["m"].amounts(held)
    assert [None if np.isnan(one) else one for one in found] == [amount(text, given) for text in texts]


def test_explain_says_that_it_counts():
    view = metric([LOW])
    assert "each value that is set counts 1, also 0" in [text for _, text in metric_in_words(view, view.metrics["m"])]

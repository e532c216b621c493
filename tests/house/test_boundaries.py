"""Every input of the table of boundaries is pinned by tests that exist, or is named as one that is not, with the reason."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest
import yaml

from cja_spark.reports.kinds import REPORTS

TESTS = Path(__file__).resolve().parent.parent
LISTED = yaml.safe_load((TESTS / "boundaries.yaml").read_text(encoding="utf-8"))
ROWS, WITHOUT = LISTED["rows"], LISTED["without"]
NODES = sorted({node for inputs in ROWS.values() for nodes in inputs.values() for node in nodes})


@pytest.fixture(scope="module")
def boundaries(shared):
    """The table: per row its rules and its inputs, as they are written there."""
    text = (shared / "spec" / "journeys.md").read_text(encoding="utf-8")
    [table] = re.findall(r"^### Boundaries\n\| rules \| inputs \|\n\|---\|---\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    return dict(line.strip("| ").split(" | ") for line in table.splitlines())


def left_of(cell: str, inputs: list[str]) -> str:
    """What of a row's cell is none of the inputs, which stand there in their order, one after the other."""
    for one in inputs:
        before, found, cell = cell.partition(one)
        if not found or before not in ("", ", ", "; "):
            return before + found + cell
    return cell


def inputs_without(rules: str) -> list[str]:
    return [one["input"] for one in WITHOUT if one["rules"] == rules and "input" in one]


def whole_rows_without() -> set[str]:
    return {one["rules"] for one in WITHOUT if not {"input", "of"} & {*one}}


def is_there(word: str) -> bool:
    """Whether a kind of report has the word in its name, or a kind has a setting with it (KIND.SETTING)."""
    kind, _, setting = word.partition(".")
    if not setting:
        return any(kind in name for name in REPORTS)
    return any(setting in name for name in REPORTS.named(kind).spec.model_fields)


@functools.cache
def functions_of(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_row_of_the_table_is_listed_or_is_a_named_exception(boundaries):
    assert {*boundaries} == {*ROWS, *whole_rows_without()}


@pytest.mark.parametrize("rules", ROWS)
def test_every_input_of_a_row_is_listed_or_is_a_named_exception(boundaries, rules):
    listed = sorted((*ROWS[rules], *inputs_without(rules)), key=boundaries[rules].find)
    assert left_of(boundaries[rules], listed) == ""


def test_nothing_is_both():
    assert not {*ROWS} & whole_rows_without()
    assert all(one["rules"] in ROWS for one in WITHOUT if {"input", "of"} & {*one})
    assert [one for one in WITHOUT if one.get("input") in ROWS.get(one["rules"], {})] == []


@pytest.mark.parametrize("node", NODES)
def test_a_test_that_is_named_exists(node):
    file, name = node.split("::")
    assert name.startswith("test_")
    assert name in functions_of(file)


@pytest.mark.parametrize("rules", ROWS)
def test_every_input_has_a_test_that_names_a_rule_of_its_row(rules):
    named = re.compile(rf".*::test_[{''.join(re.findall('[A-Z]', rules)).lower()}][0-9_]")
    assert [one for one, nodes in ROWS[rules].items() if not any(map(named.match, nodes))] == []


def test_exceptions_end_when_what_they_wait_for_is_there():
    for one in WITHOUT:
        assert one["reason"]
        assert one["until"]
        assert [word for word in one["until"] if is_there(word)] == [], f"write the tests of {one['rules']} and name them in boundaries.yaml"


def test_every_kind_of_report_is_one_whose_rows_have_tests():
    assert sorted(REPORTS) == LISTED["kinds"], "name the tests of the new kind's rules in boundaries.yaml, then the kind"


def test_the_checks_can_fail():
    assert left_of("a, b; c = d, e", ["a", "b", "c = d, e"]) == ""
    assert left_of("a, b; c", ["a", "c"]) == ", b; c"
    assert left_of("a, b", ["a"]) == ", b"
    assert is_there("fall")
    assert is_there("fallout.date_rule")
    assert not is_there("fallout.nothing_of_it")

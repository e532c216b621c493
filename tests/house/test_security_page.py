"""The page on security names files and tests that exist, each rule once, and says how large the corpora are."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
RULES = PAGE.split("## The rules")[1].split("\n## ")[0]
NAMED = sorted({*re.findall(r"`((?:cja_spark|tests|conf|jobs|docs|\.ci)/[^`\s]+|Makefile|requirements\.\w+)`", PAGE)})
ROWS = [line.strip("| ").split(" | ") for line in RULES.splitlines() if line.startswith("| ")][1:]


def test_the_page_names_much():
    assert len(NAMED) > 40
    assert len(ROWS) == 13


@pytest.mark.parametrize("named", NAMED)
def test_what_is_named_exists(named):
    file, _, test = named.partition("::")
    assert (ROOT / file).exists()
    if test:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("rule", [*(f"S{number}" for number in range(1, 11)), "C7", "KH8"])
def test_each_rule_is_kept_somewhere_and_proved_by_a_test(rule):
    [(_, kept, proved)] = [row for row in ROWS if row[0].startswith(f"{rule} ")]
    assert "`cja_spark/" in kept
    assert "`tests/" in proved


def count(name):
    return len(json.loads((ROOT / "tests" / "security" / f"{name}.json").read_text(encoding="utf-8")))


def test_the_corpora_have_as_many_as_the_page_says():
    from tests.security.hostile import HOSTILE

    told = {rule: [int(number) for number in re.findall(r"\b(\d+) (?:hostile|texts|odd|formulas|paths|ways)", proved)] for rule, _, proved in ROWS}
    by_rule = {rule.split()[0]: numbers for rule, numbers in told.items() if numbers}
    assert by_rule == {
        "S1": [count("yaml") + count("yaml_repeated")], "S3": [count("sql"), count("identifiers")], "S4": [len(HOSTILE)],
        "S5": [count("formulas")], "S6": [count("paths")], "KH8": [count("servers")],
    }  # fmt: skip

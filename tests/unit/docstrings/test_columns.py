"""A transform gives the columns that its docstring says, of a frame that has no other columns than it says to read."""

from __future__ import annotations

import ast
import importlib
import re

import pytest

from cja_spark.stored import Stored
from tests.house.test_docstrings import TREES, functions, section
from tests.unit.docstrings.cases import CASES, EXCEPTIONS
from tests.unit.docstrings.grammar import Columns, GrammarError, columns_of, fields_of, shape

ALONG = ("along", "string")  # a column that a transform does not know


def frames_of(node: ast.FunctionDef, kinds: str = "DataFrame|Stored") -> list[str]:
    """Parameters that are frames, or frames with the files that they lie in."""
    arguments = (*node.args.args, *node.args.kwonlyargs)
    told = {one.arg: ast.unparse(one.annotation) for one in arguments if one.annotation}
    return [name for name, kind in told.items() if re.search(rf"\b({kinds})\b", kind) and not kind.startswith("Callable")]


def transforms():
    """Public functions and methods from frames to a frame or several, by their name in the package."""
    for name, tree in TREES.items():
        for where, node in functions(tree):
            if node.returns and re.search(r"\bDataFrame\b", ast.unparse(node.returns)) and frames_of(node):
                yield f"{name}.{where}".removeprefix("cja_spark."), node


TRANSFORMS = dict(transforms())
NODES = {f"{name}.{where}".removeprefix("cja_spark."): node for name, tree in TREES.items() for where, node in functions(tree)}


def said(name: str) -> Columns:
    return columns_of(section(NODES[name], "Columns"), CASES[name].says)


def schema_of(fields) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in fields)


def expected(columns: Columns, first: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if columns.gives == "returns":
        return columns.fields
    if columns.gives == "adds":
        return [*first, *columns.fields]
    assert {name for name, _ in columns.fields} <= {name for name, _ in first}
    return first


def test_every_transform_has_a_case_or_a_reason_why_not():
    assert sorted(set(TRANSFORMS) - set(CASES) - set(EXCEPTIONS)) == []
    assert set(EXCEPTIONS) <= set(TRANSFORMS)
    assert set(CASES) <= set(NODES)
    assert not set(CASES) & set(EXCEPTIONS)


@pytest.mark.parametrize("name", CASES)
def test_a_transform_gives_the_columns_that_its_docstring_says(name, spark, lake, monkeypatch):
    monkeypatch.setenv("CJA_PEPPER", "p" * 32)
    columns, frames, case = said(name), frames_of(NODES[name]), CASES[name]
    assert {frame for frame in columns.reads if frame} <= set(frames)
    passes = [ALONG] if columns.gives != "returns" else []
    rows, first = {}, []
    for at, frame in enumerate(frames):
        fields = columns.reads.get(frame, columns.reads.get(None, []) if at == 0 else []) + (passes if at == 0 else [])
        rows[frame] = spark.createDataFrame(case.rows if at == 0 else [], schema_of(fields) or "struct<>")
        first = fields if at == 0 else first
    function = getattr(importlib.import_module(f"cja_spark.{name.rpartition('.')[0]}"), name.rpartition(".")[2])
    rows |= {frame: Stored.of(rows[frame]) for frame in frames_of(NODES[name], "Stored")}
    found = function(**rows, **case.arguments(lake))
    there = [(field.name, field.dataType.simpleString()) for field in found.schema.fields]
    found.unpersist()
    wanted = expected(columns, first)
    assert [name for name, _ in there] == [name for name, _ in wanted]
    for (one, kind), (_, told) in zip(there, wanted, strict=True):
        any_struct = re.search(r"struct(?!<)", told)
        assert (one, shape(kind) if any_struct else kind) == (one, told if any_struct else written(told, spark))


def written(told: str, spark) -> str:
    """A type as Spark writes it."""
    return spark.createDataFrame([], f"x {told}").schema["x"].dataType.simpleString()


def test_the_grammar_reads_names_under_one_type_remarks_and_prose():
    text = "reads a, b string (why; not), t timestamp; reads of other c array<struct<x int, y string>>; returns {more}, d int. Then e."
    assert columns_of(text, {"more": "m, n double"}) == Columns(
        {None: [("a", "string"), ("b", "string"), ("t", "timestamp")], "other": [("c", "array<struct<x int, y string>>")]},
        "returns", [("m", "double"), ("n", "double"), ("d", "int")],
    )  # fmt: skip
    assert columns_of("reads a string; changes nothing") == Columns({None: [("a", "string")]}, "changes", [])
    assert columns_of("reads a string; changes a").fields == [("a", "")]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("reads a, b; adds c int", "a, b: no type follows"),
        ("t bigint, then the payload", "no clause"),
        ("reads a string", "0 clauses"),
        ("returns a int; adds b int", "2 clauses"),
        ("returns {fields}", "nobody says what {fields} is"),
        ("returns the-table int", "'the-table int' is no column"),
    ],
)
def test_a_text_outside_the_grammar_is_refused(text, fault):
    with pytest.raises(GrammarError, match=re.escape(fault)):
        columns_of(text)


def test_the_shape_of_a_type_leaves_out_what_structs_hold():
    assert shape("array<struct<a:int,b:array<string>>>") == "array<struct>"
    assert shape("map<string,struct<a:struct<b:int>>>") == "map<string,struct>"
    assert fields_of("a array<struct>, b struct") == [("a", "array<struct>"), ("b", "struct")]

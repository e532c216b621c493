"""Docstrings are contracts: frames say their rows, kernels their shapes, functions the errors that they raise."""

from __future__ import annotations

import ast
import builtins
import doctest
import importlib
import inspect
import re
from functools import cache
from pathlib import Path

import pytest

from cja_spark import errors
from cja_spark.sinks import chunk, clocks

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = sorted((ROOT / "cja_spark").rglob("*.py"))
ERRORS = {
    name: one
    for module in (errors, chunk, clocks)
    for name, one in inspect.getmembers(module, inspect.isclass)
    if issubclass(one, Exception) and one.__module__ == module.__name__
}
SECTION = re.compile(r"^\s*(Rows|Columns|Shapes|Ties|Raises|Source|Args|Returns|Attributes|Yields):", re.MULTILINE)
SHAPE = re.compile(r"\b(?:int|float|bool)\d*\[[^\]]+\]")


def module(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {module(file): ast.parse(file.read_text(encoding="utf-8")) for file in FILES}


def public(tree: ast.Module):
    """Public functions and classes, and public methods of public classes, as (qualified name, node)."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node
            for inner in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                    yield f"{node.name}.{inner.name}", inner


def functions(tree: ast.Module):
    return [(name, node) for name, node in public(tree) if isinstance(node, ast.FunctionDef)]


def section(node: ast.FunctionDef, name: str) -> str:
    """The text under a heading of a docstring, up to the next one."""
    text = ast.get_docstring(node) or ""
    found = list(SECTION.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    return "".join(text[match.end() : end] for match, end in zip(found, ends, strict=False) if match[1] == name)


def raised(node: ast.AST) -> set[str]:
    """Own errors that a piece of code raises itself: ``raise XError(…)`` or ``raise XError.of(…)``."""
    found = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Raise) and isinstance(inner.exc, ast.Call):
            at = inner.exc.func
            at = at.value if isinstance(at, ast.Attribute) else at
            if isinstance(at, ast.Name) and at.id in ERRORS:
                found.add(at.id)
    return found


def made(tree: ast.Module) -> set[str]:
    """Own errors that a module makes, raised at once or given to somebody who raises them."""
    calls = (inner.func for inner in ast.walk(tree) if isinstance(inner, ast.Call))
    names = (at.value if isinstance(at, ast.Attribute) else at for at in calls)
    return {at.id for at in names if isinstance(at, ast.Name) and at.id in ERRORS}


@cache
def below(name: str) -> frozenset[str]:
    """A module and all of the package that it imports, directly or not."""
    seen, ahead = set(), [name]
    while ahead:
        here = ahead.pop()
        if here in seen or here not in TREES:
            continue
        seen.add(here)
        for node in ast.walk(TREES[here]):
            if isinstance(node, ast.ImportFrom) and node.module:
                ahead += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return frozenset(seen)


@pytest.mark.parametrize("name", TREES)
def test_everything_public_has_a_docstring(name):
    assert [where for where, node in public(TREES[name]) if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("name", TREES)
def test_a_function_that_gives_a_frame_says_its_rows_or_columns(name):
    silent = [
        where
        for where, node in functions(TREES[name])
        if node.returns is not None
        and re.fullmatch(r"DataFrame|list\[DataFrame\]", ast.unparse(node.returns))
        and not (section(node, "Rows") or section(node, "Columns"))
    ]
    assert silent == []


@pytest.mark.parametrize("name", [name for name in TREES if name.startswith("cja_spark.kernels.")])
def test_a_kernel_says_its_shapes(name):
    silent = [
        where
        for where, node in functions(TREES[name])
        if re.search(r"Ints|Floats|Bools|NDArray", ast.unparse(node.returns or ast.Constant(None)))
        and not SHAPE.search(ast.get_docstring(node) or "")
    ]
    assert silent == []


@pytest.mark.parametrize("name", TREES)
def test_a_function_names_the_errors_that_it_raises(name):
    unnamed = []
    for where, node in functions(TREES[name]):
        told = section(node, "Raises")
        for error in raised(node):
            family = {one.__name__ for one in ERRORS[error].__mro__ if one.__name__ in ERRORS and (one is not errors.CjaError or error == one.__name__)}
            if not any(re.search(rf"\b{one}\b", told) for one in family):
                unnamed.append((where, error))
    assert unnamed == []


@pytest.mark.parametrize("name", TREES)
def test_an_error_that_is_named_exists_and_is_raised_there_or_below(name):
    possible = {error for one in below(name) for error in made(TREES[one])}
    possible |= {one.__name__ for error in possible for one in ERRORS[error].__mro__}
    if chunk.__name__ in below(name):  # whoever has a sink gets its errors, wherever that raises them
        possible |= {error for error, one in ERRORS.items() if one.__module__ == chunk.__name__}
    wrong = [
        (where, error)
        for where, node in functions(TREES[name])
        for error in re.findall(r"\b[A-Z]\w+Error\b", section(node, "Raises"))
        if error not in possible and not hasattr(builtins, error)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", [module(file) for file in FILES if ">>> " in file.read_text(encoding="utf-8")])
def test_examples_in_docstrings_give_what_they_show(name):
    tried = doctest.testmod(importlib.import_module(name))
    assert tried.attempted
    assert tried.failed == 0


def test_the_checks_can_fail():
    tree = ast.parse('def rows() -> DataFrame:\n    """Give rows."""\n    raise InputError.of("x")\n')
    [(_, node)] = functions(tree)
    assert section(node, "Rows") == ""
    assert raised(node) == {"InputError"}

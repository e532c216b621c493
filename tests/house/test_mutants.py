"""Declared mutants fit the code as it is: `make mutants` runs them, this says early which ones are stale."""

import ast
import re

import pytest

from tests.mutants.spec import ROOT, declared

MUTANTS = declared()
EACH = [(name, mutant) for name, mutants in MUTANTS.items() for mutant in mutants.mutants]


def test_there_are_enough_of_them():
    assert len(EACH) >= 60


def test_every_kernel_has_some():
    kernels = {str(file.relative_to(ROOT)) for file in (ROOT / "cja_spark/kernels").glob("*.py")} - {"cja_spark/kernels/__init__.py"}
    assert kernels - {mutants.file for mutants in MUTANTS.values() if mutants.mutants} == set()


@pytest.mark.parametrize(("name", "mutant"), EACH, ids=[f"{name}, {one.rule}: {one.breaks}" for name, one in EACH])
def test_a_mutant_changes_one_place_and_is_python(name, mutant):
    source = MUTANTS[name].source
    changed = mutant.of(source)
    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source))


def test_each_has_words_of_its_own():
    words = [f"{name}, {one.rule}: {one.breaks}" for name, one in EACH]
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize("name", MUTANTS)
def test_tests_that_find_them_exist(name):
    for test in MUTANTS[name].all_tests:
        file, _, function = test.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not function or re.search(rf"^def {re.escape(function.split('[')[0])}\(", text, re.MULTILINE), test

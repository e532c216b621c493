"""House checks: the rules of CONTRIBUTING.md that a program can hold."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = sorted((ROOT / "cja_spark").rglob("*.py"))
JOBS = sorted((ROOT / "jobs").glob("*.py"))
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
BANNED = {"utils", "helpers", "common", "misc", "base", "manager"}


def names(files):
    return [str(file.relative_to(ROOT)) for file in files]


@pytest.mark.parametrize("file", PACKAGE, ids=names(PACKAGE))
def test_a_file_has_at_most_three_hundred_lines(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 300


def test_no_file_is_named_for_nothing():
    assert [name for name in names(PACKAGE) if Path(name).stem in BANNED] == []


@pytest.mark.parametrize("file", JOBS, ids=names(JOBS))
def test_a_job_has_at_most_twenty_five_lines(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 25


def test_every_verb_has_its_job_but_those_that_the_readme_names():
    from cja_spark.verbs import NAMES, module

    [told] = re.findall(r"for spark-submit; (.*?) are no jobs", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert {file.stem: f'job("{file.stem}")' in file.read_text(encoding="utf-8").replace("-", "_") for file in JOBS} == {
        module(name): True for name in NAMES if f"`{name}`" not in told
    }


def test_a_scheduler_that_publishes_is_told_to_deliver():
    """`run-due` alone reaches no sink; after `&&` nothing would, while one audience is held back."""
    for page in ("README.md", "docs/audiences.md", "docs/operations.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert re.search(r"cja run-due [^`&]*; *(?:\.venv/bin/)?cja deliver", text), page


@pytest.mark.parametrize("file", PACKAGE, ids=names(PACKAGE))
def test_no_exception_is_swallowed_in_silence(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    silent = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
    ]
    assert silent == []


@pytest.mark.parametrize("file", PACKAGE, ids=names(PACKAGE))
def test_configuration_text_never_becomes_a_spark_expression(file):
    assert not re.search(r"\bF\.expr\(|\bselectExpr\(|\.sql\(f", file.read_text(encoding="utf-8"))


def test_specs_are_imported_without_spark():
    import subprocess
    import sys

    program = "import sys, cja_spark.view.spec, cja_spark.reports.spec, cja_spark.configuration; sys.exit('pyspark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_every_make_target_has_its_help():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):(.*)$", text, re.MULTILINE)
    assert [name for name, rest in targets if "## " not in rest] == []


@pytest.mark.parametrize("file", PAGES, ids=names(PAGES))
def test_links_of_the_documentation_lead_somewhere(file):
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8"))
    assert [target for target in targets if not (file.parent / target).exists()] == []


# Pages about how data lies, whose figures `make bench` measures.
WITHOUT_EXAMPLES = {"scaling.md"}


def test_every_page_of_rules_has_tests_that_run_its_examples():
    folders = (ROOT / "tests" / folder for folder in ("house", "unit"))
    tests = "".join(file.read_text(encoding="utf-8") for folder in folders for file in sorted(folder.rglob("test_*.py")))
    pages = {file.name for file in (ROOT / "docs").glob("*.md")}
    assert pages >= WITHOUT_EXAMPLES
    assert sorted(name for name in pages - WITHOUT_EXAMPLES if f'"docs" / "{name}"' not in tests and f'DOCS / "{name}"' not in tests) == []


def test_scripts_of_the_page_declare_each_name_once():
    """They are one script in the end: a second `const` of a name would stop all of it."""
    scripts = sorted((ROOT / "cja_spark" / "page").rglob("*.js"))
    declared = [name for file in scripts for name in re.findall(r"^(?:function|const|let|class)\s+(\w+)", file.read_text(encoding="utf-8"), re.M)]
    assert len(declared) > 50
    assert [name for name in sorted({*declared}) if declared.count(name) > 1] == []

"""What is installed is pinned with digests; pins, digests and what the project asks for agree, and a document tells of all of it."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
HASHES = (ROOT / "requirements.hashes").read_text(encoding="utf-8")
ASKED = [
    *PROJECT["build-system"]["requires"], *PROJECT["project"]["dependencies"],
    *(one for some in PROJECT["project"]["optional-dependencies"].values() for one in some),
]  # fmt: skip


@pytest.fixture(scope="module")
def sbom():
    """The program that writes the document; what it needs is in the extra `check`."""
    if not os.environ.get("CI"):
        pytest.importorskip("cyclonedx", reason="cyclonedx-python-lib is not installed: make setup")
    spec = importlib.util.spec_from_file_location("sbom", ROOT / ".ci" / "sbom.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text):
    return {plain(name): version for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", text, re.MULTILINE)}


def test_the_digests_are_of_the_versions_that_are_pinned():
    """After a change of requirements.lock: make hashes."""
    assert pins(HASHES) == pins(LOCK)


def test_every_pin_has_a_digest():
    parts = re.split(r"^(?=[A-Za-z0-9])", HASHES, flags=re.MULTILINE)[1:]
    assert [part.split()[0] for part in parts if not re.search(r"^    --hash=sha256:[0-9a-f]{64}\b", part, re.MULTILINE)] == []
    assert len(parts) == len(pins(LOCK))


@pytest.mark.parametrize("text", ASKED)
def test_what_the_project_asks_for_is_pinned_to_a_version_that_it_allows(text):
    asked = Requirement(text)
    assert asked.specifier.contains(pins(LOCK)[plain(asked.name)], prereleases=True)


def test_no_registry_is_named():
    assert [line for line in (LOCK + HASHES).splitlines() if "://" in line or "index" in line or "find-links" in line] == []


def test_setup_installs_nothing_without_its_digest():
    recipes = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "INSTALL := $(PIP) install --quiet --no-deps --require-hashes\n" in recipes
    lines = [line.strip() for line in recipes.splitlines() if re.search(r"(pip|\$\(PIP\)) (install|wheel|check)|\$\(INSTALL\)", line) and line.startswith(("\t", " "))]
    free = [line for line in lines if "--require-hashes" not in line and "$(INSTALL)" not in line]
    # What has no digest: a check, the tool that makes the digests, the wheel of a source that was checked, and the project.
    allowed = ("$(PIP) check", "build/uv/bin/pip install --quiet $(UV)", "$(VENV)/wheels/pyspark-*.whl", "--no-build-isolation --editable .")
    assert [line for line in free if not any(one in line for one in allowed)] == []
    assert len(lines) - len(free) == 3


def test_nothing_is_pinned_that_nobody_asks_for(sbom):
    """As it is installed here: what a package needs on another system may be missing."""
    reached = sbom.closure(sbom.needed(ASKED))
    assert sorted({*pins(LOCK)} - reached) == []


def test_everything_that_is_needed_is_pinned(sbom):
    reached = sbom.closure(sbom.needed(ASKED))
    assert sorted(reached - {*pins(LOCK)}) == []


@pytest.fixture(scope="module")
def document(sbom):
    from cyclonedx.output.json import JsonV1Dot6

    return json.loads(JsonV1Dot6(sbom.bom_of(HASHES)).output_as_string())


def test_the_document_is_a_valid_one(document):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(document)) is None
    broken = {**document, "components": [{"name": "x"}]}
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(broken)) is not None


def test_the_document_tells_of_every_package_and_jar_once_with_version_digests_and_licence(document, sbom):
    from cja_spark.recorded_jars import recorded
    from cja_spark.session import delta_artefact

    python = {f"pkg:pypi/{name}@{version}" for name, version in pins(LOCK).items()}
    jars = {f"pkg:maven/{jar.group}/{jar.name}@{jar.version}" for jar in recorded(delta_artefact(pins(LOCK)["pyspark"]))}
    told = [one["purl"] for one in document["components"]]
    assert (sorted(told), len(jars)) == (sorted(python | jars), 9)
    assert [one["purl"] for one in document["components"] if not one.get("hashes") or not one.get("version")] == []
    assert [one["purl"] for one in document["components"] if not one.get("licenses")] == []
    spark = next(one for one in document["components"] if one["name"] == "pyspark")
    assert {one["content"] for one in spark["hashes"]} == {*sbom.pins(HASHES)["pyspark"].digests}


def test_the_document_parts_what_runs_from_what_tests(document):
    scopes = {one["name"]: one["scope"] for one in document["components"]}
    assert {scopes[name] for name in ("pyspark", "delta-spark", "pydantic", "urllib3", "confluent-kafka", "numpy", "delta-storage")} == {"required"}
    assert {scopes[name] for name in ("pytest", "ruff", "duckdb", "cyclonedx-python-lib")} == {"excluded"}


def test_the_document_says_what_needs_what(document):
    needs = {one["ref"].split("@")[0]: {ref.split("@")[0] for ref in one.get("dependsOn", ())} for one in document["dependencies"]}
    assert "pkg:pypi/pydantic-core" in needs["pkg:pypi/pydantic"]
    assert "pkg:maven/io.delta/delta-storage" in needs["pkg:pypi/delta-spark"]
    assert {"pkg:pypi/pyspark", "pkg:pypi/pydantic"} <= needs["cja_spark"]
    assert "pkg:pypi/pytest" not in needs["cja_spark"]


def test_equal_pins_give_equal_documents(sbom, monkeypatch):
    from cyclonedx.output.json import JsonV1Dot6

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    first, second = (JsonV1Dot6(sbom.bom_of(HASHES)).output_as_string() for _ in range(2))
    assert first == second

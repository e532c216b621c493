"""S3 and S6: names that become SQL and places of files; hostile ones are refused before anything is opened."""

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from cja_spark.addresses import SCHEMES, fault_of, require_root
from cja_spark.errors import ConfigurationError
from cja_spark.identifiers import quoted
from cja_spark.project import LakePlace, load
from cja_spark.project_classifications import table_of
from cja_spark.sinks.spec import DeltaProfiles
from cja_spark.sources.spec import Source
from cja_spark.spec import Name
from tests.bad_input.shop import FILES
from tests.unit.sinks.inlet.given import settings

HERE = Path(__file__).resolve().parent
IDENTIFIERS = json.loads((HERE / "identifiers.json").read_text())
PATHS = json.loads((HERE / "paths.json").read_text())


def test_the_corpora_are_as_large_as_they_are_said_to_be():
    assert (len({*IDENTIFIERS}), len({*PATHS})) == (80, 60)


@pytest.mark.parametrize("name", IDENTIFIERS)
@pytest.mark.fault("F15")
def test_no_hostile_name_becomes_sql(name):
    with pytest.raises(ConfigurationError):
        quoted(name)
    with pytest.raises(ConfigurationError):
        quoted(f"main.{name}")
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(name)


@pytest.mark.parametrize("name", ["a", "_a", "A1_b", "a" * 128, "main.shop.events"])
def test_plain_names_are_quoted(name):
    assert quoted(name) == ".".join(f"`{part}`" for part in name.split("."))


def test_sql_texts_are_made_of_quoted_names_alone():
    """Every call of `.sql(` in the package, read by eye once: a new one is looked at here."""
    package = HERE.parent.parent / "cja_spark"
    calls = {
        (str(file.relative_to(package)), line.strip())
        for file in package.rglob("*.py")
        for line in file.read_text().splitlines()
        if ".sql(" in line and "pyspark" not in line
    }
    assert {call for call in calls if "quoted(" not in call[1] and 'sql("' not in call[1]} == set()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("up", [False, True])
@pytest.mark.fault("F15")
def test_no_hostile_path_is_an_address(path, up):
    assert fault_of(path, up=up) is not None


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.fault("F15")
def test_hostile_paths_are_faults_of_what_names_them(path):
    with pytest.raises(ValidationError):
        Source(format="csv", path=path)
    with pytest.raises(ValidationError):
        DeltaProfiles(name="store", sink="delta", location=path)
    for more in ({"location": path}, {"location": "lake", "files": path}):
        with pytest.raises(ValidationError):
            LakePlace(**more)
    with pytest.raises(ValidationError):
        settings(ca=path)
    with pytest.raises(ValueError, match="^\\('file', "):
        table_of(HERE, path, "from", "to")


@pytest.mark.parametrize("path", ["web", "web/*.json", "a b/ä.csv", "/data/web", "..a/b..", "file:/data", "file:///data", *(f"{one}://bucket/x" for one in SCHEMES if one != "file")])
def test_plain_paths_are_addresses(path):
    assert fault_of(path) is None


def test_places_of_a_project_may_lie_beside_its_folder_and_sources_may_not_lie_beside_theirs():
    assert fault_of("../../build/lake", up=True) is None
    assert fault_of("../web") is not None


def test_a_fault_does_not_repeat_the_address():
    assert "secret" not in fault_of("s3a://key:secret@bucket/x")


@pytest.fixture
def rooted(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    monkeypatch.setenv("CJA_ROOTS", f"{tmp_path / 'in'},s3a://bucket/lake")
    return tmp_path


@pytest.mark.parametrize("place", ["in", "in/deep/er", "in/*.json"])
def test_what_lies_under_a_root_is_allowed(rooted, place):
    assert require_root(str(rooted / place), "x") == str(rooted / place)
    assert require_root(f"file:{rooted / place}", "x")


@pytest.mark.parametrize("place", ["out", "", "in/../out", "inside", "in2"])
@pytest.mark.fault("F15")
def test_what_lies_elsewhere_is_not(rooted, place):
    with pytest.raises(ConfigurationError, match="CJA_ROOTS"):
        require_root(str(rooted / place), "x")


@pytest.mark.fault("F15")
def test_a_link_that_leads_out_is_followed_first(rooted):
    (rooted / "in" / "link").symlink_to(rooted / "out")
    with pytest.raises(ConfigurationError, match="CJA_ROOTS"):
        require_root(str(rooted / "in" / "link" / "x.csv"), "x")


@pytest.mark.parametrize(("address", "allowed"), [("s3a://bucket/lake", True), ("s3a://bucket/lake/a", True), ("s3a://bucket/lakes", False), ("s3a://other/lake", False), ("gs://bucket/lake", False)])
def test_other_file_systems_are_compared_as_written(rooted, address, allowed):
    if allowed:
        assert require_root(address, "x") == address
    else:
        with pytest.raises(ConfigurationError):
            require_root(address, "x")


def test_a_place_of_a_project_lies_under_a_root_too(rooted):
    project = rooted / "in" / "project"
    project.mkdir()
    for name, text in FILES.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text)
    assert load(project).place("../lake") == str(rooted / "in" / "lake")
    for place in ("../../out/lake", "/elsewhere", "s3a://other/lake"):
        with pytest.raises(ConfigurationError, match="CJA_ROOTS"):
            load(project).place(place)


def test_a_link_of_the_project_does_not_lead_a_table_of_classify_out(tmp_path):
    (tmp_path / "project").mkdir()
    (tmp_path / "secret.csv").write_text("from,to\na,b\n")
    (tmp_path / "project" / "link.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(ValueError, match="lies elsewhere"):
        table_of(tmp_path / "project", "link.csv", "from", "to")
    (tmp_path / "project" / "table.csv").write_text("from,to\na,b\n")
    assert table_of(tmp_path / "project", "table.csv", "from", "to") == {"a": "b"}


def test_without_roots_every_address_is_allowed(monkeypatch):
    monkeypatch.delenv("CJA_ROOTS", raising=False)
    assert require_root("/anywhere", "x") == "/anywhere"

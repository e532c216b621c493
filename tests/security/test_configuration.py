"""S1: hostile YAML ends as a named fault, quickly and without memory; nothing in it runs (corpus B5)."""

import json
import resource
import time
from pathlib import Path

import pytest

from cja_spark.configuration import MAX_BYTES, parse, read_document
from cja_spark.errors import ConfigurationError, VersionError
from cja_spark.project import LakePlace
from cja_spark.spec import Spec

pytestmark = pytest.mark.fault("F15")

HERE = Path(__file__).resolve().parent
WRITTEN = json.loads((HERE / "yaml.json").read_text())
REPEATED = json.loads((HERE / "yaml_repeated.json").read_text())


def refused(tmp_path, text):
    file = tmp_path / "lake.yaml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    faults = []
    began = time.monotonic()
    try:
        document = read_document(file)
        assert parse(LakePlace, document, faults) is None
    except (ConfigurationError, VersionError) as error:
        faults.append(str(error))
    assert time.monotonic() - began < 30
    return "; ".join(str(fault) for fault in faults)


@pytest.mark.parametrize(("what", "text"), WRITTEN, ids=[one[0] for one in WRITTEN])
@pytest.mark.fault("F12")
def test_hostile_yaml_is_a_named_fault(tmp_path, what, text):
    said = refused(tmp_path, text)
    assert "lake.yaml" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(("what", "part", "times", "end"), REPEATED, ids=[one[0] for one in REPEATED])
@pytest.mark.fault("F12")
def test_yaml_that_is_large_or_deep_is_a_named_fault_and_takes_no_memory(tmp_path, what, part, times, end):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "lake.yaml" in refused(tmp_path, part * times + end)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700_000  # KB


def test_a_file_of_the_largest_size_is_read_and_one_byte_more_is_not(tmp_path):
    file = tmp_path / "lake.yaml"
    text = b"location: lake\n"
    file.write_bytes(text + b"#" * (MAX_BYTES - len(text)))
    assert read_document(file).value == {"location": "lake"}
    file.write_bytes(text + b"#" * (MAX_BYTES - len(text) + 1))
    with pytest.raises(ConfigurationError, match="at most 1,000,000"):
        read_document(file)


@pytest.mark.fault("F17")
def test_a_file_may_say_the_version_that_it_is_written_in(tmp_path):
    file = tmp_path / "lake.yaml"
    file.write_text("config_version: 1\nlocation: lake\n")
    assert parse(LakePlace, read_document(file), []) == LakePlace(location="lake")


@pytest.mark.fault("F17")
def test_a_later_version_is_another_programs(tmp_path):
    file = tmp_path / "lake.yaml"
    file.write_text("config_version: 2\nlocation: lake\n")
    with pytest.raises(VersionError, match="this program knows 1") as error:
        read_document(file)
    assert error.value.exit_code == 8


def every_spec(root=Spec):
    for one in root.__subclasses__():
        yield one
        yield from every_spec(one)


def test_every_noun_of_a_configuration_refuses_keys_that_it_does_not_know():
    found = {*every_spec()}
    assert len(found) > 50
    assert [one.__name__ for one in found if one.model_config.get("extra") != "forbid" or not one.model_config.get("frozen")] == []


def test_only_one_place_reads_yaml_and_reads_it_safely():
    package = HERE.parent.parent / "cja_spark"
    readers = {
        str(file.relative_to(package))
        for file in package.rglob("*.py")
        if "yaml.load(" in (text := file.read_text()) or "yaml.unsafe" in text or "yaml.full_load" in text or "yaml.Loader" in text
    }
    assert readers == set()

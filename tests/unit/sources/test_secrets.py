"""Secrets of a source are references, read when the source is, and shown nowhere."""

import pytest
from pydantic import ValidationError

from cja_spark.errors import ConfigurationError, SourceError
from cja_spark.project import LakePlace
from cja_spark.secret import is_reference, revealed, without_secrets
from cja_spark.sinks.spec import DeltaProfiles
from cja_spark.sources.read import explained
from cja_spark.sources.spec import Source
from tests.unit.sources.shop import connection, ids, load, put

SECRETS = (
    "password",
    "fs.s3a.secret.key",
    "fs.s3a.access.key",
    "sessionToken",
    "fs.azure.sas.shop",
    "dsn",
    "credential",
)


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_as_a_value_is_refused_and_not_repeated(name):
    with pytest.raises(ValidationError, match=rf"'{name}' looks like a secret: write a reference") as refused:
        connection("csv", {"path": "web", "options": {name: "hunter2"}})
    assert "hunter2" not in str(refused.value)
    assert connection("csv", {"path": "web", "options": {name: "${env:SHOP}"}}).datasets["web"].source.options


def test_a_password_in_a_path_is_refused_and_not_repeated():
    with pytest.raises(ValidationError, match="'path' carries a password") as refused:
        Source(format="csv", path="s3a://ann:hunter2@shop/web")
    assert "hunter2" not in str(refused.value)
    assert Source(format="csv", path="abfss://web@shop.dfs.core.windows.net/raw").path


@pytest.mark.parametrize("text", ["${vault:shop}", "${env:}", "${SHOP}", "${env:SHOP"])
def test_a_reference_that_cannot_be_meant_is_refused(text):
    with pytest.raises(ValidationError, match="'user' has a reference that is none"):
        Source(format="csv", path="web", options={"user": text})


@pytest.mark.parametrize(
    ("kind", "more"), [(LakePlace, {}), (LakePlace, {"files": "."}), (DeltaProfiles, {"name": "store", "sink": "delta"})]
)
def test_a_password_in_the_place_of_a_lake_or_a_sink_is_refused_and_not_repeated(kind, more):
    with pytest.raises(ValidationError, match="the address carries a password") as refused:
        kind.model_validate({"location": "s3a://AKIA:hunter2@bucket/lake", **more})
    assert "hunter2" not in str(refused.value)


def test_names_of_providers_and_common_options_are_no_secrets():
    options = {
        "fs.s3a.aws.credentials.provider": "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider",
        "primitivesAsString": "true", "header": "true", "columnNameOfCorruptRecord": "_bad",
    }  # fmt: skip
    assert Source(format="json", path="web", options=options).options == options


def test_references_are_read_from_the_environment_and_from_files(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_USER", "ann")
    file = put(tmp_path, "token", "hunter2\n")
    references = {"user": "${env:SHOP_USER}", "token": f"${{file:{file}}}", "sep": ";"}
    assert all(map(is_reference, list(references.values())[:2]))
    assert revealed(references) == {"user": "ann", "token": "hunter2", "sep": ";"}
    assert without_secrets("no access with hunter2 for ann") == "no access with *** for ***"
    for nothing in ("${env:SHOP_NOBODY}", f"${{file:{tmp_path}/none}}"):
        with pytest.raises(ConfigurationError, match=r"'token': there is nothing behind \$\{"):
            revealed({"token": nothing})


def test_a_secret_in_what_spark_says_is_not_in_the_error(monkeypatch):
    monkeypatch.setenv("SHOP_TOKEN", "hunter2")
    revealed({"token": "${env:SHOP_TOKEN}"})
    error = explained(ValueError("access denied for hunter2"), "web", [])
    assert isinstance(error, SourceError)
    assert "access denied for ***" in str(error)


def test_a_source_is_listed_and_read_with_what_is_behind_its_references(lake, tmp_path, monkeypatch):
    """The file system `hdfs://shop` is no cluster's: it exists by its options alone, and only behind the reference."""
    monkeypatch.setenv("SHOP_WEB", (tmp_path / "web").as_uri())
    source = {
        "path": "hdfs://shop/raw",
        "options": {
            "fs.hdfs.impl": "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme",
            "fs.hdfs.impl.disable.cache": True,
            "fs.viewfs.mounttable.shop.link./raw": "${env:SHOP_WEB}",
        },
    }
    put(tmp_path, "web/a.json", '{"id": "e1", "time": "2026-01-01T10:00:00Z", "who": "ann"}\n')
    put(tmp_path, "web/b.json", '[{"id": "e2", "time": "2026-01-01T10:00:00Z", "who": "ann"}]')
    spec = connection("json", source)
    load(lake, tmp_path, spec)
    assert ids(lake) == ["e1", "e2"]
    assert str(tmp_path) not in repr(spec)

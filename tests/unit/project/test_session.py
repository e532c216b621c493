"""The session's profiles and settings."""

import pytest

from cja_spark.errors import ConfigurationError, VersionError
from cja_spark.session import delta_artefact, jars_folder, profile_of, profile_settings, require_java, with_setting


@pytest.mark.parametrize("profile", ["local", "cluster"])
def test_the_package_brings_the_profiles_of_the_repository(monkeypatch, tmp_path, profile):
    monkeypatch.delenv("CJA_SPARK_CONF", raising=False)
    here = profile_settings(profile)
    monkeypatch.chdir(tmp_path)
    assert profile_settings(profile) == here
    assert here["spark.sql.session.timeZone"] == "UTC"


def test_a_folder_of_profiles_comes_first_and_an_unknown_one_is_named(monkeypatch, tmp_path):
    (tmp_path / "local.yaml").write_text("spark.master: local[1]\nspark.ui.enabled: false\n", encoding="utf-8")
    monkeypatch.setenv("CJA_SPARK_CONF", str(tmp_path))
    assert profile_settings("local") == {"spark.master": "local[1]", "spark.ui.enabled": "false"}
    with pytest.raises(ConfigurationError, match="No Spark profile named 'clutser'. Did you mean 'cluster'"):
        profile_settings("clutser")


def test_a_setting_is_as_it_was_after_the_block(spark):
    name, partitions = "spark.sql.maxConcurrentOutputFileWriters", spark.conf.get("spark.sql.shuffle.partitions")
    before = spark.conf.get(name)
    with pytest.raises(RuntimeError), with_setting(spark, name, "7"):
        assert spark.conf.get(name) == "7"
        raise RuntimeError
    assert spark.conf.get(name) == before
    with with_setting(spark, "spark.sql.shuffle.partitions", "9"):
        assert spark.conf.get("spark.sql.shuffle.partitions") == "9"
    assert spark.conf.get("spark.sql.shuffle.partitions") == partitions


@pytest.mark.parametrize(
    ("spark", "artefact", "folder"),
    [
        ("4.1.3", "io.delta:delta-spark_4.1_2.13:4.4.0", "delta-4.4.0"),
        ("4.2.0", "io.delta:delta-spark_4.2_2.13:4.4.0", "delta-4.4.0-spark-4.2"),
        ("4.2.0.dev1", "io.delta:delta-spark_4.2_2.13:4.4.0", "delta-4.4.0-spark-4.2"),
    ],
)
def test_each_minor_version_of_spark_has_its_own_jars(monkeypatch, spark, artefact, folder):
    monkeypatch.delenv("CJA_JARS", raising=False)
    assert delta_artefact(spark) == artefact
    assert jars_folder(spark).name == folder


@pytest.mark.parametrize("spark", ["4.0.1", "4.3.0", "3.5.7"])
def test_a_spark_that_delta_is_not_built_for_is_refused(spark):
    with pytest.raises(VersionError, match=f"pyspark is {spark} and Delta 4.4.0 is built for Spark 4.1 or 4.2") as caught:
        delta_artefact(spark)
    assert caught.value.exit_code == 8


@pytest.mark.parametrize(
    ("master", "profile"),
    [("local", "local"), ("local[2]", "local"), ("local[*]", "local"), ("spark://host:7077", "cluster"), ("yarn", "cluster")],
)
def test_a_master_has_its_profile_when_nobody_names_one(master, profile):
    assert profile_of(master) == profile


@pytest.mark.parametrize(("said", "version"), [("21-ea", "21-ea"), ("17.0.15", "17.0.15")])
def test_a_java_has_a_version_also_before_its_release(tmp_path, monkeypatch, said, version):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{said}\" 2026-01-01' >&2\n", encoding="utf-8")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert require_java() == version

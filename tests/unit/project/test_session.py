"""The session's profiles and settings."""

import pytest

from cja_spark.errors import ConfigurationError, VersionError
from cja_spark.session import delta_artefact, jars_folder, profile_settings, with_setting


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

"""JVM packages are taken only as they were recorded, to the byte."""

import shutil
from pathlib import Path

import pytest
import yaml

from cja_spark.errors import VersionError
from cja_spark.recorded_jars import digest_of, recorded, require_recorded
from cja_spark.session import DELTA, SPARKS, delta_artefact, delta_jars, jars_folder, require_pyspark

ARTEFACT = "shop:till:1.0"


@pytest.fixture
def fetched(tmp_path):
    """Two jars as Ivy lays them, and the record of them."""
    jars = tmp_path / "shop" / "jars"
    jars.mkdir(parents=True)
    (jars / "shop_till-1.0.jar").write_bytes(b"till")
    (jars / "shop.bags_bag-2.0.jar").write_bytes(b"bag")
    packages = {"shop:till:1.0": "shop_till-1.0.jar", "shop.bags:bag:2.0": "shop.bags_bag-2.0.jar"}
    record = tmp_path / "jars.yaml"
    told = [{"package": package, "licence": "MIT", "sha256": digest_of(jars / file)} for package, file in packages.items()]
    record.write_text(yaml.safe_dump({ARTEFACT: told}))
    return jars, record


def test_what_was_recorded_is_taken(fetched):
    require_recorded(fetched[0], ARTEFACT, fetched[1])
    assert [jar.file for jar in recorded(ARTEFACT, fetched[1])] == ["shop_till-1.0.jar", "shop.bags_bag-2.0.jar"]


def test_a_jar_that_differs_in_one_byte_is_refused_and_the_way_out_is_told(fetched):
    jars, record = fetched
    (jars / "shop_till-1.0.jar").write_bytes(b"tilL")
    with pytest.raises(VersionError) as refused:
        require_recorded(jars, ARTEFACT, record)
    said = str(refused.value)
    assert refused.value.exit_code == 8
    assert f"shop_till-1.0.jar has the digest {digest_of(jars / 'shop_till-1.0.jar')}, recorded is " in said
    assert f"Remove {jars.parent} and fetch it again" in said
    assert "shop.bags" not in said


def test_a_jar_that_nobody_recorded_is_refused(fetched):
    (fetched[0] / "evil-1.0.jar").write_bytes(b"")
    with pytest.raises(VersionError, match="evil-1.0.jar is not recorded"):
        require_recorded(fetched[0], ARTEFACT, fetched[1])


def test_a_jar_that_is_missing_is_told(fetched):
    (fetched[0] / "shop_till-1.0.jar").unlink()
    with pytest.raises(VersionError, match="shop_till-1.0.jar is missing"):
        require_recorded(fetched[0], ARTEFACT, fetched[1])


def test_an_artefact_that_nobody_recorded_is_refused(fetched):
    with pytest.raises(VersionError, match="shop:till:1.1 is not recorded in jars.yaml; recorded are shop:till:1.0"):
        require_recorded(fetched[0], "shop:till:1.1", fetched[1])


@pytest.mark.parametrize("spark", SPARKS)
def test_delta_is_recorded_for_every_spark_that_it_is_built_for(spark):
    jars = recorded(delta_artefact(f"{spark}.0"))
    assert ("io.delta", f"delta-spark_{spark}_2.13", DELTA) in {jar[:3] for jar in jars}
    assert {len(jar.sha256) for jar in jars} == {64}
    assert all(jar.licence for jar in jars)


def test_a_jar_that_was_changed_before_it_was_fetched_never_reaches_spark(tmp_path, monkeypatch):
    """Ivy takes it from a store that somebody wrote to: what comes is refused, also the second time."""
    delta_jars()
    shutil.copytree(jars_folder(require_pyspark()) / "cache", tmp_path / "cache")
    [jar] = (tmp_path / "cache").rglob("delta-storage-*.jar")
    with jar.open("ab") as content:
        content.write(b"\0")
    monkeypatch.setenv("CJA_JARS", str(tmp_path))
    for _ in range(2):
        with pytest.raises(VersionError, match="io.delta_delta-storage-.*jar has the digest"):
            delta_jars()
    assert not Path(tmp_path, "resolved").exists()

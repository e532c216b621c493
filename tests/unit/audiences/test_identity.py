"""Identities: which can be published, pseudonyms, the pepper."""

import hashlib
import hmac
import stat
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from cja_spark.audiences.identity import invalid, pepper_beside, person_ref, read_pepper
from cja_spark.audiences.people import identified
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.tables import SUPPRESSIONS
from cja_spark.errors import ConfigurationError

CASES = [
    ("CRM", "a", None),
    ("CRM", "007", None),
    ("CRM", "x" * 1024, None),
    ("CRM", "x" * 1025, "too_long"),
    ("CRM", "\u20ac" * 681, None),
    ("CRM", "\u20ac" * 682, "key_too_long"),
    ("CRM", None, "null"),
    ("CRM", "", "blank"),
    ("CRM", " \u00a0\t", "blank"),
    ("CRM", "a\x00b", "nul"),
    ("CRM", "\u05d0\u05d1", None),
    ("ECID", "1" * 38, None),
    ("ecid", "1" * 37, "ecid"),
    ("ECID", "1" * 38 + "\n", "ecid"),
    (None, "a", "namespace"),
    ("9x", "a", "namespace"),
    ("CRM\n", "a", "namespace"),
    ("x" * 64, "a", None),
    ("x" * 65, "a", "namespace"),
]


@pytest.mark.fault("F12")
def test_a11_identities_on_both_sides_of_every_limit(spark):
    rows = spark.createDataFrame([(n, i, at) for at, (n, i, _) in enumerate(CASES)], "n string, i string, at int")
    found = rows.select("at", invalid(F.col("n"), F.col("i")).alias("why")).orderBy("at").collect()
    assert [row["why"] for row in found] == [why for _, _, why in CASES]


@pytest.mark.fault("F12")
def test_a11_an_unpaired_surrogate_is_not_utf8(spark):
    row = spark.range(1).select(invalid(F.lit("CRM"), F.unhex(F.lit("61EDA080")).cast("string")).alias("why"))
    assert row.collect()[0]["why"] == "not_utf8"


def test_a_pseudonym_is_the_hmac_of_the_key_and_the_plan_does_not_show_the_pepper(spark, tmp_path):
    reference = pepper_beside(str(tmp_path / "lake"))
    secret = read_pepper(reference)
    rows = spark.createDataFrame([("crm:a",), (None,)], "k string").select(person_ref(F.col("k"), reference).alias("r"))
    assert {row["r"] for row in rows.collect()} == {hmac.new(secret, b"crm:a", hashlib.sha256).hexdigest(), None}
    assert secret.decode() not in rows._jdf.queryExecution().toString()


def test_the_pepper_lies_beside_the_lake_for_its_owner_only_and_stays(tmp_path, monkeypatch):
    monkeypatch.delenv("CJA_PEPPER", raising=False)
    reference = pepper_beside(str(tmp_path / "lake"))
    file = Path(reference.removeprefix("${file:").removesuffix("}"))
    assert file == tmp_path / "lake.pepper"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(read_pepper(reference)) == 64
    assert pepper_beside(str(tmp_path / "lake")) == reference
    assert [one.name for one in tmp_path.iterdir()] == ["lake.pepper"]


def test_a_pepper_is_a_reference_with_something_behind_it(monkeypatch):
    monkeypatch.setenv("CJA_SHORT", "short")
    for wrong in ("plain-text-that-is-long-enough", "${env:CJA_SHORT}", "${env:CJA_NOT_SET}", "${file:/not/there}"):
        with pytest.raises(ConfigurationError):
            read_pepper(wrong)
    monkeypatch.delenv("CJA_PEPPER", raising=False)
    with pytest.raises(ConfigurationError, match="CJA_PEPPER"):
        pepper_beside("s3a://bucket/lake")


def test_a8_a9_a_person_is_one_row_whatever_the_case_of_the_namespace_and_unknown_ones_are_left_out(spark, tmp_path):
    people = spark.createDataFrame(
        [("a", "crm"), ("a", "CRM"), ("A", "CRM"), ("1" * 38, "ECID"), ("", "CRM"), ("", "CRM"), ("b", "Crm")],
        "person_id string, person_namespace string",
    )
    audience = Audience.model_validate(
        {"name": "x", "segments": "s", "refresh": "daily", "lookback": "1 day", "known_only": True,
         "known_namespaces": ["crm"]}
    )  # fmt: skip
    pepper = pepper_beside(str(tmp_path / "lake"))
    gone = hmac.new(read_pepper(pepper), b"crm:b", hashlib.sha256).hexdigest()
    erased = spark.createDataFrame([(gone, None, None, None, None)] * 2, SUPPRESSIONS.schema)
    rows = identified(people, audience, erased, pepper).collect()
    assert sorted((row["profile_key"] or "", row["namespace"], row["error"] or "", row["suppressed"]) for row in rows) == [
        ("", "CRM", "blank", False),
        ("crm:A", "CRM", "", False),
        ("crm:a", "CRM", "", False),
        ("crm:b", "Crm", "", True),
    ]


def test_the_variable_may_name_a_file_that_tasks_can_read(monkeypatch, tmp_path):
    secret = tmp_path / "mounted"
    secret.write_text("sixteen bytes and more\n", encoding="utf-8")
    monkeypatch.setenv("CJA_PEPPER", f"${{file:{secret}}}")
    reference = pepper_beside("s3a://bucket/lake")
    assert read_pepper(reference) == b"sixteen bytes and more"
    monkeypatch.setenv("CJA_PEPPER", "a plain value of 16 bytes")
    assert pepper_beside("s3a://bucket/lake") == "${env:CJA_PEPPER}"

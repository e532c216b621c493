"""`cja doctor`: a line per check, and the exit code of what a scheduler must act on first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyspark
import pytest

from cja_spark.session import with_setting
from cja_spark.verbs import parser

ROOT = Path(__file__).resolve().parents[3]
SITE = Path(pyspark.__file__).resolve().parents[1]


def doctor(*arguments: str) -> int:
    asked = parser().parse_args(["doctor", *arguments])
    return asked.run(asked)


def test_a_machine_that_is_right_says_so_line_by_line(spark, tmp_path, capsys):
    assert doctor("--project", str(ROOT / "conf" / "demo"), "--lake", str(tmp_path / "lake")) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in said] == [
        f"ok    {check}" for check in ("Python", "Java", "packages", "Delta", "project", "settings", "executors", "clock", "lake", "sink profiles")
    ]
    assert f"pyspark {pyspark.__version__}" in said[3]
    assert list((tmp_path / "lake").iterdir()) == []


def test_a_lake_that_cannot_be_written_is_told_and_the_rest_is_checked(spark, tmp_path, capsys):
    (tmp_path / "file").touch()
    assert doctor("--lake", str(tmp_path / "file" / "lake")) == 3
    said = capsys.readouterr().out
    assert f"wrong lake: {tmp_path / 'file' / 'lake'} cannot be written" in said
    assert "ok    executors" in said


def test_a_catalogue_s_schema_is_written_and_left_as_it_was(spark, capsys):
    before = spark.catalog.listTables("default")
    assert doctor("--lake", "catalogue:default") == 0
    assert "ok    lake: catalogue:default can be written" in capsys.readouterr().out
    assert spark.catalog.listTables("default") == before


@pytest.mark.parametrize("name", ["a`b", "default; DROP TABLE x", "1st", ""])
def test_a_catalogue_s_name_is_no_sql(spark, capsys, name):
    assert doctor("--lake", f"catalogue:{name}") == 2
    assert "is no name of a table or schema" in capsys.readouterr().out


def test_a_catalogue_that_is_not_there_is_told(spark, capsys):
    assert doctor("--lake", "catalogue:nowhere") == 3
    assert "wrong lake: catalogue:nowhere cannot be written: [SCHEMA_NOT_FOUND]" in capsys.readouterr().out


def test_a_setting_that_is_wrong_is_told(spark, capsys):
    with with_setting(spark, "spark.sql.files.ignoreCorruptFiles", "true"):
        assert doctor() == 2
    assert "spark.sql.files.ignoreCorruptFiles is 'true' and must be 'false'." in capsys.readouterr().out


def packages(folder: Path, package: str, version: str | None = None) -> Path:
    """All installed packages but one, by links; with a version, that one says that it is of another version."""
    for entry in SITE.iterdir():
        own = entry.name.split("-")[0] if entry.suffix == ".dist-info" else entry.name
        if own == package and version and entry.suffix == ".dist-info":
            metadata = folder / f"{package}-{version}.dist-info" / "METADATA"
            metadata.parent.mkdir()
            metadata.write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n", encoding="utf-8")
        elif own == package and version:
            (folder / entry.name).mkdir()
            for part in entry.iterdir():
                if part.name != "version.py":
                    (folder / entry.name / part.name).symlink_to(part)
            (folder / entry.name / "version.py").write_text(f'__version__ = "{version}"\n', encoding="utf-8")
        elif own not in (package, "cja_spark"):
            (folder / entry.name).symlink_to(entry)
    return folder


@pytest.mark.parametrize(
    ("package", "version", "code", "said"),
    [
        ("delta_spark", None, 2, "wrong Delta: delta-spark is not installed: pip install 'cja_spark[spark]'."),
        ("pyspark", None, 2, "wrong Delta: pyspark is not installed: pip install 'cja_spark[spark]'."),
        ("numba", None, 2, "wrong packages: numba is not installed"),
        ("delta_spark", "4.4.1", 8, "wrong Delta: delta-spark is 4.4.1 and its jars are 4.4.0: they must be equal."),
        ("pyspark", "4.3.0", 8, "wrong Delta: pyspark is 4.3.0 and Delta 4.4.0 is built for Spark 4.1 or 4.2"),
        ("pandas", "3.0.0", 8, "wrong packages: pandas is 3.0.0; 2.2 or later, below 3 is needed."),
    ],
)
def test_a_package_that_is_missing_or_of_another_version_is_told_without_a_traceback(tmp_path, package, version, code, said):
    path = f"{ROOT}{os.pathsep}{packages(tmp_path, package, version)}"
    # -S: no other folder of packages is looked into.
    command = [sys.executable, "-S", "-m", "cja_spark.cli", "doctor"]
    run = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == code, run.stderr
    assert said in run.stdout
    assert "not tried: settings, executors" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr

"""A real spark-submit: what it was told wins, and without Delta's jars it is told how to give them."""

import os
import subprocess
import sys
from pathlib import Path

import pyspark

ROOT = Path(__file__).resolve().parents[2]


def test_what_spark_submit_was_told_wins_over_the_profile(tmp_path):
    """A real spark-submit, to a master of its own kind: two cores of this machine, not all that the profile names."""
    script = tmp_path / "told.py"
    script.write_text(
        "from cja_spark.session import open_session\n"
        "spark = open_session()\n"
        "told = [spark.conf.get(f'spark.{name}') for name in ('master', 'sql.shuffle.partitions', 'sql.session.timeZone')]\n"
        "print('told', *told, spark.sparkContext.defaultParallelism)\n",
        encoding="utf-8",
    )
    submit = [sys.executable, "-m", "cja_spark.cli"]
    jars = subprocess.run([*submit, "doctor", "--jars"], capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()
    home = Path(pyspark.__file__).parent
    said = subprocess.run(
        [str(home / "bin" / "spark-submit"), "--master", "local[3]", "--conf", "spark.sql.shuffle.partitions=7", "--jars",
         jars, str(script)],
        capture_output=True, text=True, cwd=ROOT, check=False,
        env={**os.environ, "SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert "told local[3] 7 UTC 3" in said.stdout, said.stderr[-2000:]


def test_spark_submit_without_deltas_jars_is_told_how_to_give_them(tmp_path):
    home = Path(pyspark.__file__).parent
    said = subprocess.run(
        [str(home / "bin" / "spark-submit"), "--master", "local[1]", str(ROOT / "jobs/journey.py"), "--project",
         str(ROOT / "conf/demo"), "--lake", str(tmp_path / "lake")],
        capture_output=True, text=True, cwd=ROOT, check=False,
        env={**os.environ, "SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert said.returncode == 2
    assert 'Spark has no Delta: give spark-submit its jars with --jars "$(cja doctor --jars)".' in said.stdout + said.stderr

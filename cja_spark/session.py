"""The SparkSession: Delta, UTC, ANSI, Arrow, and the settings of a profile in `conf/spark/`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from cja_spark.errors import ConfigurationError, MissingToolError, VersionError
from cja_spark.recorded_jars import require_recorded

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DELTA = "4.4.0"
SPARKS = ("4.1", "4.2")  # the minor versions that this Delta is built for
# What Spark already ships; without this Ivy fetches second copies of Hadoop, Parquet and the log libraries.
SHIPPED_WITH_SPARK = (
    "org.apache.hadoop:*,org.apache.parquet:*,org.apache.logging.log4j:*,org.slf4j:*,org.xerial.snappy:*,"
    "com.github.luben:*,io.airlift:*,commons-pool:*,commons-logging:*,com.fasterxml.jackson.core:*,"
    "com.fasterxml.jackson.datatype:*,com.google.code.findbugs:*,javax.annotation:*,org.locationtech.jts:*"
)


def open_session(profile: str | None = None, settings: Mapping[str, str] | None = None) -> SparkSession:
    """Open the session of this process, or return the one that spark-submit or a notebook already opened.

    Args:
        profile: a file of `conf/spark/` (`local`, `cluster`), found in the folder named by CJA_SPARK_CONF,
            the working directory or the package. When not given `local`, but `cluster` where spark-submit was told the
            master of a cluster. What spark-submit was told wins over the profile.
        settings: Spark settings that win over the profile's.

    Raises:
        ConfigurationError: no such profile.
        MissingToolError: no Java 17, no pyspark.
        VersionError: a Spark that Delta is not built for.
    """
    require_pyspark()
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    require_java()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    submitted = _submitted()
    profile = profile or profile_of(submitted.get("spark.master", "local"))
    chosen = {**profile_settings(profile), **submitted, **(settings or {})}
    builder = SparkSession.builder.appName("cja_spark")
    if "spark.jars" not in chosen and not _launched_by_submit():
        builder = builder.config("spark.jars", ",".join(delta_jars()))
    for key, value in chosen.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    _require_delta(session)
    session.sparkContext.setLogLevel(os.environ.get("CJA_LOG_LEVEL", "ERROR"))
    return session


def _require_delta(session: SparkSession) -> None:
    """Refuse a session whose Java process does not have Delta's classes."""
    from py4j.protocol import Py4JError

    java: Any = session._jvm
    try:
        loader = java.Thread.currentThread().getContextClassLoader()
        java.java.lang.Class.forName("io.delta.tables.DeltaTable", False, loader)
    except Py4JError as error:
        session.stop()
        raise MissingToolError(
            'Spark has no Delta: give spark-submit its jars with --jars "$(cja doctor --jars)".'
        ) from error


@contextmanager
def with_setting(spark: SparkSession, name: str, value: str) -> Iterator[None]:
    """Run a block with one setting of the session changed; afterwards it is as it was."""
    before = spark.conf.get(name, None)
    spark.conf.set(name, value)
    try:
        yield
    finally:
        if before is None:
            spark.conf.unset(name)
        else:
            spark.conf.set(name, before)


def profile_settings(profile: str) -> dict[str, str]:
    """Read a profile: Spark settings by name, numbers and truth values as Spark writes them.

    Raises:  ConfigurationError when no file has the profile's name.
    """
    folders = [Path(os.environ.get("CJA_SPARK_CONF", "conf/spark")), Path("conf/spark")]
    for folder in folders:
        file = folder / f"{profile}.yaml"
        if file.is_file():
            return _settings(file.read_text(encoding="utf-8"))
    packaged = resources.files("cja_spark").joinpath("conf", f"{profile}.yaml")
    if packaged.is_file():
        return _settings(packaged.read_text(encoding="utf-8"))
    raise ConfigurationError.unknown("Spark profile", profile, {"local", "cluster"})


def _settings(text: str) -> dict[str, str]:
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in yaml.safe_load(text).items()
    }


def profile_of(master: str) -> str:
    """The profile for a master when nobody names one: `local` on one machine, `cluster` anywhere else."""
    return "local" if master.startswith("local") else "cluster"


def _launched_by_submit() -> bool:
    return "PYSPARK_GATEWAY_PORT" in os.environ


def _submitted() -> dict[str, str]:
    """What spark-submit was told."""
    if not _launched_by_submit():
        return {}
    from pyspark import SparkConf, SparkContext

    SparkContext._ensure_initialized()
    return dict(SparkConf().getAll())


def require_java() -> str:
    """Version of the Java that answers, 17 or later.

    Raises:
        MissingToolError: none does.
    """
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else "java"
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError) as error:
        raise MissingToolError.java("none was found") from error
    version = answer.split('"')[1] if '"' in answer else "0"
    numbers = re.match(r"\d+", version.removeprefix("1."))
    major = int(numbers[0]) if numbers else 0
    if major < 17:
        raise MissingToolError.java(f"this one is {version}")
    return version


def require_pyspark() -> str:
    """Version of the pyspark that is installed, by pip or by a Spark of the machine's own.

    Raises:
        MissingToolError: there is none.
    """
    try:
        import pyspark
    except ModuleNotFoundError as error:
        raise MissingToolError("pyspark is not installed: pip install 'cja_spark[spark]'.") from error
    return pyspark.__version__


def delta_artefact(spark: str) -> str:
    """Delta's JVM package for a version of Spark; there is one per minor version (publishing.md, rule D2).

    >>> delta_artefact("4.1.3")
    'io.delta:delta-spark_4.1_2.13:4.4.0'

    Raises:
        VersionError: Delta is not built for it.
    """
    minor = _minor(spark)
    if minor not in SPARKS:
        known = " or ".join(SPARKS)
        raise VersionError(f"pyspark is {spark} and Delta {DELTA} is built for Spark {known}: install one of those.")
    return f"io.delta:delta-spark_{minor}_2.13:{DELTA}"


def _minor(spark: str) -> str:
    return ".".join(spark.split(".")[:2])


def jars_folder(spark: str) -> Path:
    """Where the JVM packages for a version of Spark are kept; the first known one has the folder without its name."""
    minor = _minor(spark)
    name = f"delta-{DELTA}" if minor == SPARKS[0] else f"delta-{DELTA}-spark-{minor}"
    return Path(os.environ.get("CJA_JARS", Path.home() / ".cache" / "cja_spark" / name))


def delta_jars() -> list[str]:
    """Delta's jars for the installed Spark as plain files, resolved once by Spark's own Ivy.

    They go to Spark as `spark.jars`: through `spark.jars.packages` each would land on Python's path, and
    every Python task would read them again (0.37 s a task against 0.2 s).

    Raises:
        MissingToolError: no pyspark, or the packages cannot be fetched.
        VersionError: a Spark that Delta is not built for, or what was fetched is not what was recorded.
    """
    spark = require_pyspark()
    artefact, folder = delta_artefact(spark), jars_folder(spark)
    done = folder / "resolved"
    if not done.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _resolve(artefact, folder)
        require_recorded(folder / "jars", artefact)
        done.touch()
    return sorted(str(jar) for jar in folder.glob("jars/*.jar"))


def _resolve(artefact: str, folder: Path) -> None:
    from pyspark.find_spark_home import _find_spark_home

    submit = Path(_find_spark_home(), "bin", "spark-submit")  # type: ignore[no-untyped-call]
    nothing = folder / "nothing.py"
    nothing.write_text("", encoding="utf-8")
    answer = subprocess.run(
        [str(submit), "--master", "local[1]", "--packages", artefact, "--conf", f"spark.jars.ivy={folder}",
         "--conf", f"spark.jars.excludes={SHIPPED_WITH_SPARK}", "--conf", "spark.ui.enabled=false", str(nothing)],
        capture_output=True, text=True, check=False,
        env={key: value for key, value in os.environ.items() if key != "PYSPARK_GATEWAY_PORT"},
    )  # fmt: skip
    if answer.returncode or not list(folder.glob("jars/*.jar")):
        said = [line.strip() for line in answer.stderr.splitlines() if "unresolved" in line or "not found" in line]
        raise MissingToolError(f"{artefact} could not be resolved: {said[0] if said else answer.stderr[-300:]}")

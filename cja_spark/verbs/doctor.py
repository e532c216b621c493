"""`cja doctor`: check the machine, the versions, the session and, if asked, a project and its lake; one line per check."""

from __future__ import annotations

import argparse
import platform
import re
import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from cja_spark.errors import CjaError, ConfigurationError, MissingToolError, UnwritableError, VersionError, worst
from cja_spark.verbs import Verb
from cja_spark.verbs.places import say

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Checks = Mapping[str, Callable[[], str]]
LEAST = {"pyarrow": (18,), "pandas": (2, 2), "numba": (0, 60), "numpy": (1, 26), "pydantic": (2, 10)}
BELOW = {"pandas": (3,), "pydantic": (3,)}
CLOCKS_DIFFER_S = 60.0


def _arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--project", help="also check this project's YAML and that its lake can be written")
    command.add_argument("--lake", help="check that this lake can be written: a path or catalogue:schema")
    command.add_argument("--spark", help="profile of conf/spark: local, or cluster (the default on a cluster's master)")
    command.add_argument("--resolve", action="store_true", help="only fetch Delta's JVM packages")
    command.add_argument("--jars", action="store_true", help="only print Delta's jars, as spark-submit --jars takes them")


def _java() -> str:
    from cja_spark.session import require_java

    return require_java()


def _packages() -> str:
    return ", ".join(f"{name} {_fitting(name, _installed(name))}" for name in LEAST)


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError as error:
        raise MissingToolError(f"{name} is not installed: pip install 'cja_spark[spark]'.") from error


def _fitting(name: str, found: str) -> str:
    numbers = tuple(map(int, re.findall(r"\d+", found)))
    if numbers < LEAST[name] or numbers >= BELOW.get(name, (float("inf"),)):
        wanted = f"{_dotted(LEAST[name])} or later" + (f", below {_dotted(BELOW[name])}" if name in BELOW else "")
        raise VersionError(f"{name} is {found}; {wanted} is needed.")
    return found


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))


def _delta() -> str:
    from cja_spark.recorded_jars import require_recorded
    from cja_spark.session import DELTA, delta_artefact, delta_jars, jars_folder, require_pyspark

    spark = require_pyspark()
    artefact, wheel = delta_artefact(spark), _installed("delta-spark")
    if wheel != DELTA:
        raise VersionError(f"delta-spark is {wheel} and its jars are {DELTA}: they must be equal.")
    jars = delta_jars()
    require_recorded(jars_folder(spark) / "jars", artefact)
    return f"pyspark {spark}, {len(jars)} jars of {artefact} as recorded"


def _settings(profile: str) -> str:
    from cja_spark.settings import ANSWERS, SAFETY, TABLES, require_session

    settings = (*ANSWERS, *TABLES, *SAFETY)
    require_session(_session(profile), settings)
    return f"{len(settings)} that answers and tables depend on are right"


def _executors(profile: str) -> str:
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        rows = _session(profile).range(2).mapInArrow(_arrow_version, "version string").collect()
    except (PySparkException, Py4JJavaError) as error:
        said = [line.strip() for line in str(error).splitlines() if "Error" in line]
        raise MissingToolError(f"a Python task failed on an executor: {said[0] if said else error}") from error
    return f"a Python task read Arrow {_fitting('pyarrow', rows[0][0])}"


def _arrow_version(batches):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - sent to a worker by value: its types would be imported there
    import pyarrow as pa

    for batch in batches:
        yield pa.RecordBatch.from_pydict({"version": [pa.__version__] * len(batch)})


def _session(profile: str | None) -> SparkSession:
    from cja_spark.session import open_session

    return open_session(profile)


def _project(folder: str) -> str:
    from cja_spark.project import load

    project = load(folder)
    return f"{len(project.reports)} reports, {len(project.audiences)} audiences"


def _lake(asked: argparse.Namespace) -> str:
    """Make a table and remove it: what a commit needs differs between disks, object stores and catalogues."""
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    from cja_spark.lake import Lake
    from cja_spark.project import load
    from cja_spark.table import TableSpec
    from cja_spark.table_schema import schema

    place = asked.lake
    if place is None:
        project = load(asked.project)
        place = project.place(project.lake.location)
    lake = Lake(_session(asked.spark), place)
    lake.require_writable()
    probe = lake.table(TableSpec("cja_write_probe", schema("probe string")))
    try:
        probe.drop()
        probe.create()
        probe.drop()
    except (PySparkException, Py4JJavaError) as error:
        raise UnwritableError.place(place, str(error).strip().splitlines()[0]) from error
    return f"{lake.location} can be written"


def _clock(profile: str) -> str:
    """Ask an executor for its time: nothing is ordered by clocks, but leases and ends of memberships are compared with them."""
    session = _session(profile)
    before = time.time()
    [[told]] = session.range(1).repartition(1).mapInArrow(_now, "now double").collect()
    after = time.time()
    off = max(before - told, told - after, 0.0)
    if off > CLOCKS_DIFFER_S:
        raise ConfigurationError(f"an executor's clock is {off:.0f} s off the driver's; set both by one time server.")
    return f"an executor's is within {max(off, after - before):.1f} s of the driver's"


def _now(batches):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - sent to a worker by value: its types would be imported there
    import time

    import pyarrow as pa

    for batch in batches:
        yield pa.RecordBatch.from_pydict({"now": [time.time()] * len(batch)})


def _sink(asked: argparse.Namespace, name: str) -> str:
    from cja_spark.plan import lake_of
    from cja_spark.project import load
    from cja_spark.publishing import placed
    from cja_spark.sinks.reach import reach

    project = load(asked.project)
    return reach(lake_of(_session(asked.spark), project, asked.lake), placed(project, project.sinks[name]))


def _sinks(asked: argparse.Namespace) -> Checks:
    """A check per sink of the project."""
    from cja_spark.project import load

    return {f"sink {name}": partial(_sink, asked, name) for name in (load(asked.project).sinks if asked.project else ())}


def _before_spark(asked: argparse.Namespace) -> Checks:
    checks = {"Python": platform.python_version, "Java": _java, "packages": _packages, "Delta": _delta}
    return {**checks, "project": lambda: _project(asked.project)} if asked.project else checks


def _with_spark(asked: argparse.Namespace) -> Checks:
    checks: dict[str, Callable[[], str]] = {
        "settings": lambda: _settings(asked.spark), "executors": lambda: _executors(asked.spark), "clock": lambda: _clock(asked.spark),
    }  # fmt: skip
    return {**checks, "lake": lambda: _lake(asked)} if asked.lake or asked.project else checks


def _codes(checks: Checks) -> list[int]:
    """Exit codes of the checks that fail."""
    codes = []
    for name, check in checks.items():
        try:
            say(f"ok    {name}: {check()}")
        except CjaError as error:
            say(f"wrong {name}: {error}")
            codes.append(error.exit_code)
    return codes


def _run(asked: argparse.Namespace) -> int:
    if asked.jars:
        from cja_spark.session import delta_jars

        say(",".join(delta_jars()))
        return 0
    codes = _codes(_before_spark(asked))
    if not asked.resolve:
        if codes:
            say("not tried: " + ", ".join(_with_spark(asked)))
        else:
            codes = _codes({**_with_spark(asked), **_sinks(asked)})
    return worst(codes)


VERB = Verb("check the machine, the versions, the session and a project's lake", _arguments, _run)

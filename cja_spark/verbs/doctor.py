"""`cja doctor`: check the machine, the versions and, with a project, its lake; one line per check."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from cja_spark.errors import CjaError, MissingToolError, VersionError, worst
from cja_spark.verbs import Verb
from cja_spark.verbs.places import say


def _arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--project", help="also check this project's YAML and its lake")
    command.add_argument("--resolve", action="store_true", help="only fetch Delta's JVM packages")
    command.add_argument("--jars", action="store_true", help="only print Delta's jars, as spark-submit --jars takes them")


def _python() -> str:
    return platform.python_version()


def _java() -> str:
    from cja_spark.session import require_java

    return require_java()


def _packages() -> str:
    found = []
    for name in ("pyspark", "delta-spark", "pyarrow", "numba", "pandas"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError as error:
            raise MissingToolError(f"{name} is not installed: pip install 'cja_spark[spark]'.") from error
    return ", ".join(found)


def _delta() -> str:
    from cja_spark.session import DELTA, delta_jars

    if version("delta-spark") != DELTA:
        raise VersionError(f"delta-spark is {version('delta-spark')} and its jars are {DELTA}: they must be equal.")
    return f"{len(delta_jars())} jars of {DELTA}"


def _executors() -> str:
    from cja_spark.session import open_session

    rows = open_session().range(2).mapInArrow(_arrow_version, "version string").collect()
    return f"a Python task read Arrow {rows[0][0]}"


def _arrow_version(batches):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    import pyarrow as pa

    for batch in batches:
        yield pa.RecordBatch.from_pydict({"version": [pa.__version__] * len(batch)})


def _project(folder: str) -> str:
    from cja_spark.lake import Lake
    from cja_spark.project import load
    from cja_spark.session import open_session

    project = load(folder)
    Lake(open_session(), project.place(project.lake.location)).require_writable()
    return f"{len(project.reports)} reports, {len(project.audiences)} audiences; the lake can be written"


def _run(asked: argparse.Namespace) -> int:
    if asked.jars:
        from cja_spark.session import delta_jars

        say(",".join(delta_jars()))
        return 0
    checks: dict[str, Callable[[], str]] = {"Python": _python, "Java": _java, "packages": _packages, "Delta": _delta}
    if not asked.resolve:
        checks["Spark"] = _executors
        if asked.project:
            checks["project"] = lambda: _project(asked.project)
    codes = []
    for name, check in checks.items():
        try:
            say(f"ok    {name}: {check()}")
        except CjaError as error:
            say(f"wrong {name}: {error}")
            codes.append(error.exit_code)
    return worst(codes)


VERB = Verb("check the machine, the versions and a project's lake", _arguments, _run)

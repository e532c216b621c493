"""Lineage: a run as events in the shape of OpenLineage 2.0.2, a JSON line each, in a file that any collector takes.

Source: OpenLineage, spec/OpenLineage.json and spec/Naming.md: a START and a COMPLETE, FAIL or ABORT event per run; a dataset
is named by where it lies (`file`, `s3://bucket`) and its path there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cja_spark import __version__
from cja_spark.json_lines import utc_ms, write_line

VARIABLE = "CJA_LINEAGE"
PRODUCER = f"https://pypi.org/project/cja_spark/{__version__}/"
SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
FACETS = "https://openlineage.io/spec/facets"
DONE = (0, 4)  # 4: done, some rows became letters
SIGNALS = (130, 143)
Json = dict[str, Any]


class Data(NamedTuple):
    """A table that a run reads or writes: where it lies, the version read, the rows written."""

    address: str
    version: int | None = None
    rows: int | None = None


class Run(NamedTuple):
    """A run as it begins.

    Attributes:
        run_id: a UUID.
        namespace: the project.
        job: `publish.buyers`, `deliver`.
    """

    run_id: str
    namespace: str
    job: str
    inputs: tuple[Data, ...] = ()
    outputs: tuple[Data, ...] = ()


@dataclass
class Ending:
    """How a run ended; filled by the block that does it.

    Attributes:
        code: the exit code.
        why: in a word, where it did not end well; never a message.
        inputs: with the versions that were read; as the run began when None.
        outputs: with the rows that were written; as the run began when None.
        told: what else is told: ids and counts.
    """

    code: int = 0
    why: str | None = None
    inputs: tuple[Data, ...] | None = None
    outputs: tuple[Data, ...] | None = None
    told: Mapping[str, int | str | None] = field(default_factory=dict)


@contextmanager
def told(run: Run) -> Iterator[Ending]:
    """Tell that a run begins, and after the block how it ended, where somebody asked for it; it never stops the run."""
    ending = Ending()
    tells = bool(os.environ.get(VARIABLE))
    if tells:
        write_line(VARIABLE, started(run, datetime.now(UTC)))
    try:
        yield ending
    except BaseException as error:
        ending.code, ending.why = int(getattr(error, "exit_code", 1)), type(error).__name__
        raise
    finally:
        if tells:
            write_line(VARIABLE, ended(run, ending, datetime.now(UTC)))


def tell(run: Run, ending: Ending, began: datetime) -> None:
    """Tell of a run that is over: that it began, and how it ended."""
    if os.environ.get(VARIABLE):
        write_line(VARIABLE, started(run, began))
        write_line(VARIABLE, ended(run, ending, datetime.now(UTC)))


def started(run: Run, at: datetime) -> Json:
    """The event of a run's begin."""
    return _event(run, at, "START", {}, run.inputs, run.outputs)


def ended(run: Run, ending: Ending, at: datetime) -> Json:
    """The event of a run's end: COMPLETE, FAIL, or ABORT when a signal ended it."""
    facets: Json = {"cja_run": {**_facet(f"{PRODUCER}#cja_run"), "exit_code": ending.code, **ending.told}}
    if ending.code in DONE:
        kind = "COMPLETE"
    else:
        kind = "ABORT" if ending.code in SIGNALS else "FAIL"
        message = {"message": ending.why or f"exit code {ending.code}", "programmingLanguage": "python"}
        facets["errorMessage"] = {**_facet(f"{FACETS}/1-0-0/ErrorMessageRunFacet.json"), **message}
    inputs = run.inputs if ending.inputs is None else ending.inputs
    outputs = run.outputs if ending.outputs is None else ending.outputs
    return _event(run, at, kind, facets, inputs, outputs)


def _event(run: Run, at: datetime, kind: str, facets: Json, inputs: tuple[Data, ...], outputs: tuple[Data, ...]) -> Json:
    return {
        "eventType": kind, "eventTime": utc_ms(at), "run": {"runId": run.run_id, "facets": facets},
        "job": {"namespace": run.namespace, "name": run.job, "facets": {}},
        "inputs": [_input(one) for one in inputs], "outputs": [_output(one) for one in outputs],
        "producer": PRODUCER, "schemaURL": SCHEMA,
    }  # fmt: skip


def _input(one: Data) -> Json:
    facets: Json = {}
    if one.version is not None:
        version = {"datasetVersion": str(one.version)}
        facets["version"] = {**_facet(f"{FACETS}/1-0-0/DatasetVersionDatasetFacet.json"), **version}
    return {**named(one.address), "facets": facets}


def _output(one: Data) -> Json:
    facets: Json = {}
    if one.rows is not None:
        facets["outputStatistics"] = {**_facet(f"{FACETS}/1-0-2/OutputStatisticsOutputDatasetFacet.json"), "rowCount": one.rows}
    return {**named(one.address), "facets": {}, "outputFacets": facets}


def _facet(schema: str) -> Json:
    return {"_producer": PRODUCER, "_schemaURL": schema}


def named(address: str) -> dict[str, str]:
    """A table's namespace and name by where it lies.

    >>> named("s3a://lake/shop/audience_changes")
    {'namespace': 's3a://lake', 'name': 'shop/audience_changes'}
    """
    where = urlsplit(address)
    if where.scheme in ("", "file"):
        path = where.path or address
        return {"namespace": "file", "name": path} if "/" in path else {"namespace": "spark_catalog", "name": path}
    container = f"{where.username}@" if where.username and where.password is None else ""
    return {"namespace": f"{where.scheme}://{container}{where.hostname or ''}", "name": where.path.lstrip("/")}

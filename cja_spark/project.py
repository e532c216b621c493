"""A project: one folder of YAML, read and validated as a whole before Spark starts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from cja_spark.audiences.spec import Audience
from cja_spark.configuration import Document, parse, read_document
from cja_spark.connection.spec import Connection
from cja_spark.errors import ConfigurationError, Fault, did_you_mean
from cja_spark.project_names import Names, name_faults
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.spec import Report
from cja_spark.sinks.spec import SINKS, Sink
from cja_spark.spec import Spec
from cja_spark.view.spec import View

M = TypeVar("M", bound=BaseModel)


class LakePlace(Spec):
    """Where the tables lie, and where relative source paths begin; both relative to the project's folder.

    `location` may also be a URI (``s3a://bucket/lake``) or ``catalogue:schema``.
    """

    location: str
    files: str = "."


class Project(Spec):
    """Everything that a folder of YAML says."""

    folder: str
    connection: Connection
    view: View
    lake: LakePlace
    reports: dict[str, Report]
    audiences: dict[str, Audience]
    sinks: dict[str, Sink]

    def place(self, path: str) -> str:
        """A path of the project's own settings, made absolute; URIs and catalogue names stay as they are."""
        if "://" in path or path.startswith("catalogue:"):
            return path
        return str((Path(self.folder) / path).resolve())


def load(folder: str | Path) -> Project:
    """Read and validate a project's folder; no Spark is started.

    Raises:
        ConfigurationError: with every fault of every file, its line and the nearest right word.
    """
    return _Loading(Path(folder)).project()


class _Loading:
    """One loading: the files read so far and the faults found in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self.documents: dict[str, Document] = {}

    def project(self) -> Project:
        if not self.folder.is_dir():
            raise ConfigurationError(f"{self.folder}: there is no such project folder. {self._others()}".rstrip())
        connection = self._one("connection.yaml", Connection)
        view = self._one("view.yaml", View)
        lake = self._one("lake.yaml", LakePlace)
        reports = self._each("reports", lambda document, name: self._report(document, name))
        audiences = self._each("audiences", lambda document, name: parse(Audience, document, self.faults, name=name))
        sinks = self._each("sinks", lambda document, name: self._sink(document, name))
        if view is not None and connection is not None:
            names = Names(view, connection, reports, audiences, sinks)
            self.faults += name_faults(names, self.documents)
        if self.faults or connection is None or view is None or lake is None:
            raise ConfigurationError.collected(self.faults)
        return Project(
            folder=str(self.folder.resolve()), connection=connection, view=view, lake=lake,
            reports=reports, audiences=audiences, sinks=sinks,
        )  # fmt: skip

    def _others(self) -> str:
        parent = self.folder.parent
        names = [p.name for p in parent.iterdir() if (p / "connection.yaml").is_file()] if parent.is_dir() else []
        return did_you_mean(self.folder.name, names)

    def _document(self, file: Path, key: str) -> Document | None:
        try:
            document = read_document(file)
        except ConfigurationError as error:
            self.faults += error.faults or (Fault(str(file), 0, str(error).removeprefix(f"{file}: ")),)
            return None
        self.documents[key] = document
        return document

    def _one(self, name: str, model: type[M]) -> M | None:
        document = self._document(self.folder / name, name)
        return None if document is None else parse(model, document, self.faults)

    def _each(self, kind: str, read: Any) -> dict[str, Any]:  # noqa: ANN401 - a reader per kind
        found = {}
        for file in sorted((self.folder / kind).glob("*.yaml")):
            document = self._document(file, f"{kind}/{file.stem}")
            spec = None if document is None else read(document, file.stem)
            if spec is not None:
                found[file.stem] = spec
        return found

    def _report(self, document: Document, name: str) -> Report | None:
        kind = self._kind_of(document, "report", REPORTS)
        return None if kind is None else parse(REPORTS.named(kind).spec, document, self.faults, name=name)

    def _sink(self, document: Document, name: str) -> Sink | None:
        kind = self._kind_of(document, "sink", SINKS)
        return None if kind is None else parse(SINKS.named(kind), document, self.faults, name=name)

    def _kind_of(self, document: Document, key: str, known: Any) -> str | None:  # noqa: ANN401 - any registry
        value = document.value if isinstance(document.value, Mapping) else {}
        if key not in value:
            self.faults.append(Fault(document.file, 1, f"'{key}' is missing. Known: {', '.join(sorted(known))}."))
            return None
        if value[key] not in known:
            message = f"{key}: no {key} named '{value[key]}'. {did_you_mean(str(value[key]), known)}"
            self.faults.append(Fault(document.file, document.line((key,)), message))
            return None
        return str(value[key])

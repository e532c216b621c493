"""A project: one folder of YAML, read and validated as a whole before Spark starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from cja_spark.addresses import require_root
from cja_spark.audiences.spec import Audience
from cja_spark.configuration import Document, parse, read_document, readable
from cja_spark.connection.graph_faults import graph_faults
from cja_spark.connection.spec import Connection
from cja_spark.errors import ConfigurationError, Fault, did_you_mean, guess
from cja_spark.project_classifications import classifications_in, with_tables
from cja_spark.project_names import name_faults
from cja_spark.project_page import PagePlan, page_faults
from cja_spark.project_rates import rate_faults
from cja_spark.project_reconcile import reconcile_faults
from cja_spark.reconciliation.spec import Reconciliation
from cja_spark.registry import Registry
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.own_columns import with_columns
from cja_spark.reports.presets import options_of
from cja_spark.reports.spec import Report
from cja_spark.sinks.kinds import SINKS
from cja_spark.sinks.spec import Sink
from cja_spark.spec import Address, Spec
from cja_spark.view.spec import View

M = TypeVar("M", bound=BaseModel)


class LakePlace(Spec):
    """Where the tables lie, and where relative source paths begin; both relative to the project's folder.

    `location` may also be a URI (``s3a://bucket/lake``) or ``catalogue:schema``.

    Attributes:
        location: where the tables lie.
        files: where relative paths of sources begin.
    """

    location: Address
    files: Address = "."


class Project(Spec):
    """Everything that a folder of YAML says."""

    folder: str
    connection: Connection
    view: View
    lake: LakePlace
    reports: dict[str, Report]
    audiences: dict[str, Audience]
    sinks: dict[str, Sink]
    page: PagePlan = PagePlan()
    reconcile: Reconciliation | None = None

    def place(self, path: str) -> str:
        """A path of the project's own settings, made absolute; URIs and catalogue names stay as they are.

        Raises:
            ConfigurationError: it lies where `CJA_ROOTS` allows nothing.
        """
        away = ":/" in path or path.startswith("catalogue:")
        return require_root(path if away else str((Path(self.folder) / path).resolve()), "a place of the project")


def load(folder: str | Path) -> Project:
    """Read and validate a project's folder; no Spark is started.

    Raises:
        ConfigurationError: with every fault of every file, its line and the nearest right word.
    """
    return _Loading(Path(folder)).project()


FILES = ("connection.yaml", "view.yaml", "lake.yaml", "page.yaml", "reconcile.yaml")
FOLDERS = ("reports", "audiences", "sinks")
_YAML = (".yaml", ".yml")


def unknown_entries(folder: Path) -> list[Fault]:
    """YAML files and folders of YAML that nothing reads; other things, such as data, may lie in a project's folder."""
    faults = []
    for entry in _seen(folder):
        if entry.name in FILES or (entry.name in FOLDERS and entry.is_dir()):
            continue
        near = guess(entry.name, FOLDERS) if entry.is_dir() else ""
        if _is_yaml(entry) or near or (entry.is_dir() and any(map(_is_yaml, _seen(entry)))):
            known = did_you_mean(entry.name, (*FILES, *FOLDERS))
            faults.append(Fault(str(entry), 0, f"no part of a project has this name. {known}"))
    for entry in (entry for name in FOLDERS if (folder / name).is_dir() for entry in _seen(folder / name)):
        if entry.is_dir():
            faults.append(Fault(str(entry), 0, f"folders in '{entry.parent.name}' are not read; move its files up."))
        elif _is_yaml(entry) and entry.suffix != ".yaml":
            faults.append(Fault(str(entry), 0, f"the name must end in .yaml. Did you mean '{entry.stem}.yaml'?"))
    return faults


def _seen(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))


def _is_yaml(entry: Path) -> bool:
    return entry.is_file() and entry.suffix.lower() in _YAML


class _Loading:
    """One loading: the files read so far, what could be read of the faulty ones, and the faults found in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self.documents: dict[str, Document] = {}
        self.read: dict[str, Any] = {}

    def project(self) -> Project:
        if not self.folder.is_dir():
            raise ConfigurationError(f"{self.folder}: there is no such project folder. {self._others()}".rstrip())
        self.faults += unknown_entries(self.folder)
        connection = self._one("connection.yaml", Connection)
        view = self._one("view.yaml", View)
        lake = self._one("lake.yaml", LakePlace)
        reports = self._each("reports", self._report)
        audiences = self._each("audiences", lambda document: Audience)
        sinks = self._each("sinks", self._sink)
        self.faults += rate_faults(self.documents, sinks)
        page = self._page()
        read = self.read
        classifications = classifications_in(self.documents.get("view.yaml"), self.folder)
        self.faults += classifications.faults
        self.faults += [
            Fault(document.file, document.line(path), f"{'.'.join(path)}: {message}")
            for path, message in (graph_faults(connection) if connection else ())
            if (document := self.documents["connection.yaml"])
        ]
        self.faults += name_faults(self.documents, read.get("view.yaml"), read["reports"], read["audiences"])
        reconcile = self._reconcile(view)
        if self.faults or connection is None or view is None or lake is None:
            raise ConfigurationError.collected(self.faults)
        return Project(
            folder=str(self.folder.resolve()), connection=connection, lake=lake,
            view=with_columns(with_tables(view, classifications.tables), reports.values()),
            reports=reports, audiences=audiences, sinks=sinks, page=page, reconcile=reconcile,
        )  # fmt: skip

    def _page(self) -> PagePlan:
        """The order of the page, which a project need not say."""
        plan = self._one("page.yaml", PagePlan) if (self.folder / "page.yaml").exists() else None
        if plan is not None:
            written = [key.removeprefix("reports/") for key in self.documents if key.startswith("reports/")]
            self.faults += page_faults(self.documents["page.yaml"], plan, written)
        return plan or PagePlan()

    def _reconcile(self, view: View | None) -> Reconciliation | None:
        """How the source system's numbers are compared, which a project need not say."""
        if not (self.folder / "reconcile.yaml").exists():
            return None
        spec, documents = self._one("reconcile.yaml", Reconciliation), self.documents
        if (read := spec or self.read.get("reconcile.yaml")) is not None:
            whole = None if self.faults else view
            others = documents.get("view.yaml"), documents.get("connection.yaml")
            self.faults += reconcile_faults(documents["reconcile.yaml"], read, whole, *others)
        return spec

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
        if document is None:
            return None
        spec = parse(model, document, self.faults)
        self.read[name] = spec or readable(model, document, name="unnamed")
        return spec

    def _each(self, folder: str, kind: Callable[[Document], type[M] | None]) -> dict[str, M]:
        found: dict[str, M] = {}
        some = self.read[folder] = {}
        for file in sorted((self.folder / folder).glob("*.yaml")):
            document = self._document(file, f"{folder}/{file.stem}")
            model = None if document is None else kind(document)
            if document is None or model is None:
                continue
            given = {"name": file.stem, **self._preset(model, document)}
            spec = parse(model, document, self.faults, **given)
            if spec is not None:
                found[file.stem] = spec
            if read := spec or readable(model, document, name=file.stem):
                some[file.stem] = read
        return found

    def _preset(self, model: type[BaseModel], document: Document) -> dict[str, object]:
        """The view's preset, for a report that says none and has options of it."""
        preset = getattr(self.read.get("view.yaml"), "preset", None)
        if not issubclass(model, Report) or not isinstance(document.value, Mapping) or "preset" in document.value:
            return {}
        return {"preset": preset} if options_of(model.model_fields["report"].default, preset) else {}

    def _report(self, document: Document) -> type[Report] | None:
        kind = self._kind_of(document, "report", REPORTS)
        return None if kind is None else REPORTS.named(kind).spec

    def _sink(self, document: Document) -> type[Sink] | None:
        kind = self._kind_of(document, "sink", SINKS)
        return None if kind is None else SINKS.named(kind)

    def _kind_of(self, document: Document, key: str, known: Registry[Any]) -> str | None:
        value = document.value if isinstance(document.value, Mapping) else {}
        if key not in value:
            self.faults.append(Fault(document.file, 1, f"'{key}' is missing. Known: {', '.join(sorted(known))}."))
            return None
        if str(value[key]) not in known:
            message = f"{key}: no {key} named '{value[key]}'. {did_you_mean(str(value[key]), known)}"
            self.faults.append(Fault(document.file, document.line((key,)), message))
            return None
        return str(value[key])

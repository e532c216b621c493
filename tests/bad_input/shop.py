"""A small shop whose input breaks: its project's folder, its files, and the verbs run in this process."""

from __future__ import annotations

import copy
import json
import shutil
import signal
from pathlib import Path

from cja_spark.cli import main

FILES = {
    "connection.yaml": """
name: shop
datasets:
  web:
    type: event
    source: {format: json, path: raw/web}
    event_id: id
    timestamp: time
    person_id: {column: login, namespace: CRM}
  calls:
    type: event
    source: {format: csv, path: raw/calls}
    timestamp: started
    person_id: {column: customer, namespace: CRM}
""",
    "view.yaml": """
name: shop
time_zone: Europe/Berlin
buckets: 2
dimensions:
  page: page
metrics:
  price: price
segments:
  buyers: {container: person, where: {metric: price, more_than: 0}}
""",
    "lake.yaml": "location: lake\nfiles: .\n",
    "reports/pages.yaml": "report: table\nrange: last 7 days\ndimensions: [page]\nmetrics: [events, price]\nsegments: [buyers]\n",
}


def event(number: int, time: str | None = "2026-01-02T10:00:00Z", login: str | None = "ann", **more: object) -> dict:
    return {"id": f"e{number}", "time": time, "login": login, "page": "home", "price": 1.5, **more}


def lines(*events: dict) -> str:
    return "".join(json.dumps(one) + "\n" for one in events)


class Shop:
    """One project in one folder, with its raw files and its lake."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in FILES.items():
            self.write(f"conf/{name}", text)
        self.write("conf/raw/web/a.json", lines(event(1), event(2, login="bob")))
        self.write("conf/raw/calls/a.csv", "started,customer,topic\n2026-01-02 09:00:00,ann,returns\n")

    def copied_to(self, folder: Path) -> Shop:
        """Another shop with the same files, of the same times, and the same lake."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        other = copy.copy(self)
        other.folder = folder
        return other

    @property
    def project(self) -> Path:
        return self.folder / "conf"

    @property
    def lake(self) -> Path:
        return self.project / "lake"

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def raw(self, name: str, content: str | bytes) -> Path:
        return self.write(f"conf/raw/{name}", content)

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.project / name).read_text(encoding="utf-8")
        assert old in text
        self.write(f"conf/{name}", text.replace(old, new, 1))

    def run(self, verb: str, *arguments: str) -> int:
        handler = signal.getsignal(signal.SIGTERM)
        try:
            return main([verb, "--project", str(self.project), *arguments])
        finally:
            signal.signal(signal.SIGTERM, handler)

    def sources(self) -> dict[Path, bytes]:
        """All files but the lake's."""
        files = (path for path in self.project.rglob("*") if path.is_file() and self.lake not in path.parents)
        return {path: path.read_bytes() for path in files}

    def restore(self, before: dict[Path, bytes]) -> None:
        """Undo what a test did to the files; a file that did not change keeps its time."""
        for path, content in self.sources().items():
            if path not in before:
                path.unlink()
            elif before[path] != content:
                path.write_bytes(before[path])

"""`cja status`: how every audience and its sinks stand, what is wrong and what to do; as text, JSON, a page, metrics."""

from __future__ import annotations

import argparse
from pathlib import Path

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, open_places, say


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audiences", nargs="*", help="names of audiences; all of the project when none is named")
    command.add_argument("--json", action="store_true", help="one JSON object, for a program")
    command.add_argument("--html", help="also write a page into this file")
    command.add_argument("--metrics", help="also write metrics in Prometheus' text format into this file")


def _run(asked: argparse.Namespace) -> int:
    from cja_spark.page.document import require_place, write_document

    files = {name: Path(file) for name in ("html", "metrics") if (file := getattr(asked, name))}
    for file in files.values():
        require_place(file)
    project, lake = open_places(asked, writes=False)
    from cja_spark import watching
    from cja_spark.watch.page import write_status
    from cja_spark.watch.text import status_text

    standing = watching.status(lake, project, asked.audiences, shown=asked.project)
    say(standing.model_dump_json(indent=2) if asked.json else status_text(standing))
    if "html" in files:
        write_status(files["html"], standing)
    if "metrics" in files:
        # Counts of names, no identity: the collector that reads it is somebody else.
        write_document(files["metrics"], watching.metrics(lake, standing).encode(), mode=0o644)
    return 0


VERB = Verb("how every audience and its sinks stand, what is wrong and what to do", _arguments, _run)

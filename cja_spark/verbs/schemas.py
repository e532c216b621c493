"""`cja schemas`: JSON schemas of the YAML files, so that editors complete and check them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from cja_spark.errors import UnwritableError
from cja_spark.verbs import Verb
from cja_spark.verbs.places import say
from cja_spark.words.schemas import schemas


def _arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", default="build/schemas", help="the folder to write")


def _run(asked: argparse.Namespace) -> int:
    folder = Path(asked.out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, schema in schemas().items():
            file = folder / f"{name}.json"
            file.write_text(json.dumps(schema, indent=2, sort_keys=True) + "\n", encoding="utf-8")
            say(str(file))
    except OSError as error:
        raise UnwritableError.place(str(folder), error.strerror or str(error)) from error
    return 0


VERB = Verb("write JSON schemas of the YAML files, for editors", _arguments, _run)

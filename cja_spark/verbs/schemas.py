"""`cja schemas`: JSON schemas of the YAML files, so that editors complete and check them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from pydantic import BaseModel, TypeAdapter

from cja_spark.errors import UnwritableError
from cja_spark.verbs import Verb
from cja_spark.verbs.places import say


def _arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", default="build/schemas", help="the folder to write")


def _models() -> dict[str, list[type[BaseModel]]]:
    from cja_spark.audiences.spec import Audience
    from cja_spark.connection.spec import Connection
    from cja_spark.project import LakePlace
    from cja_spark.reports.kinds import REPORTS
    from cja_spark.sinks.spec import SINKS
    from cja_spark.view.spec import View

    return {
        "connection": [Connection],
        "view": [View],
        "lake": [LakePlace],
        "report": [REPORTS.named(name).spec for name in sorted(REPORTS)],
        "audience": [Audience],
        "sink": [SINKS.named(name) for name in sorted(SINKS)],
    }


def schema_of(models: list[type[BaseModel]]) -> dict[str, object]:
    """One schema for a file that is one of several models."""
    schemas = [TypeAdapter(model).json_schema(ref_template="#/$defs/{model}") for model in models]
    defs: dict[str, object] = {}
    for schema in schemas:
        defs |= schema.pop("$defs", {})
    whole = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": defs, **whole}


def _run(asked: argparse.Namespace) -> int:
    folder = Path(asked.out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, models in _models().items():
            file = folder / f"{name}.json"
            file.write_text(json.dumps(schema_of(models), indent=2, sort_keys=True) + "\n", encoding="utf-8")
            say(str(file))
    except OSError as error:
        raise UnwritableError.place(str(folder), error.strerror or str(error)) from error
    return 0


VERB = Verb("write JSON schemas of the YAML files, for editors", _arguments, _run)

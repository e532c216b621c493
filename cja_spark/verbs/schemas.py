"""`cja schemas`: JSON schemas of the YAML files, so that editors complete and check them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from cja_spark.errors import UnwritableError
from cja_spark.verbs import Verb
from cja_spark.verbs.places import say

Schema = dict[str, Any]


def _arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", default="build/schemas", help="the folder to write")


def schemas() -> dict[str, Schema]:
    """A JSON schema per kind of file, for what an author writes: short forms too, no name that the file's name gives."""
    from cja_spark.audiences.spec import Audience
    from cja_spark.connection.spec import Connection
    from cja_spark.project import LakePlace
    from cja_spark.reports.kinds import REPORTS
    from cja_spark.sinks.spec import SINKS
    from cja_spark.view.spec import View

    return {
        "connection": _one_of([_schema(Connection)]),
        "view": _one_of([_schema(View)]),
        "lake": _one_of([_schema(LakePlace)]),
        "report": _one_of([_named_by_file(_schema(REPORTS.named(name).spec), "report") for name in sorted(REPORTS)]),
        "audience": _one_of([_named_by_file(_schema(Audience))]),
        "sink": _one_of([_named_by_file(_schema(SINKS.named(name)), "sink") for name in sorted(SINKS)]),
    }


def _schema(model: type[BaseModel]) -> Schema:
    return TypeAdapter(model).json_schema(ref_template="#/$defs/{model}")


def _named_by_file(schema: Schema, *kind: str) -> Schema:
    """The schema without `name`, and with the key that says which kind of thing the file is."""
    properties: Mapping[str, Any] = schema["properties"]
    required = [name for name in schema.get("required", ()) if name != "name" and name not in kind]
    without = {key: value for key, value in properties.items() if key != "name"}
    return {**schema, "properties": without, "required": [*kind, *required]}


def _one_of(schemas: list[Schema]) -> Schema:
    """One schema for a file that is one of several models."""
    defs: Schema = {}
    for schema in schemas:
        defs |= schema.pop("$defs", {})
    whole = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": defs, **whole}


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

"""JSON schemas of the YAML files, with the words that specs say of each setting."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from cja_spark.configuration import CONFIG_VERSION
from cja_spark.words.usual import USUAL

Schema = dict[str, Any]
_ATTRIBUTES = re.compile(r"^Attributes:\n((?:[ ].*\n?|\n)*)", re.MULTILINE)
_ENTRY = re.compile(r"^    (\w+): (.*(?:\n {8,}.*)*)", re.MULTILINE)


def schemas() -> dict[str, Schema]:
    """A JSON schema per kind of file, for what an author writes: short forms too, no name that the file's name gives."""
    from cja_spark.audiences.spec import Audience
    from cja_spark.connection.spec import Connection
    from cja_spark.project import LakePlace
    from cja_spark.project_page import PagePlan
    from cja_spark.reconciliation.spec import Reconciliation
    from cja_spark.reports.kinds import REPORTS
    from cja_spark.sinks.kinds import SINKS
    from cja_spark.view.spec import View

    return {
        "connection": _one_of([_schema(Connection)]),
        "view": _one_of([_schema(View)]),
        "lake": _one_of([_schema(LakePlace)]),
        "page": _one_of([_schema(PagePlan)]),
        "reconcile": _one_of([_schema(Reconciliation)]),
        "report": _one_of([_named_by_file(_schema(REPORTS.named(name).spec), "report") for name in sorted(REPORTS)]),
        "audience": _one_of([_named_by_file(_schema(Audience))]),
        "sink": _one_of([_named_by_file(_schema(SINKS.named(name)), "sink") for name in sorted(SINKS)]),
    }


def about(model: type[BaseModel]) -> str:
    """What a spec's docstring says of the whole, without its attributes."""
    return _ATTRIBUTES.sub("", inspect.cleandoc(model.__doc__ or "")).strip()


def about_settings(model: type[BaseModel]) -> dict[str, str]:
    """What the docstrings of a spec and of what it extends say of each setting; an alias is written without its ``_``."""
    found: dict[str, str] = {}
    for one in reversed(model.__mro__[: model.__mro__.index(BaseModel)]):
        section = _ATTRIBUTES.search(inspect.cleandoc(one.__dict__.get("__doc__") or ""))
        found |= {name: " ".join(text.split()) for name, text in _ENTRY.findall(section[1])} if section else {}
    return found


class _WithWords(GenerateJsonSchema):
    """Schemas whose settings have the words of docstrings."""

    def model_schema(self, schema: core_schema.ModelSchema) -> Schema:
        written = super().model_schema(schema)
        written["description"] = about(schema["cls"])
        words = about_settings(schema["cls"])
        for name, setting in written.get("properties", {}).items():
            if text := words.get(name, words.get(f"{name}_", USUAL.get(name))):
                setting["description"] = text
        return written


def _schema(model: type[BaseModel]) -> Schema:
    return TypeAdapter(model).json_schema(ref_template="#/$defs/{model}", schema_generator=_WithWords)


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
        schema["properties"]["config_version"] = {"const": CONFIG_VERSION, "description": "the version of the settings"}
    whole = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": defs, **whole}

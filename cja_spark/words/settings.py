"""Pages of all settings, one per kind of file, made from the specs: name, what it does, what it takes, its default."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from cja_spark.span import PATTERN as SPAN
from cja_spark.spec import DURATION, NAME
from cja_spark.words.schemas import Schema, schemas

TITLES = {
    "connection": "Settings of a connection",
    "view": "Settings of a data view",
    "lake": "Settings of a lake",
    "page": "Settings of a page",
    "reconcile": "Settings of a comparison",
    "report": "Settings of reports",
    "audience": "Settings of an audience",
    "sink": "Settings of sinks",
}
_FILES = {
    "connection": "`connection.yaml`", "view": "`view.yaml`", "lake": "`lake.yaml`", "page": "`page.yaml`", "reconcile": "`reconcile.yaml`", "report": "`reports/NAME.yaml`",
    "audience": "`audiences/NAME.yaml`", "sink": "`sinks/NAME.yaml`",
}  # fmt: skip
_TYPES = {"boolean": "true or false", "integer": "whole number", "number": "number", "string": "text", "object": "map"}


def pages() -> dict[str, str]:
    """The page of each kind of file, in Markdown."""
    return {kind: _page(kind, schema) for kind, schema in schemas().items()}


def found(name: str) -> list[str]:
    """What the pages say of a kind of file, of a spec, or of a setting wherever it is one; in Markdown."""
    if name in TITLES:
        return [pages()[name]]
    whole, lines = [], []
    for kind, schema in schemas().items():
        for title, one in _sections(schema):
            if title.lower() == name.lower():
                whole.append(_section(title, one))
            if name in one.get("properties", {}):
                lines.append("\n".join([f"## {title}, in {_FILES[kind]}", "", *_table({name: one["properties"][name]}, one)]))
    return [*dict.fromkeys([*whole, *lines])]


def known() -> tuple[str, ...]:
    """All names that `found` knows: kinds of files, specs, settings."""
    sections = [section for schema in schemas().values() for section in _sections(schema)]
    return (*TITLES, *(title for title, _ in sections), *(name for _, one in sections for name in one.get("properties", {})))


def _page(kind: str, schema: Schema) -> str:
    head = [f"# {TITLES[kind]}", f"What may stand in {_FILES[kind]}. Made from the specs by `make docs`."]
    return "\n\n".join([*head, *(_section(title, one) for title, one in _sections(schema))]) + "\n"


def _sections(schema: Schema) -> list[tuple[str, Schema]]:
    """The file's own specs, then those that they name, as they are named."""
    sections, defs = [*_roots(schema)], schema["$defs"]
    for _, one in sections:  # which grow by what they name
        there = [title for title, _ in sections]
        sections += [(_heading(name), defs[name]) for name in dict.fromkeys(_refs(one)) if _heading(name) not in there]
    return sections


def _roots(schema: Schema) -> Iterator[tuple[str, Schema]]:
    for one in schema.get("anyOf", [schema]):
        yield one["title"], one


def _heading(name: str) -> str:
    """The title of a spec; two of one name are told apart by where they lie."""
    *_, module, last = ["", *name.split("__")]
    return f"{last} ({module})" if module else last


def _refs(schema: object) -> Iterator[str]:
    """Specs that a schema names, in the order in which it does."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].rsplit("/", 1)[-1]
        for value in (value for key, value in schema.items() if key != "$defs"):
            yield from _refs(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _refs(value)


def _section(title: str, schema: Schema) -> str:
    lines = [f"## {title}", "", schema.get("description", "").strip(), "", *_table(schema.get("properties", {}), schema)]
    return "\n".join(lines).rstrip()


def _table(settings: Schema, schema: Schema) -> list[str]:
    if not settings:
        return []
    required = schema.get("required", ())
    return ["| setting | | takes | default |", "|---|---|---|---|", *(_line(name, one, name in required) for name, one in settings.items())]


def _line(name: str, setting: Schema, required: bool) -> str:
    default = "required" if required else _default(setting)
    return f"| `{name}` | {setting.get('description', '')} | {_takes(setting)} | {default} |"


def _default(setting: Schema) -> str:
    value = setting.get("default", setting.get("const"))
    if value is None or value in ([], {}, ""):
        return "–"
    return "`" + re.sub(r'"([^"]*)"', r"\1", json.dumps(value, ensure_ascii=False)) + "`"


def _takes(setting: Schema) -> str:
    """What an author may write, in words."""
    if "$ref" in setting:
        heading = _heading(setting["$ref"].rsplit("/", 1)[-1])
        return f"[{heading}](#{re.sub(r'[^a-z0-9 -]', '', heading.lower()).replace(' ', '-')})"
    choices = setting.get("anyOf") or setting.get("oneOf")
    if choices:
        said = dict.fromkeys(_takes(one) for one in choices if one.get("type") != "null")
        return " or ".join(said)
    if "const" in setting or "enum" in setting:
        return ", ".join(f"`{json.dumps(one) if not isinstance(one, str) else one}`" for one in setting.get("enum", [setting.get("const")]))
    if setting.get("type") == "array":
        return f"list of {_takes(setting['items'])}" if isinstance(setting.get("items"), dict) else "list"
    if setting.get("type") == "object":
        return _map(setting)
    return _scalar(setting)


def _map(setting: Schema) -> str:
    inner = [*setting.get("patternProperties", {}).values(), setting.get("additionalProperties")]
    return next((f"map of name to {_takes(one)}" for one in inner if isinstance(one, dict)), "map")


def _scalar(setting: Schema) -> str:
    if setting.get("format") == "date":
        return "day"
    if setting.get("pattern") == NAME:
        return "name"
    if setting.get("pattern") in (DURATION, SPAN):
        return "duration" if setting["pattern"] == DURATION else "duration, or months, quarters, years"
    limits = [f"{word} {setting[key]:,}" for key, word in (("minimum", "from"), ("exclusiveMinimum", "above"), ("maximum", "to")) if key in setting]
    return " ".join([_TYPES.get(setting.get("type", ""), "any value"), *limits])

"""Places: the lines of a file where a name is written in its role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cja_spark.configuration import Document
from cja_spark.project_uses import Use

Path_ = tuple[str | int, ...]
Place = tuple[Path_, Any, Any]  # the path of a plain value, the value, what it lies in

_SECTIONS = ("dimensions", "metrics", "derived")
_DATASETS = {"lookup dataset": ("lookup", "dataset"), "profile dataset": ("profile",), "summary dataset": ("summary",)}
_OF_CONDITIONS = ("segment", "segments", "by_segments", "view_segments", "all", "any", "exclude", "where", "then")
_OF_STEPS = (
    "step", "steps", "any", "include", "start", "return", "event", "events", "sets", "self_service", "call", "control", "indicators", "first_use",
)  # fmt: skip
_KEYS: Mapping[str, tuple[str, ...]] = {
    "dimension": ("dimension", "dimensions", "breakdown", "binding", "id"),
    "metric": ("metric", "metrics", "sort", "conversion", "binding_metric", "starts_with"),
    "segment": _OF_CONDITIONS,
    "metric or segment": _OF_STEPS,
    "derived field": ("derived",),
    "sink": ("sinks",),
    **_DATASETS,
}
_TEXTS = ("title", "description", "label", "name", "report", "entries", "items")


def line_of(document: Document, use: Use) -> int:
    """Line of the first place where a name is written in its role."""
    return lines_of(document, use)[0]


def lines_of(document: Document, use: Use) -> list[int]:
    """Lines of all places where a name is written in its role, else of the first where it is a value, or part of one."""
    if use.metric:
        columns = isinstance(document.value, Mapping) and "columns" in document.value
        return [document.line(("columns" if columns else "metrics", use.metric, "calculate"))]
    places = list(written_in(document.value))
    own = [place[0] for place in places if _names(use, place)]
    if use.role == "ranks":  # by one metric: what is written as 'sort', else the first one
        own = ([path for path in own if path[-1] == "sort"] or own)[:1]
    if own:
        return list(dict.fromkeys(map(document.line, own)))
    same = [path for path, value, _ in places if value == use.name]
    meant = [path for path in same if not {*_TEXTS} & {*path}]
    part = [path for path, value, _ in places if isinstance(value, str) and use.name in value]
    return [document.line((meant or same or part or [()])[0])]


def written_in(value: object) -> Iterator[Place]:
    """All plain values of a document, each with its path and what it lies in."""
    return _written(value, (), None)


def _names(use: Use, place: Place) -> bool:
    """Whether a place has a use's name where its kind and its role are written."""
    path, value, beside = place
    shown = value.split(".", 1)[0] if use.kind in _DATASETS and isinstance(value, str) else value
    if shown != use.name or not path or "entries" in path:
        return False
    if len(path) == 2 and path[0] in _SECTIONS and isinstance(path[1], str):
        return False  # a field that a component of a view is short for
    return _key(path) in _KEYS.get(use.kind, ()) and _is_name(path) and _ROLES.get(use.role, _anywhere)(path, beside)


def _key(path: Path_) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _is_name(path: Path_) -> bool:
    """Whether a key that is of names here and of texts there is of names."""
    key = _key(path)
    if key == "starts_with":
        return path[0] == "session"
    if key in ("exclude", "where"):
        return path[-1] == key
    return key != "derived" or path[0] != "derived"


def _anywhere(_path: Path_, _beside: object) -> bool:
    return True


def _shown(path: Path_, _beside: object) -> bool:
    """What a report itself shows, and none of its conditions."""
    return not {*_OF_CONDITIONS, *_OF_STEPS} & {*path}


def _of_condition(path: Path_, _beside: object) -> bool:
    return _key(path) in ("metric", "conversion") and "expiration" not in path


def _compared(path: Path_, beside: object) -> bool:
    if _key(path) != "dimension":
        return _shown(path, beside)
    return isinstance(beside, Mapping) and not {"exists", "distinct"} & {*beside}


_ROLES: Mapping[str, Callable[[Path_, object], bool]] = {
    "condition": _of_condition,
    "compared": _compared,
    "start": lambda path, _: _key(path) == "starts_with",
    "expiry": lambda path, _: "expiration" in path or _key(path) == "binding_metric",
    "bound": lambda path, _: _key(path) == "binding",
    "id": lambda path, _: _key(path) == "id",
    "non_repeating": lambda _, beside: isinstance(beside, Mapping) and beside.get("model") == "non_repeating",
    "distance": lambda path, _: bool({"after", "within"} & {*path}),
    "checkpoint": lambda path, _: "then" in path,
    "ranks": _shown,
    "one_value": _shown,
    "set_before": _shown,
}


def _written(value: Any, path: Path_, beside: Any) -> Iterator[Place]:  # noqa: ANN401 - plain values of YAML
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _written(inner, (*path, key), value)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _written(inner, (*path, at), value)
    else:
        yield path, value, beside

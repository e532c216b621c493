"""Places: the line of a file where a name is written in its role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cja_spark.configuration import Document
from cja_spark.project_uses import Use

Path_ = tuple[str | int, ...]


def line_of(document: Document, use: Use) -> int:
    """Line of the first place where a name is written in its role, else as a value, else as part of one."""
    if use.metric:
        return document.line(("metrics", use.metric, "calculate"))
    places = list(written_in(document.value))
    same = [(path, beside) for path, value, beside in places if value == use.name]
    own = [path for path, beside in same if _in_role(use.role, path, beside)]
    part = [path for path, value, _ in places if isinstance(value, str) and use.name in value]
    return document.line((own or [path for path, _ in same] or part or [()])[0])


def written_in(value: object) -> Iterator[tuple[Path_, Any, Any]]:
    """All plain values of a document, each with its path and what it lies in."""
    return _written(value, (), None)


def _in_role(role: str, path: Path_, beside: object) -> bool:
    if role == "non_repeating":
        return path[-1] == "dimension" and isinstance(beside, Mapping) and beside.get("model") == role
    if role in ("condition", "ranks"):
        return path[-1] == {"condition": "metric", "ranks": "sort"}[role]
    return role != "start" or "starts_with" in path


def _written(value: Any, path: Path_, beside: Any) -> Iterator[tuple[Path_, Any, Any]]:  # noqa: ANN401
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _written(inner, (*path, key), value)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _written(inner, (*path, at), value)
    else:
        yield path, value, beside

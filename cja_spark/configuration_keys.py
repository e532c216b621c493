"""Keys that an author may write at a place of a spec."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag

Path_ = tuple[str | int, ...]


def known_keys(model: type[BaseModel], loc: Path_) -> set[str]:
    """Keys that an author may write at a place of a spec; empty when the place has no model."""
    return _keys(_at(model, loc))


def keys_beside(model: type[BaseModel], loc: Path_) -> set[str]:
    """Keys of everything that may be written at a place where one of several things may."""
    parts = list(_branches(_inner(_at(model, loc[:-1])))) if loc else []
    return set().union(*map(_keys, parts)) if any(_tagged(part, loc[-1]) for part in parts) else set()


def _at(at: Any, loc: Path_) -> Any:  # noqa: ANN401 - walks type annotations
    for part in loc:
        at = _step(at, part)
    return at


def _keys(at: Any) -> set[str]:  # noqa: ANN401 - walks type annotations
    found = _model(_given(at))
    return {field.alias or name for name, field in found.model_fields.items()} if found else set()


def _inner(at: Any) -> Any:  # noqa: ANN401 - walks type annotations
    return get_args(at)[0] if get_origin(at) is Annotated else at


def _branches(at: Any) -> Iterator[Any]:  # noqa: ANN401 - walks type annotations
    """What a union is made of, also where one lies in another."""
    for arg in get_args(at) if get_origin(at) in (Union, types.UnionType) else ():
        inner = _inner(arg)
        yield from _branches(inner) if get_origin(inner) in (Union, types.UnionType) else (arg,)


def _step(at: Any, part: str | int) -> Any:  # noqa: ANN401 - walks type annotations
    at = _given(at)
    found = _model(at)
    if found is not None and part in found.model_fields:
        field = found.model_fields[str(part)]
        return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    origin, args = get_origin(at), get_args(at)
    if origin is Annotated:
        return _step(args[0], part)
    if origin in (Union, types.UnionType):
        return next((arg for arg in _branches(at) if _tagged(arg, part)), next((arg for arg in args if _model(arg)), at))
    if origin is tuple:
        return args[0]
    if origin is dict:
        return args[1]
    return at


def _given(at: Any) -> Any:  # noqa: ANN401 - walks type annotations
    """What may be None, when it is not."""
    others = [arg for arg in get_args(at) if arg is not types.NoneType] if get_origin(at) in (Union, types.UnionType) else []
    return others[0] if len(others) == 1 else at


def _tagged(arg: object, part: str | int) -> bool:
    return get_origin(arg) is Annotated and any(isinstance(x, Tag) and x.tag == part for x in get_args(arg)[1:])


def _model(at: object) -> type[BaseModel] | None:
    if get_origin(at) is Annotated:
        return _model(get_args(at)[0])
    return at if isinstance(at, type) and issubclass(at, BaseModel) else None

"""Changes that PostgreSQL would refuse, found before they are sent: what it says of them holds their values (KP2, KP5)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from cja_spark.sinks.chunk import Change, Rejected

STATUSES = ("realized", "exited")
LONGEST_KEY = 2048  # bytes; an entry of an index holds 2,704
DEEPEST = 1000  # brackets in one another; a server's stack ends at several thousand
CLASS = "Validation"


def parted(changes: Sequence[Change]) -> tuple[list[Change], tuple[Rejected, ...]]:
    """Changes that can be stored, and the others with the reason."""
    faults = {change.change_id: fault for change in changes if (fault := fault_in(change))}
    good = [change for change in changes if change.change_id not in faults] if faults else list(changes)
    return good, tuple(Rejected(change_id, CLASS, fault) for change_id, fault in faults.items())


def fault_in(change: Change) -> str | None:
    """Why a change cannot be stored, None when it can; nothing is stripped or repaired."""
    texts = (change.profile_key, change.namespace, change.id, change.person_ref, change.change_id)
    if None in texts or change.asserted_at is None or change.definition_version is None:
        return "null"
    if (fault := _fault_in_text("".join(texts))) is not None:
        return fault
    if change.status not in STATUSES:
        return "status"
    if len(change.profile_key.encode()) > LONGEST_KEY:
        return "key_too_long"
    return None if change.attrs is None else _fault_in_json(change.attrs)


def _fault_in_text(text: str) -> str | None:
    if "\x00" in text:
        return "nul"
    return None if text.isascii() or _is_utf8(text) else "not_utf8"


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _fault_in_json(text: str) -> str | None:
    if (fault := _fault_in_text(text)) is not None:
        return fault
    try:
        value = json.loads(text, parse_int=float, parse_constant=_no_constant)  # a number may have any number of digits
    except RecursionError:
        return "json_too_deep"
    except ValueError:
        return "json"
    if "\\u" in text and (fault := _fault_in_text("".join(_texts(value)))) is not None:
        return f"json_{fault}"
    return "json_too_deep" if text.count("[") + text.count("{") > DEEPEST and _depth(value) > DEEPEST else None


def _no_constant(name: str) -> NoReturn:
    raise ValueError("NaN and infinities are no JSON")


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    for layer in _layers(value):
        for one in layer:
            if isinstance(one, str):
                yield one
            elif isinstance(one, dict):
                yield from one


def _depth(value: Any) -> int:  # noqa: ANN401 - any JSON
    return sum(any(isinstance(one, dict | list) for one in layer) for layer in _layers(value))


def _layers(value: Any) -> Iterator[list[Any]]:  # noqa: ANN401 - any JSON
    """What stands at each depth, without recursion."""
    layer = [value]
    while layer:
        yield layer
        layer = [inner for one in layer for inner in _inside(one)]


def _inside(value: Any) -> Sequence[Any]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return [*value.values()]
    return value if isinstance(value, list) else ()

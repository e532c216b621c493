"""What an answer of the inlet says of each message (KH4, KH5, KH6). What cannot be read is never a success."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from cja_spark.sinks.chunk import DataError, FatalError, RetryableError, SinkError

TOO_MANY = 429
BROKEN = 500
_RETRY = frozenset({408, 409, 425, TOO_MANY, 500, 502, 503, 504})
_RETRY_ITEM = frozenset({408, 425, TOO_MANY})
_DATA = frozenset({400, 413, 422})
_WITHOUT_SUPPORT = 501


class Reply(NamedTuple):
    """An answer as it came."""

    status: int
    retry_after: str | None
    body: bytes


class Verdict(NamedTuple):
    """What became of the messages of one request, by their places in it; together they are all.

    Attributes:
        accepted: those that were taken.
        refused: those that are refused for what they are, with their status.
        again: those to be sent again, with their status.
    """

    accepted: tuple[int, ...]
    refused: Mapping[int, int]
    again: Mapping[int, int]


def verdict(reply: Reply, count: int, now: datetime) -> Verdict:
    """Read the answer to a batch of messages.

    Raises:
        RetryableError: send the whole batch again.
        DataError: some message of it is refused; find out which.
        FatalError: nothing will be taken.
    """
    _require_success(reply, now)
    return _by_entry(_entries(reply, count))


def single_verdict(reply: Reply, now: datetime) -> Verdict:
    """Read the answer to one message that the inlet validated at once.

    Raises:
        RetryableError: send it again.
        DataError: it is refused.
        FatalError: nothing will be taken.
    """
    _require_success(reply, now)
    told = _json(reply)
    validation = told.get("syncValidation") if isinstance(told, dict) else None
    if not isinstance(validation, dict) or validation.get("status") != "pass":
        raise _unknown("not_validated")
    return Verdict((0,), {}, {})


def retry_after_s(text: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` asks for; None where it is past or cannot be read (K4)."""
    if text is None:
        return None
    word = text.strip()
    if word.isascii() and word.isdigit():
        return float(word[:9])
    try:
        until = parsedate_to_datetime(word)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    until = until.replace(tzinfo=UTC) if until.tzinfo is None else until
    seconds = (until - now).total_seconds()
    return seconds if seconds > 0 else None


def _require_success(reply: Reply, now: datetime) -> None:
    if not 200 <= reply.status < 300:
        raise _fault(reply, now)


def _fault(reply: Reply, now: datetime) -> SinkError:
    status, code = reply.status, f"http_{reply.status}"
    if status in _DATA:
        return DataError("data", code)
    if status in _RETRY or (status >= 500 and status != _WITHOUT_SUPPORT):
        wait = retry_after_s(reply.retry_after, now)
        return RetryableError("server", code, retry_after=wait, costs_attempt=wait is None)
    if status < 200:
        return _unknown(code)
    return FatalError("server", code)


def _unknown(code: str) -> RetryableError:
    return RetryableError("unknown", code)


def _json(reply: Reply) -> object:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        raise _unknown("no_json") from None


def _entries(reply: Reply, count: int) -> list[dict[str, object]]:
    told = _json(reply)
    entries = told.get("responses") if isinstance(told, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _unknown("no_responses")
    if len(entries) != count:
        raise _unknown("other_length")
    return entries


def _by_entry(entries: list[dict[str, object]]) -> Verdict:
    accepted, refused, again = [], {}, {}
    for place, entry in enumerate(entries):
        status = _status(entry)
        if 200 <= status < 300:
            accepted.append(place)
        elif 400 <= status < 500 and status not in _RETRY_ITEM:
            refused[place] = status
        else:
            again[place] = status
    return Verdict(tuple(accepted), refused, again)


def _status(entry: dict[str, object]) -> int:
    """An entry's status: 200 where it has none, the worse one where it has two, 0 where one cannot be read."""
    found = [_number(entry[name]) for name in ("statusCode", "status") if name in entry]
    return next((status for status in found if not 200 <= status < 300), 200)


def _number(told: object) -> int:
    if isinstance(told, str) and told.isascii() and told.isdigit() and len(told) == 3:
        return int(told)
    return told if isinstance(told, int) and not isinstance(told, bool) and 100 <= told < 600 else 0

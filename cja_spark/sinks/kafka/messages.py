"""A change as a message of Kafka: key, value and headers; the same change is always the same bytes (KK1)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring as _text
from typing import NamedTuple, NoReturn

from cja_spark.sinks.chunk import Change, DataError, ErasedKey, Token

SCHEMA = "cja.change.1"
SEPARATOR = "\x1f"  # no audience_id has it, so the first one in a key ends the audience's

Headers = tuple[tuple[str, bytes], ...]


class Message(NamedTuple):
    """What is produced for a change; without a value it is a tombstone."""

    change_id: str
    key: bytes
    value: bytes | None
    headers: Headers

    @property
    def size(self) -> int:
        """Bytes of key, value and headers."""
        return len(self.key) + len(self.value or b"") + sum(len(name) + len(text) for name, text in self.headers)


def message(change: Change, token: Token) -> Message:
    """The message of a change; a member who left is a value too, so that an older message never wins (K8).

    Raises:
        DataError: a text that is no Unicode, or attributes that are no JSON.
    """
    try:
        key, value = key_of(token.audience_id, change.profile_key), _value(change, token).encode("utf-8")
    except UnicodeEncodeError:
        raise DataError("serialization", "not_utf8") from None
    return Message(change.change_id, key, value, headers_of(token.run_seq, change.op, change.change_id))


def tombstones(erased: ErasedKey, token: Token) -> list[Message]:
    """The messages that make compaction forget a profile, one for each of its audiences; for an erasure alone."""
    try:
        keys = [key_of(audience_id, erased.profile_key) for audience_id in erased.audiences]
    except UnicodeEncodeError:  # what cannot be a key was never sent
        return []
    change_id = erased.change.change_id
    return [Message(change_id, key, None, headers_of(token.run_seq, "erase", change_id)) for key in keys]


def key_of(audience_id: str, profile_key: str) -> bytes:
    """Key of a profile in an audience: by the profile alone, compaction would delete its other audiences."""
    return f"{audience_id}{SEPARATOR}{profile_key}".encode()


def headers_of(run_seq: int, op: str, change_id: str) -> Headers:
    """What a reader needs to know before it opens the value."""
    return (
        ("run_seq", b"%d" % run_seq), ("op", op.encode()), ("change_id", change_id.encode()), ("schema", SCHEMA.encode()),
    )  # fmt: skip


def _value(change: Change, token: Token) -> str:
    """The change as JSON; attributes go as they are written, so that no number of them changes its digits."""
    return (
        f'{{"audience_id":{_text(token.audience_id)},"run_seq":{token.run_seq},"op":{_text(change.op)},'
        f'"change_id":{_text(change.change_id)},"profile_key":{_text(change.profile_key)},'
        f'"namespace":{_text(change.namespace)},"id":{_text(change.id)},"status":{_text(change.status)},'
        f'"asserted_at":{_instant(change.asserted_at)},"valid_until":{_instant(change.valid_until)},'
        f'"attrs":{_json(change.attrs)},"definition_version":{change.definition_version}}}'
    )


@lru_cache(maxsize=64)  # most changes of a chunk speak of the same few instants
def _instant(time: datetime | None) -> str:
    if time is None:
        return "null"
    utc = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return f'"{utc.isoformat(timespec="milliseconds")[:-6]}Z"'


def _json(attrs: str | None) -> str:
    if attrs is None:
        return "null"
    try:
        json.loads(attrs, parse_constant=_no_number, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        raise DataError("serialization", "attrs_not_json") from None
    return attrs


def _no_number(word: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")

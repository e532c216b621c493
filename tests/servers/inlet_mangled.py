"""Answers of a streaming inlet that are spoiled on their way."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable


def _entries(body: bytes) -> list:
    return json.loads(body)["responses"]


def _with(entries: list) -> bytes:
    return json.dumps({"responses": entries}).encode()


# What a right answer becomes, and the length that its header says where that is another.
MANGLED: dict[str, Callable[[bytes], tuple[bytes, int | None]]] = {
    "truncated": lambda body: (body[: len(body) // 2], len(body)),
    "too_long": lambda body: (body, len(body) + 10),
    "cut": lambda body: (body[:-2], None),
    "garbage": lambda body: (b"<html>no</html>", None),
    "empty": lambda body: (b"", None),
    "array": lambda body: (json.dumps(_entries(body)).encode(), None),
    "null": lambda body: (b"null", None),
    "without": lambda body: (b'{"inletId":"x","batchId":"y"}', None),
    "mapping": lambda body: (b'{"responses":{"0":{}}}', None),
    "short": lambda body: (_with(_entries(body)[1:]), None),
    "long": lambda body: (_with([*_entries(body), {}]), None),
    "texts": lambda body: (_with(["ok" for _ in _entries(body)]), None),
    "nulls": lambda body: (_with([None for _ in _entries(body)]), None),
    "oversize": lambda body: (body[:-1] + b', "more": "' + b"x" * 1_500_000 + b'"}', None),
    "deep": lambda body: (b"[" * 400_000, None),
    "gzip": lambda body: (gzip.compress(body), None),
    "not_utf8": lambda body: (b'{"responses":["\xff\xfe"]}', None),
    "number": lambda body: (b"1" * 5000, None),
}  # fmt: skip

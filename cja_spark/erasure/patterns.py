"""Patterns: how an identity may be written in bytes, and where some bytes hold one of many."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import quote, quote_plus

import numpy as np
from numpy.typing import NDArray

from cja_spark.connection.erased import SHORTEST

_WORD = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
BLOCK = 1 << 22


class Pattern(NamedTuple):
    """One way to write an identity; `word` says that it is none where letters or digits go on before or after it."""

    written: bytes
    word: bool
    encoding: str


def patterns_of(text: str) -> Iterator[Pattern]:
    """The ways to write a text that are long enough to be told from chance.

    UTF-8, UTF-16 of both orders, base64 (with both alphabets, wherever it begins in what is encoded), hex, and URL encoding.
    """
    plain = text.encode("utf-8", "surrogatepass")
    found = [
        Pattern(plain, word=True, encoding="utf-8"),
        Pattern(text.encode("utf-16-le", "surrogatepass"), word=False, encoding="utf-16"),
        Pattern(text.encode("utf-16-be", "surrogatepass"), word=False, encoding="utf-16"),
        Pattern(plain.hex().encode(), word=False, encoding="hex"),
        Pattern(plain.hex().upper().encode(), word=False, encoding="hex"),
    ]
    found += [Pattern(form, word=False, encoding="base64") for form in _base64(plain)]
    found += [Pattern(form, word=True, encoding="url") for form in _url(plain)]
    return (one for one in dict.fromkeys(found) if len(plain) >= SHORTEST and len(one.written) >= SHORTEST)


def _base64(plain: bytes) -> Iterator[bytes]:
    """What of the base64 of something is the same whatever stands before and after."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + plain)
        first = -(-before * 8 // 6)
        last = (before + len(plain)) * 8 // 6
        form = encoded[first:last]
        yield from (form, form.translate(bytes.maketrans(b"+/", b"-_")))


def _url(plain: bytes) -> Iterator[bytes]:
    for form in (quote(plain, safe=""), quote_plus(plain, safe="")):
        if form.encode() != plain:
            yield form.encode()
            yield form.lower().encode()


class Search:
    """A search for many patterns at once.

    The first bytes of all patterns are three tables of byte pairs; what passes them is looked up, and compared at the
    end. So most bytes cost three looks into small tables, however many patterns there are.
    """

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._by_head: dict[bytes, list[Pattern]] = {}
        for one in patterns:
            self._by_head.setdefault(one.written[:SHORTEST], []).append(one)
        self.longest = max((len(one.written) for some in self._by_head.values() for one in some), default=0)
        heads = np.frombuffer(b"".join(self._by_head), np.uint8).reshape(-1, SHORTEST).astype(np.uint32)
        self._pairs = [np.zeros(1 << 16, np.bool_) for _ in range(SHORTEST // 2)]
        for at, pairs in enumerate(self._pairs):
            pairs[heads[:, 2 * at] << 8 | heads[:, 2 * at + 1]] = True

    def in_bytes(self, data: bytes | memoryview, low: NDArray[np.int64] | None = None) -> Iterator[tuple[int, Pattern]]:
        """Where some bytes hold a pattern.

        Args:
            data: the bytes.
            low: where values begin in them, and where the last ends; a word ends with its value. All is one value if not given.
        """
        view = np.frombuffer(data, np.uint8)
        edges = np.array([0, len(view)], np.int64) if low is None else low
        for begin in range(0, max(len(view) - SHORTEST + 1, 0), BLOCK):
            block = view[begin : begin + BLOCK + SHORTEST - 1]
            for at in self._candidates(block):
                yield from self._found(view, int(at) + begin, edges)

    def _candidates(self, block: NDArray[np.uint8]) -> NDArray[np.int64]:
        count = len(block) - SHORTEST + 1
        pair = block[:-1].astype(np.uint16) << 8 | block[1:]
        at: NDArray[np.int64] = np.flatnonzero(self._pairs[0][pair[:count]])
        for number, pairs in enumerate(self._pairs[1:], 1):
            at = at[pairs[pair[at + 2 * number]]]
        return at

    def _found(self, view: NDArray[np.uint8], at: int, edges: NDArray[np.int64]) -> Iterator[tuple[int, Pattern]]:
        for one in self._by_head.get(view[at : at + SHORTEST].tobytes(), ()):
            end = at + len(one.written)
            if view[at:end].tobytes() != one.written:
                continue
            value = int(np.searchsorted(edges, at, side="right")) - 1
            first, last = int(edges[value]), int(edges[value + 1])
            before = int(view[at - 1]) if at > first else -1
            after = int(view[end]) if end < last else -1
            if end <= last and not (one.word and (before in _WORD or after in _WORD)):
                yield at, one

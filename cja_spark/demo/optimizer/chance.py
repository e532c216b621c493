"""Chance that only a seed and a row's own words decide: the same story whatever the order in which it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from xxhash import xxh3_64_intdigest, xxh3_128_hexdigest

_UNIT = float(1 << 53)
Value = TypeVar("Value")
Key = str | int


@dataclass(frozen=True)
class Chance:
    """Draws of a seed; the words after the first arguments name the draw."""

    seed: int

    def draw(self, *keys: Key) -> float:
        """A number in [0, 1)."""
        return (xxh3_64_intdigest(self._name(keys)) >> 11) / _UNIT

    def happens(self, share: float, *keys: Key) -> bool:
        """Whether something happens that happens in a share of cases."""
        return self.draw(*keys) < share

    def between(self, low: int, high: int, *keys: Key) -> int:
        """A whole number from `low` to `high`, both among them."""
        return low + int(self.draw(*keys) * (high - low + 1))

    def pick(self, values: Sequence[Value], *keys: Key) -> Value:
        """One of some values, all equally likely."""
        return values[int(self.draw(*keys) * len(values))]

    def weighted(self, weights: Mapping[Value, int], *keys: Key) -> Value:
        """One of some values, each as likely as its weight says."""
        left = self.draw(*keys) * sum(weights.values())
        for value, weight in weights.items():
            left -= weight
            if left < 0:
                return value
        return list(weights)[-1]

    def uuid(self, *keys: Key) -> str:
        """An id in the form of a UUID."""
        text = xxh3_128_hexdigest(self._name(("id", *keys)))
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def _name(self, keys: tuple[Key, ...]) -> bytes:
        return "\x1f".join(map(str, (self.seed, *keys))).encode()

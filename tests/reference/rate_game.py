"""Rule A6, `rate_game`: what each value of a set is worth by how many of the persons with exactly its subsets convert."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import factorial

MOST_VALUES, FEWEST_PERSONS, SMALL = 12, 10, 5
Values = frozenset[str]


def subsets(values: Values) -> list[Values]:
    """All subsets but the empty one and the set itself."""
    return [frozenset(some) for size in range(1, len(values)) for some in combinations(sorted(values, key=repr), size)]


class RateGame:
    """The game of persons, each with the set of values of its touches and whether it converts."""

    def __init__(self, persons: list[tuple[Values, bool]]) -> None:
        self.converts: dict[Values, list[bool]] = {}
        for values, converts in persons:
            if values:  # no value is worth nothing
                self.converts.setdefault(values, []).append(converts)
        self.known: dict[Values, Fraction] = {}

    def share(self, values: Values) -> Fraction | None:
        """The converting share of those that have exactly these values, if they are enough."""
        own = self.converts.get(values, [])
        return Fraction(sum(own), len(own)) if len(own) >= FEWEST_PERSONS else None

    def worth(self, values: Values) -> Fraction:
        """v(S)."""
        own = self.share(values)
        if own is not None:
            return own
        below = [share for some in self.converts if some < values and (share := self.share(some)) is not None]
        return max(below, default=Fraction(0))

    def dividend(self, values: Values) -> Fraction:
        """d(S): what the set is worth beyond the dividends of its subsets."""
        if values not in self.known:
            self.known[values] = self.worth(values) - sum(map(self.dividend, subsets(values)), Fraction(0))
        return self.known[values]

    def shares(self, values: Values) -> dict:
        """The part of each value of a conversion's touches; they sum to 1."""
        equal = dict.fromkeys(values, Fraction(1, len(values)))
        if len(values) > MOST_VALUES:
            return equal
        if not any(some <= values and self.share(some) for some in self.converts):
            return equal
        found = self.by_dividends(values) if len(values) <= SMALL else self.by_additions(values)
        parts = {value: max(part, Fraction(0)) for value, part in found.items()}
        whole = sum(parts.values())
        return {value: part / whole for value, part in parts.items()} if whole else equal

    def by_dividends(self, values: Values) -> dict:
        """φ: equal parts of the dividends of all subsets."""
        parts = dict.fromkeys(values, Fraction(0))
        for some in [*subsets(values), values]:
            for value in some:
                parts[value] += self.dividend(some) / len(some)
        return parts

    def by_additions(self, values: Values) -> dict:
        """The same as Shapley's value: what each value adds to those before it, over all orders."""
        count, parts = len(values), dict.fromkeys(values, Fraction(0))
        worth = {some: self.worth(some) for some in [*subsets(values), values]} | {frozenset(): Fraction(0)}
        orders = [Fraction(factorial(size) * factorial(count - size - 1), factorial(count)) for size in range(count)]
        for some in worth:
            for value in values - some:
                if worth[some | {value}] != worth[some]:
                    parts[value] += orders[len(some)] * (worth[some | {value}] - worth[some])
        return parts

"""The rate game: sets of values leave the tasks, the dividends are computed where all of them meet (rule A6).

A value, or a combination of values, is a player; its number is a mixed word of its ids, and a set is named by two sums of mixed words.
So what a subset is called follows from its members, and no list of values has to be compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Floats, Ints
from cja_spark.kernels import value_sets as kernel
from cja_spark.kernels.counting import sums_per_code
from cja_spark.kernels.dividends import shares, worths
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.table_rows import combined

MOST_VALUES, FEWEST_PERSONS = 12, 10
# Measures from here on: persons with a set, those of them that convert, amounts by set, members of sets, players by their ids.
PERSONS, CONVERTING, AMOUNTS, MEMBERS, PLAYERS, EQUALLY = (number * 1_000_000 for number in range(3, 9))
_AT_ONCE = 1 << 22  # subsets in memory
Codes = npt.NDArray[np.int32]


class Runs(NamedTuple):
    """Runs of touches, both ends ascending, and the values of the touches.

    Attributes:
        first: the first touch of each run, int64[runs].
        last: the last one, before the first where there is none.
        touch: the touch of each value, int64[values], ascending.
        codes: the number of each value, int32[values].
    """

    first: Ints
    last: Ints
    touch: Ints
    codes: Codes


@dataclass(frozen=True)
class Game:
    """What a task knows of the game.

    Attributes:
        persons: two names of the set of each person with a touch, int64[persons] each.
        converting: which of them convert.
        conversions: the same names of each conversion's set.
        amounts: float64[conversions].
        member_of: two names per member of a conversion's set, int64[members] each, every set once.
        members: the players, int64[members].
        players: the ids of all of them, per dimension int64[players].
        equally: how many conversions have too many values.
    """

    persons: tuple[Ints, Ints]
    converting: Bools
    conversions: tuple[Ints, Ints]
    amounts: Floats
    member_of: tuple[Ints, Ints]
    members: Ints
    players: list[Ints]
    equally: int

    def add_to(self, cells: Cells, number: int) -> None:
        """Add the cells of a measure."""
        ones = np.ones(len(self.converting))
        for measure, amounts, names in (
            (PERSONS, ones, self.persons), (CONVERTING, self.converting.astype(np.float64), self.persons),
            (AMOUNTS, self.amounts, self.conversions),
        ):  # fmt: skip
            keys, sums = _summed(names, amounts)
            cells.add(measure + number, sums, *keys)
        cells.add(MEMBERS + number, np.ones(len(self.members)), *self.member_of, self.members)
        cells.add(PLAYERS + number, np.ones(len(self.players[0])), *self.players)
        cells.add(EQUALLY + number, float(self.equally))


def game_of(
    runs: Runs, ids: list[Ints], amounts: Floats, persons: tuple[Ints, Ints], converting: Bools
) -> tuple[Game, Bools]:
    """What a task tells the game; and which conversions are shared equally, for they have too many values.

    Args:
        runs: the touches of each conversion.
        ids: per dimension the ids of each number of a value.
        amounts: of conversions.
        persons: the first and the last touch of each person that has one.
        converting: which of these persons convert.

    Shapes: amounts float64[conversions], converting bool[persons] -> bool[conversions].
    """
    numbers = player_numbers(ids)
    words = kernel.mixed(numbers)
    size, *names = kernel.value_sets(*runs, words)
    played = np.flatnonzero((size > 0) & (size <= MOST_VALUES))
    own = (names[0][played], names[1][played])
    once = played[_first_of(own)]
    at, codes = kernel.members(*runs, size, once, len(numbers))
    of_persons, *person_names = kernel.value_sets(*persons, runs.touch, runs.codes, words)
    small = of_persons <= MOST_VALUES
    game = Game(
        (person_names[0][small], person_names[1][small]), converting[small], own, amounts[played],
        (names[0][once[at]], names[1][once[at]]), numbers[codes], [key[np.unique(codes)] for key in ids],
        int(np.count_nonzero(size > MOST_VALUES)),
    )  # fmt: skip
    return game, np.asarray(size > MOST_VALUES, bool)


def player_numbers(ids: list[Ints]) -> Ints:
    """One number per combination of ids.

    Shapes: per dimension int64[players] -> int64[players].
    """
    found = np.zeros(len(ids[0]), np.int64)
    for key in ids:
        found = kernel.mixed(found ^ key)[0].view(np.int64)
    return found


def _first_of(names: tuple[Ints, Ints]) -> Ints:
    """The first place of each name, ascending."""
    if len(names[0]) == 0:
        return names[0]
    _, codes = combined(names)
    return np.sort(np.unique(codes, return_index=True)[1])


def _summed(names: tuple[Ints, Ints], amounts: Floats) -> tuple[list[Ints], Floats]:
    if len(amounts) == 0:
        return list(names), amounts
    keys, codes = combined(names)
    return keys, sums_per_code(codes, amounts, len(keys[0]))


def shared_equally(sums: Sums, number: int) -> int:
    """How many conversions have too many values for the game."""
    return int(sums.total(EQUALLY + number))


def credited(sums: Sums, number: int, width: int) -> dict[tuple[int, ...], float]:
    """What the game of a measure gives to each combination of ids.

    Source: A6.
    """
    ids, _ = sums.measure(PLAYERS + number, width)
    if len(ids[0]) == 0:
        return {}
    order = np.argsort(player_numbers(ids))
    credit = np.zeros(len(order))
    known = player_numbers(ids)[order]
    rates = _rates(sums, number)
    for members, amounts in _sets(sums, number):
        given = shares(worths(_own(rates, members))) * amounts[:, None]
        np.add.at(credit, np.searchsorted(known, members), given)
    keys = (tuple(key[at] for key in ids) for at in order.tolist())
    return {tuple(map(int, key)): float(given) for key, given in zip(keys, credit, strict=True)}


def _rates(sums: Sums, number: int) -> Mapping[tuple[int, ...], float]:
    """The converting share of the persons of each set, where there are enough."""
    converting = sums.by_key(CONVERTING + number, 2)
    return {key: converting[key] / count for key, count in sums.by_key(PERSONS + number, 2).items() if count >= FEWEST_PERSONS}


def _sets(sums: Sums, number: int) -> Iterator[tuple[Ints, Floats]]:
    """Members and amounts of the conversions' sets, by size and not too many at once: int64[sets, size], float64[sets]."""
    keys, amounts = sums.measure(AMOUNTS + number, 2)
    (one, other, member), _ = sums.measure(MEMBERS + number, 3)
    order = np.lexsort((member, other, one))
    one, other, member = one[order], other[order], member[order]
    begins = np.flatnonzero(np.append(True, (one[1:] != one[:-1]) | (other[1:] != other[:-1])))[: len(one)]
    sizes = np.diff(np.append(begins, len(one)))
    sorted_amounts = amounts[np.lexsort((keys[1], keys[0]))]  # the same sets in the same order
    for size in np.unique(sizes).tolist():
        of_size = np.flatnonzero(sizes == size)
        step = max(_AT_ONCE >> size, 1)
        for begin in range(0, len(of_size), step):
            some = of_size[begin : begin + step]
            yield member[begins[some][:, None] + np.arange(size)], sorted_amounts[some]


def _own(rates: Mapping[tuple[int, ...], float], members: Ints) -> Floats:
    """The share of each subset of some sets, NaN where there is none: float64[sets, 2^size]."""
    names = []
    for words in kernel.mixed(members):
        sums = np.zeros((len(members), 1), np.uint64)
        for at in range(members.shape[1]):
            sums = np.concatenate([sums, sums + words[:, at : at + 1]], axis=1)
        names.append(sums.view(np.int64))
    return _looked_up(rates, *names)


def _looked_up(rates: Mapping[tuple[int, ...], float], one: Ints, other: Ints) -> Floats:
    found = np.full(one.shape, np.nan)
    if not rates:
        return found
    known = np.array(sorted(rates), np.int64)
    place = np.minimum(np.searchsorted(known[:, 0], one), len(known) - 1)
    here = (known[place, 0] == one) & (known[place, 1] == other)
    found[here] = np.array([rates[key] for key in sorted(rates)])[place[here]]
    return found

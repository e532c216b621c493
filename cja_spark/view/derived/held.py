"""What journeys hold for a component whose derived field a report makes: which columns, of which inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from cja_spark.view.derived.chain import Chain
from cja_spark.view.derived.date_math import DateMath
from cja_spark.view.derived.function import Function, Held, Hold
from cja_spark.view.derived.input import Input, Kind
from cja_spark.view.derived.kinds import As, needs
from cja_spark.view.derived.neighbours import NeighbourFunction

AtReports = NeighbourFunction | DateMath  # the functions that look at other events or at the clock
TEXTS = "dfgh"  # ids of texts that functions which look at other events take
LOOKED = "meijkl"  # numbers and instants that they take; the first of them is the component's own where it holds no texts
OTHERS = "qrstuvwxyz"  # numbers of the event that functions behind take besides
LETTERS = {"text": TEXTS, "number": LOOKED, "instant": LOOKED, "amount": OTHERS}


class Holding(Function):
    """An input as it is; of an instant the microseconds since 1970, which a double has exactly up to the year 2255."""

    most: ClassVar[int] = 1

    function: Literal["holding"]
    input: Input
    kind: Held

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Any value."""
        return ((self.input, "any"),)

    def gives(self) -> Kind:
        """What the input has."""
        return "any"


def holds_of(chain: Chain, *, metric: bool) -> tuple[Hold, ...]:
    """What journeys hold for what a report makes, each once.

    Args:
        chain: the functions that the report runs.
        metric: whether numbers are asked where functions give both.
    """
    outputs = {one.output: one for one in chain.made if one.output}
    found: dict[Hold, None] = {}
    seen: set[tuple[str | None, As]] = set()

    def visit(function: Function, kind: As) -> None:
        looking = isinstance(function, AtReports)
        for one, wanted in needs(function, kind, chain.made):
            if one.value is not None or (one.output, wanted) in seen:
                continue
            if one.output is not None and one.output in outputs:
                seen.add((one.output, wanted))
                visit(outputs[one.output], wanted)
            else:
                found[Hold(one, wanted if looking else "amount")] = None

    visit(*last_of(chain, metric=metric))
    return tuple(found)


def last_of(chain: Chain, *, metric: bool) -> tuple[Function, As]:
    """The function that gives a component's values, or those that functions of texts take, and what is asked of it."""
    if chain.words:
        return chain.words, "text"
    if chain.texts:
        return next(one for one in chain.made if one.output == chain.root), "text"
    return chain.made[-1], "number" if metric else "text"


def held_columns(component: str, chain: Chain, *, metric: bool) -> tuple[tuple[str, Hold], ...]:
    """Stored columns of a component, each with what it holds; none where a function asks the clock alone.

    Args:
        component: its name.
        chain: the functions that a report runs.
        metric: whether the component is a metric.
    """
    holds = holds_of(chain, metric=metric)
    texts = any(one.kind == "text" for one in holds)
    letters = {letters: iter(letters[1:] if texts and letters == LOOKED else letters) for letters in set(LETTERS.values())}
    return tuple((f"{next(letters[LETTERS[one.kind]])}_{component}", one) for one in holds)


def faults_of_holds(chain: Chain) -> Iterator[str]:
    """Where functions take more of events than journeys hold for one component."""
    holds = holds_of(chain, metric=chain.gives() == "number")
    for letters, what in ((TEXTS, "texts"), (LOOKED[1:], "numbers and dates"), (OTHERS, "numbers of the event besides")):
        if (count := sum(LETTERS[one.kind] == letters or (letters == LOOKED[1:] and LETTERS[one.kind] == LOOKED) for one in holds)) > len(letters):
            yield f"the functions that a report runs take {count} {what}; {len(letters)} at most."

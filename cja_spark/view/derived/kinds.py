"""What functions that a report runs ask of one another: texts, numbers or instants of the same values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from cja_spark.view.derived.case_when import CaseWhen
from cja_spark.view.derived.date_math import DateMath
from cja_spark.view.derived.depth import Depth
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import Input, Kind
from cja_spark.view.derived.math import Math
from cja_spark.view.derived.neighbours import NeighbourFunction
from cja_spark.view.derived.summarize import NUMBERS, Summarize
from cja_spark.view.derived.typecast import Typecast

As = Literal["text", "number", "instant"]
Need = tuple[Input, As]


def looks(function: Function) -> bool:
    """Whether a function looks at other events or at the clock."""
    return isinstance(function, NeighbourFunction | DateMath) and not function.of_events


def of_numbers(function: Function) -> bool:
    """Whether a function makes numbers, or words, of numbers of one event."""
    return isinstance(function, Math) or (isinstance(function, Typecast) and function.to != "text") or isinstance(function, CaseWhen)


def kinds_of(late: Sequence[Function]) -> tuple[Kind, ...]:
    """The kind of what each of some functions gives that a report runs; `any` where nothing says so but the component."""
    outputs: dict[str | None, int] = {one.output: at for at, one in enumerate(late) if one.output}
    asked = _asked(late, outputs)
    found: list[Kind] = []
    for at, function in enumerate(late):
        kind = function.gives()
        if kind == "any":
            taken = {found[outputs[one.output]] for one, _ in function.takes() if one.output in outputs and outputs[one.output] < at}
            kind = "number" if "number" in taken or at in asked else "text" if "text" in taken else "any"
        found.append(kind)
    return tuple(found)


def _asked(late: Sequence[Function], outputs: dict[str | None, int]) -> set[int]:
    """The functions of which others want numbers."""
    found: set[int] = set()
    for at in reversed(range(len(late))):
        function = late[at]
        for one, wanted in function.takes():
            passed = wanted == "any" and looks(function) and function.gives() == "any" and at in found
            cast = isinstance(function, Typecast) and function.to != "text"
            if one.output in outputs and (wanted == "number" or passed or cast):
                found.add(outputs[one.output])
    return found


def needs(function: Function, kind: As, late: Sequence[Function]) -> Iterator[Need]:
    """What a function that a report runs takes, to give texts, numbers or instants.

    Args:
        function: the function; none of those of texts.
        kind: what is asked of it.
        late: all that the report runs.
    """
    if isinstance(function, DateMath):
        yield from ((one, "instant") for one, _ in function.takes())
    elif not isinstance(function, NeighbourFunction):
        yield from ((one, "number") for one, _ in function.takes())
    elif isinstance(function, Depth) or (isinstance(function, Summarize) and function.how == "count_distinct"):
        yield function.input, "number" if _is_number(function.input, late) else "text"
    elif isinstance(function, Summarize) and function.how in NUMBERS:
        yield function.input, "number"
    else:
        yield function.input, kind
        if isinstance(function, Summarize) and function.how in ("earliest", "latest"):
            yield function.input, "instant"


def _is_number(one: Input, late: Sequence[Function]) -> bool:
    kinds = kinds_of(late)
    return one.output is not None and any(by.output == one.output and kind == "number" for by, kind in zip(late, kinds, strict=True))

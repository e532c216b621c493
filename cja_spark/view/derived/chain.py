"""What follows a function that looks at other events: a report runs it on what that one gave."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from cja_spark.spec import Spec
from cja_spark.view.derived.case_when import CaseWhen
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import Input
from cja_spark.view.derived.lookup import Lookup
from cja_spark.view.derived.math import Math
from cja_spark.view.derived.summarize import Summarize
from cja_spark.view.derived.typecast import Typecast

World = Literal["text", "number"]
MOST_OTHERS = 10


class Chain(NamedTuple):
    """The functions behind one that looks at other events.

    Attributes:
        numbers: those that make numbers of its numbers, event by event.
        words: the case when that puts a number in words.
        texts: those that make text of text, once per distinct one.
        root: the output whose text those take.
        others: numbers of the event that the first ones take besides.
    """

    numbers: tuple[Function, ...] = ()
    words: CaseWhen | None = None
    texts: tuple[Function, ...] = ()
    root: str | None = None
    others: tuple[Input, ...] = ()


def world_of(looking: Function, after: Sequence[Function]) -> World:
    """Whether the functions behind one take its texts or its numbers, where it may give both."""
    if (gives := looking.gives()) in ("text", "number"):
        return "text" if gives == "text" else "number"
    taken = {
        "number" if isinstance(function, Typecast) and function.to != "text" else wanted
        for function in after for one, wanted in function.takes() if one.output == looking.output
    }  # fmt: skip
    return "number" if "number" in taken else "text"


def chain_of(looking: Function, after: Sequence[Function]) -> Chain:
    """The functions behind one that looks at other events, which have no faults."""
    if world_of(looking, after) == "text":
        return Chain(texts=tuple(after), root=looking.output)
    at = next((at for at, one in enumerate(after) if _in_words(one)), len(after))
    words = after[at] if at < len(after) else None
    assert words is None or isinstance(words, CaseWhen)
    others = _others(looking, after[: at + 1])
    return Chain(tuple(after[:at]), words, tuple(after[at + 1 :]), words.output if words else None, others)


def _others(looking: Function, after: Sequence[Function]) -> tuple[Input, ...]:
    """What some functions take that neither is given nor comes from them, each once."""
    known = {looking.output, *(one.output for one in after)}
    taken = (one for function in after for one, _ in function.takes())
    return tuple(dict.fromkeys(one for one in taken if _is_other(one, known)))


def _is_other(one: Input, known: Container[str | None]) -> bool:
    return one.value is None and (one.output is None or one.output not in known)


def chain_faults(looking: Function, after: Sequence[Function]) -> Iterator[tuple[int, str]]:
    """What cannot follow a function that looks at other events: which one of those, and why."""
    known = {looking.output}
    world = world_of(looking, after)
    for at, function in enumerate(after):
        if text := _fault(looking, function, world, known):
            yield at, f"{function.function}: {text}"
            return
        if world == "number" and _in_words(function):
            world, known = "text", set()
        known.add(function.output)
    if len(others := chain_of(looking, after).others) > MOST_OTHERS:
        yield len(after) - 1, f"behind {looking.function} functions take {len(others)} numbers of the event besides; {MOST_OTHERS} at most."


def _fault(looking: Function, function: Function, world: World, known: set[str | None]) -> str | None:
    if not function.of_events or isinstance(function, Lookup | Summarize) or function.gives_list:
        return f"cannot follow {looking.function}, which looks at other events; put it before."
    others = [wanted for one, wanted in function.takes() if _is_other(one, known)]
    if others and (world == "text" or set(others) != {"number"}):
        return f"behind {looking.function}, which looks at other events, a function takes what it gives and values that are given{_BESIDES[world]}"
    if world == "text":
        made = f"cannot make a number of the text that {looking.function} gives; do that before."
        return made if function.gives() == "number" else None
    numbers = isinstance(function, Math) or (isinstance(function, Typecast) and function.to != "text")
    if numbers or (isinstance(function, CaseWhen) and _of_numbers(function)):
        return None
    return f"the number that {looking.function} gives takes math, a typecast to number or integer, and a case when that puts it in words."


_BESIDES: Mapping[World, str] = {
    "text": ", for a report runs it once per distinct text. Concatenate the fields before, or make a dimension of each and a table of both.",
    "number": ", of other fields numbers alone; do the rest before.",
}


def _in_words(function: Function) -> bool:
    return isinstance(function, CaseWhen) and function.gives() == "text"


def _of_numbers(function: CaseWhen) -> bool:
    """Whether it compares numbers, and gives words alone or numbers alone."""
    given = all(isinstance(one.value, str) for one in function.results()) or function.gives() != "text"
    results = [id(one) for one in function.results()]
    return given and all(wanted in ("number", "any") for one, wanted in function.takes() if id(one) not in results)


def with_inputs(function: Any, change: Callable[[Input], Input]) -> Any:  # noqa: ANN401 - a spec, or what one is made of
    """The same function with other inputs."""
    if isinstance(function, Input):
        return change(function)
    if isinstance(function, Spec):
        return function.model_copy(update={name: with_inputs(getattr(function, name), change) for name in type(function).model_fields})
    if isinstance(function, tuple):
        return tuple(with_inputs(one, change) for one in function)
    return {key: with_inputs(one, change) for key, one in function.items()} if isinstance(function, dict) else function

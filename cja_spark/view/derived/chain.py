"""The functions of a derived field that a report runs: the first one that looks at other events, and all behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from cja_spark.spec import Spec
from cja_spark.view.derived.case_when import CaseWhen
from cja_spark.view.derived.date_math import DateMath
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import Input, Kind
from cja_spark.view.derived.kinds import kinds_of, looks, of_numbers
from cja_spark.view.derived.lookup import Lookup
from cja_spark.view.derived.math import Math
from cja_spark.view.derived.summarize import VALUES, Summarize
from cja_spark.view.derived.typecast import Typecast

World = Literal["text", "number"]


class Chain(NamedTuple):
    """The functions of a derived field that a report runs.

    Attributes:
        made: those that give something event by event: they look at other events, or make numbers of numbers.
        words: the case when that puts a number in words.
        texts: those that make text of text, once per distinct one.
        root: the output whose text those take.
    """

    made: tuple[Function, ...] = ()
    words: CaseWhen | None = None
    texts: tuple[Function, ...] = ()
    root: str | None = None

    def gives(self) -> Kind:
        """The kind of its values; `any` where the component decides."""
        return "text" if self.words or self.texts else kinds_of(self.made)[-1]

    def looking(self) -> tuple[Function, ...]:
        """Those that look at other events or at the clock."""
        return tuple(one for one in self.made if looks(one))


def chain_of(late: Sequence[Function]) -> Chain:
    """The same functions, which have no faults, by what they make."""
    kinds = kinds_of(late)
    at = next((at for at, one in enumerate(late) if not _is_made(one, late, kinds)), len(late))
    if at == len(late):
        return Chain(tuple(late))
    first = late[at]
    if isinstance(first, CaseWhen) and _world(first, late, kinds) == "number":
        return Chain(tuple(late[:at]), first, tuple(late[at + 1 :]), first.output)
    return Chain(tuple(late[:at]), None, tuple(late[at:]), _root(first, late[:at]))


def _root(function: Function, before: Sequence[Function]) -> str | None:
    outputs = {one.output for one in before if one.output}
    return next((one.output for one, _ in function.takes() if one.output in outputs), before[-1].output)


def _is_made(function: Function, late: Sequence[Function], kinds: Sequence[Kind]) -> bool:
    if looks(function) or isinstance(function, DateMath):
        return True
    return of_numbers(function) and _world(function, late, kinds) == "number" and not _in_words(function)


def _world(function: Function, late: Sequence[Function], kinds: Sequence[Kind]) -> World:
    """Whether a function takes texts or numbers of those before it."""
    outputs = {one.output: kind for one, kind in zip(late, kinds, strict=True) if one.output}
    taken = {outputs[one.output] for one, _ in function.takes() if one.output in outputs}
    if not taken:  # what those of the event give that stand before it
        before = [kind for one, kind in zip(late, kinds, strict=True) if looks(one)]
        taken = {*before[:1]}
    return "number" if "number" in taken else "text"


def chain_faults(late: Sequence[Function]) -> Iterator[tuple[int, str]]:
    """What cannot follow a function that looks at other events: which one of those that a report runs, and why."""
    checked = _Checked(late)
    for at, function in enumerate(late):
        if text := checked.fault(at, function):
            yield at, f"{function.function}: {text}"
            return
    for at, function in enumerate(late[:-1]):
        taken = {one.output for other in late[at + 1 :] for one, _ in other.takes()}
        if (looks(function) or of_numbers(function)) and (function.output is None or function.output not in taken):
            yield at, f"{function.function}: no function behind takes what it gives; name its 'output', or leave it out."


class _Checked:
    """Functions that a report runs, checked one after another."""

    def __init__(self, late: Sequence[Function]) -> None:
        self.late, self.kinds = late, kinds_of(late)
        self.known: dict[str | None, Kind] = {}  # outputs that the next function may take
        self.looking = late[0]
        self.texts: Function | None = None  # the first one that makes text

    def fault(self, at: int, function: Function) -> str | None:
        found = self._fault(function)
        if looks(function):
            self.looking = function
        if function.output:
            self.known[function.output] = self.kinds[at]
        return found

    def _fault(self, function: Function) -> str | None:
        if looks(function) or (isinstance(function, DateMath) and not self.texts):
            return self._behind_texts(function)
        if isinstance(function, Lookup | Summarize) or function.gives_list:
            return f"cannot follow {self.looking.function}, which looks at other events; put it before."
        world = "text" if self.texts else _world(function, self.late, self.kinds)
        others = [wanted for one, wanted in function.takes() if one.value is None and (one.output is None or one.output not in self.known)]
        if others and (world == "text" or set(others) != {"number"}):
            return f"behind {self.looking.function}, which looks at other events, a function takes what it gives and values that are given{_BESIDES[world]}"
        return self._of_texts(function) if world == "text" else self._of_numbers(function)

    def _behind_texts(self, function: Function) -> str | None:
        if self.texts:
            return f"cannot follow {self.texts.function}, which makes text when a report runs; put it before."
        given = next((self.known[one.output] for one, _ in function.takes() if one.output in self.known), None)
        if isinstance(function, Summarize) and (function.how in VALUES or function.gives_list) and given == "number":
            return f"{function.how} is one of texts, and {self.looking.function} gives a number; use max, min, median, mean, sum or count."
        return None

    def _of_texts(self, function: Function) -> str | None:
        if function.gives() == "number":
            return f"cannot make a number of the text that {self.looking.function} gives; do that before."
        if self.texts is None:
            root = _root(function, [one for one in self.late if one.output in self.known])
            if any(one.output not in (None, root) for one, _ in function.takes()):
                return "takes the text of one function that looks at other events, for a report runs it once per distinct text."
            self.texts, self.known = function, {root: "text"}
        return None

    def _of_numbers(self, function: Function) -> str | None:
        right = isinstance(function, Math | Typecast) if not isinstance(function, CaseWhen) else _compares_numbers(function)
        if not right or (isinstance(function, Typecast) and function.to == "text"):
            return f"the number that {self.looking.function} gives takes math, a typecast to number or integer, and a case when that puts it in words."
        if _in_words(function):
            self.texts, self.known = function, {}
        return None


_BESIDES: Mapping[World, str] = {
    "text": ", for a report runs it once per distinct text. Concatenate the fields before, or make a dimension of each and a table of both.",
    "number": ", of other fields numbers alone; do the rest before.",
}


def _in_words(function: Function) -> bool:
    return isinstance(function, CaseWhen) and function.gives() == "text"


def _compares_numbers(function: CaseWhen) -> bool:
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

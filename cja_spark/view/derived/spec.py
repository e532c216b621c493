"""A derived field: its functions, and what can be wrong with it before Spark starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Tag, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from cja_spark.errors import did_you_mean
from cja_spark.spec import AsTuple, Spec
from cja_spark.view.derived.case_when import CaseWhen
from cja_spark.view.derived.chain import Chain, chain_faults, chain_of
from cja_spark.view.derived.classify import Classify
from cja_spark.view.derived.concatenate import Concatenate
from cja_spark.view.derived.date_math import DateMath
from cja_spark.view.derived.deduplicate import Deduplicate
from cja_spark.view.derived.depth import Depth
from cja_spark.view.derived.find_and_replace import FindAndReplace
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.held import AtReports
from cja_spark.view.derived.input import Input, Kind, counted
from cja_spark.view.derived.lookup import Lookup
from cja_spark.view.derived.lowercase import Lowercase
from cja_spark.view.derived.math import Math
from cja_spark.view.derived.merge_fields import MergeFields
from cja_spark.view.derived.next_or_previous import NextOrPrevious
from cja_spark.view.derived.regex_replace import RegexReplace
from cja_spark.view.derived.split import Split
from cja_spark.view.derived.summarize import Summarize
from cja_spark.view.derived.trim import Trim
from cja_spark.view.derived.typecast import Typecast
from cja_spark.view.derived.url_parse import UrlParse

Where = tuple[str | int, ...]
MOST_FIELDS = 10
MOST_LOOKUPS = 3
MOST_OPERATORS: Mapping[str, int] = {"case_when": 200, "math": 25}
FUNCTIONS: Mapping[str, type[Function]] = {
    "case_when": CaseWhen, "classify": Classify, "concatenate": Concatenate, "date_math": DateMath,
    "deduplicate": Deduplicate, "depth": Depth, "find_and_replace": FindAndReplace, "lookup": Lookup, "lowercase": Lowercase,
    "math": Math, "merge_fields": MergeFields, "next_or_previous": NextOrPrevious, "regex_replace": RegexReplace, "split": Split,
    "summarize": Summarize, "trim": Trim, "typecast": Typecast, "url_parse": UrlParse,
}  # fmt: skip


def _named(value: object) -> object:
    if isinstance(value, Mapping):
        name = value.get("function")
        if name is None:
            raise ValueError(f"'function' is missing. Known: {', '.join(sorted(FUNCTIONS))}.")
        if name not in FUNCTIONS:
            raise ValueError(f"no function named '{name}'. {did_you_mean(str(name), FUNCTIONS)}")
    return value


def _tag(value: object) -> Any:  # noqa: ANN401 - what is no function has no tag
    return value.get("function") if isinstance(value, Mapping) else getattr(value, "function", None)


AnyFunction = Annotated[
    Annotated[CaseWhen, Tag("case_when")]
    | Annotated[Classify, Tag("classify")]
    | Annotated[Concatenate, Tag("concatenate")]
    | Annotated[DateMath, Tag("date_math")]
    | Annotated[Deduplicate, Tag("deduplicate")]
    | Annotated[Depth, Tag("depth")]
    | Annotated[FindAndReplace, Tag("find_and_replace")]
    | Annotated[Lookup, Tag("lookup")]
    | Annotated[Lowercase, Tag("lowercase")]
    | Annotated[Math, Tag("math")]
    | Annotated[MergeFields, Tag("merge_fields")]
    | Annotated[NextOrPrevious, Tag("next_or_previous")]
    | Annotated[RegexReplace, Tag("regex_replace")]
    | Annotated[Split, Tag("split")]
    | Annotated[Summarize, Tag("summarize")]
    | Annotated[Trim, Tag("trim")]
    | Annotated[Typecast, Tag("typecast")]
    | Annotated[UrlParse, Tag("url_parse")],
    Discriminator(_tag, custom_error_type="function", custom_error_message="a mapping with the key 'function' is expected"),
    BeforeValidator(_named),
]


class DerivedField(Spec):
    """A field made of others: functions in the order in which they run; the last one's value is the field's.

    A function that names its `output` can be an input of those after it.

    Attributes:
        functions: the functions, in the order in which they run.
    """

    functions: Annotated[tuple[AnyFunction, ...], AsTuple, counted(1)]
    description: str | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> DerivedField:
        faults = [*self._faults_of_outputs(), *self._faults_of_limits()]
        if faults:
            raise collected("DerivedField", faults)
        return self

    def _faults_of_outputs(self) -> Iterator[tuple[Where, str]]:
        kinds: dict[str, Kind] = {}
        last = len(self.functions) - 1
        for at, function in enumerate(self.functions):
            where = ("functions", at)
            for one, wanted in function.takes():
                yield from ((where, text) for text in _output_faults(function, one, wanted, kinds))
            yield from ((where, text) for text in _unlike(function, kinds))
            if function.gives_list and at != last and not self._summarized(at):
                yield where, f"{function.function}: its array is what the field has, so it is the last function, or a summarize of the event takes it."
            if not function.of_events and at == len(self.before()):
                yield from ((("functions", at + behind), text) for behind, text in chain_faults(self.functions[at:]))
            if isinstance(function, Summarize) and function.of_events and at != len(self.in_array()):
                yield where, "summarize: a derived field takes the values of an event together once; make the other a derived field of its own."
            if function.output in kinds:
                yield where, f"output: '{function.output}' is the output of an earlier function; choose another name."
            if function.output:
                kinds[function.output] = function.gives()

    def _faults_of_limits(self) -> Iterator[tuple[Where, str]]:
        seen: dict[str, int] = {}
        operators: dict[str, int] = {}
        for at, function in enumerate(self.functions):
            name = function.function
            seen[name] = seen.get(name, 0) + 1
            operators[name] = operators.get(name, 0) + function.operators()
            if seen[name] == function.most + 1:
                yield ("functions", at), f"a derived field has {name} {_times(function.most)} at most."
            most = MOST_OPERATORS.get(name, operators[name])
            if operators[name] - function.operators() <= most < operators[name]:
                yield ("functions", at), f"a derived field has {most} operators of {name} at most, and these are {operators[name]}."
        columns = {(one.dataset, one.column) for one in self.lookups()}
        columns |= {("", path) for path in self.profiles()}
        if (fields := len(self.paths()) + len(columns)) > MOST_FIELDS:
            yield (), f"{fields} fields; a derived field is made of {MOST_FIELDS} at most, columns of lookup datasets and profiles among them."
        if len(columns) > MOST_LOOKUPS:
            yield (), f"{len(columns)} columns of lookup datasets and profiles; a derived field is made of {MOST_LOOKUPS} at most."

    def inputs(self) -> Iterator[Input]:
        """All inputs of all functions."""
        for function in self.functions:
            yield from (one for one, _ in function.takes())

    def paths(self) -> tuple[str, ...]:
        """The fields that it is made of, each once."""
        return tuple(dict.fromkeys(one.field for one in self.inputs() if one.field is not None))

    def profiles(self) -> tuple[str, ...]:
        """The columns of profiles that it is made of, each once."""
        return tuple(dict.fromkeys(one.profile for one in self.inputs() if one.profile is not None))

    def made_of(self) -> tuple[str, ...]:
        """The derived fields that it is made of, each once."""
        return tuple(dict.fromkeys(one.derived for one in self.inputs() if one.derived is not None))

    def lookups(self) -> tuple[Lookup, ...]:
        """Its lookups."""
        return tuple(function for function in self.functions if isinstance(function, Lookup))

    def _summarized(self, at: int) -> bool:
        """Whether a function that gives an array stands right before one that takes it together."""
        function, after = self.functions[at], self.functions[at + 1]
        return after == self.of_array() and after.input.output == function.output is not None

    def of_array(self) -> Summarize | None:
        """The function that takes together all values that an event has in an array, if there is one."""
        return next((one for one in self.functions if isinstance(one, Summarize) and one.of_events), None)

    def in_array(self) -> tuple[AnyFunction, ...]:
        """The functions before that one: each value of the array has theirs."""
        summary = self.of_array()
        return self.functions[: self.functions.index(summary)] if summary else self.functions

    def paths_after_array(self) -> tuple[str, ...]:
        """The fields that the functions behind it take."""
        after = self.functions[len(self.in_array()) + 1 :]
        return tuple(one.field for function in after for one, _ in function.takes() if one.field is not None)

    def neighbour(self) -> AtReports | None:
        """The function that looks at other events or at the clock, if there is one."""
        return next((one for one in self.functions if isinstance(one, AtReports) and not one.of_events), None)

    def before(self) -> tuple[AnyFunction, ...]:
        """The functions before that one: they run when journeys are built."""
        at = next((at for at, one in enumerate(self.functions) if not one.of_events), len(self.functions))
        return self.functions[:at]

    def chain(self) -> Chain:
        """That one and the functions behind it, which a report runs too."""
        late = self.functions[len(self.before()) :]
        return chain_of(late) if late else Chain()

    def gives(self) -> Kind:
        """The kind of its values."""
        return self.chain().gives() if self.neighbour() else self.functions[-1].gives()


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _output_faults(function: Function, one: Input, wanted: Kind, kinds: Mapping[str, Kind]) -> Iterator[str]:
    if one.output is None:
        if one.value is not None and wanted == "number" and isinstance(one.value, str):
            yield f"{function.function}: takes numbers; '{one.value}' is text."
        return
    if one.output not in kinds:
        yield f"no output of an earlier function is named '{one.output}'. {did_you_mean(one.output, kinds)}".rstrip()
    elif not fits(kinds[one.output], wanted):
        what = f"output '{one.output}'"
        yield f"{function.function}: {wrong_kind(what, kinds[one.output], wanted)}"


def _unlike(function: Function, kinds: Mapping[str, Kind]) -> Iterator[str]:
    """Refuse to merge what is known to be of several kinds."""
    some = {_known(one, kinds) for one in function.inputs} - {"any"} if isinstance(function, MergeFields) else set()
    if len(some) > 1:
        yield f"merge_fields: the fields are of one kind, and these are {' and '.join(sorted(some))}; typecast some of them first."


def _known(one: Input, kinds: Mapping[str, Kind]) -> Kind:
    """What is known of an input's kind before events are seen."""
    if one.value is not None:
        return "text" if isinstance(one.value, str) else "number"
    return kinds.get(one.output or "", "any")


def fits(kind: Kind, wanted: Kind) -> bool:
    """Whether values of a kind may stand where another one is wanted; text may be a time."""
    return "any" in (kind, wanted) or kind == wanted or (kind, wanted) == ("text", "time")


def wrong_kind(what: str, kind: Kind, wanted: Kind) -> str:
    """Say that values are of another kind than a function takes."""
    names = {"text": "text", "number": "numbers", "time": "dates and times"}
    way = "" if wanted == "time" else f"; typecast it to {wanted} first"
    return f"takes {names[wanted]}, and {what} gives {names[kind]}{way}."


def collected(title: str, faults: Sequence[tuple[Where, str]]) -> ValidationError:
    """One error of several faults, each with its place."""
    return ValidationError.from_exception_data(
        title,
        [InitErrorDetails(type=PydanticCustomError("derived", "{text}", {"text": text}), loc=where, input=None) for where, text in faults],
    )


def _functions(written: object) -> object:
    return {"functions": written} if isinstance(written, list) else written


AnyDerived = Annotated[DerivedField, BeforeValidator(_functions, json_schema_input_type=list[AnyFunction] | DerivedField)]

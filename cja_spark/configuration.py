"""Reading YAML into specs: every fault of every file with its line and the nearest right word, raised once."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from cja_spark.configuration_keys import keys_beside, known_keys
from cja_spark.configuration_shapes import is_shape, of_length, place_of, shape_sentence, telling
from cja_spark.errors import ConfigurationError, Fault, VersionError, did_you_mean, guess
from cja_spark.spec import NAME

MAX_BYTES = 1_000_000
CONFIG_VERSION = 1
TEXT, WHOLE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:int"
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)")
_HALF = re.compile("[\ud800-\udfff]")
Path_ = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


class Document(NamedTuple):
    """One YAML file: its plain values and the line of every path in it."""

    file: str
    value: Any
    lines: Mapping[Path_, int]

    def line(self, path: Iterable[str | int]) -> int:
        """Line of the deepest written part of a path; 0 when the document is no file."""
        return self.lines.get(deepest(self.value, path), 1 if self.lines else 0)


def deepest(value: object, path: Iterable[str | int]) -> Path_:
    """The deepest written part of a path.

    Pydantic's tags in it are passed over: a part that is no key, or that leads to plain text with more to come.
    """
    parts = tuple(path)
    at: Path_ = ()
    for number, part in enumerate(parts):
        inner: object = None
        if isinstance(value, Mapping):
            inside = part in value
            inner = value.get(part)
        elif inside := isinstance(value, Sequence) and isinstance(part, int) and part < len(value):
            inner = value[part]
        if inside and (number + 1 == len(parts) or isinstance(inner, Mapping | list | tuple)):
            at, value = (*at, part), inner
    return at


class _Loader(yaml.SafeLoader):
    """Safe YAML without aliases: a bomb of references is refused before it grows."""

    def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401 - PyYAML's own signature
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML's parser has no types
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed", event.start_mark)
        return super().compose_node(parent, index)

    def construct_object(self, node: Any, deep: bool = False) -> Any:  # noqa: ANN401 - PyYAML's own signature
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:
            kind = "date" if node.tag.endswith("timestamp") else "value"
            raise yaml.constructor.ConstructorError(None, None, f"'{node.value}' is no {kind}: {error}", node.start_mark) from error


def read_document(file: Path, shown: str | None = None) -> Document:
    """Read one file.

    Raises:
        ConfigurationError: no such file, over 1 MB, no UTF-8, no YAML (with the line), a key given twice.
        VersionError: it is written for a later version.
    """
    name = shown or str(file)
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{name}: {error.strerror or error}.") from error
    if len(raw) > MAX_BYTES:
        raise ConfigurationError(f"{name}: {len(raw):,} bytes; a configuration file has at most {MAX_BYTES:,}.")
    try:
        loader = _Loader(raw.decode("utf-8"))
        node = loader.get_single_node()
        lines: dict[Path_, int] = {}
        faults: list[Fault] = []
        _note_lines(node, (), lines, name, faults)
        value = loader.construct_document(node) if node is not None and not faults else {}
        faults += _other_version(value, lines, name)
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{name}: not UTF-8 at byte {error.start}.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ConfigurationError.collected([Fault(name, mark.line + 1 if mark else 1, f"{error.problem}.")]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"{name}: no YAML: {str(error).splitlines()[0]}.") from error
    if faults:
        raise ConfigurationError.collected(faults)
    return Document(name, value, lines)


def _other_version(value: object, lines: Mapping[Path_, int], file: str) -> Iterator[Fault]:
    """A file may say which version of the settings it is written in; the words are taken out.

    Raises:
        VersionError: a later version than this program knows.
    """
    if not isinstance(value, dict) or "config_version" not in value:
        return
    version = value.pop("config_version")
    if type(version) is int and version > CONFIG_VERSION:
        raise VersionError(f"{file}: config_version {version}, and this program knows {CONFIG_VERSION}.")
    if type(version) is not int or version != CONFIG_VERSION:
        yield Fault(file, lines[("config_version",)], f"config_version: '{version}' is no version; write {CONFIG_VERSION}.")


def _note_lines(node: object, path: Path_, lines: dict[Path_, int], file: str, faults: list[Fault]) -> None:
    faults += _other_scalars(node, file)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                text = "a key is a word; braces and brackets around a value need quotes."
                faults.append(Fault(file, key.start_mark.line + 1, text))
                continue
            faults += _other_scalars(key, file) if key.tag == TEXT else ()
            if key.tag != TEXT:
                faults.append(Fault(file, key.start_mark.line + 1, f"'{key.value}' is read as no word; a key is one: put it in quotes."))
                continue
            at = (*path, key.value)
            if at in lines:
                faults.append(Fault(file, key.start_mark.line + 1, f"'{key.value}' is given twice."))
            lines[at] = key.start_mark.line + 1
            _note_lines(value, at, lines, file, faults)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[(*path, index)] = value.start_mark.line + 1
            _note_lines(value, (*path, index), lines, file, faults)


def _other_scalars(node: object, file: str) -> Iterator[Fault]:
    """A whole number that YAML reads as another one than is written: octal, of the clock, with underscores; half a character."""
    if not isinstance(node, yaml.ScalarNode):
        return
    if _HALF.search(node.value):
        yield Fault(file, node.start_mark.line + 1, "\\ud800 to \\udfff are halves of a character; write the character itself, or \\U and its eight digits.")
    if node.tag == WHOLE and not _DECIMAL.fullmatch(node.value):
        text = f"'{node.value}' is read as the number {yaml.safe_load(node.value)}; put it in quotes where it is a text, or write the number."
        yield Fault(file, node.start_mark.line + 1, text)


def parse(model: type[M], document: Document, faults: list[Fault], **given: object) -> M | None:
    """Turn a document into a spec; its faults are added to `faults` and None is returned when there are any.

    Args:
        model: the spec's class.
        document: the file.
        faults: where faults are collected.
        given: fields that the author does not write, such as the name taken from the file's name.
    """
    if not isinstance(document.value, Mapping):
        faults.append(Fault(document.file, 1, "a mapping of keys is expected, such as 'name: retailer'."))
        return None
    faults += [
        Fault(document.file, document.line((key,)), f"'{key}' is the file's own; leave it out.")
        for key in given
        if key in document.value
    ]
    try:
        return model.model_validate({**document.value, **given})
    except ValidationError as error:
        faults += [fault_of(model, document, found) for found in telling(error.errors(include_url=False))]
        return None


def spec_of(model: type[M], written: Mapping[str, Any], what: str) -> M:
    """A spec from a mapping that is no file.

    Raises:
        ConfigurationError: its faults, under the name `what`.
    """
    faults: list[Fault] = []
    spec = parse(model, Document(what, written, {}), faults)
    if spec is None:
        raise ConfigurationError.collected(faults)
    return spec


def readable(model: type[M], document: Document, **given: object) -> M | None:
    """What can be read of a file that has faults, for checks of names only; None when a part that it needs cannot be.

    Faulty parts are left out, and nothing is checked that needs several keys.
    """
    if not isinstance(document.value, Mapping):
        return None
    written = {**document.value, **given}
    fields = model.model_fields
    found: dict[str, Any] = {}
    for name in fields.keys() & written.keys():
        kind: Any = Annotated[fields[name].annotation, *fields[name].metadata, "read alone"]
        value = _pruned(TypeAdapter(kind), copy.deepcopy(written[name]))
        if value is not _NOTHING:
            found[name] = value
    if any(field.is_required() and name not in found for name, field in fields.items()):
        return None
    return model.model_construct(**found)


_NOTHING = object()


def _pruned(adapter: TypeAdapter[object], value: object) -> object:
    """A value without its faulty parts; each turn takes out the deepest ones that are written."""
    while True:
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            paths = {deepest(value, found["loc"]) for found in error.errors(include_url=False)}
            if () in paths:
                return _NOTHING
            for path in sorted(paths, key=lambda path: [str(part).zfill(9) for part in path], reverse=True):
                _drop(value, path)


def _drop(value: Any, path: Path_) -> None:  # noqa: ANN401 - plain values of YAML, as deep as the path
    for part in path[:-1]:
        value = value[part]
    del value[path[-1]]


def fault_of(model: type[BaseModel], document: Document, found: Mapping[str, Any]) -> Fault:
    """Say one of pydantic's errors in the analyst's words."""
    loc: Path_ = tuple(part for part in found["loc"] if part != "[key]")
    at = deepest(document.value, loc)
    written = is_shape(found) or found["type"] == "string_pattern_mismatch"
    at = (place_of(document.value, found) if written else ()) or at
    if is_shape(found):
        message = shape_sentence(found, known_keys(model, loc))
    elif found["type"] == "extra_forbidden":
        at, key = at[:-1], str(loc[-1])
        known = known_keys(model, loc[:-1])
        beside = [] if guess(key, known) else [one for one in keys_beside(model, loc[:-1]) if one != key]
        near = guess(key, beside)
        message = " ".join(filter(None, (f"unknown key '{key}'.", near, did_you_mean(key, known))))
    elif found["type"] == "missing":
        message = f"'{loc[-1]}' is missing."
    else:
        message = _sentence(found)
    where = ".".join(str(part) for part in at)
    return Fault(document.file, document.line(at if written else loc), f"{where}: {message}" if where else message)


def _sentence(found: Mapping[str, Any]) -> str:
    text = str(found["msg"]).removeprefix("Value error, ")
    if found["type"] == "literal_error" and isinstance(found["input"], str):
        return f"no such choice: '{found['input']}'. {did_you_mean(found['input'], _choices(found))}"
    if found["type"] in ("too_long", "too_short"):
        return of_length(found)
    if found["type"] == "string_pattern_mismatch" and found["ctx"]["pattern"] == NAME:
        return f"'{found['input']}' is no name: a letter, then up to 63 letters, digits and _."
    if found["type"] in ("literal_error", "greater_than_equal", "less_than_equal", "string_pattern_mismatch"):
        text = f"'{found['input']}': {text[0].lower()}{text[1:]}"
    return text if text.endswith((".", "?")) else f"{text}."


def _choices(found: Mapping[str, Any]) -> list[str]:
    return re.findall(r"'([^']*)'", str(found["ctx"]["expected"]))

"""Every error of cja_spark: one tree, each with its exit code and a sentence that helps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple, Self

EVENTS_TABLE = "events"  # how errors call what earlier loads brought
SEVERITY = (1, 8, 2, 3, 5, 6, 7, 4, 0)


def guess(word: str, known: Iterable[str]) -> str:
    """Say which known word was probably meant, such as ``Did you mean 'cohort'?``; empty when none is near."""
    names = sorted({*map(str, known)})
    near = [name for name in names if name.lower() == word.lower()] or get_close_matches(word, names, n=1, cutoff=0.6)
    return f"Did you mean '{near[0]}'?" if near else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Say which known word was probably meant, and which exist.

    Returns a text such as ``Did you mean 'cohort'? Known: cohort, flow.``; it is empty when nothing is known.
    """
    if not (names := sorted({*map(str, known)})):
        return ""
    shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    return f"{guess(word, names)} Known: {shown}.".lstrip()


def worst(codes: Iterable[int]) -> int:
    """The exit code of a command that did several things: the first of SEVERITY among theirs; 0 when it did none.

    >>> worst([0, 4, 7])
    7

    Raises:
        ValueError: a code that no error has.
    Source: publishing.md section 9.
    """
    return min(codes, key=SEVERITY.index, default=0)


class CjaError(Exception):
    """Root of all errors. Exit code 1: a bug, or counts that do not reconcile."""

    exit_code = 1


class ReconcileError(CjaError):
    """Counts that must add up do not."""

    @classmethod
    def gap(cls, where: str, expected: int, found: int) -> Self:
        """Two counts of the same rows differ."""
        return cls(f"{where}: {expected} expected, {found} found. Nothing was announced; run the job again.")


class Fault(NamedTuple):
    """One fault of one configuration file; line is 0 when the file has no line for it."""

    file: str
    line: int
    message: str


class ConfigurationError(CjaError):
    """A configuration or a command line that cannot be meant. Exit code 2."""

    exit_code = 2
    faults: tuple[Fault, ...] = ()

    @classmethod
    def collected(cls, faults: Sequence[Fault]) -> Self:
        """All faults of all files, raised once."""
        lines: list[str] = []
        for file in dict.fromkeys(fault.file for fault in faults):
            own = [fault for fault in faults if fault.file == file]
            lines.append(f"{file}: {len(own)} fault{'s' if len(own) > 1 else ''}")
            lines += [f"  line {fault.line}  {fault.message}" if fault.line else f"  {fault.message}" for fault in own]
        error = cls("\n".join(lines))
        error.faults = tuple(faults)
        return error

    @classmethod
    def unknown(cls, kind: str, name: str, known: Iterable[str]) -> Self:
        """A name that nothing has."""
        return cls(f"No {kind} named '{name}'. {did_you_mean(name, known)}".rstrip())


class MissingToolError(ConfigurationError):
    """Something that must be on the machine is not."""

    @classmethod
    def java(cls, found: str) -> Self:
        """No Java of version 17 or later."""
        return cls(f"Java 17 or later is needed and {found}. Install a JDK 17 and set JAVA_HOME.")


class InputError(CjaError):
    """An input or a table that breaks its contract. Exit code 3; every table stays as it was."""

    exit_code = 3

    @classmethod
    def file_of_lake(cls, path: str, why: str) -> Self:
        """A file of a table is gone or broken."""
        return cls(f"{path}, a file of the lake, cannot be read: {why}. Restore it, or rebuild with --full.")


class MissingColumnError(InputError):
    """A column that is read does not exist."""

    @classmethod
    def of(cls, where: str, column: str, known: Iterable[str]) -> Self:
        """Name the frame, the column and its nearest neighbour."""
        return cls(f"{where}: no column '{column}'. {did_you_mean(column, known)}".rstrip())


class SourceError(InputError):
    """A source that cannot be read as configured."""

    @classmethod
    def nothing_at(cls, dataset: str, path: str) -> Self:
        """No file where a source should be."""
        return cls(f"dataset '{dataset}': there is no file at {path}. Check 'source.path' and the files root.")

    @classmethod
    def unreadable(cls, dataset: str, path: str, why: str) -> Self:
        """A file that its format does not explain."""
        return cls(f"dataset '{dataset}': {path} cannot be read: {why}.")

    @classmethod
    def unfit(cls, dataset: str, why: str) -> Self:
        """Columns or values that are not what they are taken for."""
        return cls(f"dataset '{dataset}': its rows are not what its settings say: {why}.")

    @classmethod
    def changed(cls, dataset: str, path: str) -> Self:
        """A loaded file was written again in place."""
        return cls(f"dataset '{dataset}': {path} changed after it was loaded. Add new files, or rebuild with --full.")

    @classmethod
    def vanished(cls, dataset: str, path: str, load: int) -> Self:
        """A file of a load that was begun and not finished is gone."""
        return cls(
            f"dataset '{dataset}': {path} is gone, and load {load}, which was begun and not finished, takes it. "
            f"Put it back, or rebuild with --full."
        )

    @classmethod
    def rewritten(cls, dataset: str, path: str, load: int) -> Self:
        """A file of a load that was begun and not finished was written again."""
        return cls(
            f"dataset '{dataset}': {path} changed, and load {load}, which was begun and not finished, takes what it "
            f"was. Put the old file back, or rebuild with --full."
        )


class TypeConflictError(InputError):
    """Two datasets give one schema path two types, or two files of one."""

    @classmethod
    def in_files(cls, dataset: str, path: str, first: tuple[str, str], second: tuple[str, str]) -> Self:
        """Name both files, each with its type."""
        return cls(
            f"dataset '{dataset}': '{path}' is {first[1]} in {first[0]} and {second[1]} in {second[0]}. "
            f"Columns of one name are one column: rename one of them or make the types equal."
        )

    @classmethod
    def at(cls, path: str, first: str, first_type: str, second: str, second_type: str) -> Self:
        """Name both datasets and both types, and what to do where one of them has numbers as text."""
        text = next((name for name, kind in ((first, first_type), (second, second_type)) if kind == "string"), None)
        hint = ""
        if text == EVENTS_TABLE:
            hint = (
                " If it held numbers as text until now, list the column under 'numbers' of the dataset that they came "
                "from, and load again with --full."
            )
        elif text:
            hint = f" If '{text}' holds numbers as text, list the column under its 'numbers'."
        if "{}" in path or not {first_type, second_type} & {"bigint", "double"}:
            hint = ""  # 'numbers' leads into no map
        return cls(
            f"'{path}' is {first_type} in dataset '{first}' and {second_type} in dataset '{second}'. "
            f"Columns that share a schema path are one column: rename one of them or make the types equal.{hint}"
        )

    @classmethod
    def since(cls, dataset: str, path: str, before: str, now: str) -> Self:
        """Name the dataset whose attribute changed its type, and both types."""
        return cls(
            f"dataset '{dataset}': '{path}' is {now} and was {before} in earlier loads. "
            f"Make the types equal, or rebuild with --full."
        )

    @classmethod
    def one_name(cls, dataset: str, one: str, other: str, name: str) -> Self:
        """Name two columns of one struct that a table would have to call the same."""
        return cls(
            f"dataset '{dataset}': '{one}' and '{other}' would both be the column '{name}': a table takes no space and "
            f"none of ,;{{}}()=` in a name. Rename one of them."
        )

    @classmethod
    def twins(cls, dataset: str, path: str, twin: str) -> Self:
        """Name the dataset whose column differs from one that is there only in case."""
        return cls(
            f"dataset '{dataset}': '{path}' differs only in case from '{twin}', which another dataset, file or load "
            f"has. A table does not tell them apart: spell them alike."
        )


class CollisionError(InputError):
    """Two different texts have one 64-bit key."""

    @classmethod
    def of(cls, what: str, key: int, first: str, second: str) -> Self:
        """Name the key; the texts are shown cut."""
        return cls(f"{what}: '{first[:40]}' and '{second[:40]}' share the key {key}. Nothing was written.")


class StaleError(InputError):
    """A publish that speaks of an instant which is told already."""

    @classmethod
    def earlier(cls, audience: str, run_seq: int, told: str, asked: str) -> Self:
        """The last run speaks of a later instant."""
        return cls(f"stale_as_of: run {run_seq} of audience '{audience}' speaks of {told}; {asked} is not later.")

    @classmethod
    def changed(cls, audience: str, run_seq: int, told: str, what: str) -> Self:
        """The last run speaks of this very instant, and what it was made of is not what is there now."""
        return cls(
            f"stale_as_of: run {run_seq} of audience '{audience}' speaks of {told} already, and {what} changed since. "
            "Publish with a later --as-of, or with none."
        )


class UnwritableError(InputError):
    """A place that must be written cannot be."""

    @classmethod
    def place(cls, path: str, why: str) -> Self:
        """Name the place and what the file system said."""
        return cls(f"{path} cannot be written: {why}. Choose another place with --lake, --out or --receipt.")


class DeadLetterError(CjaError):
    """Rows went to the dead letters, or too many did. Exit code 4."""

    exit_code = 4


class BlockedError(CjaError):
    """A guard holds a run back until somebody approves it. Exit code 5."""

    exit_code = 5

    @classmethod
    def for_good(cls, audience: str, run_seq: int, sign: str) -> Self:
        """A sign that nobody can approve."""
        return cls(f"audience '{audience}', run {run_seq}: {sign} cannot be approved. Make the audience smaller.")


class UnavailableError(CjaError):
    """A sink or the infrastructure is away; rows wait. Exit code 6."""

    exit_code = 6

    @classmethod
    def sink(cls, name: str, place: str, why: str) -> Self:
        """Name the sink, its place and what the file system said; never a row."""
        return cls(f"sink '{name}': {place} cannot be written: {why}. Its rows wait; mend the place and deliver again.")

    @classmethod
    def broke_off(cls, what: str, place: str, why: str) -> Self:
        """Name what was done, where, and what the machines or the file system said."""
        return cls(f"{what} broke off in {place}: {why}. Running the same command again is safe, and finishes it.")


class ClaimError(CjaError):
    """Another run holds the claim. Exit code 7."""

    exit_code = 7
    retry_after_s: int | None = None

    @classmethod
    def held(cls, scope: str, seconds: int) -> Self:
        """Somebody else's lease is not over."""
        error = cls(f"Another run holds {scope}; its lease ends in {seconds} s. Try again then.")
        error.retry_after_s = seconds
        return error


class VersionError(CjaError):
    """A table or an installation of an incompatible version. Exit code 8."""

    exit_code = 8

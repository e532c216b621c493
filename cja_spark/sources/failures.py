"""What Spark failed at: a source or a file that cannot be read, a place, the machines; anything else is a bug."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal
from urllib.parse import unquote

from py4j.protocol import Py4JError, Py4JNetworkError
from pyspark.errors import AnalysisException, PySparkException

from cja_spark.errors import CjaError, InputError, SourceError, UnavailableError, UnwritableError, VersionError
from cja_spark.secret import without_secrets
from cja_spark.sources.delta_log import is_in_log, root_of
from cja_spark.sources.items import Item
from cja_spark.sources.reasons import known_reason, why

SPARK_ERRORS = (PySparkException, Py4JError)
Conflict = Literal["rows", "table"]
# Machines: also while a source is read, where nothing is wrong with the source.
_LOST = {
    "ExecutorLostFailure": "executors were lost",
    "Executor heartbeat timed out": "executors were lost",
    "FetchFailed": "an executor was lost with what it had computed",
    "Python worker exited unexpectedly": "a Python worker ended unexpectedly",
    "OutOfMemory": "there is not enough memory",
    "UNABLE_TO_ACQUIRE_MEMORY": "there is not enough memory",
    "SparkContext was shut down": "Spark was shut down",
    "stopped SparkContext": "Spark was shut down",
    "No space left on device": "there is no space left on the disk",
    "Disk quota exceeded": "there is no space left on the disk",
}
_TABLE_CHANGED = re.compile(r"\bDELTA_(?:METADATA|PROTOCOL)_CHANGED|\bio\.delta\.exceptions\.(?:MetadataChanged|ProtocolChanged)")
_ROWS_CHANGED = re.compile(r"\bDELTA_CONCURRENT_|\bio\.delta\.exceptions\.(?:Delta)?Concurrent")
_NOWHERE = re.compile(
    r"\[(?:SCHEMA|CATALOG)_NOT_FOUND\]|UnsupportedFileSystemException|ClassNotFoundException: Class org\.apache\.hadoop"
)
_REFUSED = re.compile(r"((?:CHECK|NOT NULL) constraint [^\n]*?) violated\b")  # what follows are the row's values
_READING = re.compile(
    r"FAILED_READ_FILE|CANNOT_READ_FILE_FOOTER|DELTA_FILE_NOT_FOUND|DELTA_TRUNCATED_TRANSACTION_LOG|JsonParseException"
    r"|^(?:FileNotFoundError|OSError|pyarrow\.lib\.ArrowInvalid): .*(?:open|thrift|[Pp]arquet)",  # Arrow, in a task
    re.MULTILINE,
)
_NEWER = re.compile(
    r"DELTA_INVALID_PROTOCOL_VERSION|DELTA_UNSUPPORTED_FEATURES_FOR_|InvalidProtocolVersionException|UnsupportedTableFeatureException"
)
_VALUE = "SQLSTATE: 22"  # the class of SQL states that is about what is in rows
_FILE = re.compile(r"(?:while reading file|DELTA_TRUNCATED_TRANSACTION_LOG\]) (\S.*?)(?:\.|: Unable)\s")
_IO = re.compile(
    r"\b(?:java\.(?:net|nio\.file|nio\.channels|io)\.(?!NotSerializable|InvalidClass)\w+Exception"
    r"|java\.util\.concurrent\.TimeoutException|org\.apache\.hadoop\.[\w.]+Exception)[^\n]*"
)


def said_by(error: Exception) -> str:
    """All that Spark and Java said, down to the first cause, without where in their programs it was."""
    said, cause = str(error), getattr(error, "java_exception", None) or getattr(error, "_origin", None)
    while cause is not None:
        said, cause = f"{said}\n{cause.toString()}", cause.getCause()
    return "\n".join(line for line in said.splitlines() if not line.startswith("\tat "))


def unlisted(error: Exception, dataset: str, place: str) -> CjaError:
    """What to raise when a source could not be listed."""
    if (reason := _lost(error, said_by(error))) is not None:
        return UnavailableError.broke_off(f"dataset '{dataset}'", place, reason)
    return SourceError.unreadable(dataset, place, why(said_by(error)))


def unread(error: Exception, dataset: str, items: Sequence[Item]) -> CjaError:
    """What to raise when Spark failed and did nothing but look into a source."""
    if (reason := _lost(error, said_by(error))) is not None:
        return UnavailableError.broke_off(f"dataset '{dataset}'", items[0].path if items else "its source", reason)
    return explained(error, dataset, items)


def explained(error: Exception, dataset: str, items: Sequence[Item]) -> SourceError:
    """Turn Spark's failure to read into the dataset, the file and the reason."""
    text = said_by(error)
    named = next((item.path for item in items if item.path.split("/")[-1] in text), None) or _path_in(text)
    return SourceError.unreadable(dataset, named or (items[0].path if items else ""), why(text))


def told(error: Exception, what: str, lake: str, items: Sequence[Item] = ()) -> CjaError | None:
    """What to raise when Spark failed while sources were read and a lake was read and written; None for a bug.

    Args:
        error: what Spark or Java raised.
        what: what was done.
        lake: where the lake lies.
        items: what was read of the sources.
    """
    text = said_by(error)
    if _NOWHERE.search(text):
        return UnwritableError.place(lake, why(text))
    if (refusal := _refused(text, what, lake)) is not None:
        return refusal
    if (reason := _lost(error, text) or _interrupted(text)) is not None:
        return UnavailableError.broke_off(what, lake, reason)
    if _READING.search(text):
        return _file_unread(error, what, lake, items)
    if items and (isinstance(error, AnalysisException) or _VALUE in text):
        return SourceError.unfit(_named(text, items).dataset, why(text))
    return None


def conflict_of(error: Exception) -> Conflict | None:
    """Whether another commit was first, and what of: `rows` of the table, or the `table` itself; None where none was (D7)."""
    return _conflict_in(said_by(error))


@contextmanager
def spark_errors(what: str, lake: str) -> Iterator[None]:
    """Run a block that reads and writes a lake; what Spark fails at is raised as what it means to a user.

    Raises:
        What `told` makes of it; the error itself where it is a bug.
    """
    try:
        yield
    except SPARK_ERRORS as error:
        if (own := told(error, what, lake)) is None:
            raise
        raise own from error


def _refused(text: str, what: str, lake: str) -> CjaError | None:
    """What a table of the lake did not let this program do."""
    if _NEWER.search(text):
        return VersionError(f"{what} in {lake}: a table has a feature or a protocol of Delta that this program does not know: {why(text)}")
    if (refused := _REFUSED.search(text)) is not None:
        return InputError(f"{what} in {lake}: a row breaks the {refused[1]} of a table. Mend the source or the constraint.")
    return None


def _lost(error: Exception, text: str) -> str | None:
    """Why the machines ended what Spark did, if they did."""
    if isinstance(error, Py4JNetworkError):
        return "the driver's Java process ended"
    return next((reason for sign, reason in _LOST.items() if sign in text), None)


def _conflict_in(text: str) -> Conflict | None:
    if _TABLE_CHANGED.search(text):
        return "table"
    return "rows" if _ROWS_CHANGED.search(text) else None


def _interrupted(text: str) -> str | None:
    """Why something was not written, or a service did not answer; None when a file could not be read."""
    if _conflict_in(text) is not None:
        return "another run changed a table at the same time"
    causes = None if _READING.search(text) else _IO.findall(text)
    return without_secrets(causes[-1])[:200] if causes else None


def _file_unread(error: Exception, what: str, lake: str, items: Sequence[Item]) -> CjaError:
    """The file is one of a source, or one of the lake: broken, or out of reach for now."""
    text = said_by(error)
    found = _FILE.search(text)
    file = _plain(found[1]) if found else None
    if items and (file is None or any(_holds(item, file) for item in items)):
        item = next((item for item in items if file and _holds(item, file)), _named(text, items))
        return explained(error, item.dataset, [one for one in items if one.dataset == item.dataset])
    if known_reason(text):
        return InputError.file_of_lake(file or lake, why(text))
    return UnavailableError.broke_off(what, lake, f"{file or 'a file'} cannot be read")


def _holds(item: Item, file: str) -> bool:
    """Whether a file is what an item stands for: itself, or one of the Delta table that it is a commit of."""
    own = _plain(item.path)
    return file.startswith(f"{root_of(own)}/") if is_in_log(own) else file == own


def _named(text: str, items: Sequence[Item]) -> Item:
    """The item that is spoken of, or the first."""
    return next((item for item in items if item.path.split("/")[-1] in text), items[0])


def _plain(path: str) -> str:
    return re.sub(r"^file:/+", "/", unquote(path))


def _path_in(text: str) -> str | None:
    """The first file of which Spark speaks, such as one of a Delta table."""
    found = re.search(r"\b(?!https?:)[a-z][\w+.-]*:/+[^\s'\",;\]]+", text)
    return found[0].rstrip(".:") if found else None

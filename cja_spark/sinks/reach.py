"""Reach: whether a sink answers now, with what it was given; no data is sent, a place is written to and left as it was."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from cja_spark.errors import CjaError, ConfigurationError, UnavailableError
from cja_spark.lake import Lake
from cja_spark.sinks.chunk import RetryableError, SinkError, Token
from cja_spark.sinks.delta_profiles import store_of
from cja_spark.sinks.kinds import open_sink, own_sink
from cja_spark.sinks.spec import Chunked, DeltaProfiles, Sink

NOBODY = "aud_000000000000"


@runtime_checkable
class Probes(Protocol):
    """A sink of chunks that can be asked whether it is there, without a change."""

    def probe(self) -> None:
        """Ask; raises what a chunk would."""


def reach(lake: Lake, sink: Sink) -> str:
    """What a sink answers.

    Raises:
        UnavailableError: it is away; later it may be there.
        ConfigurationError: it refuses with what it was given.
        VersionError: its schema is of another version than this program.
        UnwritableError: a Delta store's place cannot be written.
    """
    if isinstance(sink, DeltaProfiles):
        place = store_of(lake, sink)
        place.require_writable()
        return f"{place.location} can be written"
    assert isinstance(sink, Chunked)
    try:
        _asked(sink)
    except SinkError as error:
        raise _own(sink, error) from None
    return f"{sink.sink} answers"


def _asked(sink: Chunked) -> None:
    """Ask by the kind's own check: its probe, or else what it looks at before the first chunk and its memory of chunks."""
    opened = open_sink(sink, NOBODY, 0)
    try:
        if isinstance(opened, Probes):
            opened.probe()
        else:
            own_sink(sink, NOBODY)
            opened.is_done(Token(sink.name, NOBODY, 0, 0, 1))
    finally:
        opened.close()


def _own(sink: Sink, error: SinkError) -> CjaError:
    told = f"sink '{sink.name}': {error.error_class} {error.code}"
    if isinstance(error, RetryableError):
        return UnavailableError(f"{told}. It is away; its rows wait.")
    return ConfigurationError(f"{told}. It refuses with what it was given: address, role, secret.")

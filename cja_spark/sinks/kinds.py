"""Kinds of sinks: importing this registers the settings of every kind; how a sink of chunks is opened in a task.

The kind `NAME` is the package `cja_spark/sinks/NAME`: its `spec.py` registers its settings in SINKS, its `sink.py` how it
is opened in OPEN. The second is imported only where such a sink is opened, so what it needs need not be installed elsewhere.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import cja_spark.sinks
from cja_spark.errors import MissingToolError
from cja_spark.registry import Registry
from cja_spark.sinks.chunk import ChunkSink
from cja_spark.sinks.spec import SINKS, Chunked

__all__ = ["OPEN", "OWN", "SINKS", "Open", "Own", "open_sink", "own_sink"]

# Given its settings, the audience, and its place among the chunks that are on their way at once (0 to concurrency - 1).
Open = Callable[[Any, str, int], ChunkSink]
OPEN: Registry[Open] = Registry("sink of chunks")
# Given its settings and the audience: keep older owners out before the first chunk is sent, where a kind can do that.
Own = Callable[[Any, str], None]
OWN: Registry[Own] = Registry("sink with owners")

for _module in pkgutil.iter_modules(cja_spark.sinks.__path__):
    if _module.ispkg:
        importlib.import_module(f"cja_spark.sinks.{_module.name}.spec")


def open_sink(sink: Chunked, audience_id: str, slot: int) -> ChunkSink:
    """Open a sink, in the task or the program that uses it.

    Raises:
        FatalError: it cannot be reached with what it was given.
    """
    _import(sink)
    return OPEN.named(sink.sink)(sink, audience_id, slot)


def own_sink(sink: Chunked, audience_id: str) -> None:
    """Keep older owners of an audience out of a sink; call it before the first chunk, under the audience's claim.

    Raises:
        ConfigurationError: there is nothing behind a reference.
        SinkError: it is away, or refuses.
    """
    _import(sink)
    if sink.sink in OWN:
        OWN.named(sink.sink)(sink, audience_id)


def _import(sink: Chunked) -> None:
    if sink.sink in OPEN:
        return
    try:
        importlib.import_module(f"cja_spark.sinks.{sink.sink}.sink")
    except ModuleNotFoundError as error:
        how = f"pip install 'cja_spark[{sink.sink}]', for executors too"
        raise MissingToolError(f"sink '{sink.name}' needs the package '{error.name}': {how}.") from error

"""Whether sinks that share one rate say the same of it: each takes its part by what its own file says (K5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cja_spark.configuration import Document
from cja_spark.errors import Fault
from cja_spark.sinks.inlet.spec import Inlet
from cja_spark.sinks.spec import Sink

SAME = ("records_per_second", "requests_per_second", "concurrency", "validation")


def rate_faults(documents: Mapping[str, Document], sinks: Mapping[str, Sink]) -> Iterator[Fault]:
    """Faults of sinks that share a rate with one before them and say something else of it.

    Args:
        documents: all files, by their place in the project's folder.
        sinks: the sinks by name.
    """
    first: dict[str, Inlet] = {}
    for name, sink in sinks.items():
        if not isinstance(sink, Inlet):
            continue
        other = first.setdefault(sink.group, sink)
        for setting in SAME:
            if (mine := getattr(sink, setting)) != (theirs := getattr(other, setting)):
                document = documents[f"sinks/{name}"]
                said = f"{setting}: {mine}, but sink '{other.name}' shares its rate and says {theirs}. Say the same, or give them a rate_group each."
                yield Fault(document.file, document.line((setting,)), said)

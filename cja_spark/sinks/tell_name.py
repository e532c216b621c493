"""Tell the name: sinks whose receivers show what people call an audience hear of a new one, without a run (A18)."""

from __future__ import annotations

from collections.abc import Iterable

from cja_spark.audiences.runs import Seal, seals
from cja_spark.audiences.tables import AUDIENCES
from cja_spark.driver_reads import equal
from cja_spark.errors import UnavailableError
from cja_spark.lake import Lake
from cja_spark.sinks.chunk import Names, RunFacts, SinkError, Token
from cja_spark.sinks.kinds import open_sink
from cja_spark.sinks.spec import Chunked, Sink


def tell_name(lake: Lake, sinks: Iterable[Sink], audience_id: str) -> list[str]:
    """Tell sinks what an audience is called now, as the registry has it; again is no harm. Gives those that can show names.

    An audience that no run told of has nothing to be renamed outside. A sink that does not take it keeps none of the others
    from hearing it.

    Raises:
        UnavailableError: a sink does not take it now; the name here is changed, the same command tells it again.
    """
    sealed = seals(lake, audience_id)
    if not sealed:
        return []
    [entry] = lake.table(AUDIENCES).rows("name", "description", where=equal(audience_id=audience_id))
    last = sealed[-1]
    run = RunFacts(last.kind, last.as_of, last.definition_version, entry["name"], entry["description"])
    heard, faults = [], []
    for sink in (one for one in sinks if isinstance(one, Chunked)):
        try:
            heard += [sink.name] if _told(sink, last, run) else []
        except UnavailableError as fault:
            faults.append(fault)
    if faults:
        raise faults[0]
    return heard


def _told(sink: Chunked, last: Seal, run: RunFacts) -> bool:
    try:
        opened = open_sink(sink, last.audience_id, 0)
        try:
            if not isinstance(opened, Names):
                return False
            opened.announce(Token(sink.name, last.audience_id, last.run_seq, 0, last.chunks), run)
            return True
        finally:
            opened.close()
    except SinkError as refusal:
        raise UnavailableError(
            f"sink '{sink.name}': {refusal}. The audience is renamed here; run the same command again to tell the sink."
        ) from None

"""Messages to the inlet, byte by byte as they are sent: equal changes of equal runs are equal bytes (KH1, KH2, KH9)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cja_spark.sinks.chunk import Change, DataError, RunFacts, Token
from cja_spark.sinks.inlet.spec import Inlet

CONTENT_TYPE = "application/vnd.adobe.xed-full+json;version=1"
SOURCE = "cja_spark"
_SEPARATOR = "\x1f"
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


class Message(NamedTuple):
    """One message: the id of the change that it tells of, and its bytes."""

    change_id: str
    text: bytes


def membership(sink: Inlet, change: Change, audiences: Sequence[str], as_of: datetime) -> Message:
    """The state of one profile in audiences; an exit has no `validUntil` (KH1).

    Raises:
        DataError: a text of it cannot be written as UTF-8.
    """
    state = {"status": change.status, "lastQualificationTime": instant(change.asserted_at)}
    if change.status == "realized" and change.valid_until is not None:
        state["validUntil"] = instant(change.valid_until)
    state["version"] = str(change.definition_version)
    entity: dict[str, object] = {
        "_id": change.change_id,
        "identityMap": _identity(change),
        "segmentMembership": {sink.segment_namespace: dict.fromkeys(audiences, state)},
    }
    return _message(_header(sink, sink.xdm_schema, sink.dataset, as_of), entity)


def deletion(sink: Inlet, change: Change) -> Message:
    """Have a profile deleted, by a flow that can (KH9).

    Raises:
        DataError: a text of it cannot be written as UTF-8.
    """
    header = _header(sink, sink.xdm_schema, sink.dataset, change.asserted_at)
    header |= {"flowId": sink.delete_flow, "operations": {"data": "delete"}}
    return _message(header, {"_id": change.change_id, "identityMap": _identity(change)})


def definition(sink: Inlet, audience_id: str, run: RunFacts) -> Message:
    """What people call an audience: the name outside has its id behind it, so that it is the only one (A18, KH2).

    Raises:
        DataError: a text of it cannot be written as UTF-8.
    """
    assert sink.definition is not None
    entity: dict[str, object] = {
        "_id": audience_id,
        "identityMap": {sink.definition.namespace: [{"id": audience_id, "primary": True}]},
        "segmentName": f"{run.name} ({audience_id})",
        "segmentStatus": "ACTIVE",
        "version": str(run.definition_version),
    }
    if run.description is not None:
        entity["description"] = run.description
    told = _message(_header(sink, sink.definition.xdm_schema, sink.definition.dataset, run.as_of), entity)
    # The `_id` stays when the audience is renamed; other bytes need another key (KH7).
    return told._replace(change_id=hashlib.sha256(told.text).hexdigest())


def envelope(messages: Sequence[Message]) -> bytes:
    """The body of a request with some messages."""
    return b'{"messages":[' + b",".join(message.text for message in messages) + b"]}"


def idempotency_key(token: Token, messages: Sequence[Message]) -> str:
    """The key of a request: equal bytes have an equal one, a resend of some of them another (KH7)."""
    parts = (token.sink_id, token.audience_id, str(token.run_seq), *(message.change_id for message in messages))
    return hashlib.sha256(_SEPARATOR.join(parts).encode("utf-8")).hexdigest()


def instant(time: datetime) -> str:
    """A time as the inlet writes it: UTC, ms, `Z`."""
    utc = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def epoch_ms(time: datetime) -> int:
    """A time as ms since 1970, exactly."""
    return ((time.replace(tzinfo=UTC) if time.tzinfo is None else time) - _BEGIN) // timedelta(milliseconds=1)


def _header(sink: Inlet, xdm_schema: str, dataset: str, created: datetime) -> dict[str, object]:
    return {
        "schemaRef": _schema(xdm_schema),
        "imsOrgId": sink.organisation,
        "datasetId": dataset,
        "source": {"name": SOURCE},
        "createdAt": epoch_ms(created),
    }


def _schema(xdm_schema: str) -> dict[str, str]:
    return {"id": xdm_schema, "contentType": CONTENT_TYPE}


def _identity(change: Change) -> dict[str, object]:
    return {change.namespace: [{"id": change.id, "authenticatedState": "ambiguous", "primary": True}]}


def _message(header: dict[str, object], entity: dict[str, object]) -> Message:
    whole = {"header": header, "body": {"xdmMeta": {"schemaRef": header["schemaRef"]}, "xdmEntity": entity}}
    try:
        text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
    except UnicodeEncodeError:
        raise DataError("data", "not_utf8") from None
    return Message(str(entity["_id"]), text)

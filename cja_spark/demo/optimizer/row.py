"""Rows of the story, and the parts of XDM that several datasets share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
CHANNEL = "https://ns.adobe.com/xdm/channels/"
Body = dict[str, Any]


class Row(NamedTuple):
    """One row of a dataset.

    Attributes:
        dataset: one of the keys of FILES.
        t: when it happened, ms UTC.
        body: what is written.
        delivery: the delivery that it belongs to; rows of one arrive in the order in which they happened.
        first: whether it is the first of its delivery.
        dropped: the reason for which connect puts it into quarantine.
        copied: whether it is there a second time.
    """

    dataset: str
    t: int
    body: Body
    delivery: str = ""
    first: bool = False
    dropped: str = ""
    copied: bool = False


def iso(t: int) -> str:
    """An instant (ms UTC) as XDM writes it.

    >>> iso(1_785_110_400_123)
    '2026-07-27T00:00:00.123Z'
    """
    moment = datetime.fromtimestamp(t // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{t % 1000:03d}Z"


def ms(moment: datetime) -> int:
    """An instant as ms UTC."""
    return int(moment.timestamp() * 1000)


def identity_map(*identities: tuple[str, str]) -> Body:
    """Identities by namespace; the first one is the primary one.

    >>> identity_map(("CRMID", "C1"), ("ECID", "3"))
    {'CRMID': [{'id': 'C1', 'primary': True}], 'ECID': [{'id': '3', 'primary': False}]}
    """
    return {name: [{"id": value, "primary": not place}] for place, (name, value) in enumerate(identities)}


def event(row_id: str, t: int, kind: str, identities: Body, **parts: Any) -> Body:  # noqa: ANN401 - XDM nests anything
    """What every event has, and its own parts; steps of journeys have no type."""
    typed = {"eventType": kind} if kind else {}
    return {"_id": row_id, "timestamp": iso(t), **typed, "identityMap": identities, **parts}

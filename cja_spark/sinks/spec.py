"""Sinks as an author writes them; each kind registers its spec."""

from __future__ import annotations

from typing import Literal

from cja_spark.registry import Registry
from cja_spark.spec import Address, Name, Spec


class Sink(Spec):
    """A destination: a name, which is its id in the ledger for ever, and a kind. Each kind adds its own fields.

    Attributes:
        name: the sink's id in the ledger for ever; the file's name.
        sink: the kind of destination.
    """

    name: Name
    sink: str


SINKS: Registry[type[Sink]] = Registry("sink")


@SINKS.register("delta")
class DeltaProfiles(Sink):
    """A profile store in Delta tables, in this lake or at another place.

    Attributes:
        sink: tables of profiles and their memberships.
        location: where they lie: a path, a URI or `catalogue:schema`; by itself in this lake.
    """

    sink: Literal["delta"]
    location: Address | None = None

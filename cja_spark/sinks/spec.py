"""Sinks as an author writes them; each kind registers its spec."""

from __future__ import annotations

from typing import Literal

from cja_spark.registry import Registry
from cja_spark.spec import Address, Name, Spec


class Sink(Spec):
    """A destination: a name, which is its id in the ledger for ever, and a kind. Each kind adds its own fields."""

    name: Name
    sink: str


SINKS: Registry[type[Sink]] = Registry("sink")


@SINKS.register("delta")
class DeltaProfiles(Sink):
    """A profile store in Delta tables, in this lake or at another place."""

    sink: Literal["delta"]
    location: Address | None = None

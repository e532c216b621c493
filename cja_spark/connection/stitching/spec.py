"""Stitching as an author writes it: by the fields of a dataset, or by an identity graph that is given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from cja_spark.errors import did_you_mean
from cja_spark.spec import AsTuple, Name, Spec

PLACEHOLDERS = (
    "null", "undefined", "anonymous", "invalid", "unknown", "none", "nan", "n/a", "(not set)", "-1",
)  # fmt: skip
ZEROS = "[0-]+"
Replay = Literal["1 day", "7 days", "14 days", "30 days", "unlimited"]
_WINDOWS = {"1 day": 1, "7 days": 7, "14 days": 14, "30 days": 30}


class StitchingMethod(Spec):
    """What both methods share.

    Attributes:
        method: how events without a person find theirs.
        replay: how far back rows are looked at again, each day or each week.
        blocked_values: placeholders that are no person ID, whatever their case.
    """

    method: str
    replay: Replay | None = None
    blocked_values: Annotated[tuple[str, ...], AsTuple] = PLACEHOLDERS

    @property
    def window(self) -> timedelta | None:
        """How far a replay looks back; None when it is unlimited or there is none."""
        return timedelta(days=_WINDOWS[self.replay]) if self.replay in _WINDOWS else None

    @property
    def every(self) -> timedelta:
        """Time between replays: a day for a window of a day, else a week (F9)."""
        return timedelta(days=1 if self.replay == "1 day" else 7)

    @property
    def blocked(self) -> tuple[str, ...]:
        """Placeholders as they are compared: trimmed, in lower case (F13)."""
        return tuple(value.strip().lower() for value in self.blocked_values)

    @property
    def blocks_zeros(self) -> bool:
        """Whether ids of zeros and dashes alone are blocked too."""
        return self.blocked_values == PLACEHOLDERS


class FieldBased(StitchingMethod):
    """Events take the person who logged in on their device; `replay` looks at rows again (rules F7-F13).

    `blocked_values` are placeholders that count as no person ID; an empty list blocks nothing, the default also
    blocks ids of zeros and dashes alone.

    Attributes:
        method: by the fields of each event.
        max_device_switches: how often persons may take turns on a device before it counts as nobody's (rule F12).
    """

    method: Literal["field_based"]
    max_device_switches: int = Field(default=50_000, ge=1)


class GraphBased(StitchingMethod):
    """Events take the person whom an identity graph knows for their persistent ID, whenever they happened (rule G19).

    The graph is the one published when a row is loaded; `replay` looks at rows again with the graph of its own instant.

    Attributes:
        method: by an identity graph.
        graph: the dataset of type graph that says whose persistent IDs are.
        own_person_id: whether a row's own person ID is ignored in favour of the graph, or wins (rule F5).
    """

    method: Literal["graph_based"]
    graph: Name
    own_person_id: Literal["ignore", "wins"] = "ignore"

    @model_validator(mode="before")
    @classmethod
    def _given(cls, written: object) -> object:
        if isinstance(written, Mapping) and "person" in written:
            raise ValueError(
                "person: a graph that is given says whose persistent IDs are and builds no persons of its own, so there is "
                "no 'component' to fall back to; leave it out: a persistent ID that it does not know stays itself."
            )
        return written


METHODS = ("field_based", "graph_based")


def _method_of(value: object) -> str | None:
    kind = value.get("method") if isinstance(value, Mapping) else getattr(value, "method", None)
    return kind if kind in METHODS else None


def _known_method(value: object) -> object:
    kind = value.get("method") if isinstance(value, Mapping) else None
    if isinstance(kind, str) and kind not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}. {did_you_mean(kind, METHODS)}")
    return value


_Stitching = Annotated[
    Annotated[FieldBased, Tag("field_based")] | Annotated[GraphBased, Tag("graph_based")],
    Discriminator(
        _method_of,
        custom_error_type="stitching_method",
        custom_error_message="method must be one of field_based, graph_based",
    ),
]
Stitching = Annotated[_Stitching, BeforeValidator(_known_method)]

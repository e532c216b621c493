"""Buckets: a dimension of numbers shows the range that each lies in (M2)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BeforeValidator, Field, model_validator

from cja_spark.spec import AsTuple, Spec
from cja_spark.view.include import Number
from cja_spark.view.text_numbers import numbers_of

MOST = 20


class Buckets(Spec):
    """Ranges between ascending edges: below the first, from each edge to below the next, from the last on.

    `labels` names the buckets, one more than there are edges; without them they are called "Less than 5", "5 to 10",
    "Greater than or equal to 10".

    Attributes:
        edges: ascending numbers.
        labels: what the buckets are called.
    """

    edges: Annotated[tuple[Number, ...], AsTuple, Field(min_length=1)]
    labels: Annotated[tuple[Annotated[str, Field(pattern=r"\S")], ...] | None, AsTuple] = None

    @model_validator(mode="after")
    def _ascending(self) -> Buckets:
        for one, other in pairwise(self.edges):
            if one >= other:
                raise ValueError(f"edges ascend: {_shown(other)} stands behind {_shown(one)}.")
        if len(self.edges) >= MOST:
            raise ValueError(f"{len(self.edges)} edges make {len(self.edges) + 1} buckets; there are {MOST} at most.")
        if self.labels is not None and len(self.labels) != len(self.edges) + 1:
            raise ValueError(f"{len(self.edges)} edges make {len(self.edges) + 1} buckets, and {len(self.labels)} have a label.")
        return self

    def names(self) -> tuple[str, ...]:
        """What the buckets are called, the lowest first."""
        if self.labels is not None:
            return self.labels
        edges = [_shown(edge) for edge in self.edges]
        between = [f"{low} to {high}" for low, high in pairwise(edges)]
        return (f"Less than {edges[0]}", *between, f"Greater than or equal to {edges[-1]}")

    def of(self, texts: pa.Array) -> pa.Array:
        """The bucket of each text that is a number; any other text is not set."""
        numbers = numbers_of(texts)
        slots = np.searchsorted(np.array(self.edges), pc.fill_null(numbers, 0.0).to_numpy(zero_copy_only=False), "right")
        named = pa.array(self.names()).take(pa.array(slots))
        return pc.if_else(pc.is_valid(numbers), named, None)


def _shown(edge: float) -> str:
    return str(int(edge)) if edge.is_integer() and abs(edge) < 1e15 else repr(edge)


def _written(value: object) -> object:
    return value if isinstance(value, Mapping | Buckets) else {"edges": value}


AnyBuckets = Annotated[Buckets, BeforeValidator(_written, json_schema_input_type=Buckets | list[float])]

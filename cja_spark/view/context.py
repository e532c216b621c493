"""Context labels: what a component is to those who look for one by its meaning, such as the variants of an experiment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, WithJsonSchema

from cja_spark.errors import did_you_mean

if TYPE_CHECKING:
    from cja_spark.view.components import Dimension

CONTEXTS = ("experiment", "variant")


def _known(label: object) -> object:
    if isinstance(label, str) and label not in CONTEXTS:
        raise ValueError(f"no context label named '{label}'. {did_you_mean(label, CONTEXTS)}")
    return label


Context = Annotated[str, BeforeValidator(_known), WithJsonSchema({"type": "string", "enum": [*CONTEXTS]})]


def labelled(context: str, dimensions: Mapping[str, Dimension]) -> str | None:
    """The dimension of a view that has a context label."""
    return next((name for name, one in dimensions.items() if one.context == context), None)


def variant_among(names: Sequence[str], dimensions: Mapping[str, Dimension]) -> int | None:
    """Which of a table's dimensions has the variants: the only one, or of several the one with the label; None without."""
    if len(names) == 1:
        return 0
    found = labelled("variant", dimensions)
    return names.index(found) if found in names else None


def context_faults(dimensions: Mapping[str, Dimension]) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Dimensions with a context label that another one has already: where, and the sentence."""
    taken: dict[str, str] = {}
    for name, one in dimensions.items():
        if one.context in taken:
            text = f"'{taken[one.context]}' has the context label '{one.context}' already; one dimension of a view has it."
            yield ("dimensions", name, "context"), text
        elif one.context is not None:
            taken[one.context] = name

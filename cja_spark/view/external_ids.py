"""External ids: what columns of kept reports are called, for tools that read the lake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field

if TYPE_CHECKING:
    from cja_spark.view.components import AnyMetric, Component, Dimension

Place = tuple[str, str, str]
PATTERN = r"^[A-Za-z_][A-Za-z0-9_]{0,127}$"


def _plain(written: object) -> object:
    if isinstance(written, str) and not re.fullmatch(PATTERN, written):
        meant = re.sub(r"\W+", "_", written.strip(), flags=re.ASCII)
        near = f" Did you mean '{meant}'?" if re.fullmatch(PATTERN, meant) else ""
        raise ValueError(f"'{written}' is no column's name: letters, digits and _, 128 at most, no digit first.{near}")
    return written


ExternalId = Annotated[str, BeforeValidator(_plain), Field(pattern=PATTERN)]


def external_id_of(name: str, component: Component) -> str:
    """What a component is called outside: by itself its name."""
    return component.external_id or name


def external_faults(
    dimensions: Mapping[str, Dimension], metrics: Mapping[str, AnyMetric], columns: Mapping[str, str]
) -> Iterator[tuple[Place, str]]:
    """External ids that are another column's name, also without case: where, and the sentence.

    Args:
        dimensions: those of a view.
        metrics: the same.
        columns: names of other columns, small letters, with what each is.
    """
    components = [("dimensions", *one) for one in dimensions.items()] + [("metrics", *one) for one in metrics.items()]
    taken = {name.lower(): name for _, name, one in components if one.external_id is None}
    for section, name, one in components:
        if one.external_id is None:
            continue
        low, where = one.external_id.lower(), (section, name, "external_id")
        if low in columns:
            yield where, f"'{one.external_id}' is {columns[low]}; choose another one."
        elif low in taken:
            yield where, f"'{one.external_id}' is the external id of '{taken[low]}' already; they are unique in a view, also without case."
        else:
            taken[low] = name

"""The functions of components that look at other events, as what a report reads asks for them."""

from __future__ import annotations

from cja_spark.view.derived.deduplicate import Deduplicate
from cja_spark.view.derived.held import AtReports
from cja_spark.view.spec import View


def looking_of(view: View, name: str) -> tuple[AtReports, ...]:
    """Those of a component, by its name."""
    chain = view.chain_of(view.dimensions.get(name) or view.metrics[name])
    return tuple(one for one in chain.looking() if isinstance(one, AtReports))


def ids_of_functions(view: View, name: str) -> list[str]:
    """The dimensions whose values are ids to them."""
    return [one.id for one in looking_of(view, name) if isinstance(one, Deduplicate) and one.id is not None]

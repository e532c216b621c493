"""Dimensions of several values per event, refused where a report needs one."""

from __future__ import annotations

from collections.abc import Iterable

from cja_spark.errors import ConfigurationError
from cja_spark.reports.ask import Ask
from cja_spark.reports.spec import several_values
from cja_spark.spec import Spec
from cja_spark.view.arrays import of_objects
from cja_spark.view.condition import DimensionCondition
from cja_spark.view.sequence import Changes


def refuse_lists(ask: Ask, leaves: Iterable[Spec]) -> None:
    """Refuse dimensions inside arrays where the report, or a condition on the event before, needs one value per event.

    Args:
        ask: the report.
        leaves: its conditions on components.

    Raises:
        ConfigurationError: one that needs another report.
    """
    for name in ask.report.single_valued():
        if inside := ask.arrays_of_dimension(name):
            raise ConfigurationError(several_values(name, inside))
    for leaf in leaves:
        if not isinstance(leaf, Changes) and getattr(leaf, "model", None) != "non_repeating":
            continue
        assert isinstance(leaf, Changes | DimensionCondition)
        if of_objects(ask.arrays_of_dimension(leaf.dimension)):  # own values are compared, not those that last
            what = "a distance in its values" if isinstance(leaf, Changes) else "model: non_repeating"
            raise ConfigurationError(
                f"{what} compares an event with the one before; dimension '{leaf.dimension}' has several values on an event."
            )

"""What is summed for a formula, written as the formula would have it."""

from __future__ import annotations

from cja_spark.span import span_text
from cja_spark.view.attribution import Attribution
from cja_spark.view.formula.uses import Measure


def measure_text(measure: Measure) -> str:
    """A measure as a formula names it.

    >>> measure_text(Measure("revenue", ("mobile",), Attribution(model="linear")))
    'attributed(revenue, linear)[mobile]'
    """
    inside = f"count_distinct({measure.distinct})" if measure.distinct else measure.metric
    if measure.attribution:
        inside = f"attributed({inside}, {attribution_text(measure.attribution)})"
    if measure.squared_per:
        inside = f"square({inside} per {measure.squared_per})"
    return f"{inside}[{', '.join(measure.segments)}]" if measure.segments else inside


def attribution_text(how: Attribution) -> str:
    """An attribution in the words of `attributed`, those alone that differ from what is taken without them.

    >>> attribution_text(Attribution(model="time_decay", container="session", lookback="none"))
    'time_decay, container=session, lookback=none'
    """
    words: list[str] = [how.model]
    if how.container != "person":
        words.append(f"container={how.container}")
    if how.lookback is not None:
        words.append(f"lookback={how.lookback if isinstance(how.lookback, str) else repr(span_text(how.lookback))}")
    if how.touch != "each":
        words.append(f"touch={how.touch}")
    if how.half_life is not None:
        words.append(f"half_life={span_text(how.half_life)!r}")
    if how.weights is not None:
        words += [f"{name}={getattr(how.weights, name):g}" for name in ("first", "middle", "last")]
    if how.game is not None:
        words.append(f"game={how.game}")
    return ", ".join(words)

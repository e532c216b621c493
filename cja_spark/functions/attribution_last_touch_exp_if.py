"""ATTRIBUTION_LAST_TOUCH_EXP_IF: the last value of a channel until it expires."""

from __future__ import annotations

from pyspark.sql import Column, WindowSpec
from pyspark.sql import functions as F

from cja_spark.functions.arguments import holds, yes_or_no
from cja_spark.functions.needs_window import NeedsWindow
from cja_spark.functions.touch import Touch, stretch
from cja_spark.functions.window_frames import apart, place, so_far

_NAME = "attribution_last_touch_exp_if"


def attribution_last_touch_exp_if(
    timestamp: Column | str, name: str, value: Column | str, condition: Column | str, *,
    exp_before: bool = False, looks_ahead: bool = True,
) -> NeedsWindow:  # fmt: skip
    """Credit each row to the last value of a channel between two expiries, also where that value comes after the row.

    Over a window it is the struct of `attribution_first_touch`; null where there is no value between the two. The channel
    expires after each row where the condition is true, and with `exp_before` before it. A condition that is null is not
    true. With `looks_ahead=False` only rows up to this one are seen: the newest touch since the channel last expired.

    Cost:    one exchange; two sorts and two window steps, or one sort with `looks_ahead=False`.
    Raises:  ConfigurationError for no column, a name that is no text, or a switch that is neither True nor False.
    Source:  Adobe Experience Platform, Query Service, Adobe-defined functions, ATTRIBUTION_LAST_TOUCH_EXP_IF.
        Decision: docs/decisions/functions.md, the text and not the frame of its example.
    """
    touch = Touch.of(_NAME, timestamp, name, value)
    expires, early = holds(_NAME, "condition", condition), yes_or_no(_NAME, "exp_before", exp_before)

    def last(window: WindowSpec) -> Column:
        own = stretch(expires, window, exp_before=early)
        return F.max_by(touch.credit, F.when(touch.there, place(window))).over(apart(window, own, 0, 0))

    def newest(window: WindowSpec) -> Column:
        own = stretch(expires, window, exp_before=early)
        touched = F.when(touch.there, F.struct(own.alias("stretch"), touch.credit.alias("credit")))
        found = F.last(touched, ignorenulls=True).over(so_far(window))
        return F.when(found["stretch"] == own, found["credit"])

    return NeedsWindow(_NAME, last if yes_or_no(_NAME, "looks_ahead", looks_ahead) else newest)

"""ATTRIBUTION_FIRST_TOUCH_EXP_IF: the first value of a channel since it expired."""

from __future__ import annotations

from pyspark.sql import Column, WindowSpec
from pyspark.sql import functions as F

from cja_spark.functions.arguments import holds, yes_or_no
from cja_spark.functions.needs_window import NeedsWindow
from cja_spark.functions.touch import Touch, stretch
from cja_spark.functions.window_frames import place, so_far

_NAME = "attribution_first_touch_exp_if"


def attribution_first_touch_exp_if(
    timestamp: Column | str, name: str, value: Column | str, condition: Column | str, *, exp_before: bool = False
) -> NeedsWindow:
    """Credit each row to the first value of a channel up to it, since the channel last expired.

    Over a window it is the struct of `attribution_first_touch`; null up to the first value after an expiry. The channel
    expires after each row where the condition is true, which still gets the old touch; with `exp_before` it expires before
    it, as with `session.depth = 1`, so that no touch of an earlier session is found. A condition that is null is not true.

    Cost:    one exchange and one sort; two window steps in the same order.
    Raises:  ConfigurationError for no column, a name that is no text, or exp_before that is neither True nor False.
    Source:  Adobe Experience Platform, Query Service, Adobe-defined functions, ATTRIBUTION_FIRST_TOUCH_EXP_IF.
    """
    touch = Touch.of(_NAME, timestamp, name, value)
    expires, early = holds(_NAME, "condition", condition), yes_or_no(_NAME, "exp_before", exp_before)

    def first(window: WindowSpec) -> Column:
        own = stretch(expires, window, exp_before=early)
        # of the newest stretch that has a touch, the first one
        order = F.when(touch.there, F.struct(own, -place(window)))
        found = F.max_by(F.struct(own.alias("stretch"), touch.credit.alias("credit")), order).over(so_far(window))
        return F.when(found["stretch"] == own, found["credit"])

    return NeedsWindow(_NAME, first)

"""Window functions for SQL notebooks, as Adobe's Query Service has them: columns over `Window.partitionBy(...).orderBy(...)`."""

from cja_spark.functions.attribution_first_touch import attribution_first_touch
from cja_spark.functions.attribution_first_touch_exp_if import attribution_first_touch_exp_if
from cja_spark.functions.attribution_first_touch_exp_timeout import attribution_first_touch_exp_timeout
from cja_spark.functions.attribution_last_touch import attribution_last_touch
from cja_spark.functions.attribution_last_touch_exp_if import attribution_last_touch_exp_if
from cja_spark.functions.attribution_last_touch_exp_timeout import attribution_last_touch_exp_timeout
from cja_spark.functions.next_value import next_value
from cja_spark.functions.previous_value import previous_value
from cja_spark.functions.sess_end_if import sess_end_if
from cja_spark.functions.sess_start_if import sess_start_if
from cja_spark.functions.sess_timeout import sess_timeout
from cja_spark.functions.time_between_next_match import time_between_next_match
from cja_spark.functions.time_between_previous_match import time_between_previous_match

__all__ = [
    "attribution_first_touch",
    "attribution_first_touch_exp_if",
    "attribution_first_touch_exp_timeout",
    "attribution_last_touch",
    "attribution_last_touch_exp_if",
    "attribution_last_touch_exp_timeout",
    "next_value",
    "previous_value",
    "sess_end_if",
    "sess_start_if",
    "sess_timeout",
    "time_between_next_match",
    "time_between_previous_match",
]

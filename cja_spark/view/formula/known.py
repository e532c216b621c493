"""All functions of formulas by name, and what other tools call them."""

from __future__ import annotations

from cja_spark.errors import guess
from cja_spark.view.formula.column_functions import COLUMN
from cja_spark.view.formula.distributions import DISTRIBUTIONS
from cja_spark.view.formula.experiments import EXPERIMENTS
from cja_spark.view.formula.functions import Function
from cja_spark.view.formula.regressions import REGRESSIONS
from cja_spark.view.formula.row_functions import OPERATORS, ROW

FUNCTIONS: dict[str, Function] = {one.name: one for one in (*ROW, *COLUMN, *DISTRIBUTIONS, *REGRESSIONS, *EXPERIMENTS)}
COMPUTED: dict[str, Function] = {**FUNCTIONS, **{one.name: one for one in OPERATORS}}
FORMS = ("attributed", "count_distinct", "total")
_ELSEWHERE = {
    "abs": "absolute", "approximate_count_distinct": "count_distinct", "avg": "mean", "average": "mean", "ceil": "ceiling", "exp": "exponent", "iif": "if", "log": "ln",
    "max": "row_max' or 'column_max", "maximum": "row_max' or 'column_max", "min": "row_min' or 'column_min", "mod": "modulo",
    "minimum": "row_min' or 'column_min", "pow": "power", "sqrt": "square_root", "cbrt": "cube_root",
    "stdev": "standard_deviation", "stddev": "standard_deviation", "sum": "column_sum' or 'row_sum", "var": "variance",
    "sin": "sine", "cos": "cosine", "tan": "tangent", "grand_total": "total", "running_total": "cumulative",
}  # fmt: skip


def unknown_function(name: str) -> str:
    """The sentence that refuses a function that is none."""
    meant = _ELSEWHERE.get(name.lower())
    near = f"Did you mean '{meant}'?" if meant else guess(name.lower(), (*FUNCTIONS, *FORMS))
    return f"no function named '{name}'. {near} docs/calculated-metrics.md has them all.".replace("  ", " ")

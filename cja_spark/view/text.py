"""Tests of texts that are in no dictionary, many at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cja_spark.view.condition import DimensionCondition
from cja_spark.view.text_numbers import numbers_of

_LIKE = {"\\*": "*", "*": "%", "\\": "\\\\", "%": "\\%", "_": "\\_"}
_SPECIAL = re.compile(r"\\\*|[*\\%_]")


def texts_meeting(texts: pa.Array, condition: DimensionCondition) -> npt.NDArray[np.bool_]:
    """Which texts meet a positive condition, case-sensitive: bool[texts] (G3)."""
    [name] = condition.operators()
    met = _TESTS[name](texts, getattr(condition, name))
    return np.asarray(met.to_numpy(zero_copy_only=False), bool)


def like_pattern(glob: str) -> str:
    r"""A pattern with `*` for any text and `\*` for a star, as one of LIKE."""
    return _SPECIAL.sub(lambda found: _LIKE[found[0]], glob)


def _number_meets(compare: Callable[[pa.Array, float], pa.Array], texts: pa.Array, bound: float) -> pa.Array:
    return pc.fill_null(compare(numbers_of(texts), bound), False)


_TESTS: Mapping[str, Callable[[pa.Array, Any], pa.Array]] = {
    "equals": pc.equal,
    "equals_any_of": lambda texts, some: pc.is_in(texts, pa.array(some, pa.string())),
    "contains": pc.match_substring,
    "contains_all_of": lambda texts, terms: reduce(pc.and_, (pc.match_substring(texts, term) for term in terms)),
    "contains_any_of": lambda texts, terms: reduce(pc.or_, (pc.match_substring(texts, term) for term in terms)),
    "starts_with": pc.starts_with,
    "ends_with": pc.ends_with,
    "matches": lambda texts, glob: pc.match_like(texts, like_pattern(glob)),
    "at_least": lambda texts, bound: _number_meets(pc.greater_equal, texts, bound),
    "at_most": lambda texts, bound: _number_meets(pc.less_equal, texts, bound),
    "more_than": lambda texts, bound: _number_meets(pc.greater, texts, bound),
    "less_than": lambda texts, bound: _number_meets(pc.less, texts, bound),
}

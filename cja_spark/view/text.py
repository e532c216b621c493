"""Tests of single texts, for those that are in no dictionary."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from cja_spark.view.condition import DimensionCondition

_STAR = "\0"


def text_meets(text: str, condition: DimensionCondition) -> bool:
    """Whether one text meets a positive condition, case-sensitive (G3)."""
    [name] = condition.operators()
    return _TESTS[name](text, getattr(condition, name))


def _matches(text: str, glob: str) -> bool:
    parts = (re.escape(part.replace(_STAR, "*")) for part in glob.replace("\\*", _STAR).split("*"))
    return re.fullmatch(".*".join(parts), text, re.DOTALL) is not None


_TESTS: Mapping[str, Callable[[str, Any], bool]] = {
    "equals": str.__eq__,
    "equals_any_of": lambda text, texts: text in texts,
    "contains": str.__contains__,
    "contains_all_of": lambda text, terms: all(term in text for term in terms),
    "contains_any_of": lambda text, terms: any(term in text for term in terms),
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "matches": _matches,
}

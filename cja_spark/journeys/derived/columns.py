"""Which column each function of derived fields is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cja_spark.journeys.derived.case_when import case_when
from cja_spark.journeys.derived.classify import classify
from cja_spark.journeys.derived.concatenate import concatenate
from cja_spark.journeys.derived.date_math import date_math
from cja_spark.journeys.derived.find_and_replace import find_and_replace
from cja_spark.journeys.derived.lowercase import lowercase
from cja_spark.journeys.derived.math import math
from cja_spark.journeys.derived.merge_fields import merge_fields
from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.regex_replace import regex_replace
from cja_spark.journeys.derived.split import split
from cja_spark.journeys.derived.trim import trim
from cja_spark.journeys.derived.typecast import typecast
from cja_spark.journeys.derived.url_parse import url_parse
from cja_spark.journeys.derived.value import Value
from cja_spark.view.derived.neighbours import NeighbourFunction


def looked_at(spec: NeighbourFunction, reading: Reading) -> Value:
    """What a function looks at that asks other events: journeys hold that, and reports ask."""
    return reading.value(spec.input)


COLUMNS: Mapping[str, Callable[[Any, Reading], Value]] = {
    **dict.fromkeys(("deduplicate", "depth", "next_or_previous", "summarize"), looked_at),
    "case_when": case_when, "classify": classify, "concatenate": concatenate, "date_math": date_math,
    "find_and_replace": find_and_replace, "lowercase": lowercase, "math": math, "merge_fields": merge_fields,
    "regex_replace": regex_replace, "split": split, "trim": trim, "typecast": typecast, "url_parse": url_parse,
}  # fmt: skip

"""Which column each function of derived fields is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cja_spark.journeys.derived.case_when import case_when
from cja_spark.journeys.derived.classify import classify
from cja_spark.journeys.derived.concatenate import concatenate
from cja_spark.journeys.derived.date_math import date_math
from cja_spark.journeys.derived.find_and_replace import find_and_replace
from cja_spark.journeys.derived.holding import holding
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

COLUMNS: Mapping[str, Callable[[Any, Reading], Value]] = {
    "case_when": case_when, "classify": classify, "concatenate": concatenate, "date_math": date_math,
    "find_and_replace": find_and_replace, "holding": holding, "lowercase": lowercase, "math": math, "merge_fields": merge_fields,
    "regex_replace": regex_replace, "split": split, "trim": trim, "typecast": typecast, "url_parse": url_parse,
}  # fmt: skip

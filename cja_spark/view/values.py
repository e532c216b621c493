"""Value settings: what a component makes of each of its values before anything else looks at them (O10, 1 and 2)."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BeforeValidator, Field, model_validator

from cja_spark.spec import Spec
from cja_spark.view.buckets import AnyBuckets
from cja_spark.view.calendar_settings import GREGORIAN, Calendar
from cja_spark.view.date_labels import DateGranularity, labels_of
from cja_spark.view.include import AnyInclude, AnyMetricInclude, Include
from cja_spark.view.no_value import AnyNoValue
from cja_spark.view.substring import Substring
from cja_spark.view.text_numbers import is_set

Label = Annotated[str, Field(pattern=r"\S")]


class DimensionValues(Spec):
    """Settings of a dimension's values; they change reports, never tables.

    In this order: `include` leaves values out, `lowercase` joins what differs by case, `substring` takes a part,
    `true_label` and `false_label` name the values of a Boolean, `buckets` shows ranges of numbers, `granularity` the bucket of
    the view's calendar that a day lies in; `no_value` says what stands for nothing.

    Attributes:
        include: which values are kept.
        lowercase: whether values that differ by case are one.
        substring: the part of a text that is taken.
        true_label: what `true` is called.
        false_label: what `false` is called.
        buckets: ranges that numbers are shown as.
        granularity: of days and instants: the year, quarter, month, week, day, hour, minute or second that they are shown as.
        no_value: what stands for no value.
    """

    include: AnyInclude | None = None
    lowercase: bool = False
    substring: Substring | None = None
    true_label: Label | None = None
    false_label: Label | None = None
    buckets: AnyBuckets | None = None
    granularity: DateGranularity | None = None
    no_value: AnyNoValue | None = None

    @model_validator(mode="after")
    def _numbers_or_texts(self) -> DimensionValues:
        if self.buckets is None:
            return self
        for name in ("lowercase", "substring", "true_label", "false_label", "granularity"):
            if getattr(self, name):
                raise ValueError(f"buckets are of numbers, {name} is of {'days' if name == 'granularity' else 'texts'}: one of the two.")
        if self.as_value:
            raise ValueError("no_value: as_value: a number that is not set is in no bucket; give the row a label alone.")
        return self

    @model_validator(mode="after")
    def _parts_are_values(self) -> DimensionValues:
        if self.gives_list and self.as_value:
            raise ValueError("no_value: as_value: a text without parts is a list without values; give the row a label alone.")
        return self

    @property
    def gives_list(self) -> bool:
        """Whether an event has several values: the parts of one text."""
        return self.substring is not None and self.substring.gives_list

    @property
    def as_value(self) -> bool:
        """Whether an event without a value has the label as its value."""
        return self.no_value is not None and self.no_value.as_value

    @property
    def changes_texts(self) -> bool:
        """Whether some setting changes values that are set."""
        names = ("include", "lowercase", "substring", "true_label", "false_label", "buckets", "granularity")
        return any(getattr(self, name) for name in names)

    def shown(self, texts: pa.Array, calendar: Calendar = GREGORIAN) -> pa.Array:
        """What values become; null is not set, and a text without a visible character is (O8).

        Args:
            texts: distinct values as the dictionary has them, none null.
            calendar: the view's, for days.
        """
        texts = self._before_substring(texts)
        return self._after_substring(texts if self.substring is None else self.substring.of(texts), calendar)

    def parts(self, texts: pa.Array, calendar: Calendar = GREGORIAN) -> tuple[npt.NDArray[np.int64], pa.Array]:
        """The same where a text becomes several values: which text each value is of, ascending, and the values, none null."""
        assert self.substring is not None
        assert self.substring.delimiter is not None
        lists = self.substring.delimiter.parts(self._before_substring(texts))
        shown = self._after_substring(pc.list_flatten(lists), calendar)
        of = pc.list_parent_indices(lists)
        return of.filter(pc.is_valid(shown)).to_numpy().astype(np.int64), shown.drop_null()

    def _before_substring(self, texts: pa.Array) -> pa.Array:
        if self.include:
            texts = self.include.of(texts)
        return pc.utf8_lower(texts) if self.lowercase else texts

    def _after_substring(self, texts: pa.Array, calendar: Calendar) -> pa.Array:
        for value, label in (("true", self.true_label), ("false", self.false_label)):
            if label is not None:
                texts = pc.if_else(pc.equal(texts, value), label, texts)
        if self.buckets:
            texts = self.buckets.of(texts)
        if self.granularity:
            texts = labels_of(texts, self.granularity, calendar)
        return pc.if_else(pc.equal(pc.utf8_trim_whitespace(texts), ""), None, texts)


def _counted(value: object) -> object:
    if not (value is None or isinstance(value, bool) or value == "both"):
        raise ValueError(f"'{value}' is no side of a Boolean. Write true, false or both.")
    return value


Counted = Annotated[
    bool | Literal["both"], BeforeValidator(_counted, json_schema_input_type=bool | Literal["both"])
]


class MetricValues(Spec):
    """Settings of a metric's amounts: `include` leaves amounts out; of a Boolean `values_to_count` counts one side, or both.

    `include` may have rules of texts with `behavior: instances`: the metric counts where the field's text meets them.

    Attributes:
        include: which amounts are kept.
        values_to_count: of Booleans: the side that counts, or `both`.
        behavior: whether amounts are summed, or events on which the field is set are counted; by itself `instances` of a derived
            field that gives text, else `values`.
    """

    include: AnyMetricInclude | None = None
    values_to_count: Counted | None = None
    behavior: Literal["values", "instances"] | None = None

    @model_validator(mode="after")
    def _one_count(self) -> MetricValues:
        if self.values_to_count is not None and self.behavior == "instances":
            raise ValueError("values_to_count: behavior: instances counts both sides already.")
        if isinstance(self.include, Include) and self.behavior != "instances":
            raise ValueError("include: rules of texts say where a field counts; write behavior: instances.")
        return self

    @property
    def changes_amounts(self) -> bool:
        """Whether some setting changes amounts."""
        return self.include is not None or self.values_to_count is not None or self.behavior == "instances"

    def amounts(self, raw: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """What amounts become, where rules of texts have refused theirs already; NaN is not set, but for the mark of what is set and no number, which instances count.

        Source: O9, M1, M2. Decision: of a field of numbers, 0 is false and any other number true.
        """
        found = raw if self.include is None or isinstance(self.include, Include) else self.include.of(raw)
        if self.behavior != "instances" and self.values_to_count is None:
            return found
        counted = is_set(found) if self.behavior == "instances" else ~np.isnan(found)
        if self.values_to_count in (True, False):
            counted &= (found != 0) == self.values_to_count
        return np.where(counted, 1.0, np.nan)

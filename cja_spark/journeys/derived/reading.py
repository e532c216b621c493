"""What the functions of a derived field see: fields, outputs of earlier functions, derived fields made before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.value import Value, instant, number, text
from cja_spark.view.derived.input import Input


@dataclass
class Reading:
    """The inputs of one derived field's functions.

    Attributes:
        where: the derived field, for messages.
        zone: the view's time zone.
        reach: the value at a path of events.
        derived: derived fields made before.
        outputs: named outputs of its own functions so far.
        profiles: columns of the persons' profiles.
    """

    where: str
    zone: str
    reach: Callable[[str], Value]
    derived: dict[str, Value]
    outputs: dict[str, Value]
    profiles: Mapping[str, Value]

    def value(self, one: Input) -> Value:
        """An input as it is."""
        if one.field is not None:
            return self.reach(one.field)
        if one.profile is not None:
            return self.profiles[one.profile]
        if one.output is not None:
            return self.outputs[one.output]
        if one.derived is not None:
            return self.derived[one.derived]
        return Value(F.lit(one.value), T.StringType() if isinstance(one.value, str) else T.DoubleType())

    def text(self, one: Input) -> Column:
        """An input as text; blank text that is given stays what it is."""
        return F.lit(one.value) if isinstance(one.value, str) else text(self.value(one))

    def number(self, one: Input) -> Column:
        """An input as a double."""
        return number(self.value(one), self.where)

    def instant(self, one: Input) -> Column:
        """An input as an instant."""
        return instant(self.value(one), self.zone, self.where)

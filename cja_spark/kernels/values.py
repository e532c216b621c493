"""Values as a component's settings show them: from stored ids to shown ids, and back for their texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cja_spark.journeys.batch import Ints
from cja_spark.kernels.counting import coded

NOTHING = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class ValueMap:
    """What the values of one dimension become.

    Attributes:
        stored: ids that become others, int64[changed] ascending.
        shown: what each becomes, int64[changed]; 0 is not set.
        nothing: what not set becomes: 0, or the id of a label that is a value.
    """

    stored: Ints = field(default_factory=lambda: NOTHING)
    shown: Ints = field(default_factory=lambda: NOTHING)
    nothing: int = 0

    def of(self, ids: Ints) -> Ints:
        """The shown ids.

        Shapes: ids int64[n] -> int64[n]; looked up once per distinct id.
        Source: O10 (1), (2).
        """
        if len(ids) == 0:
            return ids
        values, codes = coded(ids)
        return self._of_distinct(values)[codes]

    def _of_distinct(self, values: Ints) -> Ints:
        found = values
        if len(self.stored):
            at = np.minimum(np.searchsorted(self.stored, values), len(self.stored) - 1)
            found = np.where(self.stored[at] == values, self.shown[at], values)
        return np.where(found == 0, self.nothing, found)

    def sources(self, shown: Ints) -> Mapping[int, int]:
        """Per shown id one stored id that becomes it; its own where no other does.

        Shapes: shown int64[n], distinct -> a mapping of n.
        """
        found = {one: one for one in shown.tolist()}
        some = np.isin(self.shown, shown)
        return found | dict(zip(self.shown[some].tolist(), self.stored[some].tolist(), strict=True))

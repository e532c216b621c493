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


@dataclass(frozen=True, eq=False)
class ListMap:
    """What the values of one dimension become that each become several.

    Attributes:
        stored: ids that have parts, int64[values] ascending.
        offsets: int64[values + 1]; the parts of stored[v] are shown[offsets[v]:offsets[v + 1]].
        shown: ids of the parts, int64[parts].
    """

    stored: Ints
    offsets: Ints
    shown: Ints
    nothing: int = 0

    def parts_of(self, ids: Ints) -> tuple[Ints, Ints]:
        """The parts of each id; an id that is not set, or has none, has no part.

        Shapes: ids int64[n] -> offsets int64[n + 1], parts int64[offsets[-1]].
        Source: M1: as items of an array.
        """
        at = np.searchsorted(self.stored, ids)
        found = np.append(self.stored, 0)[at] == ids
        at = np.where(found & (ids != 0), at, len(self.stored))
        counts = np.append(np.diff(self.offsets), 0)[at]
        offsets = np.append(0, np.cumsum(counts))
        event = np.repeat(np.arange(len(ids)), counts)
        return offsets, self.shown[self.offsets[at][event] + np.arange(len(event)) - offsets[event]]

    def sources(self, shown: Ints) -> Mapping[int, int]:
        """Per shown id one stored id of which it is a part.

        Shapes: shown int64[n], distinct -> a mapping of those that are parts.
        """
        of = np.repeat(self.stored, np.diff(self.offsets))
        some = np.isin(self.shown, shown)
        return dict(zip(self.shown[some].tolist(), of[some].tolist(), strict=True))

"""Rows of summary datasets as a report's run has them: each an event of nobody, with value ids as journeys have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cja_spark.journeys.batch import Floats, Ints, Journeys
from cja_spark.journeys.hashing import value_id

TEXTS = pa.schema([("dimension", pa.string()), ("id", pa.int64()), ("value", pa.string())])


@dataclass(frozen=True, eq=False)
class Summary:
    """The rows of one summary dataset.

    Attributes:
        rows: one event per row, each a person of its own; columns of the dimensions that the dataset has values of, as
            they are stored, and of its metrics.
        granularity: whether a row is about an hour or a day.
        texts: the texts of its values: dimension, id, value.
    """

    rows: Journeys
    granularity: str
    texts: pa.Table

    @classmethod
    def of(cls, t: Ints, granularity: str, texts: Mapping[str, pa.Array], amounts: Mapping[str, Floats]) -> Summary:
        """Take columns of rows.

        Args:
            t: the first instant of each row's hour or day, int64[rows], ms UTC.
            granularity: whether a row is about an hour or a day.
            texts: per dimension its text on each row; null is not set.
            amounts: per metric its amount on each row, float64[rows]; NaN is not set.
        """
        columns: dict[str, Ints | Floats] = {f"m_{name}": found for name, found in amounts.items()}
        known = [TEXTS.empty_table()]
        for name, found in texts.items():
            coded = found.dictionary_encode()
            ids = np.array([value_id(text) for text in coded.dictionary.to_pylist()], np.int64)
            codes = pc.fill_null(coded.indices, len(ids)).to_numpy(zero_copy_only=False)
            columns[f"d_{name}"] = np.append(ids, 0)[codes]
            known.append(pa.table([pa.repeat(name, len(ids)), ids, coded.dictionary], schema=TEXTS))
        return cls(Journeys(np.arange(len(t) + 1), t, columns), granularity, pa.concat_tables(known))


@dataclass(frozen=True, eq=False)
class Summaries:
    """All summary rows that a run of reports takes.

    Attributes:
        datasets: the rows by dataset.
        sources: per dataset what tells one state of its table from another.
    """

    datasets: Mapping[str, Summary] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def texts(self) -> pa.Table:
        """The texts of all their values: dimension, id, value; each once."""
        found = pa.concat_tables([TEXTS.empty_table(), *(one.texts for one in self.datasets.values())])
        return found.group_by(TEXTS.names).aggregate([])


NO_SUMMARIES = Summaries()

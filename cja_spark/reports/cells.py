"""Cells: partial sums that leave a task, and their sum over tasks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

KEYS = 4  # that cells have at least
PART = 10_000_000  # measures of the next part of a report begin here
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def names_of(keys: int = KEYS) -> tuple[str, ...]:
    """The columns of cells with so many keys."""
    return ("report", *(f"k{at + 1}" for at in range(keys)), "measure", "amount")


def schema_of(keys: int = KEYS) -> str:
    """The same as a schema of Spark."""
    return ", ".join(f"{name} {_TYPES.get(name, 'bigint')}" for name in names_of(keys))


_TYPES = {"report": "int", "measure": "int", "amount": "double"}


class Cells:
    """Cells of one report from one batch: a few keys, a measure, an amount each."""

    def __init__(self) -> None:
        self._parts: list[tuple[list[Ints], int, Floats]] = []

    def add(self, measure: int, amounts: npt.ArrayLike, *keys: npt.ArrayLike) -> None:
        """Add one amount per key; keys may repeat, they are summed later.

        Shapes: amounts float64[n]; each key int64[n] or one number for all.
        """
        values = np.atleast_1d(np.asarray(amounts, np.float64))
        wide = [np.broadcast_to(np.asarray(key, np.int64), values.shape) for key in keys]
        self._parts.append((wide, measure, values))

    def take(self, cells: Cells, part: int) -> None:
        """Take the cells of a part of the report, such as a segment that is a row."""
        self._parts += [(keys, measure + part * PART, amounts) for keys, measure, amounts in cells._parts]

    def batches(self, report: int, width: int = KEYS) -> Iterator[pa.RecordBatch]:
        """The cells as Arrow batches of the schema that all reports of a pass share, which has so many keys."""
        for keys, measure, amounts in self._parts:
            size = len(amounts)
            nothing = np.zeros(size, np.int64)
            columns = [*keys, *([nothing] * (width - len(keys)))]
            yield pa.RecordBatch.from_arrays(
                [
                    pa.array(np.full(size, report, np.int32)),
                    *(pa.array(column) for column in columns),
                    pa.array(np.full(size, measure, np.int32)),
                    pa.array(amounts),
                ],
                names=list(names_of(width)),
            )


class Sums:
    """A report's cells summed over all tasks: distinct keys and one column of amounts per measure."""

    def __init__(self, cells: pa.Table) -> None:
        """Take cells, summed or not, of one report."""
        self._keys = sum(name.startswith("k") for name in cells.column_names)
        by = [*names_of(self._keys)[1:-1]]
        # In the order of the cells, whatever threads there are: a sum of fractions is the same in every run.
        self._cells = cells.group_by(by, use_threads=False).aggregate([("amount", "sum")])

    def plus(self, cells: Cells) -> Sums:
        """The sums with some more cells."""
        own = [*names_of(self._keys)[1:]]
        parts = [self._cells.rename_columns([name.removesuffix("_sum") for name in self._cells.column_names]).select(own)]
        parts += [pa.Table.from_batches([batch]).select(own) for batch in cells.batches(0, self._keys)]
        return Sums(pa.concat_tables(parts, promote_options="permissive"))

    def of_part(self, part: int) -> Sums:
        """The sums of a part, its measures counted from 0."""
        import pyarrow.compute as pc

        of_part = pc.and_(pc.greater_equal(self._cells["measure"], part * PART), pc.less(self._cells["measure"], (part + 1) * PART))
        some = self._cells.filter(of_part).rename_columns([name.removesuffix("_sum") for name in self._cells.column_names])
        place = some.column_names.index("measure")
        return Sums(some.set_column(place, "measure", pc.subtract(some["measure"], pa.scalar(part * PART, some["measure"].type))))

    def measure(self, measure: int, keys: int) -> tuple[list[Ints], Floats]:
        """Keys and amounts of one measure.

        Shapes: a list of `keys` arrays int64[n], amounts float64[n].
        """
        import pyarrow.compute as pc

        rows = self._cells.filter(pc.equal(self._cells["measure"], measure))
        found = [rows[f"k{at + 1}"].to_numpy() for at in range(keys)]
        return found, rows["amount_sum"].to_numpy()

    def total(self, measure: int) -> float:
        """Sum of a measure that has one cell."""
        return float(self.measure(measure, 0)[1].sum())

    def by_key(self, measure: int, keys: int = 1) -> dict[tuple[int, ...], float]:
        """Amounts of a measure by key."""
        found, amounts = self.measure(measure, keys)
        rows = zip(*(key.tolist() for key in found), strict=True) if keys else [()] * len(amounts)
        return dict(zip(rows, amounts.tolist(), strict=True))

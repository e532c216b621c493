"""What a comparison found, for people, for programs and for files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import pyarrow as pa

from cja_spark.kernels.reconcile import CAUSES
from cja_spark.reconciliation.advice import Advice
from cja_spark.reconciliation.compare import HOUR_MS, UNEXPLAINED, Line, table_of
from cja_spark.spec import Spec

# What each cause says to a marketer.
WORDS = {
    "dropped": "rows in quarantine",
    "deduplicated": "rows that came again",
    "test_profiles": "messages to test profiles",
    "running_day": "the current day",
    "not_yet_arrived": "rows that had not arrived",
    "time_zone": "days of another zone",
    "young_range": "retries that may still end",
    "retries": "retries",
    UNEXPLAINED: "unexplained",
}
# What rows of no day have not, by whether what they held is there.
NOTES = {
    True: "usable time: they count as dropped on the day when their file was written, and may have happened on one before",
    False: "content any more: nobody can say what they counted for",
}


class Reconciled(Spec):
    """The source system's numbers beside ours.

    Attributes:
        date_from: the first day that is compared.
        date_to: the last one.
        advice: what to know before the numbers are believed.
        lines: a line per number of the source; none where only the advice was asked.
        not_compared: metrics of the source that no metric of ours answers.
        undated: rows in quarantine without a time of their own or without content: dataset, reason, whether there is content, how many.
    """

    date_from: date
    date_to: date
    advice: tuple[Advice, ...] = ()
    lines: tuple[Line, ...] = ()
    not_compared: tuple[str, ...] = ()
    undated: tuple[tuple[str, str, bool, int], ...] = ()

    @property
    def meaningful(self) -> bool:
        """Whether nothing has to be waited for."""
        return not any(one.waits for one in self.advice)

    @property
    def verdict(self) -> str:
        """The worst of all lines; green without one."""
        return max((line.verdict for line in self.lines), key=("green", "amber", "red").index, default="green")

    @property
    def exit_code(self) -> int:
        """1 where some number is red: counts do not reconcile."""
        return 1 if self.verdict == "red" else 0

    def table(self) -> pa.Table:
        """The comparison as one table (see `table_of`)."""
        return table_of(self.lines, (self.date_from, self.date_to))

    def text(self) -> str:
        """The comparison for a person at the terminal."""
        head = [f"{self.date_from} to {self.date_to}", *(f"{'wait' if one.waits else 'note'}: {one.text}" for one in self.advice)]
        head += [f"note: no metric of ours answers '{name}'; it is not compared." for name in self.not_compared]
        head += [f"note: {count:,} rows of {dataset} in quarantine ({reason}) have no {NOTES[held]}." for dataset, reason, held, count in self.undated]
        return "\n".join([*head, *(_aligned([*self._rows()]) if self.lines else [])])

    def _rows(self) -> Iterator[Sequence[str]]:
        yield ("metric", "channel", "campaign", "source", "ours", "difference", "")
        for line in self.lines:
            yield (line.metric, line.channel or "all", line.campaign or "all", _count(line.source), _count(line.ours), _count(line.difference), line.verdict)
            for cause in line.causes:
                lag = f", the longest {cause.lag_ms / HOUR_MS:.1f} h on its way" if cause.lag_ms is not None else ""
                detail = f" ({cause.detail})" if cause.detail else ""
                yield (f"  {cause.cause}{detail}", "", "", "", "", _count(cause.count), f"{WORDS[cause.cause]}{lag}")
            yield (f"  {UNEXPLAINED}", "", "", "", "", _count(line.unexplained), f"{line.share:.1%} of source")


assert {*CAUSES, UNEXPLAINED} == {*WORDS}


def _count(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else f"{number:,.2f}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Cells below each other, numbers to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    numbers = range(3, 6)
    return ["  ".join(cell.rjust(width) if at in numbers else cell.ljust(width) for at, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip() for row in rows]

"""The panel of the source system's numbers beside ours: what a comparison found, as the page shows it."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.page.content import ComparedLine, ComparedPanel
from cja_spark.page.privacy import few
from cja_spark.reconciliation.compare import HOUR_MS, UNEXPLAINED, Line
from cja_spark.reconciliation.result import WORDS, Reconciled


def panel_of_comparison(found: Reconciled, fewest: int) -> ComparedPanel:
    """The panel of a comparison.

    Args:
        found: the comparison.
        fewest: a number about 1 to `fewest` - 1 messages is not shown, nor what its difference is made of.

    Source: spec publishing, S4. Decision: a message is to one person, so a number of few messages is about few people.
    """
    shown = [line for line in found.lines if not few(line.source, fewest) and not few(line.ours, fewest)]
    notes = [one.text for one in found.advice]
    notes += [f"No metric of ours answers '{name}'; it is not compared." for name in found.not_compared]
    notes += [f"{count:,} rows of {dataset} in quarantine ({reason}) have no day or no content." for dataset, reason, count in found.undated]
    if left_out := len(found.lines) - len(shown):
        notes.append(f"{left_out:,} numbers about fewer than {fewest} messages are not shown.")
    return ComparedPanel(range=f"{found.date_from} to {found.date_to}", notes=tuple(notes), lines=tuple(line for one in shown for line in _lines(one)))


def panel_without(reason: str) -> ComparedPanel:
    """The panel of a comparison that could not be made, with the reason.

    Args:
        reason: why.
    """
    return ComparedPanel(notes=(reason,))


def _lines(line: Line) -> Iterator[ComparedLine]:
    """A number, then each cause with its count, then what is unexplained."""
    of = ", ".join(part for part in (line.channel, line.campaign) if part)
    yield ComparedLine(name=line.metric.replace("_", " "), of=of or "all", source=line.source, ours=line.ours, difference=line.difference, verdict=line.verdict)
    for cause in line.causes:
        lag = f", the longest {cause.lag_ms / HOUR_MS:.1f} h on its way" if cause.lag_ms is not None else ""
        yield ComparedLine(name=cause.cause.replace("_", " "), of=cause.detail, difference=cause.count, words=f"{WORDS[cause.cause]}{lag}", is_cause=True)
    if line.unexplained or line.difference:
        yield ComparedLine(name=UNEXPLAINED, difference=line.unexplained, words=f"{line.share:.1%} of the source's number", is_cause=True)

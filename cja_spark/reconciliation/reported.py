"""The source system's numbers as they were exported: every fault with its line, the nearest right word, at once."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from cja_spark.errors import ConfigurationError, Fault, InputError, did_you_mean
from cja_spark.reconciliation.spec import METRICS
from cja_spark.spec import FIRST_DAY, LAST_DAY

COLUMNS = ("date", "channel", "campaign", "metric", "value")
MOST_FAULTS = 20
LESS_RETURNS = "delivered"  # sends less what came back later: of a day it may be below 0
Days = tuple[date, date]


class Reported(NamedTuple):
    """One number of the source system: of a day, and of a channel and a campaign where they are given."""

    line: int
    date: date
    channel: str
    campaign: str
    metric: str
    value: float


def reported_in_csv(text: str, file: str, days: Days | None = None, separator: str = ",") -> list[Reported]:
    """Read the numbers of a CSV file.

    Args:
        text: what the file holds.
        file: what it is called in messages.
        days: the first and the last day that are compared.
        separator: what stands between two cells.

    Raises:
        InputError: its faults, each with its line: nothing in it, a column that is missing, a line of too many or too few
            cells, no day or one outside `days`, an unknown metric, a text in place of a number, a line that is there twice.
    """
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator, strict=True)
    faults: list[Fault] = []
    try:
        head = [name.strip().lower() for name in next(lines, [])]
        if faults := list(_missing(head, file)):
            raise _refused(faults)
        rows = []
        for cells in lines:
            if len(cells) == len(head):
                rows.append((lines.line_num, dict(zip(head, cells, strict=True))))
            elif any(cell.strip() for cell in cells):
                faults.append(Fault(file, lines.line_num, f"{len(cells)} cells, and the header has {len(head)} columns."))
    except csv.Error as error:
        raise _refused([Fault(file, lines.line_num, f"no CSV: {error}.")]) from error
    return checked(rows, file, days, faults)


def checked(
    rows: Iterable[tuple[int, Mapping[str, object]]], where: str, days: Days | None = None, before: Sequence[Fault] = ()
) -> list[Reported]:
    """Take rows of text as numbers of the source system.

    Args:
        rows: lines, 0 where a source has none, and their cells by column.
        where: what the source is called in messages.
        days: the first and the last day that are compared.
        before: faults that are known already.

    Raises:
        InputError: their faults, each with its line.
    """
    faults, found, lines = [*before], list[Reported](), dict[tuple[object, ...], int]()
    for line, cells in rows:
        texts = {name: "" if cells[name] is None else str(cells[name]).strip() for name in COLUMNS}
        wrong = [*_faults(texts, days)]
        day, channel, campaign, metric = key = tuple(texts[name] for name in COLUMNS[:4])
        same = (day, channel.lower(), campaign, metric)
        if not wrong and same in lines:
            there = f" in line {lines[same]}" if lines[same] else ""
            wrong = [f"{', '.join(filter(None, key))} has a number already{there}; keep one of them."]
        if not wrong:
            lines[same] = line
            found.append(Reported(line, date.fromisoformat(day), channel, campaign, metric, float(texts["value"])))
        faults += [Fault(where, line, text) for text in wrong]
    if not found and not faults:
        faults.append(Fault(where, 0, "there is no number in it."))
    if faults:
        raise _refused(faults)
    return found


def _missing(head: Sequence[str], file: str) -> Iterator[Fault]:
    if not any(head):
        yield Fault(file, 1, f"the file is empty; its first line is {','.join(COLUMNS)}.")
        return
    for name in COLUMNS:
        if name not in head:
            yield Fault(file, 1, f"no column '{name}'. {did_you_mean(name, head)}")
    for name in {name for name in head if head.count(name) > 1}:
        yield Fault(file, 1, f"two columns are called '{name}'.")


def _faults(cells: Mapping[str, str], days: Days | None) -> Iterator[str]:
    yield from _of_day(cells["date"], days)
    if cells["metric"] not in METRICS:
        yield f"metric: the source has no metric named '{cells['metric']}'. {did_you_mean(cells['metric'], METRICS)}"
    yield from _of_number(cells["value"], least=-math.inf if cells["metric"] == LESS_RETURNS else 0)


def _of_day(text: str, days: Days | None) -> Iterator[str]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        yield f"date: '{text}' is no day; write 2026-08-31."
        return
    if not FIRST_DAY <= day <= LAST_DAY:
        yield f"date: {day} is not between {FIRST_DAY} and {LAST_DAY}."
    elif days is not None and not days[0] <= day <= days[1]:
        yield f"date: {day} is outside {days[0]} to {days[1]}, the range that is compared."


def _of_number(text: str, least: float) -> Iterator[str]:
    try:
        number = float(text)
    except ValueError:
        plain = text.replace(",", "").replace(".", "").replace(" ", "").replace("'", "")
        hint = " Write it without separators of thousands." if plain.isdecimal() else ""
        yield f"value: '{text}' is no number.{hint}"
        return
    if not math.isfinite(number) or number < least:
        yield f"value: {text} is no count; write 0 or more."


def of_known_channels(found: Sequence[Reported], known: Iterable[str], where: str) -> None:
    """Make sure that every channel is one that our rows or the source system have, whatever its case.

    Raises:
        InputError: one that neither has, with its line.
    """
    names = {*known, *CHANNELS}
    taken = {name.lower() for name in names}
    faults = [
        Fault(where, one.line, f"channel: no channel named '{one.channel}'. {did_you_mean(one.channel, names)}")
        for one in found
        if one.channel and one.channel.lower() not in taken
    ]
    if faults:
        raise _refused(faults)


# Source: the last segment of channel ids in adobe/xdm, and the channels of the field groups of Journey Optimizer.
CHANNELS = ("apns", "code", "direct-mail", "email", "fcm", "inApp", "phone", "push", "sms", "web", "whatsApp")


def _refused(faults: Sequence[Fault]) -> InputError:
    more = [Fault(faults[0].file, 0, f"… and {len(faults) - MOST_FAULTS} faults more.")] if len(faults) > MOST_FAULTS else []
    return InputError(str(ConfigurationError.collected([*faults[:MOST_FAULTS], *more])))


def range_of(found: Sequence[Reported]) -> Days:
    """The first and the last day of some numbers."""
    days = [one.date for one in found]
    return min(days), max(days)


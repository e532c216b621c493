"""The window functions of a notebook, one partition at a time and row by row: obvious, and slow.

The rows of a partition come in their order. Times are microseconds, or None; a touch is (name, value, time, 1.0).
"""

from __future__ import annotations

from itertools import pairwise

MICROS = {"seconds": 10**6, "minutes": 60 * 10**6, "hours": 3600 * 10**6, "days": 86_400 * 10**6}


def _whole(micros, unit):
    """Whole units, without the rest."""
    units = abs(micros) // MICROS[unit]
    return units if micros >= 0 else -units


def _newest(times, at):
    """The newest known time before a row, or None."""
    known = [time for time in times[:at] if time is not None]
    return known[-1] if known else None


def _sessions(times, opens):
    """The structs of sessions that begin at some rows, and at the first one."""
    number, depth, told = 0, 0, []
    for at, time in enumerate(times):
        is_new = at == 0 or opens(at)
        number, depth = (number + 1, 1) if is_new else (number, depth + 1)
        before = _newest(times, at)
        gap = 0 if at == 0 else None if None in (time, before) else _whole(time - before, "seconds")
        told.append((gap, number, is_new, depth))
    return told


def sess_timeout(times, seconds):
    """A session begins after a gap of more than so many seconds."""

    def opens(at):
        before = _newest(times, at)
        return times[at] is not None and before is not None and times[at] - before > seconds * 10**6

    return _sessions(times, opens)


def sess_start_if(times, condition):
    """A session begins where the condition is true."""
    return _sessions(times, lambda at: condition[at] is True)


def sess_end_if(times, condition):
    """A session begins behind a row where the condition is true."""
    return _sessions(times, lambda at: condition[at - 1] is True)


def _first(touches):
    return next((touch for touch in touches if touch[1] is not None), None)


def _last(touches):
    return _first(reversed(list(touches)))


def _touches(times, name, values):
    return [(name, value, time, 1.0) for time, value in zip(times, values, strict=True)]


def attribution_first_touch(times, name, values):
    """The first value up to each row."""
    touches = _touches(times, name, values)
    return [_first(touches[: at + 1]) for at in range(len(touches))]


def attribution_last_touch(times, name, values):
    """The newest value up to each row."""
    touches = _touches(times, name, values)
    return [_last(touches[: at + 1]) for at in range(len(touches))]


def _stretches(condition, *, exp_before):
    """The first row and the one behind the last of each row's stretch between expiries."""
    cuts = [at if exp_before else at + 1 for at, held in enumerate(condition) if held is True]
    bounds = sorted({0, *cuts, len(condition)})
    return [
        next((start, end) for start, end in pairwise(bounds) if start <= at < end)
        for at in range(len(condition))
    ]


def attribution_first_touch_exp_if(times, name, values, condition, *, exp_before=False):
    """The first value up to each row since the last expiry."""
    touches = _touches(times, name, values)
    return [_first(touches[start : at + 1]) for at, (start, _) in enumerate(_stretches(condition, exp_before=exp_before))]


def attribution_last_touch_exp_if(times, name, values, condition, *, exp_before=False, looks_ahead=True):
    """The last value between two expiries, or the newest up to each row since the last one."""
    touches = _touches(times, name, values)
    return [
        _last(touches[start : end if looks_ahead else at + 1])
        for at, (start, end) in enumerate(_stretches(condition, exp_before=exp_before))
    ]


def _within(touches, time, least, most):
    """Touches with a time not further from another one than that; none without a time."""
    return [touch for touch in touches if None not in (time, touch[2]) and least <= touch[2] - time <= most]


def attribution_first_touch_exp_timeout(times, name, values, seconds):
    """The first value up to each row that is at most so old."""
    touches = _touches(times, name, values)
    return [_first(_within(touches[: at + 1], time, -seconds * 10**6, 0)) for at, time in enumerate(times)]


def attribution_last_touch_exp_timeout(times, name, values, seconds, *, looks_ahead=True):
    """The last value from each row on that is at most so far away, or the newest up to it that is at most so old."""
    touches, most = _touches(times, name, values), seconds * 10**6
    if looks_ahead:
        return [_last(_within(touches[at:], time, 0, most)) for at, time in enumerate(times)]
    timed = [touch if touch[2] is not None else (name, None, None, 1.0) for touch in touches]
    newest = [_last(timed[: at + 1]) for at in range(len(times))]
    return [_first(_within([one] if one else [], time, -most, most)) for one, time in zip(newest, times, strict=True)]


def previous_value(values, shift=1, *, ignore_nulls=False):
    """The value so many rows before, or so many values before; in a tuple, or None."""
    told = []
    for at in range(len(values)):
        before = [value for value in values[:at] if value is not None or not ignore_nulls]
        told.append((before[-shift],) if len(before) >= shift and before[-shift] is not None else None)
    return told


def next_value(values, shift=1, *, ignore_nulls=False):
    """The value so many rows after, or so many values after; in a tuple, or None."""
    return previous_value(values[::-1], shift, ignore_nulls=ignore_nulls)[::-1]


def time_between_previous_match(times, condition, unit="seconds"):
    """Whole units since the newest row with a time where the condition was true."""
    told = []
    for at, time in enumerate(times):
        matched = [times[row] for row in range(at + 1) if condition[row] is True and times[row] is not None]
        told.append(_whole(time - matched[-1], unit) if matched and time is not None else None)
    return told


def time_between_next_match(times, condition, unit="seconds"):
    """Whole units until the next row with a time where the condition is true, below zero."""
    told = []
    for at, time in enumerate(times):
        matched = [times[row] for row in range(at, len(times)) if condition[row] is True and times[row] is not None]
        told.append(_whole(time - matched[0], unit) if matched and time is not None else None)
    return told

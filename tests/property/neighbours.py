"""Functions of derived fields drawn at random: those that look at other events, and chains behind one."""

from __future__ import annotations

import datetime as dt

SUMMARIES = ("max", "min", "median", "mean", "sum", "count")
VALUES = ("first", "last", "most_common", "least_common", "earliest", "latest", "earliest", "latest")


def neighbour(chance):
    """A function of pages that looks at other events."""
    return {"input": "page", "scope": chance.choice(["session", "person"]), **chance.choice([
        moved(chance), moved(chance), {"function": "deduplicate", "keep": chance.choice(["first", "last"]), **chance.choice([{}, {"id": "channel"}])},
        {"function": "summarize", "how": chance.choice(VALUES)},
    ])}  # fmt: skip


def looking(chance):
    """A function that makes a number: of views, or of which pages there are."""
    scope = {"scope": chance.choice(["session", "person"])}
    if chance.random() < 0.4:
        return {"input": "page", **scope, **chance.choice([{"function": "depth"}, {"function": "summarize", "how": "count_distinct"}])}
    return {"input": "views", **scope, **chance.choice([
        moved(chance), {"function": "deduplicate", "keep": chance.choice(["first", "last"]), **chance.choice([{}, {"id": "page"}])},
        {"function": "summarize", "how": chance.choice(SUMMARIES)}, {"function": "summarize", "how": chance.choice(SUMMARIES)},
    ])}  # fmt: skip


def level(chance):
    """A summary of views, put in words."""
    summary = {"function": "summarize", "input": "views", "how": chance.choice(SUMMARIES), "scope": chance.choice(["session", "person"])}
    x = {"output": "x"}
    cases = [{"when": {"input": x, "less_than": 1.5}, "value": "few"}, {"when": {"input": x, "at_least": 3}, "value": "many"},
             {"when": {"any": [{"input": x, "equals": 2}, {"exclude": {"input": x, "exists": True}}]}, "value": "some"},
             {"when": {"all": [{"input": "raw", "at_least": 1}, {"input": x, "less_than": 3}]}, "value": "some"}]  # fmt: skip
    named = {"function": "case_when", "cases": chance.sample(cases, chance.choice([1, 2, 3, 4])), **chance.choice([{}, {"otherwise": "some"}])}
    return [{**summary, "output": "x"}, *with_texts(chance, {**named, "output": "w"}, "w")]


def waiting(chance):
    """A time between two dates, one of which at least is not the event's own."""
    def date(field):
        scoped = {"input": field, "scope": chance.choice(["session", "person"]), **chance.choice([{}, {"take": "first"}, {"take": "last"}])}
        return chance.choice([scoped, scoped, field, chance.choice(["today", "now", dt.date(2025, 3, 9)])])

    start, end = date("booked"), date("due")
    if isinstance(start, str | dt.date) and isinstance(end, str | dt.date) and not {"today", "now"} & {str(start), str(end)}:
        end = "today"
    units = ("second", "minute", "hour", "day", "day", "week", "month", "quarter", "year")
    return {"function": "date_math", "start": start, "end": end, "unit": chance.choice(units)}


def with_texts(chance, function, root="x"):
    """A function that gives text, and some behind it."""
    one, other = {"output": root}, {"output": "y"}
    exits = {"function": "case_when", "cases": [{"when": {"input": one, "exists": False}, "value": "nowhere"}], "otherwise": one}
    makers = [
        [], [], [], [{**exits, "output": "y"}], [{"function": "lowercase", "input": one}],
        [{"function": "find_and_replace", "input": one, "find": "o", "replace": "oo"}],
        [{"function": "classify", "input": one, "entries": {"home": "cart", "few": "many"}, "show_original_values": chance.random() < 0.5}],
        [{"function": "trim", "input": one, "cut": {"side": "right", "position": 3}, "output": "y"},
         {"function": "concatenate", "inputs": [other, {"value": "!"}, one], "delimiter": "/"}],
        [{**exits, "output": "y"}, {"function": "merge_fields", "inputs": [other, one]}],
    ]  # fmt: skip
    return [function, *chance.choice(makers)]


def with_numbers(chance, function):
    """A function that gives a number, and some behind it."""
    x = {"output": "x"}
    whole = {"function": "typecast", "input": x, "to": "integer", "output": "y"}
    formula = chance.choice(["x / (x - 2)", "x ^ 2 - 1", "-x * 0.5", "x ^ (x - x)", "x ^ 0.5"])
    half = {"function": "math", "formula": formula, "inputs": {"x": x}, "output": "y"}
    cases = [{"when": {"input": x, "at_least": 2}, "value": 10}, {"when": {"input": x, "exists": False}, "value": chance.choice([7, x])}]
    more_cases = [*cases, {"when": {"input": "raw", "at_least": 1}, "value": chance.choice([{"field": "raw"}, x])}]
    besides = {"function": "math", "formula": chance.choice(["x - r", "r / x", "x * r + r"]), "inputs": {"x": x, "r": "raw"}}
    mixed = {"function": "case_when", "cases": chance.sample(more_cases, 3), "otherwise": chance.choice([{"field": "raw"}, 3])}
    other = {"function": "case_when", "cases": cases, **chance.choice([{}, {"otherwise": x}, {"otherwise": 0.5}])}
    more = {"function": "math", "formula": "x - y", "inputs": {"x": x, "y": {"output": "y"}}}
    return [function, *chance.choice([[], [], [whole], [half], [other], [whole, more], [half, more], [besides], [mixed]])]


def moved(chance):
    return {"function": "next_or_previous", "direction": chance.choice(["next", "previous"]), "index": chance.choice([1, 1, 2, 3]),
            "include_repeats": chance.choice([True, False])}  # fmt: skip


def several(chance):
    """Functions of which each takes what one before makes of other events; the last gives a number."""
    return chance.choice([numbers_of_numbers, numbers_of_texts, numbers_of_dates])(chance)


def scoped(chance):
    return {"scope": chance.choice(["session", "person"])}


def numbers_of_numbers(chance):
    """Of views: numbers all the way, and perhaps arithmetic between."""
    x, y, z = {"output": "x"}, {"output": "y"}, {"output": "z"}
    first = {"function": "summarize", "input": "v", "how": chance.choice(SUMMARIES), **scoped(chance)}
    first = chance.choice([first, {"input": "v", **moved(chance), **scoped(chance)}, {"function": "deduplicate", "input": "v", **scoped(chance)}])
    between = chance.choice([
        [], [{"function": "math", "formula": "x - r", "inputs": {"x": x, "r": "raw"}, "output": "y"}],
        [{"function": "case_when", "cases": [{"when": {"input": x, "at_least": 2}, "value": 0}], "otherwise": x, "output": "y"}],
    ])  # fmt: skip
    taken = y if between else x
    counted = [{"function": "depth"}, {"function": "summarize", "how": "count_distinct"}] if between or "how" in first else []
    then = [
        {"function": "summarize", "input": taken, "how": chance.choice(SUMMARIES), **scoped(chance)},
        {"input": taken, **moved(chance), **scoped(chance)}, *({"input": taken, **one, **scoped(chance)} for one in counted),
        {"function": "deduplicate", "input": taken, "keep": chance.choice(["first", "last"]), **chance.choice([{}, {"id": "channel"}]), **scoped(chance)},
    ]  # fmt: skip
    found = [{**first, "output": "x"}, *between, {**chance.choice(then), "output": "z"}]
    return found + chance.choice([[], [{"function": "math", "formula": "z / x", "inputs": {"z": z, "x": x}}]])


def numbers_of_texts(chance):
    """Of pages: a page of other events, and how many or the how-maniest it is."""
    function = {**texts_of_texts(chance)[0], "output": "x"}
    last = chance.choice([{"function": "depth"}, {"function": "summarize", "how": "count_distinct"}])
    found = [function, {"input": {"output": "x"}, **last, **scoped(chance), "output": "y"}]
    other = {"function": "depth", "input": "c", **scoped(chance), "output": "z"}
    share = {"function": "math", "formula": "y / z", "inputs": {"y": {"output": "y"}, "z": {"output": "z"}}}
    return found + chance.choice([[], [other, share]])


def numbers_of_dates(chance):
    """The time between two dates of other events."""
    def date(field):
        return chance.choice([
            {"function": "summarize", "input": field, "how": chance.choice(["earliest", "latest", "first", "last"]), **scoped(chance)},
            {"input": field, **moved(chance), **scoped(chance)},
        ])  # fmt: skip

    start, end = {"output": "x"}, chance.choice([{"output": "y"}, {"output": "y"}, "due", "today"])
    later = [{**date("due"), "output": "y"}] if end == {"output": "y"} else []
    return [{**date("booked"), "output": "x"}, *later, {"function": "date_math", "start": start, "end": end, "unit": chance.choice(["hour", "day", "month"])}]


def texts_of_texts(chance):
    """Of pages: two functions that each give one."""
    def one(taken):
        return {"input": taken, **scoped(chance), **chance.choice([
            moved(chance), moved(chance), {"function": "deduplicate", "keep": chance.choice(["first", "last"]), **chance.choice([{}, {"id": "channel"}])},
            {"function": "summarize", "how": chance.choice(["first", "last", "most_common", "least_common"])},
        ])}  # fmt: skip

    return [{**one("p"), "output": "first"}, {**one({"output": "first"}), "output": "x"}]


def several_texts(chance):
    """The same, and functions of texts behind; or all different ones."""
    first, last = texts_of_texts(chance)
    if chance.random() < 0.2:
        return [first, {"function": "summarize", "input": {"output": "first"}, "how": "distinct", **scoped(chance)}]
    return [first, *with_texts(chance, last)]


def of_others(chance):
    """A number of what another derived field makes of other events."""
    one, other = {"derived": "several"}, {"derived": "counted"}
    return chance.choice([
        [{"function": "summarize", "input": one, "how": chance.choice(SUMMARIES), **scoped(chance)}],
        [{"function": "math", "formula": "x - y", "inputs": {"x": one, "y": other}}],
        [{"function": "math", "formula": "x * 2", "inputs": {"x": one}, "output": "x"}, {"input": {"output": "x"}, **moved(chance), **scoped(chance)}],
        [{"function": "depth", "input": {"derived": "twice"}, **scoped(chance)}],
    ])  # fmt: skip

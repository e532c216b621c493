"""Derived fields (O10) in plain Python: the value of one on one event, from what the event's fields hold.

An event is a mapping from paths to values: text, numbers, booleans, dates, times with a zone, or lists of them below arrays.
"""

from __future__ import annotations

import ast
import math
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tests.reference.derived_conditions import holds
from tests.reference.derived_dates import CLOCKS, units
from tests.reference.derived_inputs import Taken, as_instant, as_number, as_text, blank
from tests.reference.summaries import dated, summary

FORMATS = {
    "date": "%Y-%m-%d", "date_time": "%Y-%m-%d %H:%M:%S", "time": "%H:%M:%S", "month": "%Y-%m", "year": "%Y",
    "day_of_week": "%A", "hour": "%H",
}  # fmt: skip


WHOLE = "the whole event"


def derived(view: dict, name: str, event: dict) -> object:
    """The value of a derived field: a list below arrays, and of a split into an array."""
    event = {**event, WHOLE: event}
    return once(view, name, event) if in_array(view, name) else below(view, name, event, len(arrays(view, name)))


def arrays(view: dict, name: str) -> list[str]:
    """The parts of the deepest path that lies in arrays."""
    return max((path.split("[]")[:-1] for path in paths(view, name)), key=len, default=[])


def in_array(view: dict, name: str) -> list[dict] | None:
    """The functions whose values, of all items of an event, a summary takes together; None without one."""
    for at, function in enumerate(functions(view, name)):
        if function.get("scope") == "event":
            return [*functions(view, name)[:at], {"function": "as_is", "input": function["input"]}]
    return None


def values_of_array(view: dict, name: str, event: dict) -> list:
    """All set values of an event's array."""
    inner = {**view, "derived": {**view["derived"], f"values of {name}": in_array(view, name)}}
    found = derived(inner, f"values of {name}", event[WHOLE])

    def flat(some: object) -> list:
        return [one for part in some for one in flat(part)] if isinstance(some, list) else [some]

    return [one for one in flat(found) if blank(one) is not None]


def functions(view: dict, name: str) -> list[dict]:
    """The functions, whether written short or long."""
    found = view["derived"][name]
    return found if isinstance(found, list) else found["functions"]


def paths(view: dict, name: str) -> list[str]:
    """All paths that a derived field is made of."""
    found: list[str] = []

    def visit(part: object, key: str = "") -> None:
        if isinstance(part, str) and key in ("input", "inputs", "field", "start", "end") and not (key in ("start", "end") and part in CLOCKS):
            found.append(part)
        elif isinstance(part, dict):
            if set(part) == {"derived"} and not in_array(view, part["derived"]):
                found.extend(paths(view, part["derived"]))
            for inner_key, inner in part.items():
                visit(inner, "inputs" if key == "inputs" and inner_key not in ("field", "output", "derived", "value") else inner_key)
        elif isinstance(part, list):
            for inner in part:
                visit(inner, key)

    visit(functions(view, name))
    return found


def below(view: dict, name: str, event: dict, depth: int, level: int = 0) -> object:
    """One value per item of the innermost array; what lies above an item is the same for all below."""
    if level == depth:
        return once(view, name, event)
    inside = [path for path in paths(view, name) if path.count("[]") > level]
    count = max(len(event.get(path) or ()) for path in inside)
    items = [{path: event[path][at] if at < len(event.get(path) or ()) else None for path in inside} for at in range(count)]
    return [below(view, name, {**event, **item}, depth, level + 1) for item in items]


def once(view: dict, name: str, event: dict) -> object:
    """All functions in order; each blank text is not set (O8)."""
    if in_array(view, name):
        event = event[WHOLE] | {WHOLE: event[WHOLE]}
    outputs: dict[str, object] = {}
    value: object = None
    for function in functions(view, name)[len(in_array(view, name) or [None]) - 1 :]:
        if function.get("scope") == "event":
            value = summary_of(function["how"], values_of_array(view, name, event), view.get("time_zone", "UTC"))
            outputs[function.get("output")] = value
            continue
        value = blank(FUNCTIONS[function["function"]](function, taken(view, event, outputs)))
        if looks(function):
            return value  # what looks at other events, and what follows it, is made of whole journeys
        if "output" in function:
            outputs[function["output"]] = value
    return value


def taken(view: dict, event: dict, outputs: dict[str, object]) -> Taken:
    """What the functions of a view's derived fields take of an event."""
    return Taken(view.get("time_zone", "UTC"), event, outputs, lambda name: once(view, name, event))


def lowercase(function: dict, taken: Taken) -> str | None:
    text = taken.text(function["input"])
    return None if text is None else "".join(one.lower()[0] for one in text)


def trim(function: dict, taken: Taken) -> str | None:
    text, cut = taken.text(function["input"]), function.get("cut")
    if text is None:
        return None
    if cut is None:
        return text.strip(function.get("characters"))
    left = cut["side"] == "left"
    if "position" in cut:
        return text[cut["position"] :] if left else text[: cut["position"] - 1]
    if "length" in cut:
        return text[cut["length"] :] if left else text[: max(len(text) - cut["length"], 0)]
    before, found, after = text.partition(cut["text"]) if left else text.rpartition(cut["text"])
    return text if not found else after if left else before


def find_and_replace(function: dict, taken: Taken) -> str | None:
    text = taken.text(function["input"])
    return None if text is None else text.replace(function["find"], function["replace"])


def classify(function: dict, taken: Taken) -> str | None:
    text = taken.text(function["input"])
    called = blank(as_text(function["entries"].get(text)))
    return text if called is None and function.get("show_original_values") else called


def concatenate(function: dict, taken: Taken) -> str:
    found = [text for one in function["inputs"] if (text := taken.text(one)) is not None]
    return function.get("delimiter", "").join(found)


def merge_fields(function: dict, taken: Taken) -> object:
    return next((value for one in function["inputs"] if (value := taken.raw(one)) is not None), None)


def url_parse(function: dict, taken: Taken) -> str | None:
    text = taken.text(function["input"])
    if text is None:
        return None
    rest, _, anchor = text.partition("#")
    rest, _, query = rest.partition("?")
    scheme, authority = "", ""
    begin = rest.partition("://")
    if begin[1] and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", begin[0]):
        scheme, (authority, slash, rest) = f"{begin[0]}://", begin[2].partition("/")
        rest = slash + rest
    host = authority.partition("@")[2] if "@" in authority else authority
    host = host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
    pairs = [pair.partition("=") for pair in query.split("&")]
    asked = next((value for name, equal, value in pairs if equal and name == function.get("parameter")), "")
    return {"protocol": scheme, "host": host, "path": rest.removeprefix("/"), "query": asked, "hash": anchor}[function["part"]]


def split(function: dict, taken: Taken) -> object:
    text = taken.text(function["input"])
    parts = [] if text is None else text.split(function["delimiter"])
    if function.get("array"):
        return [part for part in parts[: function.get("most_values", 10)] if blank(part) is not None]
    number = function.get("left") or function["right"]
    if number > len(parts):
        return None
    return parts[number - 1] if "left" in function else parts[-number]


def typecast(function: dict, taken: Taken) -> object:
    if "format" in function:
        when = taken.instant(function["input"])
        return None if when is None else when.astimezone(ZoneInfo(taken.zone)).strftime(FORMATS[function["format"]])
    if function["to"] == "text":
        return taken.text(function["input"])
    number = taken.number(function["input"])
    if number is None or function["to"] == "number":
        return number
    return math.trunc(number) if -(2.0**63) <= number < 2.0**63 else None


def arithmetic(function: dict, taken: Taken) -> float | None:
    inputs = {name: taken.number(one) for name, one in function["inputs"].items()}
    if None in inputs.values():
        return None

    def value(node: ast.expr) -> float:
        if isinstance(node, ast.Constant):
            return float(node.value)
        if isinstance(node, ast.Name):
            return inputs[node.id]
        if isinstance(node, ast.UnaryOp):
            return -value(node.operand)
        left, right = value(node.left), value(node.right)
        if isinstance(node.op, ast.Pow):
            return left**right
        if isinstance(node.op, ast.Div):
            return left / right
        return {ast.Add: left + right, ast.Sub: left - right, ast.Mult: left * right}[type(node.op)]

    try:
        found = value(ast.parse(function["formula"].strip().replace("^", "**"), mode="eval").body)
    except (ZeroDivisionError, OverflowError):
        return None
    return found if not isinstance(found, complex) and math.isfinite(found) else None


def regex_replace(function: dict, taken: Taken) -> str | None:
    text = taken.text(function["input"])
    flags = re.ASCII if function.get("case_sensitive", True) else re.ASCII | re.IGNORECASE
    found = re.search(function["pattern"], text, flags) if text is not None and len(text) <= 10_000 else None
    if found is None:
        return None
    groups = found.groups() or (found[0],)

    def sign(part: re.Match) -> str:
        name = part[1]
        if name in "$&`+":
            return {"$": "$", "&": found[0], "`": text[: found.start()], "+": groups[-1] or ""}[name]
        return groups[int(name) - 1] or ""

    return re.sub(r"\$(\$|&|`|\+|\d{1,2})", sign, function["replace"])


def case_when(function: dict, taken: Taken) -> object:
    given = [case["value"] for case in function["cases"]] + ([function["otherwise"]] if "otherwise" in function else [])
    words = any(isinstance(one, str) for one in given)
    numbers = not words and any(not isinstance(one, dict) for one in given)
    read = taken.text if words else taken.number if numbers else taken.raw
    for case in function["cases"]:
        if holds(case["when"], taken):
            return read(case["value"], given=True)
    return read(function["otherwise"], given=True) if "otherwise" in function else None


def date_math(function: dict, taken: Taken) -> object:
    found = tuple(moment(one, taken) for one in (function["start"], function["end"]))
    return found if looks(function) else units(*found, function.get("unit", "day"), taken.zone)


def moment(one: object, taken: Taken) -> datetime | None:
    """A date of the event, or one that is given; the clock and scopes are asked with whole journeys."""
    if one in CLOCKS:
        return None
    if isinstance(one, date):
        return as_instant(one, taken.zone)
    return taken.instant(one["input"] if isinstance(one, dict) and "input" in one else one)


def looks(function: dict) -> bool:
    """Whether a function is made with whole journeys."""
    moments = (function.get("start"), function.get("end"))
    scoped = any((isinstance(one, dict) and "scope" in one) or one in CLOCKS for one in moments)
    return scoped or (function.get("scope") != "event" and function["function"] in ("next_or_previous", "deduplicate", "depth", "summarize"))


def summary_of(how: str, values: list, zone: str) -> object:
    """One value of some: of numbers, of texts, or of dates as they are written."""
    if how in ("max", "min", "median", "mean", "sum", "count"):
        return summary(how, [one for value in values if (one := as_number(value)) is not None])
    if how in ("earliest", "latest"):
        dates = [(when, as_text(one)) for one in values if (when := as_instant(one, zone)) is not None]
        return dated(how, dates)
    return summary(how, [as_text(one) for one in values])


def looked_at(function: dict, taken: Taken) -> object:
    """What a function looks at that asks other events; `neighbours` gives what it makes of it."""
    return taken.raw(function["input"])


FUNCTIONS = {
    **dict.fromkeys(("next_or_previous", "deduplicate", "depth", "summarize", "as_is"), looked_at),
    "lowercase": lowercase, "trim": trim, "find_and_replace": find_and_replace, "classify": classify,
    "concatenate": concatenate, "merge_fields": merge_fields, "url_parse": url_parse, "split": split, "typecast": typecast,
    "math": arithmetic, "regex_replace": regex_replace, "case_when": case_when, "date_math": date_math,
}  # fmt: skip

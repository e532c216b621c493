"""Rules O8, O10 (1), (2), M1, M2: what settings of a component make of each of its values, before anything else."""

from __future__ import annotations

import datetime as dt
import math
import re

from tests.reference.calendar import label_of_day
from tests.reference.metrics import clean, path, spec_of
from tests.reference.substrings import substring

CLOCK = {"hour": 1, "minute": 2, "second": 3}
NEGATIVE = {
    "does_not_equal": "equals", "equals_none_of": "equals_any_of", "does_not_contain": "contains",
    "does_not_contain_any_of": "contains_any_of", "does_not_start_with": "starts_with", "does_not_end_with": "ends_with",
}  # fmt: skip


def lower(text: str) -> str:
    """Each character by itself."""
    return "".join(one.lower()[0] for one in text)


def number(text: str) -> float | None:
    """The number that a text is."""
    try:
        found = float(text)
    except ValueError:
        return None
    return None if math.isnan(found) or not re.fullmatch(r"[+-]?[0-9.]+([eE][+-]?[0-9]+)?|[+-]?[Ii]nf(inity)?", text) else found


def terms(asked: object) -> list[str]:
    return asked.split() if isinstance(asked, str) else list(asked)


def rule_holds(value: object, rule: dict) -> bool:
    """One rule on one text or amount."""
    [(name, asked)] = rule.items()
    if name in NEGATIVE:
        return not rule_holds(value, {NEGATIVE[name]: asked})
    if name in ("at_least", "at_most", "more_than", "less_than") or (name == "equals" and type(asked) in (int, float)):
        found = number(value) if isinstance(value, str) else value
        return found is not None and {
            "at_least": found >= asked, "at_most": found <= asked, "more_than": found > asked, "less_than": found < asked,
            "equals": found == asked,
        }[name]  # fmt: skip
    if name in ("after", "before", "within") or isinstance(asked, dt.date):
        return day_holds(value, name, asked)
    return {
        "equals": lambda: value == asked,
        "equals_any_of": lambda: value in asked,
        "contains": lambda: asked in value,
        "contains_any_of": lambda: any(term in value for term in terms(asked)),
        "contains_all_of": lambda: all(term in value for term in terms(asked)),
        "starts_with": lambda: value.startswith(asked),
        "ends_with": lambda: value.endswith(asked),
    }[name]()


def day_holds(value: str, name: str, asked: object) -> bool:
    """A rule on the day that a text begins with."""
    day = value[:10] if re.match(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", value) else None
    if day is None:
        return False
    if name == "within":
        return str(asked["from"]) <= day <= str(asked["to"])
    return {"equals": day == str(asked), "after": day > str(asked), "before": day < str(asked)}[name]


def folded(asked: object) -> object:
    if isinstance(asked, list):
        return [folded(one) for one in asked]
    return lower(asked) if isinstance(asked, str) else asked


def included(value: object, how: dict | None) -> bool:
    """Include/exclude: all rules or any of them."""
    if how is None:
        return True
    rules = how.get("all") or how.get("any") or [{name: asked for name, asked in how.items() if name != "case_sensitive"}]
    if not how.get("case_sensitive", True):
        rules = [{name: folded(asked) for name, asked in rule.items()} for rule in rules]
        value = lower(value)
    return (any if "any" in how else all)([rule_holds(value, rule) for rule in rules])


def bucket(text: str, how: object) -> str | None:
    """M2: [a, b), below the first edge, from the last one on."""
    how = {"edges": how} if isinstance(how, list) else how
    edges, value = how["edges"], number(text)
    if value is None:
        return None
    at = sum(value >= edge for edge in edges)
    if "labels" in how:
        return how["labels"][at]
    if at == 0:
        return f"Less than {edges[0]}"
    return f"{edges[at - 1]} to {edges[at]}" if at < len(edges) else f"Greater than or equal to {edges[-1]}"


def day_label(text: str, size: str, calendar: object) -> str | None:
    """The name of the bucket that the day, or the instant, lies in with which a text begins."""
    if size in CLOCK:
        clock = re.match(r"[ T]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(?![\d:])", text[10:], re.ASCII)
        day = day_label(text, "day", calendar)
        return f"{day} {':'.join([part or '00' for part in clock.groups()][: CLOCK[size]] + ['00'] * (size == 'hour'))}" if day and clock else None
    try:
        return label_of_day(dt.date.fromisoformat(text[:10]), size, calendar) if text[4:5] == text[7:8] == "-" else None
    except ValueError:
        return None


def settled(text: str | None, how: dict, calendar: object = "gregorian") -> str | list[str] | None:
    """O10: include and exclude, then case, substring, labels, buckets of numbers or days; blank text is not set.

    A delimiter to an array makes a list of the first ten parts, those that are set.
    """
    text, many = clean(text), gives_list(how)
    if text is None or not included(text, how.get("include")):
        return [] if many else None
    if how.get("lowercase"):
        text = lower(text)
    if many:
        parts = [named(clean(part), how, calendar) for part in text.split(how["substring"]["delimiter"]["by"])[:10]]
        return [part for part in parts if part is not None]
    return named(substring(text, how["substring"]) if "substring" in how else text, how, calendar)


def gives_list(how: dict) -> bool:
    """Whether a delimiter makes several values of one."""
    return bool((how.get("substring") or {}).get("delimiter", {}).get("array"))


def named(text: str | None, how: dict, calendar: object) -> str | None:
    """Labels of Booleans, buckets, days."""
    if text in ("true", "false"):
        text = how.get(f"{text}_label", text)
    if "buckets" in how and text is not None:
        text = bucket(text, how["buckets"])
    if "granularity" in how and text is not None:
        text = day_label(text, how["granularity"], calendar)
    return clean(text)


def no_value(view: dict, dimension: str) -> dict:
    """What a dimension does without a value: label, show, as_value."""
    how = spec_of(view, "dimensions", dimension).get("no_value") or {}
    how = {"label": how} if isinstance(how, str) else how
    return {"label": view.get("no_value", "No value"), "show": True, "as_value": False, **how}


def hides(ask: dict, view: dict, dimension: str) -> bool:
    """Whether a report of one dimension has no row for *no value*: as it says, else as the dimension says."""
    asked = ask.get("include_no_value")
    return not (no_value(view, dimension)["show"] if asked is None else asked)


def filled(text: str | None, view: dict, dimension: str) -> str | None:
    """O8: no value as a value; what persists may be null again, where nothing lasts."""
    how = no_value(view, dimension)
    return how["label"] if text is None and how["as_value"] else text


def amount(value: float | str | None, how: dict) -> float | None:
    """M1, M2: an amount that fails the rules is null, and so is the side of a Boolean that does not count.

    A text counts as an instance, whatever it is; otherwise it is the number that it says, or null.
    """
    value = clean(value)
    if value is None or not included(value, how.get("include")):
        return None
    if how.get("behavior") == "instances":
        return 1.0
    value = number(value) if isinstance(value, str) else value
    counted = how.get("values_to_count")
    if value is None:
        return None
    if counted is None:
        return value
    return 1.0 if counted == "both" or bool(value) == counted else None


def each(value: object, depth: int, of: object) -> object:
    """All leaves of nested lists changed."""
    if depth == 0:
        return of(value)
    return [each(one, depth - 1, of) for one in value] if isinstance(value, list) else value


def array_depth(view: dict, kind: str, name: str) -> int:
    """How deep a component lies in arrays of events, whatever persists."""
    how = spec_of(view, kind, name)
    if gives_list(how):
        return 0
    return (how.get("field") or "").count("[]") if "persistence" in how else len(path(view, kind, name))


def lay(events: list[dict], view: dict, some: list[str]) -> None:
    """Put the settled values of some components on events."""
    for name in [name for name in view.get("dimensions", {}) if name in some]:
        how = spec_of(view, "dimensions", name)
        depth = array_depth(view, "dimensions", name)
        for event in events:
            event[name] = each(event.get(name), depth, lambda value, how=how, name=name: filled(settled(value, how, view.get("calendar", "gregorian")), view, name))
    for name in [name for name in view.get("metrics", {}) if name in some]:
        how = spec_of(view, "metrics", name)
        if "calculate" not in how:
            depth = array_depth(view, "metrics", name)
            for event in events:
                event[name] = each(event.get(name), depth, lambda value, how=how: amount(value, how))

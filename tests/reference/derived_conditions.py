"""Conditions of the function case when, in plain Python."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.reference.derived_inputs import Taken, as_instant

NEGATIVE = {
    "does_not_equal": "equals", "equals_none_of": "equals_any_of", "does_not_contain": "contains",
    "contains_none_of": "contains_any_of", "does_not_contain_all_of": "contains_all_of",
    "does_not_start_with": "starts_with", "starts_with_none_of": "starts_with_any_of", "does_not_end_with": "ends_with",
    "ends_with_none_of": "ends_with_any_of",
}  # fmt: skip

ORDERED = ("at_least", "at_most", "more_than", "less_than")


def holds(test: dict, taken: Taken) -> bool:
    if "all" in test:
        return all(holds(part, taken) for part in test["all"])
    if "any" in test:
        return any(holds(part, taken) for part in test["any"])
    if "exclude" in test:
        return not holds(test["exclude"], taken)
    return all(compared(test["input"], name, asked, taken) for name, asked in test.items() if name != "input")


def compared(one: object, name: str, asked: object, taken: Taken) -> bool:
    if name == "exists":
        return (taken.text(one) is not None) == asked
    if name in NEGATIVE:
        return not compared(one, NEGATIVE[name], asked, taken)
    if name == "within" or isinstance(asked, date) or (isinstance(asked, str) and name in ORDERED):
        return on_days(name, taken.instant(one), asked, taken.zone)
    if name in ORDERED or (name == "equals" and not isinstance(asked, str)):
        return ordered(name, taken.number(one), asked)
    text = taken.text(one)
    if text is None:
        return False
    texts = [str(part) for part in asked] if isinstance(asked, list) else [str(asked)]
    kind = next(kind for kind in ("equals", "contains", "starts_with", "ends_with") if name.startswith(kind))
    found = [{"equals": text == part, "contains": part in text, "starts_with": text.startswith(part), "ends_with": text.endswith(part)}[kind]
             for part in texts]  # fmt: skip
    return all(found) if name == "contains_all_of" else any(found)


def on_days(name: str, found: datetime | None, asked: object, zone: str) -> bool:
    """A moment compared with a range of days, a day or an instant; everything on a day equals it."""
    if name == "equals" and not isinstance(asked, datetime):
        name, asked = "within", {"from": asked, "to": asked}
    if name == "within":
        first, after = (as_instant(one, zone) for one in (asked["from"], asked["to"] + timedelta(days=1)))
        return found is not None and first <= found < after
    return ordered(name, found, as_instant(asked, zone))


def ordered(name: str, found: object, edge: object) -> bool:
    if found is None:
        return False
    return {"equals": found == edge, "at_least": found >= edge, "at_most": found <= edge, "more_than": found > edge,
            "less_than": found < edge}[name]  # fmt: skip

"""Value settings drawn at random: what a dimension or a metric may make of its values."""

from __future__ import annotations

import datetime as dt

TERMS = ("o", "e", "H", "pr", "öke", "a/", "me", "car")


def edge(chance, word, *, last):
    """Where a part of a text begins or ends."""
    match = {"match": chance.choice(["o", "e", "/", "ho", "//"]), "index": chance.choice([1, 1, 2]), "include": chance.random() < 0.5}
    return chance.choice([word, chance.randint(0, 6), match, *([{"length": chance.randint(1, 4)}] if last else [])])


def cut(chance, first, last):
    """A part between two edges, either of which may be left out."""
    found = {"from": edge(chance, first, last=False), "to": edge(chance, last, last=True)}
    return {name: one for name, one in found.items() if chance.random() < 0.8}


def substring(chance):
    """One of the six methods."""
    return chance.choice([
        {"from_left": cut(chance, "start", "end")},
        {"from_right": cut(chance, "end", "start")},
        {"delimiter": {"by": chance.choice(["o", "/", "om", "e"]), "index": chance.randint(1, 3), "from": chance.choice(["left", "right"])}},
        {"url": chance.choice(["protocol", "host", "path", "hash", {"query": chance.choice(["cid", "id", "c"])}])},
        {"trim": chance.choice([{}, {"characters": "he#/"}, {"whitespace": False, "characters": "e/"}])},
        {"regex": regex(chance)},
    ])  # fmt: skip


def regex(chance):
    """A pattern, alone or with an output; both dialects agree on it."""
    pattern = chance.choice(["o(.)", "([a-z])([a-z])", "^h?(o|e)", "(?:o|e)+", "H", "[^/]+$", "a|(e)", "(o)?m", ".", "x*"])
    groups = pattern.count("(") - pattern.count("(?")
    outputs = ["$&", "<$&>", "$`", "$$$&\\1", *(["$1-$1", "$+"] if groups else []), *(["$2$1"] if groups > 1 else [])]
    if chance.random() < 0.4:
        return pattern
    return {"pattern": pattern, "output": chance.choice(outputs), "case_sensitive": chance.random() < 0.7}


def rule(chance):
    """One rule of a dimension."""
    term, terms = chance.choice(TERMS), chance.sample(TERMS, 2)
    return chance.choice([
        {"equals": "home"}, {"does_not_equal": "home"}, {"equals_any_of": ["home", "cart"]}, {"equals_none_of": ["home", "mail"]},
        {"contains": term}, {"does_not_contain": term}, {"contains_any_of": terms}, {"contains_any_of": " ".join(terms)},
        {"contains_all_of": terms}, {"does_not_contain_any_of": terms}, {"starts_with": term}, {"ends_with": term},
        {"does_not_start_with": term}, {"does_not_end_with": term},
    ])  # fmt: skip


def number_rule(chance):
    """One rule of a metric, or of a dimension of numbers."""
    return {chance.choice(["equals", "does_not_equal", "at_least", "at_most", "more_than", "less_than"]): chance.choice([-1, 0, 1, 1.5, 2])}


def day_rule(chance):
    """One rule of a dimension of days."""
    day = dt.date(2025, 3, chance.randint(1, 3))
    name = chance.choice(["equals", "does_not_equal", "after", "before", "within"])
    return {name: {"from": day, "to": day + dt.timedelta(days=1)} if name == "within" else day}


def include(chance, make):
    """One rule, or some of which all or any must be met."""
    found = {chance.choice(["all", "any"]): [make(chance) for _ in range(chance.choice([1, 2, 2]))]}
    found = make(chance) if chance.random() < 0.4 else found
    return {**found, "case_sensitive": chance.random() < 0.6} if make is not number_rule else found


def no_value(chance):
    """What stands for no value."""
    label = chance.choice([{}, {"label": "home"}, {"label": "Unspecified"}, {"label": "none, at all"}])
    return {**label, **chance.choice([{}, {"show": False}, {"as_value": True}, {"as_value": True}])}


def of_texts(chance, share=0.5):
    """Settings of a dimension of texts."""
    makers = {
        "include": lambda: include(chance, rule), "lowercase": lambda: True, "substring": lambda: substring(chance),
        "no_value": lambda: no_value(chance), "true_label": lambda: "home", "false_label": lambda: "no",
    }  # fmt: skip
    return {name: make() for name, make in makers.items() if chance.random() < share}


def of_numbers(chance):
    """Settings of a dimension of numbers."""
    edges = sorted(chance.sample([-1, 0, 0.5, 1, 2, 2.5, 10], chance.randint(1, 4)))
    labels = [f"bucket {at}" for at in range(len(edges) + 1)]
    found = {"buckets": chance.choice([edges, {"edges": edges}, {"edges": edges, "labels": labels}])}
    if chance.random() < 0.5:
        found["include"] = include(chance, number_rule)
    return {**found, **chance.choice([{}, {"no_value": "nothing"}, {"no_value": {"show": False}}])}


def of_amounts(chance):
    """Settings of a metric."""
    found = {}
    if chance.random() < 0.5:
        found["include"] = include(chance, number_rule)
    return {**found, **chance.choice([{}, {"values_to_count": chance.choice([True, False, "both"])}, {"behavior": "instances"}, {"behavior": "values"}])}


def with_settings(chance, view):
    """A view whose components have some; and a dimension of numbers, and one field as two dimensions."""
    if chance.random() < 0.25:
        return view
    share = chance.choice([0.15, 0.4])
    dimensions = {**view["dimensions"], "size": {"field": "size", **of_numbers(chance)}, "group": {"field": "page", **of_texts(chance)}}
    for name in (name for name in view["dimensions"] if name not in ("size", "group", "tags")):
        if chance.random() < 0.6:
            dimensions[name] = {**long(dimensions[name]), **of_texts(chance, share)}
    tags = {name: one for name, one in of_texts(chance, 0.3).items() if name not in ("substring", "no_value")}
    dimensions["tags"] = {**view["dimensions"]["tags"], **tags, **chance.choice([{}, {"no_value": {"show": False}}])}
    metrics = dict(view["metrics"])
    for name in ("views", "orders", "units", "looking", "waiting"):
        if chance.random() < 0.4:
            metrics[name] = {**long(metrics[name]), **of_amounts(chance)}
            if name == "looking":  # a number of other events, not an event that sets something
                metrics[name].pop("behavior", None)
    if chance.random() < 0.5:
        metrics["calls"] = {**metrics["calls"], "include": include(chance, number_rule), "behavior": chance.choice(["instances", "instances", "values"])}
    return {**view, "dimensions": dimensions, "metrics": metrics, "no_value": chance.choice(["No value", "zzz"])}


def long(component):
    """A component as a mapping."""
    return {"field": component} if isinstance(component, str) else component

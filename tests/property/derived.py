"""Derived fields drawn at random, and events for them with what is hard: blanks, white space, odd URLs, numbers as text."""

from __future__ import annotations

import datetime as dt

ZONE = "America/New_York"
SCHEMA = (
    "a string, b string, url string, amount double, huge double, count bigint, flag boolean, day date, seen timestamp, moment string, "
    "items array<struct<name: string, price: double, tags: array<struct<code: string>>>>"
)
WORDS = ("home", "Home", " home ", "home page#", "", "  ", "email%20marketing", "a,b,,c", "a-b-c", "12", " 1.5 ", "-3e2", "1d", "NaN",
         "é", "𝒳x", "ÀB", "AMS789", "SLC123", "true", "x" * 30, ",", "aaa", "\u2003", "a\nb", "$1", "(a)", "it was great,fine")  # fmt: skip
URLS = (
    "https://www.google.com/", "https://example.com/store/index.html?cid=campaign#cart", "HTTP://u:p@Host.com:8080/a/b/?q=1&q=2",
    "www.site.com/x?cid=1", "/about?cid=em_12&x", "https://[::1]:80/p", "?cid=only", "#top", "mailto:x@y.z", "https://", "://nothing",
    "https://a.com?cid=#h#i", "//cdn.com/x", "https://site.com/?CID=2&cid=ps_abc", "ftp://f.org/a?b?c=1&cid=x=y", "https://a.com/é ü",
    "a://b://c", "1http://x/y", "https:/one.slash/x", "https://h.com/a\nb?cid=n", "https://user@/p",
)  # fmt: skip
MOMENTS = ("2025-03-09", "2025-03-09T06:59:59Z", "2025-11-02 05:30:00", "2024-02-29", "2025-01-31T12:00:00+01:00", "12:00", "soon",
           "2025-13-01", "20250301", "2025-03-31")  # fmt: skip
PATTERNS = (
    r"[^/]+(?=/$|$)", r"cid=([^&]*)", r"^https?://([^/?#]+)", r"(\w+)-(\w+)", r"\d+", r"^.*\.(html|com)", r"(a|ab)(c|$)", r"\bhome\b",
    r"[A-Z]{2,3}(\d{3})", r"(?:[a-z]+\.)+", r"(x)?(a)", r"a{2}", r"^(?!home).", r"[\s,]+", r"[^\W\d]+", r"(?<=a)b?", r"$", r"^.*?e",
)  # fmt: skip
DATES = (dt.date(2025, 3, 9), dt.date(2025, 1, 31), dt.date(2024, 2, 29), dt.date(2025, 11, 2))


def event(chance):
    """One event."""
    day = chance.choice([None, dt.date(2025, 1, 1) + dt.timedelta(days=chance.randrange(400))])
    seen = dt.datetime(2025, 1, 1, 5, tzinfo=dt.UTC) + dt.timedelta(seconds=chance.choice([0, 1, 3600, 86_400, 2_592_000]) * chance.randrange(12))
    items = [
        {"name": chance.choice([None, *WORDS]), "price": chance.choice([None, 0.0, 1.25, -3.0]),
         "tags": [{"code": chance.choice([None, *WORDS])} for _ in range(chance.choice([0, 1, 2]))]}
        for _ in range(chance.choice([0, 0, 1, 3]))
    ]  # fmt: skip
    return {
        "a": chance.choice([None, *WORDS]), "b": chance.choice([None, *WORDS]), "url": chance.choice([None, *URLS]),
        "amount": chance.choice([None, 0.0, -0.0, 2.5, -7.0, float("nan"), float("inf"), 3.75, 10_980.0]),
        "huge": chance.choice([None, 1e15, 1e300, -1e300, 9.2e18, 9.3e18, 1e-300, 0.1]),
        "count": chance.choice([None, 0, 1, 3, -2, 4_000_000_000]), "flag": chance.choice([None, True, False]),
        "day": day, "seen": chance.choice([None, seen]), "moment": chance.choice([None, *MOMENTS]), "items": items,
    }  # fmt: skip


def flat(event):
    """An event as the reference takes it: one value, or list, per path."""
    items = event["items"]
    return {
        **event,
        "items[].name": [one["name"] for one in items],
        "items[].price": [one["price"] for one in items],
        "items[].tags[].code": [[tag["code"] for tag in one["tags"]] for one in items],
    }


def text_field(chance):
    return chance.choice(["a", "b", "a", "b", "url", "flag", "count"])


LISTS = ("equals_any_of", "equals_none_of", "contains_any_of", "contains_none_of", "contains_all_of", "does_not_contain_all_of",
         "starts_with_any_of", "starts_with_none_of", "ends_with_any_of", "ends_with_none_of")  # fmt: skip
TEXTS = ("equals", "does_not_equal", "contains", "does_not_contain", "starts_with", "does_not_start_with", "ends_with", "does_not_end_with")
NUMBERS = ("equals", "does_not_equal", "at_least", "at_most", "more_than", "less_than")


def condition(chance, depth=2):
    """A condition of case when."""
    kind = chance.choice(["text", "text", "list", "number", "day", "on_day", "within", "exists", *(["all", "any", "exclude"] if depth else [])])
    if kind in ("all", "any"):
        return {kind: [condition(chance, depth - 1) for _ in range(chance.choice([1, 2]))]}
    if kind == "exclude":
        return {"exclude": condition(chance, depth - 1)}
    found = {
        "exists": {"input": chance.choice(["a", "amount", "seen", "flag", "day"]), "exists": chance.choice([True, False])},
        "number": {"input": chance.choice(["amount", "huge", "count", "a"]), chance.choice(NUMBERS): chance.choice([0, 1.5, 3, -300])},
        "day": {"input": chance.choice(["day", "seen", "moment"]), "at_least": chance.choice(DATES), "less_than": dt.date(2025, 6, 1)},
        "on_day": {"input": chance.choice(["day", "seen", "moment"]), **chance.choice([
            {chance.choice(["equals", "does_not_equal"]): chance.choice(DATES)},
            {chance.choice(["at_least", "at_most", "more_than", "less_than"]): chance.choice(["2025-03-09", "2025-03-09T12:00:00-04:00"])},
        ])},
        "within": {"input": chance.choice(["day", "seen", "moment"]), "within": {"from": chance.choice(DATES), "to": dt.date(2025, 11, 3)}},
        "list": {"input": text_field(chance), chance.choice(LISTS): chance.sample(["home", "a", "e", "12", "https", "Home"], 2)},
        "text": {"input": text_field(chance), chance.choice(TEXTS): chance.choice(["home", "a", "e", "SLC123", "/"])},
    }
    return found[kind]


def case_when(chance, at):
    values = chance.choice([["Social", "Email", {"field": "b"}], [1, 2.5, {"field": "amount"}], [{"field": "a"}, {"field": "b"}, {"field": "url"}]])
    cases = [{"when": condition(chance), "value": chance.choice(values)} for _ in range(chance.choice([1, 2, 4]))]
    return {"cases": cases, **chance.choice([{}, {"otherwise": chance.choice(values)}])}


def classify(chance, at):
    entries = {key: chance.choice(["One", "two", "", None]) for key in chance.sample(WORDS, 6)}
    return {"input": text_field(chance), "entries": entries, "show_original_values": chance.choice([True, False])}


def concatenate(chance, at):
    inputs = chance.sample(["a", "b", "count", "amount", {"value": "!"}], chance.choice([2, 3]))
    return {"inputs": inputs, "delimiter": chance.choice(["", "-", " | "])}


def merge_fields(chance, at):
    return {"inputs": chance.choice([["a", "b"], ["url", "a", "b"], ["amount", "count"], ["day"] * 2])}


def trim(chance, at):
    cuts = [{"position": chance.choice([1, 3, 40])}, {"length": chance.choice([1, 4, 40])}, {"text": chance.choice(["a", "aa", "/", "%20"])}]
    cut = ({"cut": {"side": side, **cut}} for side in ("left", "right") for cut in cuts)
    return {"input": text_field(chance), **[{}, {"characters": chance.choice(["#?%&/", "a ", "]^-"])}, *cut][at % 8]}


def find_and_replace(chance, at):
    find, replace = chance.choice(["%20", "a", "aa", "$1", "\\", "."]), chance.choice([" ", "", "$0"])
    return {"input": text_field(chance), "find": find, "replace": replace}


def lowercase(chance, at):
    return {"input": text_field(chance)}


def url_parse(chance, at):
    part = ("protocol", "host", "path", "query", "query", "hash", "host")[at % 7]
    parameter = {"parameter": chance.choice(["cid", "q", "c"])} if part == "query" else {}
    return {"input": "a" if at == 6 else "url", "part": part, **parameter}


def split(chance, at):
    way = [{"left": 1}, {"left": 3}, {"right": 1}, {"right": 2}, {"array": True}, {"array": True, "most_values": 2}][at % 6]
    return {"input": chance.choice(["a", "b", "url"]), "delimiter": chance.choice([",", "-", ".", "//", "aa"]), **way}


def typecast(chance, at):
    if at % 2:
        form = chance.choice(["date", "date_time", "time", "month", "year", "day_of_week", "hour"])
        return {"input": chance.choice(["day", "seen", "moment"]), "to": "text", "format": form}
    to = ("text", "number", "integer")[at // 2 % 3]
    return {"input": chance.choice(["a", "amount", "count", "flag", *["huge"] * (to != "text")]), "to": to}


def math(chance, at):
    formulas = ("x + y * 2", "(x - y) / x", "-x ^ 2", "x / (y - y)", "x ^ y", "x * 1.05", "-(x + 1) / 3", "(x ^ 0.5) ^ 2", "x * x * x * x")
    formula = formulas[at % len(formulas)]
    names = [name for name in "xy" if name in formula]
    return {"formula": formula, "inputs": {name: chance.choice(["amount", "huge", "count", "a", {"value": 3}]) for name in names}}


def regex_replace(chance, at):
    replace = chance.choice(["$1", "$&", "<$`>", "$$$+", "x", "", "[$&|$1]"])
    pattern, exact = PATTERNS[at % len(PATTERNS)], chance.choice([True, True, False])
    return {"input": chance.choice(["a", "b", "url"]), "pattern": pattern, "replace": replace, "case_sensitive": exact}


def date_math(chance, at):
    start, end = (chance.choice(["day", "seen", "moment", *DATES[:2]]) for _ in "12")
    unit = ("second", "minute", "hour", "day", "day", "week", "month", "quarter", "year")[at % 9]
    return {"start": start, "end": end, "unit": unit}


def summarize(chance, at):
    numbers, values = ("max", "min", "median", "mean", "sum", "count"), ("count_distinct", "first", "last", "most_common", "least_common", "distinct")
    if at < 12:
        return {"input": ("items[].price", "items[].name")[at % 2], "scope": "event", "how": numbers[at // 2]}
    if at < 24:
        return {"input": ("items[].name", "items[].tags[].code")[at % 2], "scope": "event", "how": values[(at - 12) // 2]}
    return {"input": ("day", "moment", "a", "items[].name")[at % 4], "scope": "event", "how": ("earliest", "latest")[at // 26]}


DRAWN = {one.__name__: one for one in (
    case_when, classify, concatenate, merge_fields, trim, find_and_replace, lowercase, url_parse, split, typecast, math,
    regex_replace, date_math, summarize,
)}  # fmt: skip
KINDS = tuple(DRAWN)
TIMES = {"lowercase": 2, "merge_fields": 6, "regex_replace": len(PATTERNS), "date_math": 18, "case_when": 16, "math": 9, "summarize": 28}


def drawn(chance):
    """Each function several times, with everything that it may have."""
    return {f"{kind}_{at}": [{"function": kind, **make(chance, at)}] for kind, make in DRAWN.items() for at in range(TIMES.get(kind, 8))}


CHAINS = {
    "chain": [
        {"function": "url_parse", "input": "url", "part": "query", "parameter": "cid", "output": "code"},
        {"function": "lowercase", "input": {"output": "code"}, "output": "low"},
        {"function": "case_when", "cases": [{"when": {"input": {"output": "low"}, "starts_with": "em_"}, "value": "Email"}], "otherwise": {"output": "low"}},
    ],
    "of_chain": {"functions": [{"function": "concatenate", "inputs": [{"derived": "chain"}, "a", {"value": " "}], "delimiter": "/"}]},
    "item": [
        {"function": "trim", "input": "items[].name", "output": "name"},
        {"function": "concatenate", "inputs": [{"output": "name"}, "a", {"derived": "chain"}], "delimiter": ":"},
    ],
    "price": [{"function": "math", "formula": "p * 2 - c", "inputs": {"p": "items[].price", "c": {"value": 0.5}}}],
    "tag": [{"function": "concatenate", "inputs": ["items[].tags[].code", "items[].name", "b"], "delimiter": "+"}],
    "codes": [{"function": "split", "input": "a", "delimiter": ",", "array": True, "output": "x"},
              {"function": "summarize", "input": {"output": "x"}, "scope": "event", "how": "last", "output": "y"},
              {"function": "concatenate", "inputs": [{"output": "y"}, "b"], "delimiter": "/"}],
    "spent": [{"function": "math", "formula": "p * 2 - c", "inputs": {"p": "items[].price", "c": {"derived": "dearest"}}, "output": "x"},
              {"function": "summarize", "input": {"output": "x"}, "scope": "event", "how": "sum"}],
    "dearest": [{"function": "summarize", "input": {"derived": "price"}, "scope": "event", "how": "max"}],
    "part": [{"function": "math", "formula": "p / s", "inputs": {"p": "items[].price", "s": {"derived": "spent"}}}],
    "newest": [{"function": "merge_fields", "inputs": ["items[].tags[].code", "items[].name"], "output": "x"},
               {"function": "summarize", "input": {"output": "x"}, "scope": "event", "how": "most_common", "output": "y"},
               {"function": "lowercase", "input": {"output": "y"}}],
    "each_code": [{"function": "split", "input": "a", "delimiter": ",", "array": True, "output": "x"},
                  {"function": "summarize", "input": {"output": "x"}, "scope": "event", "how": "distinct"}],
    "of_item": [{"function": "lowercase", "input": {"derived": "item"}}],
}  # fmt: skip

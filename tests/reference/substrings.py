"""Substrings: a part of a text, by one of six methods."""

from __future__ import annotations

import re

URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)(/[^?#]*)?(\?[^#]*)?(#.*)?", re.DOTALL)
SPACES = "".join(one for one in map(chr, range(0x3001)) if one.isspace())


def nth(text: str, match: str, index: int) -> int | None:
    """Where the n-th occurrence begins."""
    at = -len(match)
    for _ in range(index):
        at = text.find(match, at + len(match))
        if at < 0:
            return None
    return at


def end_of(text: str, edge: object, begin: int) -> int | None:
    """The first position after the output."""
    if edge == "end":
        return len(text)
    if isinstance(edge, int):
        return edge
    if "length" in edge:
        return begin + edge["length"]
    at = nth(text, edge["match"], edge.get("index", 1))
    return None if at is None else at + (len(edge["match"]) if edge.get("include") else 0)


def from_left(text: str, how: dict) -> str | None:
    """Part of a text between two edges."""
    edge, to, begin, whole = how.get("from", "start"), how.get("to", "end"), 0, 0
    if isinstance(edge, int):
        begin = edge
    elif edge != "start":
        found = nth(text, edge["match"], edge.get("index", 1))
        if found is None:
            return None
        whole = found + len(edge["match"])
        begin = found if edge.get("include") else whole
    end = end_of(text, to, begin)
    if end is None or (end < whole and not (isinstance(to, dict) and "length" in to)):  # the match is not whole
        return None
    return text[begin:end]


def mirrored(edge: object) -> object:
    if isinstance(edge, dict) and "match" in edge:
        return {**edge, "match": edge["match"][::-1]}
    return {"start": "end", "end": "start"}.get(edge, edge) if isinstance(edge, str) else edge


def from_right(text: str, how: dict) -> str | None:
    """The same counted from the right."""
    found = from_left(text[::-1], {name: mirrored(edge) for name, edge in how.items()})
    return None if found is None else found[::-1]


def url(text: str, part: object) -> str | None:
    """A part of a URL."""
    found = URL.fullmatch(text)
    if not found:
        return None
    protocol, authority, place, query, hash_ = found.groups()
    if isinstance(part, dict):
        pairs = [pair.split("=", 1) for pair in (query or "?")[1:].split("&")]
        return next((pair[1] for pair in pairs if len(pair) == 2 and pair[0] == part["query"]), None)
    host = authority.rsplit("@", 1)[-1]
    host = re.sub(r":\d*$", "", host)
    return {"protocol": protocol, "host": host, "path": (place or "/")[1:], "hash": (hash_ or "#")[1:]}[part]


def regex(text: str, how: object) -> str | None:
    """The first match, or what is made of it."""
    how = {"pattern": how} if isinstance(how, str) else how
    found = re.search(how["pattern"], text, 0 if how.get("case_sensitive", True) else re.IGNORECASE)
    if not found:
        return None

    def placed(mark: re.Match) -> str:
        name = mark[1]
        if name.isdigit():
            return found[int(name)] or ""
        return {"$": "$", "&": found[0], "`": text[: found.start()], "+": found[found.re.groups] or ""}[name]

    return re.sub(r"\$(\d|[$&`+])", placed, how.get("output", "$&"))


def substring(text: str, how: dict) -> str | None:
    """One of the six methods."""
    [(method, asked)] = how.items()
    if method == "delimiter":
        parts, index = text.split(asked["by"]), asked.get("index", 1)
        parts = text[::-1].split(asked["by"][::-1]) if asked.get("from") == "right" else parts
        found = parts[index - 1] if index <= len(parts) else None
        return found[::-1] if found and asked.get("from") == "right" else found
    if method == "trim":
        return text.strip((SPACES if asked.get("whitespace", True) else "") + asked.get("characters", ""))
    return {"from_left": from_left, "from_right": from_right, "url": url, "regex": regex}[method](text, asked)

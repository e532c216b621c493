"""Choosing an identity from an identityMap in plain Python (F4 of the specification of identity)."""

from __future__ import annotations

from tests.reference.stitching import blank, utf8


def choose(entries, choice, *, stitched):
    """The (namespace, id) chosen, or None. An entry is a dict: namespace, id, primary; `choice` primary or a namespace."""
    set_ = [entry for entry in entries if not blank(entry["id"])]
    pairs = [(entry["namespace"], entry["id"]) for entry in set_]
    if choice != "primary":
        ids = [id_ for namespace, id_ in pairs if namespace == choice]
        if not ids:
            return None
        return choice, min(ids, key=utf8) if stitched else ids[0]
    flagged = [pair for pair, entry in zip(pairs, set_, strict=True) if entry["primary"]]
    if flagged:
        return min(flagged, key=lambda pair: (utf8(pair[0]), utf8(pair[1])))
    return pairs[0] if len(pairs) == 1 else None

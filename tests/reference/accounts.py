"""Accounts by mapping time in plain Python (F20); slow.

A mapping is a dict: person and account (text or None), since (ms UTC; None where the dataset has no mapping time), file (the
place of its file in the order of arrival). An event is a dict: person (text or None), t (ms UTC).
"""

from __future__ import annotations

from tests.reference.stitching import blank, utf8


def valid(mapping):
    return not blank(mapping["person"]) and not blank(mapping["account"])


def newest(mappings):
    """What counts: of a person and mapping time the file that arrived last, of its rows the smallest account."""
    found = {}
    for one in filter(valid, mappings):
        key, rank = (one["person"], one["since"]), (-one["file"], utf8(one["account"]))
        if key not in found or rank < found[key][0]:
            found[key] = (rank, one["account"])
    return {key: account for key, (_, account) in found.items()}


def account_of(person, t, mappings):
    """The account with the latest mapping time at or before an instant; before the first one, the earliest account."""
    own = sorted((-(10**18) if since is None else since, account) for (who, since), account in newest(mappings).items() if who == person)
    before = [account for since, account in own if since <= t]
    return before[-1] if before else own[0][1] if own else None


def accounts_of(events, mappings):
    """Per event its account, None where its person has none."""
    return [account_of(event["person"], event["t"], mappings) for event in events]

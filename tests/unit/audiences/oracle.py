"""What the tables must hold after some runs, in plain Python: sets, dictionaries, no Spark and no code of the package."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

import xxhash


def attr_hash(attrs):
    if attrs is None:
        return None
    number = xxhash.xxh64(attrs.encode(), seed=42).intdigest()
    return number - (1 << 64) if number >= 1 << 63 else number


def expected(runs, audience_id, pepper, ttl=timedelta(days=16), due=timedelta(days=4)):
    """Changes, members and memberships after runs of (as_of, {id: attrs}), all of namespace CRM."""
    changes, members, store, profiles = [], {}, {}, {}
    for run_seq, (as_of, people) in enumerate(runs, 1):
        for id_ in sorted(set(people) | {key for key, row in members.items() if row["status"] == "realized"}):
            before = members.get(id_)
            inside = before is not None and before["status"] == "realized"
            attrs = people[id_] if id_ in people else before["attrs"]
            if id_ in people and not inside:
                op = "enter"
            elif id_ not in people:
                op = "exit"
            elif attrs != before["attrs"]:
                op = "update"
            elif as_of - before["asserted_at"] >= due:
                op = "heartbeat"
            else:
                continue
            key = f"crm:{id_}"
            ref = hmac.new(pepper, key.encode(), hashlib.sha256).hexdigest()
            hashed = "" if attrs is None else str(attr_hash(attrs))
            change_id = hashlib.sha256("\x1f".join([audience_id, str(run_seq), op, ref, hashed]).encode()).hexdigest()
            status = "exited" if op == "exit" else "realized"
            until = None if op == "exit" else as_of + ttl
            changes.append((run_seq, op, change_id, key, "CRM", id_, ref, status, as_of, until, attrs))
            members[id_] = {
                "status": status, "attrs": attrs, "asserted_at": as_of, "valid_until": until, "run_seq": run_seq,
                "entered_at": as_of if op == "enter" else before["entered_at"],
                "exited_at": as_of if op == "exit" else None, "change_id": change_id, "profile_key": key, "person_ref": ref,
            }  # fmt: skip
            store[key] = (key, ref, status, as_of, until, attrs, run_seq, change_id)
            if op != "exit":
                profiles.setdefault(key, (key, "CRM", id_, ref, audience_id, run_seq, as_of))
    return {
        "changes": sorted(changes, key=str),
        "members": sorted(
            (
                tuple(
                    row[name]
                    for name in (
                        "profile_key", "person_ref", "status", "entered_at", "asserted_at", "exited_at", "valid_until",
                        "attrs", "run_seq", "change_id",
                    )
                )
                for row in members.values()
            ),
            key=str,
        ),
        "memberships": sorted(store.values(), key=str),
        "profiles": sorted(profiles.values(), key=str),
    }  # fmt: skip

"""What a streaming inlet of tests knows: the requests that came, and the state of every profile, as a profile store keeps it."""

from __future__ import annotations

import hashlib
import json
import threading
import time

TOLD = ("requests", "memberships", "definitions", "taken")
NAMES = ("script", "always", "keep_bodies", *TOLD)


class Store:
    """Requests, memberships, definitions, and how often each message took effect."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.script: list[dict] = []
        self.always: dict = {"do": "take"}
        self.keep_bodies = False
        self.requests: list[dict] = []
        self.memberships: dict[str, dict] = {}
        self.definitions: dict[str, dict] = {}
        self.taken: dict[str, int] = {}

    def next_behaviour(self) -> dict:
        with self.lock:
            return self.script.pop(0) if self.script else self.always

    def told(self) -> dict:
        with self.lock:
            return {name: getattr(self, name) for name in TOLD}

    def note(self, path: str, headers: dict, body: bytes, behaviour: dict) -> list[dict]:
        """Note a request; gives its messages."""
        messages = _messages(body)
        one = {
            "at": time.monotonic(), "path": path, "headers": headers, "bytes": len(body), "do": behaviour["do"],
            "sha": hashlib.sha256(body).hexdigest(), "ids": [entity_of(message)["_id"] for message in messages],
        }  # fmt: skip
        with self.lock:
            self.requests.append(one | ({"body": body.decode("utf-8", "replace")} if self.keep_bodies else {}))
        return messages

    def keep(self, message: dict) -> None:
        """Let a message take effect: a newer state replaces an older one, never the other way."""
        entity = entity_of(message)
        with self.lock:
            self.taken[entity["_id"]] = self.taken.get(entity["_id"], 0) + 1
            if "segmentName" in entity:
                self.definitions[entity["_id"]] = entity
                return
            [(namespace, [identity])] = entity["identityMap"].items()
            profile = f"{namespace.lower()}:{identity['id']}"
            if message["header"].get("operations", {}).get("data") == "delete":
                for known in [one for one in self.memberships if one.endswith(f" {profile}")]:
                    del self.memberships[known]
                return
            for audiences in entity["segmentMembership"].values():
                for audience, state in audiences.items():
                    self._keep(f"{audience} {profile}", {**state, "_id": entity["_id"]})

    def _keep(self, key: str, state: dict) -> None:
        before = self.memberships.get(key)
        if before is None or before["lastQualificationTime"] <= state["lastQualificationTime"]:
            self.memberships[key] = state


def _messages(body: bytes) -> list[dict]:
    try:
        told = json.loads(body)
    except ValueError:
        return []
    return told.get("messages", [told])


def entity_of(message: dict) -> dict:
    return message["body"]["xdmEntity"]

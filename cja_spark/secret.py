"""Secrets: written as references to the environment or to a file, read where they are used, and shown nowhere."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from cja_spark.errors import ConfigurationError

HOW = "write a reference, ${env:NAME} or ${file:/path}, never the value"
_REFERENCE = re.compile(r"^\$\{(env|file):(.+)\}$")
# The words of `spark.redaction.regex` and some more; what provides credentials is the name of a class.
_NAMES = re.compile(
    r"secret|passw|passphrase|pwd|token|key|credential|dsn|pepper|(?<![a-z])sas(?![a-z])", re.IGNORECASE
)
_PROVIDER = re.compile(r"provider(\.\w+)?$", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"://[^/@]*:[^/@]*@")
_revealed: set[str] = set()  # of this process; kept only so that texts can be cleaned of them


def is_reference(text: str) -> bool:
    """Whether a text stands for a secret that lies elsewhere."""
    return bool(_REFERENCE.match(text))


def fault_in(name: str, text: str) -> str | None:
    """What is wrong with a setting: a secret as a value, or a reference that cannot be meant; the value is not in it."""
    if is_reference(text):
        return None
    if text.startswith("${"):
        return f"'{name}' has a reference that is none: {HOW}."
    if _NAMES.search(name) and not _PROVIDER.search(name):
        return f"'{name}' looks like a secret: {HOW}."
    return None


def has_password(address: str) -> bool:
    """Whether a path carries a user's password."""
    return bool(_IN_ADDRESS.search(address))


def behind(reference: str) -> bytes:
    """What a reference stands for; empty where there is nothing.

    Raises:
        ConfigurationError: the text is no reference.
    """
    found = _REFERENCE.match(reference)
    if not found:
        raise ConfigurationError(f"A secret is expected: {HOW}.")
    kind, place = found.groups()
    if kind == "env":
        return os.environ.get(place, "").encode("utf-8")
    return Path(place).read_bytes().strip() if Path(place).is_file() else b""


def revealed(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings with what their references stand for.

    Raises:
        ConfigurationError: there is nothing behind a reference.
    """
    found = dict(settings)
    for name, text in settings.items():
        if is_reference(text):
            found[name] = behind(text).decode("utf-8")
            if not found[name]:
                raise ConfigurationError(f"'{name}': there is nothing behind {text}.")
            _revealed.add(found[name])
    return found


def without_secrets(text: str) -> str:
    """A text for a log or a message, without any secret that this process has read."""
    for secret in sorted(_revealed, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text

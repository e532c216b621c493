"""Addresses: places of files that a configuration or a command line names, and which of them may be used (S6)."""

from __future__ import annotations

import os
import re
from pathlib import Path

from cja_spark.errors import ConfigurationError
from cja_spark.secret import has_password

SCHEMES = ("file", "s3a", "abfss", "gs", "hdfs")
ROOTS = "CJA_ROOTS"
_SCHEME = re.compile(r"^([^/?#\\]*?):")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]")
_ENCODED = re.compile(r"%(?:00|2e|2f|5c)", re.IGNORECASE)


def fault_of(address: str, *, up: bool = False) -> str | None:
    """Why an address cannot be used; None where it can. The address is not in the answer.

    Args:
        address: a path, a URI, or `catalogue:schema`.
        up: whether a relative path may begin with `..`: places of a project that lie beside its folder.
    """
    if _UNSEEN.search(address) or "\\" in address:
        return "a path has no control characters, no invisible ones and no backslash"
    if address.startswith("catalogue:"):
        return None  # the name of a schema has rules of its own
    if has_password(address):
        return "the address carries a password; give it to Spark as a setting of the file system"
    scheme = _SCHEME.match(address)
    if scheme and (fault := _fault_of_uri(address, scheme[1])):
        return fault
    return _fault_of_steps(address[scheme.end() :] if scheme else address, up=up and not scheme)


def _fault_of_uri(address: str, scheme: str) -> str | None:
    if scheme not in SCHEMES:
        return f"a URI begins with one of {', '.join(f'{name}:' for name in SCHEMES)}"
    if _ENCODED.search(address):
        return "a URI does not hide dots, slashes or zero bytes behind percent signs"
    if scheme == "file" and re.match(r"file://[^/]", address):
        return "a file: URI names no host"
    return None


def _fault_of_steps(address: str, *, up: bool) -> str | None:
    """`..` leads out of a place that was allowed; only at the beginning of a relative path can that be meant."""
    steps = address.split("/")
    leading = 0
    while up and leading < len(steps) and steps[leading] == "..":
        leading += 1
    if ".." in steps[leading:]:
        return "'..' in the middle of a path is not followed" if up else "'..' is not followed here"
    return None


def require_address(address: str, what: str, *, up: bool = False) -> str:
    """The address, if it can be used.

    Raises:
        ConfigurationError: it cannot.
    """
    if (fault := fault_of(address, up=up)) is not None:
        raise ConfigurationError(f"{what}: {fault}.")
    return address


def require_root(address: str, what: str) -> str:
    """The address, if it lies under one of the folders that `CJA_ROOTS` allows, commas between; without the variable all are allowed.

    Links are followed first: what counts is where a file really lies. URIs of other file systems are compared as they
    are written.

    Raises:
        ConfigurationError: it lies elsewhere.
    """
    given = os.environ.get(ROOTS, "")
    if not given or address.startswith("catalogue:"):
        return address
    if any(_within(address, root) for root in given.split(",") if root):
        return address
    raise ConfigurationError(f"{what}: the place is under none of the folders that {ROOTS} allows.")


def _within(address: str, root: str) -> bool:
    place, allowed = _local(address), _local(root)
    if place is None or allowed is None:
        return place is allowed is None and f"{address.rstrip('/')}/".startswith(f"{root.rstrip('/')}/")
    return place.is_relative_to(allowed)


def _local(address: str) -> Path | None:
    """Where a path of this machine's disks really lies; None for another file system."""
    if _SCHEME.match(address) and not address.startswith("file:"):
        return None
    path = address.removeprefix("file://").removeprefix("file:")
    return Path(path.split("*", 1)[0] or "/").resolve()

"""Manage audiences without a run: pause, resume, rename, renew; each under the audience's claim."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from cja_spark.audiences.claims import claimed
from cja_spark.audiences.register import LONGEST, Registered, change, find, require_known
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.tables import require_tables
from cja_spark.errors import ConfigurationError
from cja_spark.lake import Lake
from cja_spark.sources.failures import spark_errors


def pause(lake: Lake, name: str) -> Registered:
    """Begin no run of an audience until it is resumed; its memberships lapse meanwhile, what is committed is delivered.

    Raises:
        ConfigurationError: nobody published an audience of that name.
        ClaimError: a run is at it (exit 7).
    """
    with _held(lake, name, "pause") as entry:
        return change(lake, entry, status="paused")


def resume(lake: Lake, name: str) -> Registered:
    """Let a paused audience go on; slots that it missed become one run.

    Raises:
        ConfigurationError: nobody published an audience of that name.
        ClaimError: a run is at it (exit 7).
    """
    with _held(lake, name, "resume") as entry:
        return change(lake, entry, status="active") if entry.status == "paused" else entry


def rename(lake: Lake, name: str, new: str, of_project: Collection[str]) -> Registered:
    """Call an audience otherwise: same id, same members, no run (A18). A second call changes nothing.

    Args:
        lake: the lake.
        name: what it was called.
        new: what its file is called now.
        of_project: the names of the project's files.

    Raises:
        ConfigurationError: its file is not renamed yet, nobody published it, or another audience has the name.
        ClaimError: a run is at it (exit 7).
    """
    if new not in of_project or name in of_project:
        raise ConfigurationError(f"Rename audiences/{name}.yaml to audiences/{new}.yaml first, then run this again.")
    with spark_errors("rename", lake.location):
        require_tables(lake)
        taken = find(lake, new)
        if taken is not None and find(lake, name) is None:
            return taken
    if taken is not None:
        raise ConfigurationError(f"Another audience is called '{new}' already: {taken.audience_id}.")
    with _held(lake, name, "rename") as entry:
        return change(lake, entry, name=new)


def renew(lake: Lake, audience: Audience, now: datetime) -> Registered:
    """Let an audience live for 13 months from now, expired or not (A6).

    Raises:
        ConfigurationError: nobody published it, or its file says when it ends.
        ClaimError: a run is at it (exit 7).
    """
    if audience.expires is not None:
        raise ConfigurationError(
            f"audience '{audience.name}': its file says 'expires: {audience.expires}'; write a later day there, at most "
            "13 months ahead, or take the line out."
        )
    with _held(lake, audience.name, "renew") as entry:
        status = "active" if entry.status == "expired" else entry.status
        return change(lake, entry, expires_at=max(entry.expires_at, now + LONGEST), status=status)


@contextmanager
def _held(lake: Lake, name: str, command: str) -> Iterator[Registered]:
    """The entry of an audience while nobody else changes it."""
    with spark_errors(command, lake.location):
        require_tables(lake)
        known = require_known(lake, name)
        with claimed(lake, known.audience_id, str(uuid.uuid4()), command):
            yield require_known(lake, name)

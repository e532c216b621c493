"""Erasure from PostgreSQL: a profile and its memberships of all audiences, by the role that may delete (S9)."""

from __future__ import annotations

from collections.abc import Sequence

from cja_spark.failpoints import failpoint
from cja_spark.sinks.chunk import ErasedKey
from cja_spark.sinks.postgres.apply import ATTEMPT_S, Work
from cja_spark.sinks.postgres.connect import deadline
from cja_spark.sinks.postgres.errors import guarded

DELETED, ABSENT = "deleted", "absent"


def erase(work: Work, keys: Sequence[ErasedKey]) -> str:
    """Delete profiles in one transaction; gives whether any of them was there. Again it deletes nothing.

    Raises:
        SinkError: by class and code.
    """
    return guarded(lambda: _erased(work, sorted({one.profile_key for one in keys})))


def _erased(work: Work, keys: list[str]) -> str:
    with deadline(work.connection, ATTEMPT_S), work.connection.transaction():
        work.begin()
        gone = work.execute(work.statements.erase_memberships, {"keys": keys}).rowcount
        gone += work.execute(work.statements.erase_profiles, {"keys": keys}).rowcount
        failpoint("pg.before_erase_commit")
    failpoint("pg.after_erase_commit")
    return DELETED if gone else ABSENT

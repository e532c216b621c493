"""Managing: pause, resume, rename, renew and delete audiences of a lake."""

from __future__ import annotations

from datetime import UTC, datetime

from cja_spark.audiences import manage
from cja_spark.audiences.delete import delete as delete_audience
from cja_spark.audiences.receipts import PublishReceipt
from cja_spark.audiences.register import Registered
from cja_spark.instants import in_utc
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.publishing import chosen
from cja_spark.sources.failures import spark_errors


def pause(lake: Lake, name: str) -> Registered:
    """Begin no run of an audience until it is resumed; its memberships lapse meanwhile, what is committed is delivered.

    Raises:
        ConfigurationError: nobody published an audience of that name.
        ClaimError: a run is at it (exit 7).
    """
    with spark_errors("pause", lake.location):
        return manage.pause(lake, name)


def resume(lake: Lake, name: str) -> Registered:
    """Let a paused audience go on; slots that it missed become one run.

    Raises:
        ConfigurationError: nobody published an audience of that name.
        ClaimError: a run is at it (exit 7).
    """
    with spark_errors("resume", lake.location):
        return manage.resume(lake, name)


def rename(lake: Lake, project: Project, name: str, new: str) -> Registered:
    """Call an audience otherwise, once its file is renamed: same id, same members, no run (A18).

    Raises:
        ConfigurationError: its file is not renamed yet, nobody published it, or another audience has the name.
        ClaimError: a run is at it (exit 7).
    """
    with spark_errors("rename", lake.location):
        return manage.rename(lake, name, new, project.audiences)


def renew(lake: Lake, project: Project, name: str, *, now: datetime | None = None) -> Registered:
    """Let an audience live for 13 months from now, expired or not (A6).

    Raises:
        ConfigurationError: a name that no audience has, nobody published it, or its file says when it ends.
        ClaimError: a run is at it (exit 7).
    """
    [audience] = chosen(project, [name])
    with spark_errors("renew", lake.location):
        return manage.renew(lake, audience, in_utc(now) or datetime.now(UTC))


def delete(
    lake: Lake, name: str, *, send_exits: bool = False, as_of: datetime | None = None, take_over: bool = False
) -> PublishReceipt:
    """Delete an audience: its memberships lapse, or its members are told to leave once somebody approved it (A19).

    Raises:
        ConfigurationError: nobody published an audience of that name, or it is deleted.
        ClaimError: another run is at it (exit 7).
    """
    with spark_errors("delete", lake.location):
        return delete_audience(lake, name, send_exits=send_exits, as_of=in_utc(as_of), take_over=take_over)

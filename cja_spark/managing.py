"""Managing: rename, renew and delete audiences of a project; what needs no project is in `audiences.manage`."""

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
from cja_spark.sinks.tell_name import tell_name
from cja_spark.sources.failures import spark_errors


def rename(lake: Lake, project: Project, name: str, new: str) -> Registered:
    """Call an audience otherwise, once its file is renamed: same id, same members, no run (A18).

    Sinks whose receivers show the name hear of it; where one is away, the same call tells it later.

    Raises:
        ConfigurationError: its file is not renamed yet, nobody published it, or another audience has the name.
        ClaimError: a run is at it (exit 7).
        UnavailableError: a sink did not take the name; here it is changed (exit 6).
    """
    entry = manage.rename(lake, name, new, project.audiences)
    with spark_errors("rename", lake.location):
        tell_name(lake, [project.sinks[sink] for sink in project.audiences[new].sinks], entry.audience_id)
    return entry


def renew(lake: Lake, project: Project, name: str, *, now: datetime | None = None) -> Registered:
    """Let an audience live for 13 months from now, expired or not (A6).

    Raises:
        ConfigurationError: a name that no audience has, nobody published it, or its file says when it ends.
        ClaimError: a run is at it (exit 7).
    """
    [audience] = chosen(project, [name])
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

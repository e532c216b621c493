"""Erasing: a file of identities, a project and its lake; every table, sink and file forgets them (publishing.md S9)."""

from __future__ import annotations

from pathlib import Path

from cja_spark.audiences.identity import pepper_beside
from cja_spark.connection.identity_field import IdentityField
from cja_spark.erasure.erase import Wish
from cja_spark.erasure.erase import erase as erase_persons
from cja_spark.erasure.receipts import ErasureReceipt
from cja_spark.erasure.requests import Request, read_request, require_erasure_id, require_plain
from cja_spark.journeys.build import build
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.publishing import placed
from cja_spark.sources.failures import spark_errors


def read_ids(project: Project, ids: str | Path, erasure_id: str, reason: str = "asked") -> Request:
    """Read a file of identities, before Spark starts.

    Raises:
        ConfigurationError: the erasure's id cannot be one, it or the reason tells of a person, there is no file, it is
            empty or no text, or a line names nobody or has a namespace that no dataset has.
    """
    require_erasure_id(erasure_id)
    request = read_request(Path(ids), namespaces_of(project))
    require_plain(request, erasure_id, reason)
    return request


def namespaces_of(project: Project) -> frozenset[str]:
    """The namespaces that identities of a project can have; none where a dataset takes whatever its rows name."""
    found: set[str] = set()
    for one in project.connection.datasets.values():
        for field in (getattr(one, name, None) for name in ("person_id", "persistent_id")):
            if isinstance(field, IdentityField):
                found.add(field.code())
    return frozenset() if "primary" in found else frozenset(found)


def erase(
    lake: Lake, project: Project, request: Request, erasure_id: str, *, reason: str = "asked", take_over: bool = False
) -> ErasureReceipt:
    """Forget the persons of a request in every table and sink of a project's lake; safe to run again.

    Args:
        lake: the lake.
        project: the project.
        request: whom; of `read_ids`.
        erasure_id: the number of the request; the same one with the same file goes on with what died.
        reason: why, for the list of suppressed persons.
        take_over: take the claim of a run that is known to be dead.

    Raises:
        ConfigurationError: the erasure was begun for other identities, or its id or reason tells of one (exit 2).
        UnavailableError: a sink is away; run the same command again (exit 6).
        ClaimError: another run is at it (exit 7).
        ReconcileError: a file still holds an identity (exit 1).
    """
    require_erasure_id(erasure_id)
    require_plain(request, erasure_id, reason)

    def rebuild() -> None:
        if project.connection.events() and lake.events.exists():
            accounts = tuple(project.connection.accounts())
            build(lake, project.view, project.connection.matches(), full=True, accounts=accounts)

    sinks = {name: placed(project, sink) for name, sink in project.sinks.items()}
    pepper = pepper_beside(lake.location)
    wish = Wish(lake, sinks, request, erasure_id, pepper, project.connection, project.view.name, rebuild, reason)
    with spark_errors("erase", lake.location):
        return erase_persons(wish, take_over=take_over)

"""A small shop with audiences, on which the verbs run in this process."""

from __future__ import annotations

from cja_spark.audiences.tables import MEMBERS
from cja_spark.driver_reads import equal
from cja_spark.lake import Lake
from cja_spark.plan import lake_of
from cja_spark.project import load
from tests.bad_input.shop import Shop, event, lines

BUYERS = "segments: buyers\nrefresh: daily\nlookback: 30 days\nsinks: [store]\n"


def shop_with(folder, *audiences, sink="sink: delta\n"):
    """A shop whose events are connected and built, with audiences of the buyers."""
    shop = Shop(folder)
    shop.write("conf/sinks/store.yaml", sink)
    for name in audiences:
        shop.write(f"conf/audiences/{name}.yaml", BUYERS)
    build(shop)
    return shop


def build(shop, *events):
    """Load events that came later, if any, and build the journeys."""
    if events:
        shop.raw(f"web/{events[0]['id']}.json", lines(*events))
    assert [shop.run("connect"), shop.run("journey")] == [0, 0]


def project_and_lake(spark, shop):
    project = load(shop.project)
    return project, lake_of(spark, project)


def members(spark, shop):
    """Who is in which audience."""
    rows = Lake(spark, str(shop.lake)).table(MEMBERS).rows("id", where=equal(status="realized"))
    return sorted(row["id"] for row in rows)


__all__ = ["build", "event", "members", "project_and_lake", "shop_with"]

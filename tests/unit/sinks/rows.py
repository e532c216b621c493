"""Changes as a sink is given them."""

from datetime import UTC, datetime

from cja_spark.sinks.chunk import Change

AS_OF = datetime(2026, 8, 1, tzinfo=UTC)


def change(id_, *, op="enter", change_id=None, attrs=None):
    status = "exited" if op == "exit" else "realized"
    until = None if op == "exit" else datetime(2026, 8, 17, tzinfo=UTC)
    return Change(
        op, change_id or f"c-{id_}", f"crm:{id_}", "CRM", id_, "f" * 64, status, AS_OF, until, attrs, 1
    )  # fmt: skip

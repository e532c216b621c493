"""What a publish or a delivery tells of its lineage: what it is to read and write, and from its receipt how it ended."""

from __future__ import annotations

from collections.abc import Iterable

from cja_spark.audiences.receipts import DeliverReceipt, PublishReceipt
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.tables import CHANGES, MEMBERS
from cja_spark.lake import Lake
from cja_spark.watch.lineage import Data, Ending, Run


def publish_run(lake: Lake, project: str, view: str, audience: str, run_id: str) -> Run:
    """A publish as it begins."""
    return Run(
        run_id, project, f"publish.{audience}", inputs=(Data(lake.journeys(view).address),),
        outputs=(Data(lake.table(CHANGES).address), Data(lake.table(MEMBERS).address)),
    )  # fmt: skip


def published(ending: Ending, run: Run, one: PublishReceipt) -> None:
    """How it ended; a run that committed nothing wrote no rows."""
    committed = one.state == "committed" and one.run_id == run.run_id
    rows = one.enter + one.update + one.exit + one.heartbeat if committed else 0
    [read], [changes, members] = run.inputs, run.outputs
    ending.code, ending.why = one.exit_code, one.state
    ending.inputs = (read._replace(version=one.inputs.get("journeys")),)
    ending.outputs = (changes._replace(rows=rows), members)
    ending.told = {
        "audience_id": one.audience_id, "run_seq": one.run_seq, "kind": one.kind, "state": one.state, "people": one.people,
    }  # fmt: skip


def deliver_run(lake: Lake, project: str, audiences: Iterable[Audience], run_id: str) -> Run:
    """A delivery as it begins; a sink is a place of its own, whatever is behind it."""
    outputs = tuple(Data(f"cja://sinks/{name}") for name in sorted({name for one in audiences for name in one.sinks}))
    return Run(run_id, project, "deliver", inputs=(Data(lake.table(CHANGES).address),), outputs=outputs)


def delivered(ending: Ending, run: Run, receipt: DeliverReceipt) -> None:
    """How it ended, with the rows that each sink took."""
    rows: dict[str, int] = {}
    for one in receipt.sinks:
        at = f"cja://sinks/{one.sink}"
        rows[at] = rows.get(at, 0) + one.acked
    ending.code = receipt.exit_code
    ending.outputs = tuple(one._replace(rows=rows.get(one.address, 0)) for one in run.outputs)

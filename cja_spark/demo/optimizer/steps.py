"""Runs of journeys: the steps that a person takes, and the messages that they ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.library import Journey, Node
from cja_spark.demo.optimizer.messages import Order
from cja_spark.demo.optimizer.people import Person
from cja_spark.demo.optimizer.row import SECOND, Body, Row, event, identity_map

# What a service answers, of a hundred calls; only an error ends the run.
ANSWERS = {"ok": 88, "http": 5, "timeout": 4, "capping": 3}
ENDED = ("ended", "EndStep", "endStep")  # spellings of stepStatus differ by source
SPELLINGS = {
    "transitions": ("transitions", "Transitions"),
    "http": ("error", "Error"),
    "timeout": ("timedout", "TimedOut"),
    "capping": ("capped",),
}
CODES = {"http": "500", "timeout": "504", "capping": "429"}
EXITED_SHARE = 0.1  # of waits that an exit criterion ends


@dataclass
class Run:
    """One run of a journey by a person; rows and orders are added on the way."""

    journey: Journey
    person: Person
    begun: int
    key: str
    again: bool = False
    batch: str = ""
    rows: list[Row] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)

    @property
    def names(self) -> tuple[str | int, ...]:
        """What names its draws."""
        return (self.journey.owner.key, self.person.number, self.key)


def walk(run: Run, chance: Chance) -> None:
    """Take all steps of a run, from the start to its end."""
    at: int | None = 0
    t = run.begun
    while at is not None:
        node = run.journey.nodes[at]
        t, at = STEPS[node.kind](run, node, t, chance)


def _next(run: Run, node: Node, chance: Chance) -> int:
    return chance.pick(node.then, "branch", *run.names, node.name)


def _start(run: Run, node: Node, t: int, chance: Chance) -> tuple[int, int | None]:
    begun: Body = {"entrance": True, "reentrance": run.again, "journeyNodeProcessed": True}
    _write(run, node, t, chance, eventID="createInstance" if run.batch else "profileEvent", **begun)
    return t + SECOND, _next(run, node, chance)


def _wait(run: Run, node: Node, t: int, chance: Chance) -> tuple[int, int | None]:
    _write(run, node, t, chance, journeyNodeProcessed=False)
    if run.journey.re_enters and chance.happens(EXITED_SHARE, "exited", *run.names, node.name):
        left = t + chance.between(SECOND, node.wait, "left", *run.names, node.name)
        criteria = {"exitCriteriaID": chance.uuid("criteria", run.journey.owner.name), "exitCriteriaName": "Bought"}
        _write(run, node, left, chance, "exit", stepStatus=_ended(run, chance), instanceEnded=True, **criteria)
        return left, None
    _write(run, node, t + node.wait, chance, "done", journeyNodeProcessed=True)
    return t + node.wait + SECOND, _next(run, node, chance)


def _condition(run: Run, node: Node, t: int, chance: Chance) -> tuple[int, int | None]:
    _write(run, node, t, chance, journeyNodeProcessed=True)
    return t + SECOND, _next(run, node, chance)


def _action(run: Run, node: Node, t: int, chance: Chance) -> tuple[int, int | None]:
    took = chance.between(40, 900, "took", *run.names, node.name)
    message = node.message
    if message is not None:
        kind = {"email": "Email", "push": "Push", "sms": "SMS"}[message.channel]
        _write(run, node, t, chance, journeyNodeProcessed=True, **_called(run, node, kind, took, chance))
        instance = chance.uuid("instance", *run.names)
        run.orders.append(Order(message, run.person, t + took, run.key, instance, run.batch))
    return t + SECOND, _next(run, node, chance)


def _http(run: Run, node: Node, t: int, chance: Chance) -> tuple[int, int | None]:
    answer = chance.weighted(ANSWERS, "answer", *run.names, node.name)
    took = 30_000 if answer == "timeout" else chance.between(40, 2_000, "took", *run.names, node.name)
    fields = _called(run, node, "Http", took, chance)
    if answer != "ok":
        fields |= {"actionExecutionError": answer, "actionExecutionErrorCode": CODES[answer]}
        fields["stepStatus"] = chance.pick(SPELLINGS[answer], "spelling", *run.names)
    fails = answer == "http"
    _write(run, node, t + took, chance, journeyNodeProcessed=not fails, instanceEnded=fails, **fields)
    return t + took + SECOND, None if fails else _next(run, node, chance)


def _end(run: Run, node: Node, t: int, chance: Chance) -> tuple[int, int | None]:
    _write(run, node, t, chance, stepStatus=_ended(run, chance), journeyNodeProcessed=True, instanceEnded=True)
    return t, None


STEPS = {"start": _start, "wait": _wait, "condition": _condition, "action": _action, "http": _http, "end": _end}


def _ended(run: Run, chance: Chance) -> str:
    return chance.pick(ENDED, "ended", *run.names)


def _called(run: Run, node: Node, kind: str, took: int, chance: Chance) -> Body:
    key = node.message.key if node.message else f"{run.journey.owner.key}/{node.name}"
    return {
        "actionID": chance.uuid("action", key),
        "actionName": node.name,
        "actionType": kind,
        "actionExecutionTime": took,
    }


def _write(run: Run, node: Node, t: int, chance: Chance, part: str = "", **fields: Any) -> None:  # noqa: ANN401 - XDM nests anything
    """Add a row of a step."""
    owner, person = run.journey.owner, run.person
    step = {
        "journeyID": chance.uuid("journey", owner.name),
        "journeyVersionID": chance.uuid("version", owner.key),
        "journeyVersionName": owner.name,
        "journeyVersion": owner.version,
        "instanceID": chance.uuid("instance", *run.names),
        "instanceType": "batch" if run.batch else "unitary",
        "profileID": person.crm_id,
        "profileNamespace": "CRMID",
        "nodeID": chance.uuid("node", owner.key, node.name),
        "nodeName": node.name,
        "nodeType": "action" if node.kind == "http" else node.kind,
        "stepID": chance.uuid("step", *run.names, node.name, part),
        "stepName": node.name,
        "stepType": f"{node.kind}Step",
        "stepStatus": chance.pick(SPELLINGS["transitions"], "spelling", *run.names, node.name),
        "inTest": person.test,
        **({"batchInstanceID": run.batch} if run.batch else {}),
        **fields,
    }
    row_id = chance.uuid("step row", *run.names, node.name, part)
    stamped = event(
        row_id, t, "", identity_map(("CRMID", person.crm_id)),
        _experience={"journeyOrchestration": {"stepEvents": step}},
    )  # fmt: skip
    run.rows.append(Row("journey_steps", t, stamped))

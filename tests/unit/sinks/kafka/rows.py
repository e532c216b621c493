"""Chunks for a topic, made by hand, and what a reader of it sees."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from cja_spark.sinks.chunk import Change, RunFacts, Token
from cja_spark.sinks.kafka.client import Patience
from cja_spark.sinks.kafka.spec import Kafka

AUDIENCE, OTHER = "aud_000000000001", "aud_000000000002"
AS_OF = datetime(2026, 8, 3, tzinfo=UTC)
RUN = RunFacts("refresh", AS_OF, 1, "buyers", None)
SHORT = Patience(delivery=60)  # a machine may be slow; what must end sooner has its own


def token(run_seq=1, chunk=0, audience_id=AUDIENCE):
    return Token("topic", audience_id, run_seq, chunk, 8)


def change(id_, run_seq=1, **changed):
    key = f"crm:{id_}"
    given = {
        "op": "enter", "change_id": f"{run_seq:04d}-{id_}", "profile_key": key, "namespace": "CRM", "id": id_, "person_ref": "ref",
        "status": "realized", "asserted_at": AS_OF, "valid_until": AS_OF + timedelta(days=16), "attrs": None, "definition_version": 1,
    }  # fmt: skip
    return Change(**{**given, **changed})


def changes(count, run_seq=1, start=0):
    return [change(f"p{number:06d}", run_seq) for number in range(start, start + count)]


def sink_of(broker, topic, **changed):
    given = {"name": "topic", "sink": "kafka", "bootstrap_servers": (broker.server,), "topic": topic, "concurrency": 2}
    return Kafka.model_validate({**given, **changed})


def secured(broker, topic, **changed):
    user = {"mechanism": "PLAIN", "username": "${env:CJA_TEST_USER}", "password": "${env:CJA_TEST_PASSWORD}"}
    security = {"protocol": "sasl_plaintext", **user}
    return sink_of(broker, topic, bootstrap_servers=(broker.sasl_server,), security=security, **changed)


def ids(messages):
    return sorted(dict(one.headers())["change_id"].decode() for one in messages)


def values(messages):
    return [json.loads(one.value()) for one in messages]


def expected_ids(*chunks):
    return sorted(one.change_id for chunk in chunks for one in chunk)

"""docs/sinks-kafka.md: its settings are taken, and its message is what is sent."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from cja_spark.sinks.chunk import Change, ErasedKey, Token
from cja_spark.sinks.kafka.messages import message
from cja_spark.sinks.kafka.own import own
from cja_spark.sinks.kafka.sink import KafkaSink
from cja_spark.sinks.kafka.spec import Kafka
from tests.servers.kafka import PASSWORD, SENDER
from tests.unit.sinks.kafka.rows import AUDIENCE, RUN, SHORT, change, changes, secured, token

GUIDE = (Path(__file__).resolve().parents[4] / "docs" / "sinks-kafka.md").read_text(encoding="utf-8")
WRITTEN = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
[VALUE] = re.findall(r"```json\n(.*?)\n```", GUIDE, re.DOTALL)


@pytest.mark.parametrize("text", WRITTEN)
def test_the_settings_are_taken(text):
    assert Kafka.model_validate({"name": "topic", **yaml.safe_load(text)})
    assert len(WRITTEN) == 2


def test_the_message_is_what_is_sent():
    change = Change(
        "enter", "5f0c", "email:ann@example.com", "Email", "ann@example.com", "", "realized", datetime(2026, 8, 3, tzinfo=UTC),
        datetime(2026, 8, 19, tzinfo=UTC), '{"tier":"gold"}', 1,
    )  # fmt: skip
    sent = message(change, Token("topic", "aud_4k2m9x0q7w1e", 1, 0, 1))
    assert sent.value.decode() == VALUE
    assert [name for name, _ in sent.headers] == re.findall(r"^\| header `(\w+)`", GUIDE, re.MULTILINE)
    assert dict(sent.headers)["schema"].decode() in GUIDE
    assert sent.key == b"aud_4k2m9x0q7w1e\x1femail:ann@example.com"


def test_the_rights_of_the_guide_are_enough(broker, topic, monkeypatch, request):
    monkeypatch.setenv("CJA_TEST_USER", SENDER)
    monkeypatch.setenv("CJA_TEST_PASSWORD", PASSWORD)
    rights = re.findall(r"^\| (\w+), (\w+) \| (the topic|transactional ids)", GUIDE, re.MULTILINE)
    for *operations, about in rights:
        for operation in operations:
            if about == "the topic":
                broker.allow(SENDER, operation.upper(), "TOPIC", topic)
            else:
                broker.allow(SENDER, operation.upper(), "TRANSACTIONAL_ID", "cja.topic.", prefix=True)
    own(secured(broker, topic), AUDIENCE, SHORT)
    sink = KafkaSink(secured(broker, topic), AUDIENCE, 0, SHORT)
    request.addfinalizer(sink.close)
    assert sink.apply(changes(3), token(), RUN).acked == 3
    assert sink.erase([ErasedKey("crm:p000001", change("p000001"), (AUDIENCE,))], token(audience_id="_erase")) == "deleted"
    assert len(broker.messages(topic)) == 4

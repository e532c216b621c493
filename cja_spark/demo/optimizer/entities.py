"""Names of what was published. Two rows per publication: a join on `messageID` counts twice, one on `_id` does not."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.library import messages
from cja_spark.demo.optimizer.messages import Message, Variant, correlation
from cja_spark.demo.optimizer.row import CHANNEL, DAY, Body, Row, iso, ms
from cja_spark.demo.optimizer.spec import Asked


def entities(asked: Asked, chance: Chance) -> Iterator[Row]:
    """Two rows per variant of a message, of which one has the id that events name."""
    for message in messages():
        published = ms(asked.begin) + int(message.owner.published * DAY)
        for variant in message.variants:
            named = correlation(message, variant, chance)
            for row_id in (named, chance.uuid("twin", named)):
                managed = {"entities": _entity(message, variant, published, chance)}
                body = {"_id": row_id, "_experience": {"customerJourneyManagement": managed}}
                yield Row("entities", published, body)


def _entity(message: Message, variant: Variant, published: int, chance: Chance) -> Body:
    details: Body = {
        "messageID": chance.uuid("message", message.key),
        "messagePublicationID": chance.uuid("publication", message.key),
        "channel": {"_id": f"{CHANNEL}{message.channel}"},
        "variantID": chance.uuid("variant", message.key, variant.name),
        "variantName": variant.name,
        "messagePublishedAt": iso(published),
    }
    if message.channel in ("email", "push"):
        details |= {"email": {"subject": message.name}} if message.channel == "email" else {"push": {"title": message.name}}
    entity: Body = {"channelDetails": details, message.owner.kind: _owner(message, chance)}
    if message.experiment:
        entity["experiment"] = {
            "experimentId": chance.uuid("experiment", message.key),
            "experimentName": message.experiment,
            "treatmentID": chance.uuid("treatment", message.key, variant.name),
            "treatmentName": variant.name,
        }
    return entity


def _owner(message: Message, chance: Chance) -> Body:
    owner = message.owner
    version, action = chance.uuid("version", owner.key), chance.uuid("action", message.key)
    if owner.kind == "campaign":
        return {
            "campaignID": chance.uuid("campaign", owner.name), "campaignVersionID": version, "name": owner.name,
            "campaignActionID": action, "campaignActionName": message.name,
        }  # fmt: skip
    return {
        "journeyID": chance.uuid("journey", owner.name), "journeyVersionID": version, "journeyName": owner.name,
        "journeyNameAndVersion": f"{owner.name} ({owner.version})",
        "journeyNodeID": chance.uuid("node", owner.key, message.name), "journeyNodeName": message.name,
        "journeyNodeType": "action", "journeyActionID": action, "journeyActionName": message.name,
    }  # fmt: skip

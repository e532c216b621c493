"""What can be sent: messages of journeys and campaigns with their variants, and the order to send one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.people import Person
from cja_spark.demo.optimizer.row import Body


@dataclass(frozen=True)
class Variant:
    """One version of a message: how often it is chosen, and by how much it changes who clicks."""

    name: str
    weight: int = 1
    clicks: float = 1.0
    holdout: bool = False


@dataclass(frozen=True)
class Owner:
    """The journey version or campaign that a message belongs to.

    Attributes:
        kind: journey or campaign.
        name: what people call it.
        version: of the journey, as text.
        published: days after the story's begin at which it was published.
    """

    kind: str
    name: str
    version: str = "1.0"
    published: float = -2.0

    @property
    def key(self) -> str:
        """Tells versions apart."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class Message:
    """A message of a channel; with several variants it is an experiment.

    Attributes:
        name: of the action that sends it.
        channel: email, push, sms, web or inApp.
        owner: whose it is.
        kind: marketing or transactional.
        variants: what it comes in.
        landing: whether it links to a landing page.
    """

    name: str
    channel: str
    owner: Owner
    kind: str = "marketing"
    variants: tuple[Variant, ...] = (Variant("default"),)
    landing: bool = False

    @property
    def key(self) -> str:
        """Tells messages apart."""
        return f"{self.owner.key}/{self.name}"

    @property
    def experiment(self) -> str:
        """Name of its experiment; empty without one."""
        return f"{self.name}: which one" if len(self.variants) > 1 else ""


@dataclass(frozen=True)
class Order:
    """A message to send to a person at an instant.

    Attributes:
        message: what.
        person: to whom.
        t: when, ms UTC.
        key: tells orders of a message and person apart.
        instance: the run of the journey that asks for it; empty for campaigns.
        batch: the run of the audience that asks for it; empty without one.
    """

    message: Message
    person: Person
    t: int
    key: str
    instance: str = ""
    batch: str = ""

    @property
    def names(self) -> tuple[str | int, ...]:
        """What names its draws."""
        return (self.message.key, self.person.number, self.key)

    def variant(self, chance: Chance) -> Variant:
        """The variant that the person has, the same whenever the message is sent."""
        weights: Mapping[Variant, int] = {variant: variant.weight for variant in self.message.variants}
        return chance.weighted(weights, "variant", self.message.key, self.person.number)


def correlation(message: Message, variant: Variant, chance: Chance) -> str:
    """The id by which the entities name a variant of a message."""
    return chance.uuid("correlation", message.key, variant.name)


def execution(order: Order, chance: Chance) -> Body:
    """The part `messageExecution`: which message of whom."""
    message, owner = order.message, order.message.owner
    ids: Body = {
        "messageExecutionID": chance.uuid("execution", message.key, order.batch or order.t // 86_400_000),
        "messageID": chance.uuid("message", message.key),
        "messagePublicationID": chance.uuid("publication", message.key),
        "messageType": message.kind,
    }
    if owner.kind == "journey":
        ids["journeyVersionID"] = chance.uuid("version", owner.key)
        ids["journeyVersionInstanceID"] = order.instance
        ids["journeyVersionNodeID"] = chance.uuid("node", owner.key, message.name)
        ids["journeyActionID"] = chance.uuid("action", message.key)
    else:
        ids["campaignID"] = chance.uuid("campaign", owner.name)
        ids["campaignVersionID"] = chance.uuid("version", owner.key)
        ids["campaignActionID"] = chance.uuid("action", message.key)
    if order.batch:
        ids["batchInstanceID"] = order.batch
    return ids


def propositions(variants: Iterable[tuple[Message, Variant]], chance: Chance) -> list[Body]:
    """The part `propositions`: what leads to the entities."""
    return [
        {
            "id": chance.uuid("proposition", message.key, variant.name),
            "scope": f"{message.channel}://{message.name}",
            "scopeDetails": {"decisionProvider": "AJO", "correlationID": correlation(message, variant, chance)},
        }
        for message, variant in variants
    ]

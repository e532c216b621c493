"""The journeys and campaigns of the story."""

from __future__ import annotations

from dataclasses import dataclass

from cja_spark.demo.optimizer.messages import Message, Owner, Variant
from cja_spark.demo.optimizer.row import DAY, HOUR


@dataclass(frozen=True)
class Node:
    """One node of a journey.

    Attributes:
        name: what people call it.
        kind: start, wait, condition, action (sends a message), http (calls a service) or end.
        then: places of the nodes that may follow.
        wait: ms, of a wait.
        message: of an action.
    """

    name: str
    kind: str
    then: tuple[int, ...] = ()
    wait: int = 0
    message: Message | None = None


@dataclass(frozen=True)
class Journey:
    """A journey version: its nodes from the start on.

    Attributes:
        owner: its name and version.
        nodes: node 0 is the start.
        batch: whether an audience starts it, else an event of a person does.
        re_enters: whether a person may enter again.
    """

    owner: Owner
    nodes: tuple[Node, ...]
    batch: bool = False
    re_enters: bool = False


START, END = Node("start", "start", (1,)), Node("End", "end")
WELCOME_1, WELCOME_2 = Owner("journey", "Welcome"), Owner("journey", "Welcome", "2.0", 3.0)
CART, DIGEST = Owner("journey", "Abandoned cart"), Owner("journey", "Weekly digest")
SALE, NEWS = Owner("campaign", "Summer sale"), Owner("campaign", "App news")
NOTICE, BANNER = Owner("campaign", "Delivery notice"), Owner("campaign", "Season banner")

TWO_SUBJECTS = (Variant("Plain subject", 5), Variant("Warm subject", 5, clicks=1.6))
SALE_VARIANTS = (Variant("Ten percent", 4), Variant("Free shipping", 4, clicks=1.8), Variant("Holdout", 2, holdout=True))


def _welcome(owner: Owner, *, sms: bool) -> Journey:
    last = Message("Welcome SMS", "sms", owner) if sms else Message("Welcome push", "push", owner)
    nodes = (
        START,
        Node("Wait a day", "wait", (2,), wait=DAY),
        Node("Welcome e-mail", "action", (3,), message=Message("Welcome e-mail", "email", owner, landing=True)),
        Node("Opened it?", "condition", (4, 5)),
        END,
        Node("Wait two days", "wait", (6,), wait=2 * DAY),
        Node(last.name, "action", (4,), message=last),
    )
    return Journey(owner, nodes)


CART_EMAIL = Message("Cart e-mail", "email", CART, variants=TWO_SUBJECTS)
CART_PUSH = Message("Cart push", "push", CART)
DIGEST_EMAIL = Message("Digest e-mail", "email", DIGEST, landing=True)
JOURNEYS = (
    _welcome(WELCOME_1, sms=False),
    _welcome(WELCOME_2, sms=True),
    Journey(
        CART,
        (
            START,
            Node("Wait an hour", "wait", (2,), wait=HOUR),
            Node("Coupon service", "http", (3,)),
            Node("Cart e-mail", "action", (4,), message=CART_EMAIL),
            Node("Wait for the purchase", "wait", (5,), wait=DAY),
            Node("Bought?", "condition", (6, 7)),
            END,
            Node("Cart push", "action", (6,), message=CART_PUSH),
        ),
        re_enters=True,
    ),
    Journey(DIGEST, (START, Node("Digest e-mail", "action", (2,), message=DIGEST_EMAIL), END), batch=True),
)
SALE_EMAIL = Message("Sale e-mail", "email", SALE, variants=SALE_VARIANTS)
NEWS_PUSH = Message("News push", "push", NEWS)
NOTICE_SMS = Message("Notice SMS", "sms", NOTICE, "transactional")
BANNER_WEB = Message("Banner", "web", BANNER)
BANNER_APP = Message("Banner in the app", "inApp", BANNER)
CAMPAIGN_MESSAGES = (SALE_EMAIL, NEWS_PUSH, NOTICE_SMS, BANNER_WEB, BANNER_APP)


def messages() -> list[Message]:
    """All messages, those of journeys first."""
    of_journeys = [node.message for journey in JOURNEYS for node in journey.nodes if node.message]
    return [*of_journeys, *CAMPAIGN_MESSAGES]

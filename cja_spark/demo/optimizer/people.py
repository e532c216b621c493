"""Who the messages are for: addresses, devices, consent, mailboxes that are full or gone, test profiles."""

from __future__ import annotations

from dataclasses import dataclass

from cja_spark.demo.optimizer.chance import Chance

DOMAINS = {"mail.example": 50, "post.example": 30, "inbox.example": 15, "firm.example": 5}
MAILBOXES = {"good": 94, "full": 4, "gone": 2}
TOKEN_SHARE, PHONE_SHARE, CONSENT_SHARE, LOGIN_SHARE = 0.65, 0.75, 0.95, 0.85
TEST_EVERY, TEST_AT = 50, 7


@dataclass(frozen=True)
class Person:
    """Somebody.

    Attributes:
        number: counts people from 0.
        crm_id: the id that all channels but push share.
        ecid: the id of the device.
        domain: of the e-mail address.
        mailbox: good, full or gone.
        platform: of the push token, `apns` or `fcm`; empty without a token.
        phone: the number; empty without one.
        refuses: channels without consent.
        logs_in: whether the site ever learns whose the device is.
        eager: how likely the person opens what comes, 0 to 1.
        test: whether it is a test profile.
    """

    number: int
    crm_id: str
    ecid: str
    domain: str
    mailbox: str
    platform: str
    phone: str
    refuses: frozenset[str]
    logs_in: bool
    eager: float
    test: bool

    @property
    def email(self) -> str:
        """The e-mail address."""
        return f"customer{self.number}@{self.domain}"


def people(count: int, chance: Chance) -> list[Person]:
    """All people of the story."""
    return [_person(number, chance) for number in range(count)]


def _person(number: int, chance: Chance) -> Person:
    token = chance.happens(TOKEN_SHARE, "token", number)
    phone = chance.happens(PHONE_SHARE, "phone", number)
    return Person(
        number=number,
        crm_id=f"C{number:08d}",
        ecid=f"4{chance.between(0, 10**15, 'ecid', number):017d}{number:020d}",
        domain=chance.weighted(DOMAINS, "domain", number),
        mailbox=chance.weighted(MAILBOXES, "mailbox", number),
        platform=chance.pick(("apns", "fcm"), "platform", number) if token else "",
        phone=f"+1555{number:07d}" if phone else "",
        refuses=frozenset(
            channel for channel in ("email", "push", "sms") if not chance.happens(CONSENT_SHARE, "consent", channel, number)
        ),
        logs_in=chance.happens(LOGIN_SHARE, "logs_in", number),
        eager=0.2 + 0.8 * chance.draw("eager", number),
        test=number % TEST_EVERY == TEST_AT,
    )

"""Faults of money in escrow, and of what is given back without having been taken."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from pipelines.selftest.fault import Fault, Subject
from pipelines.selftest.ground import DAY, SECOND, Account
from pipelines.selftest.hand import Hand
from pipelines.selftest.tables import Row

HOLD, RELEASE = "ESCROW_HOLD", "ESCROW_RELEASE"


class _Escrow:
    """An entity, and money held for it from one account."""

    def __init__(self, hand: Hand) -> None:
        self.hand, self.entity = hand, str(hand.entity(needed=True)["related_id"])
        self.account = hand.newcomer()
        self.amount, self.unit = hand.part(self.account), hand.unit(self.account.currency)

    def post(self, kind: str, amount: int, account: Account | None = None, at: datetime | None = None) -> Row:
        by: dict[str, Any] = {"by": self.account.owner} if kind == HOLD and self.hand.mapping.has("users") else {}
        return self.hand.post(account or self.account, kind, amount, at, related_id=self.entity, **by)

    def found(self, currency: str | None = None) -> Sequence[Subject]:
        return [(self.entity, currency or self.account.currency)]


def nameless(hand: Hand, kind: str) -> Sequence[Subject]:
    """Hold or release money for nothing."""
    hand.need("transactions.related_id")
    account = hand.newcomer()
    amount = hand.part(account) * (-1 if kind == HOLD else 1)
    return [(str(hand.post(account, kind, amount, related_id=None)["transaction_id"]),)]


def released_beyond(hand: Hand, units: int, *, halves: bool = False) -> Sequence[Subject]:
    """Release more than was held."""
    escrow = _Escrow(hand)
    escrow.post(HOLD, -escrow.amount - 3 * escrow.unit)
    if halves:
        escrow.post(RELEASE, escrow.amount)
        escrow.post(RELEASE, (3 + units) * escrow.unit, hand.newcomer(escrow.account.currency))
    else:
        escrow.post(RELEASE, escrow.amount + (3 + units) * escrow.unit)
    return escrow.found()


def released_early(hand: Hand) -> Sequence[Subject]:
    """Release a second before holding, which the sum does not show."""
    escrow = _Escrow(hand)
    first = escrow.post(RELEASE, escrow.amount)
    escrow.post(HOLD, -escrow.amount, at=first["created_at"] + SECOND)
    return escrow.found()


def released_twice(hand: Hand) -> Sequence[Subject]:
    """Release the whole amount to two wallets."""
    escrow = _Escrow(hand)
    escrow.post(HOLD, -escrow.amount)
    escrow.post(RELEASE, escrow.amount, hand.newcomer(escrow.account.currency))
    escrow.post("PAYOUT", escrow.amount, hand.newcomer(escrow.account.currency))
    return escrow.found()


def released_elsewhere(hand: Hand) -> Sequence[Subject]:
    """Release in another currency than was held."""
    escrow = _Escrow(hand)
    other = hand.newcomer(hand.another_currency(escrow.account.currency))
    escrow.post(HOLD, -escrow.amount)
    escrow.post(RELEASE, escrow.amount, other)
    return escrow.found(other.currency)


def never_held(hand: Hand) -> Sequence[Subject]:
    """Release what nobody held."""
    escrow = _Escrow(hand)
    escrow.post(RELEASE, escrow.amount)
    return escrow.found()


def stale(hand: Hand, left: str) -> Sequence[Subject]:
    """Hold money, or the last unit of it, a second longer than is allowed."""
    escrow = _Escrow(hand)
    at = hand.cut - hand.mapping.rules.stale_escrow_days * DAY - SECOND
    first = min(row["created_at"] for row in hand.of("transactions", escrow.account.wallet_id))
    if at < first:
        hand.deposit(escrow.account, 2 * escrow.amount, at - DAY)
    escrow.post(HOLD, -escrow.amount, at=at)
    if left == "one unit":
        escrow.post(RELEASE, escrow.amount - escrow.unit, hand.newcomer(escrow.account.currency))
    return escrow.found()


def refund(hand: Hand, of: str) -> Sequence[Subject]:
    """Give back what was not taken, or more, or to somebody else."""
    escrow = _Escrow(hand)
    charged = escrow.amount if of in ("more", "twice", "another owner") else 0
    if charged:
        escrow.post(HOLD, -charged)
    if of == "another currency":
        other = hand.newcomer(hand.another_currency(escrow.account.currency), escrow.account.user)
        escrow.post(HOLD, -escrow.amount)
        escrow.post("REFUND", escrow.amount, other)
        return escrow.found(other.currency)
    to = hand.newcomer(escrow.account.currency) if of == "another owner" else escrow.account
    escrow.post("REFUND", escrow.amount + (escrow.unit if of == "more" else 0), to)
    if of == "twice":
        escrow.post("REFUND", escrow.amount)
    return escrow.found()


ESCROW = (
    Fault("escrow_names_its_entity", "a hold for nothing", partial(nameless, kind=HOLD)),
    Fault("escrow_names_its_entity", "a release for nothing", partial(nameless, kind=RELEASE)),
    Fault("escrow_names_its_entity", "a payout for nothing", partial(nameless, kind="PAYOUT")),
    Fault("escrow_is_conserved", "one unit more released than held", partial(released_beyond, units=1)),
    Fault("escrow_is_conserved", "much more released than held", partial(released_beyond, units=1_000_000_000)),
    Fault("escrow_is_conserved", "one unit more in two releases", partial(released_beyond, units=1, halves=True)),
    Fault("escrow_is_conserved", "a release before its hold, healed", released_early),
    Fault("escrow_is_conserved", "released and paid out", released_twice),
    Fault("escrow_is_conserved", "held and released in two currencies", released_elsewhere),
    Fault("escrow_is_conserved", "a release of what was never held", never_held),
    Fault("escrow_is_not_stale", "held a second too long", partial(stale, left="all")),
    Fault("escrow_is_not_stale", "one unit left behind", partial(stale, left="one unit")),
    Fault("refunds_have_originals", "a refund of nothing", partial(refund, of="nothing")),
    Fault("refunds_have_originals", "one unit more than was charged", partial(refund, of="more")),
    Fault("refunds_have_originals", "a refund twice", partial(refund, of="twice")),
    Fault("refunds_have_originals", "a refund of another's charge", partial(refund, of="another owner")),
    Fault("refunds_have_originals", "a refund in another currency", partial(refund, of="another currency")),
)

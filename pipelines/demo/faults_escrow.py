"""Faults of escrow: more comes out than went in, it never ends, or nobody knows whose it is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pipelines.demo.accusations import entities, rows
from pipelines.demo.amounts import money
from pipelines.demo.breaks import Fault
from pipelines.demo.hours import BORDER, DAY, HOUR, LAST
from pipelines.demo.rows import entity
from pipelines.demo.stage import Draft

if TYPE_CHECKING:
    from pipelines.demo.people import Wallet
    from pipelines.demo.stage import Posted, Stage

_CONSERVED = "escrow_is_conserved"
_OLD = 90 * DAY


class _Gig:
    """A gig on the stage: its price leaves the client, and goes where a fault sends it."""

    def __init__(self, stage: Stage, currency: str) -> None:
        self.stage = stage
        self.name = f"gig-{stage.block.index}-{stage.block.rows}"
        self.client, self.worker = stage.payable(currency)
        self.price = self.client.settled // 3

    def hold(self, ms: int = 0) -> Posted:
        return self._enter(self.client, -self.price, "ESCROW_HOLD", ms)

    def pay(self, amount: int, ms: int = 0, wallet: Wallet | None = None) -> Posted:
        return self._enter(wallet or self.worker, amount, "PAYOUT", ms)

    def refund(self, amount: int) -> Posted:
        return self._enter(self.client, amount, "REFUND", 0)

    def _enter(self, wallet: Wallet, amount: int, kind: str, ms: int) -> Posted:
        return self.stage.write(wallet, amount, Draft(kind, about=entity(self.name)), ms)


def _nameless(stage: Stage, name: str, currency: str, kind: str) -> Fault:
    """Hold or release money of no gig."""
    wallet = stage.wallet(currency)
    stage.past(wallet)
    amount = wallet.settled // 5
    posted = stage.write(wallet, -amount if kind == "ESCROW_HOLD" else amount, Draft(kind))
    story = (
        f"{kind} {posted.transaction_id} of {money(posted.amount, currency)} in wallet {wallet.wallet_id} "
        "names no entity."
    )
    return Fault(name, "escrow of no gig", story, rows("escrow_names_its_entity", posted))


def paid_twice(stage: Stage) -> Fault:
    """Pay a gig out again."""
    gig = _Gig(stage, "EGP")
    gig.hold()
    first, second = gig.pay(gig.price), gig.pay(gig.price)
    story = (
        f"Payouts {first.transaction_id} and {second.transaction_id} paid {money(2 * gig.price, 'EGP')} out of "
        f"{gig.name}, which held {money(gig.price, 'EGP')}."
    )
    return Fault("paid_twice", "a gig paid out twice", story, entities(_CONSERVED, gig.name, "EGP"))


def one_over_the_hold(stage: Stage) -> Fault:
    """Pay out one minor unit more than was held."""
    gig = _Gig(stage, "USD")
    gig.hold()
    paid = gig.pay(gig.price + 1)
    story = f"Payout {paid.transaction_id} took one minor unit more out of {gig.name} than it held."
    return Fault("one_over_the_hold", "a payout beyond the hold", story, entities(_CONSERVED, gig.name, "USD"))


def paid_before_held(stage: Stage) -> Fault:
    """Pay a gig out in one month and hold its price in the next; another's two rows share an instant."""
    stage.now = BORDER - 40 * DAY
    gig, sudden = _Gig(stage, "EUR"), _Gig(stage, "EUR")
    paid = gig.pay(gig.price, BORDER - 1)
    held = gig.hold(BORDER)
    sudden.pay(sudden.price, BORDER + HOUR)
    sudden.hold(BORDER + HOUR)
    story = f"Payout {paid.transaction_id} emptied {gig.name} before {held.transaction_id} had filled it."
    return Fault("paid_before_held", "a payout before its hold", story, entities(_CONSERVED, gig.name, "EUR"))


def paid_without_hold(stage: Stage) -> Fault:
    """Pay out what nobody held."""
    gig = _Gig(stage, "EGP")
    paid = gig.pay(gig.price)
    story = f"Payout {paid.transaction_id} of {money(gig.price, 'EGP')} names {gig.name}, for which nothing is held."
    return Fault("paid_without_hold", "a payout without a hold", story, entities(_CONSERVED, gig.name, "EGP"))


def paid_in_another_currency(stage: Stage) -> Fault:
    """Hold EGP and pay the same figure out in USD."""
    stage.now = LAST - 60 * DAY
    gig, worker = _Gig(stage, "EGP"), stage.wallet("USD")
    gig.hold()
    paid = gig.pay(gig.price, wallet=worker)
    story = f"Payout {paid.transaction_id} took {money(gig.price, 'USD')} out of {gig.name}, which holds EGP."
    breaks = entities(_CONSERVED, gig.name, "USD")
    return Fault("paid_in_another_currency", "a payout in another currency than the hold", story, breaks)


def refunded_beyond_the_hold(stage: Stage) -> Fault:
    """Refund more than was held."""
    gig = _Gig(stage, "EUR")
    gig.hold()
    refund = gig.refund(gig.price + gig.price // 4 + 1)
    story = (
        f"Refund {refund.transaction_id} of {money(refund.amount, 'EUR')} for {gig.name} is more than the "
        f"{money(gig.price, 'EUR')} held for it."
    )
    breaks = entities(_CONSERVED, gig.name, "EUR") + entities("refunds_have_originals", gig.name, "EUR")
    return Fault("refunded_beyond_the_hold", "a refund beyond the hold", story, breaks)


def _forgotten(stage: Stage, name: str, currency: str, *, paid: bool, ms: int) -> Fault:
    """Leave a gig in escrow for over 90 days; one an hour younger is still in time."""
    stage.now = ms - 40 * DAY
    gig, young = _Gig(stage, currency), _Gig(stage, currency)
    held = gig.hold(ms)
    young.hold(LAST - _OLD + HOUR)
    left = gig.price
    if paid:
        stage.now = ms
        left -= gig.pay(gig.price // 2).amount
    story = f"Hold {held.transaction_id} for {gig.name} has {money(left, currency)} left after more than 90 days."
    return Fault(name, "escrow that never ends", story, entities("escrow_is_not_stale", gig.name, currency))


def released_backwards(stage: Stage) -> Fault:
    """Release into escrow instead of out of it."""
    stage.now = LAST - 60 * DAY
    gig = _Gig(stage, "EGP")
    gig.hold()
    draft = Draft("ESCROW_RELEASE", "system", about=entity(gig.name))
    posted = stage.write(gig.client, -(gig.price // 2), draft)
    story = f"Release {posted.transaction_id} took {money(-posted.amount, 'EGP')} more for {gig.name}."
    return Fault("released_backwards", "a release that takes", story, rows("signs_follow_types", posted))


PLAYS = (
    partial(_nameless, name="hold_of_no_gig", currency="EGP", kind="ESCROW_HOLD"),
    partial(_nameless, name="release_of_no_gig", currency="EUR", kind="ESCROW_RELEASE"),
)
MODEL_ONLY = (
    partial(_nameless, name="payout_of_no_gig", currency="EGP", kind="PAYOUT"),
    paid_twice,
    one_over_the_hold,
    paid_before_held,
    paid_without_hold,
    paid_in_another_currency,
    refunded_beyond_the_hold,
    partial(_forgotten, name="escrow_forgotten", currency="EGP", paid=False, ms=LAST - _OLD - HOUR),
    partial(_forgotten, name="escrow_half_paid", currency="EUR", paid=True, ms=BORDER),
    released_backwards,
)

"""Faults of giving back: what was never charged, more than was charged, or to somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.demo.accusations import entities
from pipelines.demo.amounts import money
from pipelines.demo.breaks import Fault
from pipelines.demo.rows import entity
from pipelines.demo.stage import Draft

if TYPE_CHECKING:
    from pipelines.demo.people import Wallet
    from pipelines.demo.stage import Stage

_RULE = "refunds_have_originals"


def _charged(stage: Stage, currency: str) -> tuple[Wallet, int, str]:
    """Return a wallet that was charged, how much, and the entity in whose name."""
    wallet = stage.wallet(currency)
    stage.past(wallet)
    name = f"cashout-{stage.block.index}-0"
    charged = stage.write(wallet, -(wallet.settled // 3), Draft("WITHDRAWAL", about=entity(name, "cashout")))
    return wallet, -charged.amount, name


def _give(stage: Stage, wallet: Wallet, amount: int, name: str) -> str:
    return stage.adjust(wallet, amount, Draft("ADJUSTMENT", about=entity(name, "cashout"))).transaction_id


def never_charged(stage: Stage) -> Fault:
    """Give back in the name of something nobody paid for."""
    wallet, name = stage.wallet("EGP"), f"cashout-{stage.block.index}-none"
    stage.past(wallet)
    given = _give(stage, wallet, stage.price("EGP"), name)
    story = f"Adjustment {given} gives wallet {wallet.wallet_id} back what {name} never charged."
    return Fault("refund_of_nothing", "a credit for what was never charged", story, entities(_RULE, name, "EGP"))


def one_too_much(stage: Stage) -> Fault:
    """Give a charge back in two parts, one minor unit more than it was."""
    wallet, charged, name = _charged(stage, "EUR")
    given = _give(stage, wallet, charged // 2, name), _give(stage, wallet, charged - charged // 2 + 1, name)
    story = (
        f"Adjustments {given[0]} and {given[1]} give back {money(charged + 1, 'EUR')} for {name}, which charged "
        f"{money(charged, 'EUR')}."
    )
    return Fault("refund_of_one_too_much", "credits beyond the charge", story, entities(_RULE, name, "EUR"))


def to_somebody_else(stage: Stage) -> Fault:
    """Give back to a user what another was charged."""
    _, charged, name = _charged(stage, "USD")
    other = stage.wallet("USD")
    stage.past(other)
    given = _give(stage, other, charged // 2, name)
    story = f"Adjustment {given} gives wallet {other.wallet_id} back what {name} charged another user."
    return Fault("refund_to_somebody_else", "a credit to who was not charged", story, entities(_RULE, name, "USD"))


def in_another_currency(stage: Stage) -> Fault:
    """Give back in EGP what was charged in EUR, to the same user."""
    wallet, charged, name = _charged(stage, "EUR")
    other = stage.wallet("EGP", wallet.user)
    stage.fund(other)
    given = _give(stage, other, charged // 2, name)
    story = f"Adjustment {given} gives back in EGP what {name} charged in EUR."
    breaks = entities(_RULE, name, "EGP")
    return Fault("refund_in_another_currency", "a credit in another currency than the charge", story, breaks)


def from_escrow_to_somebody_else(stage: Stage) -> Fault:
    """Refund a gig to a user who did not pay for it."""
    client, other = stage.payable("EGP")
    name = f"gig-{stage.block.index}-refunded"
    hold = stage.write(client, -(client.settled // 3), Draft("ESCROW_HOLD", about=entity(name)))
    refund = stage.write(other, -hold.amount, Draft("REFUND", about=entity(name)))
    story = (
        f"Refund {refund.transaction_id} of {money(refund.amount, 'EGP')} for {name} went to wallet "
        f"{other.wallet_id}, not to {client.wallet_id}, which had paid."
    )
    breaks = entities(_RULE, name, "EGP")
    return Fault("escrow_refunded_to_somebody_else", "a refund to who had not paid", story, breaks)


PLAYS = (never_charged, one_too_much, to_somebody_else, in_another_currency)
MODEL_ONLY = (from_escrow_to_somebody_else,)

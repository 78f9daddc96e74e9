"""Faults of single transactions: what they name does not exist, does not match, or is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.demo.amounts import money
from pipelines.demo.breaks import Break, Fault
from pipelines.demo.faults_projections import drifting, sides
from pipelines.demo.rows import key, tail

if TYPE_CHECKING:
    from pipelines.demo.people import Wallet
    from pipelines.demo.stage import Posted, Stage


def _foreign(stage: Stage, wallet: Wallet, currency: str) -> Posted:
    """Write a settled deposit of another currency into a wallet's ledger, and into no projection.

    A row of the wallet's own currency follows, so that the projection's time is right however it is measured.
    """
    amount, own = stage.price("USD"), wallet.currency
    wallet.currency = currency
    posted = stage.deposit(wallet, amount)
    wallet.currency = own
    wallet.settled -= amount
    wallet.recorded -= amount
    stage.withdraw(wallet)
    return posted


def unknown_currency(stage: Stage) -> Fault:
    """Pay GBP into an EGP wallet."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    posted = _foreign(stage, wallet, "GBP")
    story = (
        f"Deposit {posted.transaction_id} of {money(posted.amount, 'GBP')} stands in the EGP wallet "
        f"{wallet.wallet_id}; GBP is not a currency of the ledger, and has no projection."
    )
    breaks = (
        Break("currencies_are_known", (posted.transaction_id,)),
        Break("currencies_match_wallets", (posted.transaction_id,)),
        Break("projections_are_present", (wallet.wallet_id, "GBP")),
    )
    return Fault("unknown_currency", "an unknown currency", story, breaks)


def currency_mismatch(stage: Stage) -> Fault:
    """Pay USD into an EGP wallet, whose projection takes it for EGP."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    posted = _foreign(stage, wallet, "USD")
    wallet.recorded += posted.amount
    story = (
        f"Deposit {posted.transaction_id} of {money(posted.amount, 'USD')} stands in the EGP wallet "
        f"{wallet.wallet_id}, and its projection counts it as EGP: {sides(wallet)}."
    )
    breaks = (
        Break("currencies_match_wallets", (posted.transaction_id,)),
        Break("projections_are_present", (wallet.wallet_id, "USD")),
        drifting(wallet),
    )
    return Fault("currency_mismatch", "a transaction in another currency than its wallet", story, breaks)


def unknown_type(stage: Stage) -> Fault:
    """Invent a type."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    posted = stage.post(wallet, stage.price("EGP"), "CASHBACK")
    story = f"Transaction {posted.transaction_id} of wallet {wallet.wallet_id} has the unknown type CASHBACK."
    breaks = (Break("types_are_known", (posted.transaction_id,)),)
    return Fault("unknown_type", "an unknown type", story, breaks)


def orphan_wallet(stage: Stage) -> Fault:
    """Write transactions of a wallet that does not exist."""
    wallet = stage.stranger("EGP")
    posted = [stage.deposit(wallet), stage.deposit(wallet)]
    story = (
        f"Transactions {posted[0].transaction_id} and {posted[1].transaction_id} name wallet "
        f"{wallet.wallet_id}, which does not exist; {money(wallet.settled, 'EGP')} are without a projection."
    )
    rows = tuple(Break("wallets_exist", (one.transaction_id,)) for one in posted)
    absent = Break("projections_are_present", (wallet.wallet_id, "EGP"))
    return Fault("orphan_wallet", "transactions of an unknown wallet", story, (*rows, absent))


def duplicate_key(stage: Stage) -> Fault:
    """Process one deposit twice under one key."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    own = stage.key("deposit")
    first = stage.deposit(wallet, own=own)
    second = stage.deposit(wallet, first.amount, own)
    story = (
        f"Deposits {first.transaction_id} and {second.transaction_id} of wallet {wallet.wallet_id} share the "
        f"idempotency key {own}: {money(first.amount, 'EGP')} was credited twice."
    )
    breaks = tuple(Break("idempotency_keys_are_unique", (one.transaction_id,)) for one in (first, second))
    return Fault("duplicate_key", "an idempotency key used twice", story, breaks)


def duplicate_key_of_an_attempt(stage: Stage) -> Fault:
    """Use the key of a failed attempt of one wallet again for another wallet."""
    wallet, other = stage.payable("USD")
    own = stage.key("deposit")
    amount = stage.price("USD")
    failed_id = stage.block.append(
        wallet, amount, stage.later(), "system", tail("DEPOSIT", "Deposit attempt", key(own), "FAILED")
    )
    posted = stage.deposit(other, amount, own)
    story = (
        f"Deposit {posted.transaction_id} of wallet {other.wallet_id} has the idempotency key {own} of the "
        f"failed attempt {failed_id} of wallet {wallet.wallet_id}."
    )
    breaks = tuple(Break("idempotency_keys_are_unique", (one,)) for one in (failed_id, posted.transaction_id))
    return Fault("duplicate_key_of_an_attempt", "a failed attempt's key used again", story, breaks)

"""Faults of transfers: a leg is missing, too many, unequal, or does not belong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.demo.accusations import rows
from pipelines.demo.amounts import money
from pipelines.demo.breaks import Break, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.demo.people import Wallet
    from pipelines.demo.stage import Posted, Stage

_DONE = "COMPLETED"


def _fault(name: str, label: str, story: str, legs: list[Posted]) -> Fault:
    return Fault(name, label, story, rows("transfers_net_to_zero", *legs))


def _part(wallet: Wallet) -> int:
    return wallet.settled // 4


def one_legged(stage: Stage) -> Fault:
    """Debit a payer and credit nobody."""
    source = stage.wallet("EGP")
    stage.past(source)
    legs = stage.legs((source, -_part(source), _DONE))
    story = (
        f"Transfer {legs[0].transaction_id} took {money(-legs[0].amount, 'EGP')} out of wallet "
        f"{source.wallet_id} and has no credit leg."
    )
    return _fault("one_legged_transfer", "a transfer with one leg", story, legs)


def unequal_legs(stage: Stage) -> Fault:
    """Credit less than was debited."""
    source, target = stage.payable("EGP")
    amount = _part(source)
    legs = stage.legs((source, -amount, _DONE), (target, amount - amount // 10 - 1, _DONE))
    story = (
        f"Transfer {legs[0].transaction_id} took {money(amount, 'EGP')} out of wallet {source.wallet_id}, "
        f"but {legs[1].transaction_id} credited {money(legs[1].amount, 'EGP')} to wallet {target.wallet_id}."
    )
    return _fault("unequal_legs", "a transfer with unequal legs", story, legs)


def same_wallet(stage: Stage) -> Fault:
    """Transfer from a wallet to itself, without a key."""
    source = stage.wallet("USD")
    stage.past(source)
    amount = _part(source)
    legs = stage.legs((source, -amount, _DONE), (source, amount, _DONE), keyed=False)
    story = (
        f"Both legs of a transfer of {money(amount, 'USD')}, {legs[0].transaction_id} and "
        f"{legs[1].transaction_id}, are in wallet {source.wallet_id}."
    )
    fault = _fault("transfer_to_itself", "a transfer from a wallet to itself", story, legs)
    return replace(fault, breaks=(*fault.breaks, *rows("idempotency_keys_are_present", *legs)))


def two_currencies(stage: Stage) -> Fault:
    """Debit EGP and credit the same figure in EUR."""
    source, target = stage.wallet("EGP"), stage.wallet("EUR")
    stage.past(source)
    stage.fund(target)
    amount = _part(source)
    legs = stage.legs((source, -amount, _DONE), (target, amount, _DONE))
    story = (
        f"Transfer {legs[0].transaction_id} took {money(amount, 'EGP')} out of wallet {source.wallet_id}, "
        f"and {legs[1].transaction_id} credited {money(amount, 'EUR')} to wallet {target.wallet_id}."
    )
    return _fault("transfer_in_two_currencies", "a transfer in two currencies", story, legs)


def three_legs(stage: Stage) -> Fault:
    """Share out one debit among two credits."""
    source, target = stage.payable("EGP")
    third = stage.wallet("EGP")
    stage.fund(third)
    amount = _part(source)
    half = amount // 2
    legs = stage.legs((source, -amount, _DONE), (target, half, _DONE), (third, amount - half, _DONE))
    story = (
        f"Transfer {legs[0].transaction_id} of {money(amount, 'EGP')} has two credits under one "
        f"key, {legs[1].transaction_id} and {legs[2].transaction_id}, where one is expected."
    )
    fault = _fault("three_legged_transfer", "a transfer with three legs", story, legs)
    return replace(fault, breaks=(*fault.breaks, *rows("idempotency_keys_are_unique", *legs[1:])))


def two_statuses(stage: Stage) -> Fault:
    """Settle the debit and leave the credit pending."""
    source, target = stage.payable("EGP")
    amount = _part(source)
    legs = stage.legs((source, -amount, _DONE), (target, amount, "PENDING"))
    story = (
        f"Transfer {legs[0].transaction_id} took {money(amount, 'EGP')} out of wallet {source.wallet_id}; "
        f"its credit {legs[1].transaction_id} to wallet {target.wallet_id} is still PENDING."
    )
    return _fault("legs_in_two_statuses", "a transfer whose legs differ in status", story, legs)


def consequences(transferred: Mapping[str, int]) -> Fault:
    """Tell what all faults of transfers together do to each currency: its transfers do not sum to zero."""
    sums = {currency: amount for currency, amount in sorted(transferred.items()) if amount}
    figures = " and ".join(money(amount, currency) for currency, amount in sums.items())
    breaks = tuple(Break("money_is_conserved", (currency,)) for currency in sums)
    return Fault("consequences", "money out of nothing, and into it", f"All transfers sum to {figures}.", breaks)

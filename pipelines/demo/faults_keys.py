"""Faults of doing a thing again, and of the keys that should prevent it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.demo.accusations import rows, wallets
from pipelines.demo.amounts import money
from pipelines.demo.breaks import Fault
from pipelines.demo.hours import BORDER, DAY, SECOND
from pipelines.demo.rows import adjustment_key, entity
from pipelines.demo.stage import Draft

if TYPE_CHECKING:
    from pipelines.demo.stage import Stage

_DONE = "COMPLETED"
_LIKE = "transactions_are_not_repeated"
_ONCE = "initial_funding_is_once"


def keyless_transfer(stage: Stage) -> Fault:
    """Transfer without a key, as the application allows; the legs still find each other."""
    source, target = stage.payable("EGP")
    amount = source.settled // 4
    legs = stage.legs((source, -amount, _DONE), (target, amount, _DONE), keyed=False)
    story = (
        f"The legs of a transfer of {money(amount, 'EGP')}, {legs[0].transaction_id} and "
        f"{legs[1].transaction_id}, have no idempotency key."
    )
    return Fault("keyless_transfer", "a transfer without a key", story, rows("idempotency_keys_are_present", *legs))


def keyless_deposit(stage: Stage) -> Fault:
    """Credit a wallet without a key, in the last millisecond of a month."""
    wallet = stage.wallet("EUR")
    stage.now = BORDER - 20 * DAY
    stage.past(wallet)
    posted = stage.write(wallet, stage.price("EUR"), Draft("DEPOSIT", keyed=False), BORDER - 1)
    story = f"Deposit {posted.transaction_id} of wallet {wallet.wallet_id} has no idempotency key."
    return Fault("keyless_deposit", "a deposit without a key", story, rows("idempotency_keys_are_present", posted))


def repeated_deposit(stage: Stage) -> Fault:
    """Credit a deposit again under a new key within a minute; a third comes too late to be a repetition."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    first = stage.deposit(wallet)
    second = stage.post(wallet, first.amount, "DEPOSIT", ms=first.ms + 60 * SECOND)
    stage.post(wallet, first.amount, "DEPOSIT", ms=second.ms + 121 * SECOND)
    story = (
        f"Deposit {second.transaction_id} repeats {first.transaction_id} of wallet {wallet.wallet_id} a minute "
        f"later: {money(first.amount, 'EGP')} again, under another key."
    )
    return Fault("repeated_deposit", "a deposit repeated under a new key", story, rows(_LIKE, first, second))


def repeated_under_one_key(stage: Stage) -> Fault:
    """Credit a deposit again within a second, under its own key: the key tells, and no repetition is suspected."""
    wallet, own = stage.wallet("USD"), stage.key("deposit")
    stage.past(wallet)
    first = stage.deposit(wallet, own=own)
    second = stage.post(wallet, first.amount, "DEPOSIT", own, first.ms + SECOND)
    story = (
        f"Deposits {first.transaction_id} and {second.transaction_id} of wallet {wallet.wallet_id} share the "
        f"idempotency key {own}, a second apart."
    )
    breaks = rows("idempotency_keys_are_unique", first, second)
    return Fault("repeated_under_one_key", "a deposit repeated under its own key", story, breaks)


def repeated_over_midnight(stage: Stage) -> Fault:
    """Withdraw three times around a border of months; transfers repeat beside it, as they may."""
    wallet, target = stage.wallet("USD"), stage.wallet("USD")
    stage.now = BORDER - 30 * DAY
    stage.past(wallet)
    stage.fund(target)
    amount = wallet.settled // 10
    about = entity(f"cashout-{stage.block.index}-again", "cashout")
    posted = [
        stage.write(wallet, -amount, Draft("WITHDRAWAL", about=about), BORDER + seconds * SECOND)
        for seconds in (-40, 0, 40)
    ]
    stage.now = BORDER + DAY
    for seconds in (0, 30):
        stage.legs((wallet, -1, _DONE), (target, 1, _DONE), ms=stage.now + seconds * SECOND)
        stage.now += 1
    names = ", ".join(one.transaction_id for one in posted)
    story = f"Withdrawals {names} of wallet {wallet.wallet_id} are one withdrawal made three times over midnight."
    return Fault("repeated_over_midnight", "a withdrawal made three times", story, rows(_LIKE, *posted))


def repeated_adjustment(stage: Stage) -> Fault:
    """Adjust twice within two minutes, each time naming the adjustment's own key as its entity."""
    wallet = stage.wallet("EUR")
    stage.past(wallet)
    start, amount = stage.later(), wallet.settled // 8
    posted = []
    for ms in (start, start + 90 * SECOND):
        own = adjustment_key(stage.block.index, stage.block.rows, ms)
        posted.append(stage.adjust(wallet, -amount, Draft("ADJUSTMENT", own=own, about=entity(own, "adjustment")), ms))
    story = (
        f"Adjustments {posted[0].transaction_id} and {posted[1].transaction_id} took {money(amount, 'EUR')} out of "
        f"wallet {wallet.wallet_id} twice within 90 seconds; each names only its own key as its entity."
    )
    breaks = rows(_LIKE, *posted) + rows("adjustments_name_an_entity", *posted)
    return Fault("repeated_adjustment", "an adjustment made twice", story, breaks)


def funded_twice(stage: Stage) -> Fault:
    """Fund a wallet at sign-up and again later."""
    wallet = stage.wallet("USD")
    posted = stage.fund(wallet), stage.fund(wallet)
    story = f"Wallet {wallet.wallet_id} was funded by {posted[0].transaction_id} and {posted[1].transaction_id}."
    return Fault("funded_twice", "an initial funding given twice", story, rows(_ONCE, *posted))


def signed_up_twice(stage: Stage) -> Fault:
    """Sign a user up again: a second wallet of the same currency, funded as the first."""
    first = stage.wallet("EGP")
    second = stage.wallet("EGP", first.user)
    posted = stage.fund(first), stage.fund(second)
    first.user.cached["EGP"] = first.recorded + second.recorded
    story = (
        f"User {first.user.user_id} has two EGP wallets, {first.wallet_id} and {second.wallet_id}, funded by "
        f"{posted[0].transaction_id} and {posted[1].transaction_id}."
    )
    breaks = rows(_ONCE, *posted) + wallets("wallets_are_unique", first, second)
    return Fault("signed_up_twice", "a user signed up twice", story, breaks)


PLAYS = (
    keyless_transfer,
    keyless_deposit,
    repeated_deposit,
    repeated_under_one_key,
    repeated_over_midnight,
    repeated_adjustment,
    funded_twice,
    signed_up_twice,
)

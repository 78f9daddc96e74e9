"""Faults of one projection: it drifts, it is missing, it stands for nothing, it is there twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.demo.amounts import money
from pipelines.demo.breaks import Break, Fault

if TYPE_CHECKING:
    from pipelines.demo.people import Wallet
    from pipelines.demo.stage import Stage


def drifting(wallet: Wallet) -> Break:
    """Return the break of a projection that drifts."""
    return Break("projections_do_not_drift", (wallet.wallet_id, wallet.currency))


def stale(wallet: Wallet) -> Break:
    """Return the break of a projection older than the ledger it stands for."""
    return Break("projections_are_fresh", (wallet.wallet_id, wallet.currency))


def sides(wallet: Wallet) -> str:
    """Return both figures of a wallet and their difference."""
    ledger, recorded = wallet.settled, wallet.recorded
    figures = [money(amount, wallet.currency) for amount in (ledger, recorded, recorded - ledger)]
    return "ledger {}, recorded {}, drift {}".format(*figures)


def missed_apply(stage: Stage) -> Fault:
    """Leave a deposit out of the projection."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    lost = stage.deposit(wallet)
    wallet.recorded -= lost.amount
    stage.withdraw(wallet)
    story = f"Deposit {lost.transaction_id} is missing from wallet {wallet.wallet_id}: {sides(wallet)}."
    return Fault("missed_apply", "a deposit the projection missed", story, (drifting(wallet),))


def double_apply(stage: Stage) -> Fault:
    """Apply a deposit twice."""
    wallet = stage.wallet("USD")
    stage.past(wallet)
    twice = stage.deposit(wallet)
    wallet.recorded += twice.amount
    story = f"Deposit {twice.transaction_id} was applied twice to wallet {wallet.wallet_id}: {sides(wallet)}."
    return Fault("double_apply", "a deposit applied twice", story, (drifting(wallet),))


def sign_lost(stage: Stage) -> Fault:
    """Write a withdrawal into the ledger without its sign; the projection has it right."""
    wallet = stage.wallet("EUR")
    stage.past(wallet)
    amount = wallet.settled // 4
    lost = stage.post(wallet, amount, "WITHDRAWAL")
    wallet.recorded -= 2 * amount
    story = (
        f"Withdrawal {lost.transaction_id} stands in the ledger of wallet {wallet.wallet_id} as "
        f"{money(amount, 'EUR')} without its minus sign: {sides(wallet)}."
    )
    wrong = Break("signs_follow_types", (lost.transaction_id,))
    return Fault("sign_lost", "a withdrawal that lost its sign", story, (drifting(wallet), wrong))


def sign_flipped(stage: Stage) -> Fault:
    """Subtract a deposit from the projection, below zero."""
    wallet = stage.wallet("EGP")
    flipped = stage.fund(wallet)
    wallet.recorded -= 2 * flipped.amount
    story = (
        f"Deposit {flipped.transaction_id} was taken from the projection of wallet {wallet.wallet_id} "
        f"instead of added: {sides(wallet)}."
    )
    below = Break("balances_are_not_negative", (wallet.wallet_id, wallet.currency))
    return Fault("sign_flipped", "a deposit subtracted from the projection", story, (drifting(wallet), below))


def unsettled_counted(stage: Stage) -> Fault:
    """Apply a pending deposit."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    pending = stage.attempt(wallet, stage.price("EGP"), "PENDING")
    wallet.recorded += pending.amount
    story = f"PENDING deposit {pending.transaction_id} is counted in wallet {wallet.wallet_id}: {sides(wallet)}."
    follows = Break("statuses_move_money_rightly", (wallet.wallet_id, "EGP"))
    return Fault("unsettled_counted", "an unsettled row counted as money", story, (drifting(wallet), follows))


def stale_projection(stage: Stage) -> Fault:
    """Stop updating a projection."""
    wallet = stage.wallet("USD")
    stage.past(wallet)
    recorded, wallet.updated = wallet.recorded, wallet.last
    for _ in range(3):
        stage.deposit(wallet)
    wallet.recorded = recorded
    story = f"The projection of wallet {wallet.wallet_id} missed its last 3 transactions: {sides(wallet)}."
    return Fault("stale_projection", "a projection that stopped", story, (drifting(wallet), stale(wallet)))


def _off_by(stage: Stage, name: str, unit: int) -> Fault:
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    wallet.recorded += unit
    story = f"The projection of wallet {wallet.wallet_id} is one minor unit off: {sides(wallet)}."
    return Fault(name, f"a drift of {unit:+} minor unit", story, (drifting(wallet),))


def one_over(stage: Stage) -> Fault:
    """Record one minor unit too much."""
    return _off_by(stage, "one_over", 1)


def one_under(stage: Stage) -> Fault:
    """Record one minor unit too little."""
    return _off_by(stage, "one_under", -1)


def never_created(stage: Stage) -> Fault:
    """Forget a projection altogether."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    wallet.projected = False
    story = f"Wallet {wallet.wallet_id} has a ledger of {money(wallet.settled, 'EGP')} and no projection."
    absent = Break("projections_are_present", (wallet.wallet_id, "EGP"))
    return Fault("projection_never_created", "a projection never created", story, (absent,))


def of_nothing(stage: Stage) -> Fault:
    """Record money that no transaction brought."""
    wallet = stage.wallet("EUR")
    stage.block.open_wallet(wallet, stage.later())
    wallet.recorded = stage.price("EUR")
    story = f"Wallet {wallet.wallet_id} is recorded at {money(wallet.recorded, 'EUR')} without a transaction."
    empty = Break("projections_have_ledgers", (wallet.wallet_id, "EUR"))
    return Fault("projection_of_nothing", "a projection of nothing", story, (empty,))


def of_nobody(stage: Stage) -> Fault:
    """Record money of a wallet that does not exist."""
    wallet = stage.stranger("USD")
    balance = stage.price("USD")
    stage.block.add_projection(wallet, "USD", balance)
    story = f"A projection of {money(balance, 'USD')} names wallet {wallet.wallet_id}, which does not exist."
    unknown = Break("projections_have_ledgers", (wallet.wallet_id, "USD"))
    return Fault("projection_of_nobody", "a projection of an unknown wallet", story, (unknown,))


def duplicate(stage: Stage) -> Fault:
    """Write a projection twice; the cache has the right sum, and so differs from both together."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    stage.block.add_projection(wallet, "EGP", wallet.recorded)
    story = (
        f"Wallet {wallet.wallet_id} has two projections of {money(wallet.recorded, 'EGP')}; "
        f"the cache of user {wallet.user.user_id} has it once."
    )
    double = Break("projections_are_single", (wallet.wallet_id, "EGP"))
    cache = Break("caches_do_not_drift", (wallet.user.user_id, "EGP"))
    return Fault("duplicate_projection", "a projection written twice", story, (double, cache))


def second_currency(stage: Stage) -> Fault:
    """Give a wallet an empty projection in another currency, where the application reads by wallet alone."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    second = stage.block.add_projection(wallet, "USD", 0)
    story = f"Wallet {wallet.wallet_id} holds EGP and has a second projection, of 0.00 USD."
    both = tuple(Break("projections_are_single", (wallet.wallet_id, one)) for one in ("EGP", "USD"))
    foreign = Break("projection_currencies_match", (second.projection_id,))
    return Fault("second_currency", "a second projection in another currency", story, (*both, foreign))

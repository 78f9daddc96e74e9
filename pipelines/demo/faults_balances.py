"""Faults of the running balance, and of the two ends of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.demo.amounts import money
from pipelines.demo.breaks import Break, Fault
from pipelines.demo.faults_projections import drifting, sides, stale
from pipelines.demo.hours import BORDER, DAY, FIRST, LAST, SECOND

if TYPE_CHECKING:
    from pipelines.demo.people import Wallet
    from pipelines.demo.stage import Posted, Stage


def _once(wallet: Wallet) -> Break:
    return Break("balances_never_were_negative", (wallet.wallet_id, wallet.currency))


def _overdraw(stage: Stage, wallet: Wallet) -> tuple[Posted, str]:
    """Take out more than there is; return the withdrawal and what it left."""
    least = stage.price(wallet.currency)
    posted = stage.withdraw(wallet, wallet.settled + least)
    return posted, money(wallet.settled, wallet.currency)


def overdraft_at_the_end(stage: Stage) -> Fault:
    """Leave a wallet below zero."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    posted, left = _overdraw(stage, wallet)
    story = f"Withdrawal {posted.transaction_id} left wallet {wallet.wallet_id} at {left} until the cut."
    below = Break("balances_are_not_negative", (wallet.wallet_id, wallet.currency))
    return Fault("overdraft_at_the_end", "a wallet overdrawn at the cut", story, (below, _once(wallet)))


def overdraft_healed(stage: Stage) -> Fault:
    """Let a wallet fall below zero and recover within the month."""
    wallet = stage.wallet("USD")
    stage.now = BORDER + 2 * DAY
    stage.fund(wallet)
    posted, left = _overdraw(stage, wallet)
    healed = stage.deposit(wallet, -2 * wallet.settled)
    story = (
        f"Withdrawal {posted.transaction_id} left wallet {wallet.wallet_id} at {left}; "
        f"deposit {healed.transaction_id} healed it within the month."
    )
    return Fault("overdraft_healed", "an overdraft healed later", story, (_once(wallet),))


def overdraft_in_a_closed_month(stage: Stage) -> Fault:
    """Let a wallet end March below zero and recover in April."""
    wallet = stage.wallet("EUR")
    stage.now = BORDER - 8 * DAY
    stage.fund(wallet)
    posted, left = _overdraw(stage, wallet)
    stage.now = BORDER + 4 * DAY
    stage.deposit(wallet, -3 * wallet.settled)
    story = (
        f"Withdrawal {posted.transaction_id} left wallet {wallet.wallet_id} at {left} at the end of 2025-03; "
        f"it is {money(wallet.settled, 'EUR')} at the cut."
    )
    return Fault("overdraft_in_a_closed_month", "an overdraft inside a closed month", story, (_once(wallet),))


def first_row(stage: Stage) -> Fault:
    """Leave the very first row of the ledger out of its projection."""
    wallet = stage.wallet("USD")
    lost = stage.fund_at(wallet, FIRST)
    stage.deposit(wallet)
    wallet.recorded -= lost.amount
    story = (
        f"The ledger's first row, deposit {lost.transaction_id}, is not in the projection of wallet "
        f"{wallet.wallet_id}: {sides(wallet)}."
    )
    return Fault("first_row", "the first row of the ledger missed", story, (drifting(wallet),))


def last_row(stage: Stage) -> Fault:
    """Leave the very last row of the ledger out of its projection."""
    wallet = stage.wallet("EUR")
    stage.past(wallet)
    wallet.updated = wallet.last
    lost = stage.post(wallet, stage.price("EUR"), "DEPOSIT", ms=LAST - 5 * SECOND)
    wallet.recorded -= lost.amount
    story = (
        f"The ledger's last row, deposit {lost.transaction_id}, is not in the projection of wallet "
        f"{wallet.wallet_id}: {sides(wallet)}."
    )
    return Fault("last_row", "the last row of the ledger missed", story, (drifting(wallet), stale(wallet)))

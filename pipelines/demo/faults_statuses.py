"""Faults of rows that did not settle, and of rows that share an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.demo.accusations import balances
from pipelines.demo.amounts import money
from pipelines.demo.breaks import Fault
from pipelines.demo.faults_projections import drifting, sides
from pipelines.demo.hours import BORDER, DAY
from pipelines.demo.stage import Draft

if TYPE_CHECKING:
    from pipelines.demo.people import Wallet
    from pipelines.demo.stage import Posted, Stage

_FOLLOWS = "statuses_move_money_rightly"
_ORDER = "balances_hold_in_any_order"


def failed_withdrawal_counted(stage: Stage) -> Fault:
    """Take a failed withdrawal out of the projection."""
    wallet = stage.wallet("USD")
    stage.past(wallet)
    failed = stage.attempt(wallet, -(wallet.settled // 4), "FAILED")
    wallet.recorded += failed.amount
    story = f"FAILED withdrawal {failed.transaction_id} is counted in wallet {wallet.wallet_id}: {sides(wallet)}."
    breaks = (drifting(wallet), *balances(_FOLLOWS, wallet))
    return Fault("failed_withdrawal_counted", "a failed withdrawal counted as money", story, breaks)


def every_status_counted(stage: Stage) -> Fault:
    """Count whatever the status, on both sides of a border of months."""
    wallet = stage.wallet("EUR")
    stage.now = BORDER - 20 * DAY
    stage.past(wallet)
    by = wallet.user.acts_as
    attempts = (
        stage.write(wallet, 3 * stage.price("EUR"), Draft("DEPOSIT", status="CANCELLED"), BORDER - 1),
        stage.write(wallet, -1, Draft("WITHDRAWAL", by, status="PENDING"), BORDER),
    )
    wallet.recorded += sum(one.amount for one in attempts)
    story = (
        f"CANCELLED deposit {attempts[0].transaction_id} and PENDING withdrawal {attempts[1].transaction_id} are "
        f"counted in wallet {wallet.wallet_id}: {sides(wallet)}."
    )
    breaks = (drifting(wallet), *balances(_FOLLOWS, wallet))
    return Fault("every_status_counted", "rows of every status counted", story, breaks)


def one_attempt_counted(stage: Stage) -> Fault:
    """Count one of two attempts: the projection follows neither the ledger nor all of its rows."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    counted = stage.attempt(wallet, stage.price("EGP"), "PENDING")
    stage.attempt(wallet, stage.price("EGP"), "FAILED")
    wallet.recorded += counted.amount
    story = f"PENDING deposit {counted.transaction_id} is counted in wallet {wallet.wallet_id}: {sides(wallet)}."
    return Fault("one_attempt_counted", "one of two attempts counted", story, (drifting(wallet),))


def _swap(stage: Stage, wallet: Wallet, amount: int, ms: int) -> tuple[Posted, Posted]:
    """Pay in and take out at one instant."""
    draft = Draft("WITHDRAWAL", wallet.user.acts_as)
    return stage.post(wallet, amount, "DEPOSIT", ms=ms), stage.write(wallet, -amount, draft, ms)


def short_within_an_instant(stage: Stage) -> Fault:
    """Take out more than there is, with as much paid in at the same instant; another takes just what there is."""
    wallet, exact = stage.wallet("EGP"), stage.wallet("EGP")
    stage.past(wallet)
    stage.past(exact)
    ms = stage.later()
    _, taken = _swap(stage, wallet, wallet.settled + 1, ms)
    _swap(stage, exact, exact.settled, ms)
    story = (
        f"Withdrawal {taken.transaction_id} of {money(-taken.amount, 'EGP')} was more than wallet "
        f"{wallet.wallet_id} held before a deposit of the same instant."
    )
    return Fault(
        "short_within_an_instant", "a balance that hangs on the order of ties", story, balances(_ORDER, wallet)
    )


def spent_as_funded(stage: Stage) -> Fault:
    """Fund a wallet and empty it in its very first instant, the first of a month."""
    wallet = stage.wallet("USD")
    stage.now = BORDER
    funded = stage.fund_at(wallet, BORDER)
    taken = stage.write(wallet, -funded.amount, Draft("WITHDRAWAL"), BORDER)
    story = (
        f"Wallet {wallet.wallet_id} was funded by {funded.transaction_id} and emptied by {taken.transaction_id} "
        "at one instant."
    )
    return Fault("spent_as_funded", "a wallet emptied as it was funded", story, balances(_ORDER, wallet))


PLAYS = (
    failed_withdrawal_counted,
    every_status_counted,
    one_attempt_counted,
    short_within_an_instant,
    spent_as_funded,
)

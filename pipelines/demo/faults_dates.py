"""Faults of a date: it is not when the row was written, or it is still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.demo.accusations import rows
from pipelines.demo.breaks import Fault
from pipelines.demo.hours import BORDER, DAY, HOUR, LAST, SECOND

if TYPE_CHECKING:
    from pipelines.demo.stage import Stage


def dated_after_the_cut(stage: Stage) -> Fault:
    """Date a deposit two hours after the cut; it was written an hour before."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    stage.block.lag = -3 * HOUR
    posted = stage.post(wallet, stage.price("EGP"), "DEPOSIT", ms=LAST + 2 * HOUR)
    story = f"Deposit {posted.transaction_id} of wallet {wallet.wallet_id} is dated 2 hours after the cut."
    return Fault("dated_after_the_cut", "a date still to come", story, rows("dates_are_plausible", posted))


def dated_back(stage: Stage) -> Fault:
    """Date a deposit back into the last second of a month gone by; one 59 s late is beside it."""
    wallet = stage.wallet("USD")
    stage.now = BORDER - 20 * DAY
    stage.past(wallet)
    stage.block.lag = 59 * SECOND
    stage.deposit(wallet)
    stage.block.lag = 3 * DAY
    posted = stage.post(wallet, stage.price("USD"), "DEPOSIT", ms=BORDER - 1)
    stage.block.lag = 0
    stage.now = BORDER + 3 * DAY
    stage.deposit(wallet)
    story = (
        f"Deposit {posted.transaction_id} of wallet {wallet.wallet_id} is dated 2025-03-31 and was "
        "written on 2025-04-03."
    )
    return Fault("dated_back", "a row dated back into an earlier month", story, rows("dates_are_plausible", posted))


def imported(stage: Stage) -> Fault:
    """Import three rows in one go, weeks after their dates."""
    wallet = stage.wallet("EUR")
    stage.past(wallet)
    written = stage.now + 40 * DAY
    posted = []
    for _ in range(3):
        ms = stage.later()
        stage.block.lag = written - ms
        posted.append(stage.post(wallet, stage.price("EUR"), "DEPOSIT", ms=ms))
    names = ", ".join(one.transaction_id for one in posted)
    story = f"Deposits {names} of wallet {wallet.wallet_id} were written at one moment, weeks after their dates."
    return Fault("imported_block", "rows imported long after their dates", story, rows("dates_are_plausible", *posted))


PLAYS = (dated_after_the_cut, dated_back, imported)

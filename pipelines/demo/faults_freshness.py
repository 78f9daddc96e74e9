"""Faults of a projection's time, currency and unit."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pipelines.demo.accusations import balances
from pipelines.demo.amounts import money
from pipelines.demo.breaks import Break, Fault
from pipelines.demo.faults_projections import drifting, sides
from pipelines.demo.hours import BORDER, DAY, HOUR, SECOND

if TYPE_CHECKING:
    from pipelines.demo.stage import Stage

_UNIT = 100


def _behind(stage: Stage, name: str, currency: str, *, by: int, last: int) -> Fault:
    """Leave the time of a projection behind its last transaction; its balance is right."""
    wallet = stage.wallet(currency)
    stage.now = last - 20 * DAY if last else stage.now
    stage.past(wallet)
    posted = stage.post(wallet, stage.price(currency), "DEPOSIT", ms=last)
    wallet.updated = posted.ms - by
    story = (
        f"The projection of wallet {wallet.wallet_id} is dated {by / SECOND:g} s before transaction "
        f"{posted.transaction_id}, which it counts."
    )
    return Fault(name, "a projection dated too early", story, balances("projections_are_fresh", wallet))


def _overwritten(stage: Stage, name: str, currency: str, *, after: int, by: int) -> Fault:
    """Overwrite a projection without a transaction; one that follows an attempt, or by a second, is in order."""
    wallet, follower = stage.wallet(currency), stage.wallet(currency)
    stage.past(wallet)
    wallet.updated = wallet.last + after
    wallet.recorded += by
    stage.past(follower)
    follower.updated = stage.attempt(follower, stage.price(currency), "FAILED").ms + SECOND
    story = (
        f"The projection of wallet {wallet.wallet_id} was written {after // SECOND} s after its last transaction: "
        f"{sides(wallet)}."
    )
    breaks = balances("projections_change_only_with_ledgers", wallet)
    return Fault(name, "a projection overwritten", story, (*breaks, drifting(wallet)) if by else breaks)


def in_another_currency(stage: Stage) -> Fault:
    """Keep the only projection of an EUR wallet in USD; the cache follows it."""
    wallet = stage.wallet("EUR")
    stage.past(wallet)
    wallet.projected = False
    projection = stage.block.add_projection(wallet, "USD", wallet.recorded)
    wallet.user.cached["USD"] = wallet.recorded
    story = (
        f"Projection {projection.projection_id} of {money(wallet.recorded, 'USD')} is of wallet {wallet.wallet_id}, "
        "which holds EUR."
    )
    breaks = (
        Break("projection_currencies_match", (projection.projection_id,)),
        *balances("projections_are_present", wallet),
        Break("projections_have_ledgers", (wallet.wallet_id, "USD")),
    )
    return Fault("projection_in_another_currency", "a projection in another currency", story, breaks)


def _units(stage: Stage, name: str, currency: str, *, over: bool) -> Fault:
    """Record whole units where minor ones are meant, or the other way about."""
    wallet = stage.wallet(currency)
    stage.past(wallet)
    if over:
        stage.deposit(wallet, _UNIT - wallet.settled % _UNIT)
    wallet.recorded = wallet.settled // _UNIT if over else wallet.settled * _UNIT
    story = f"Wallet {wallet.wallet_id} is recorded in another unit than its ledger: {sides(wallet)}."
    breaks = (drifting(wallet), *balances("units_are_consistent", wallet))
    return Fault(name, "a projection in mixed units", story, breaks)


PLAYS = (
    partial(_behind, name="dated_a_millisecond_early", currency="EGP", by=1, last=0),
    partial(_behind, name="dated_in_the_month_before", currency="USD", by=DAY, last=BORDER),
    partial(_overwritten, name="overwritten_unchanged", currency="EUR", after=2 * SECOND, by=0),
    partial(_overwritten, name="overwritten_changed", currency="EGP", after=5 * HOUR, by=1_000),
    in_another_currency,
    partial(_units, name="recorded_times_100", currency="EGP", over=False),
    partial(_units, name="recorded_over_100", currency="USD", over=True),
)

"""Faults of a user's cached balances; the projections beneath them are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.demo.amounts import money
from pipelines.demo.breaks import Break, Fault

if TYPE_CHECKING:
    from pipelines.demo.people import Wallet
    from pipelines.demo.stage import Stage


def _drift(wallet: Wallet, currency: str = "") -> tuple[Break, ...]:
    return (Break("caches_do_not_drift", (wallet.user.user_id, currency or wallet.currency)),)


def units_mixed(stage: Stage) -> Fault:
    """Cache minor units as if they were whole ones."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    cached = wallet.user.cached["EGP"] = wallet.recorded * 100
    story = (
        f"User {wallet.user.user_id} is cached at {money(cached, 'EGP')}, 100 times the recorded "
        f"{money(wallet.recorded, 'EGP')}."
    )
    return Fault("units_mixed", "a cache in mixed units", story, _drift(wallet))


def never_updated(stage: Stage) -> Fault:
    """Write a cache at sign-up and never again."""
    wallet = stage.wallet("USD")
    wallet.user.cached["USD"] = stage.fund(wallet).amount
    stage.deposit(wallet)
    stage.deposit(wallet)
    story = (
        f"The cache of user {wallet.user.user_id} still has {money(wallet.user.cached['USD'], 'USD')} of "
        f"the first day; recorded are {money(wallet.recorded, 'USD')}."
    )
    return Fault("cache_never_updated", "a cache never updated", story, _drift(wallet))


def never_written(stage: Stage) -> Fault:
    """Leave a user without any cache."""
    wallet = stage.wallet("EUR")
    wallet.user.caching = False
    stage.past(wallet)
    story = f"User {wallet.user.user_id} has no cached balance; recorded are {money(wallet.recorded, 'EUR')}."
    return Fault("cache_never_written", "a cache never written", story, _drift(wallet))


def of_nothing(stage: Stage) -> Fault:
    """Cache money of a currency in which the user has no wallet."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    cached = wallet.user.cached["EUR"] = stage.price("EUR")
    story = f"User {wallet.user.user_id} is cached at {money(cached, 'EUR')} and has no EUR wallet."
    return Fault("cache_of_nothing", "a cache of nothing", story, _drift(wallet, "EUR"))

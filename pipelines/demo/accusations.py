"""How offenders are named in the breaks of a fault: by their rows, their balance, their wallet, their entity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.demo.breaks import Break

if TYPE_CHECKING:
    from pipelines.demo.people import Wallet
    from pipelines.demo.stage import Posted


def rows(rule: str, *posted: Posted) -> tuple[Break, ...]:
    """Accuse transactions."""
    return tuple(Break(rule, (one.transaction_id,)) for one in posted)


def balances(rule: str, *wallets: Wallet) -> tuple[Break, ...]:
    """Accuse the balances of wallets, each in its own currency."""
    return tuple(Break(rule, (wallet.wallet_id, wallet.currency)) for wallet in wallets)


def wallets(rule: str, *accused: Wallet) -> tuple[Break, ...]:
    """Accuse wallets as such."""
    return tuple(Break(rule, (wallet.wallet_id,)) for wallet in accused)


def entities(rule: str, name: str, *currencies: str) -> tuple[Break, ...]:
    """Accuse what was done in the name of an entity, in each of the currencies."""
    return tuple(Break(rule, (name, currency)) for currency in currencies)

"""Faults of wallets: their own balance, their owner, their number, and what moves in them when nothing should."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pipelines.demo.accusations import rows, wallets
from pipelines.demo.amounts import money
from pipelines.demo.breaks import Break, Fault
from pipelines.demo.hours import DAY
from pipelines.demo.stage import Draft

if TYPE_CHECKING:
    from pipelines.demo.people import Wallet
    from pipelines.demo.stage import Stage

_TOTALS = "wallet_totals_do_not_drift"
_QUIET = "inactive_wallets_are_quiet"


def total_never_updated(stage: Stage) -> Fault:
    """Leave a wallet's own balance at its initial funding, as Gigsy's finance service does."""
    wallet = stage.wallet("EGP")
    wallet.total = stage.fund(wallet).amount
    stage.deposit(wallet)
    return _total(wallet, "total_never_updated", "a wallet's own balance never updated")


def total_in_whole_units(stage: Stage) -> Fault:
    """Write a wallet's own balance in whole units."""
    wallet = stage.wallet("EUR")
    stage.past(wallet)
    wallet.total = wallet.settled // 100
    return _total(wallet, "total_in_whole_units", "a wallet's own balance in another unit")


def total_one_over(stage: Stage) -> Fault:
    """Write one minor unit too much into a wallet's own balance."""
    wallet = stage.wallet("USD")
    stage.past(wallet)
    wallet.total = wallet.settled + 1
    return _total(wallet, "total_one_over", "a wallet's own balance one minor unit off")


def total_of_nothing(stage: Stage) -> Fault:
    """Open a wallet at whatever the browser says, without a transaction."""
    wallet = stage.wallet("EGP")
    stage.block.open_wallet(wallet, stage.later())
    wallet.total = stage.price("EGP")
    return _total(wallet, "total_of_nothing", "a wallet's own balance without a transaction")


def _total(wallet: Wallet, name: str, label: str) -> Fault:
    says = money(wallet.total or 0, wallet.currency)
    story = f"Wallet {wallet.wallet_id} says {says} of itself; its ledger is {money(wallet.settled, wallet.currency)}."
    return Fault(name, label, story, wallets(_TOTALS, wallet))


def three_wallets(stage: Stage) -> Fault:
    """Give a user two more wallets of a currency they have: one used, one empty."""
    first = stage.wallet("USD")
    others = stage.wallet("USD", first.user), stage.wallet("USD", first.user)
    stage.past(first)
    stage.deposit(others[0])
    stage.block.open_wallet(others[1], stage.later())
    first.user.cached["USD"] = first.recorded + others[0].recorded
    story = (
        f"User {first.user.user_id} has three USD wallets, {first.wallet_id}, {others[0].wallet_id} and "
        f"{others[1].wallet_id}."
    )
    breaks = wallets("wallets_are_unique", first, *others)
    return Fault("three_wallets", "three wallets of one user and currency", story, breaks)


def _orphaned(stage: Stage, name: str, currency: str, *, acting: bool) -> Fault:
    """Leave a wallet behind whose user is gone; `acting` says whether that user still withdraws."""
    wallet = stage.wallet(currency, stage.nobody())
    stage.fund(wallet)
    stage.deposit(wallet)
    breaks = wallets("wallet_owners_exist", wallet)
    story = f"Wallet {wallet.wallet_id} belongs to user {wallet.user.user_id}, who does not exist."
    if acting:
        breaks += rows("creators_are_known", stage.withdraw(wallet))
    return Fault(name, "a wallet of nobody", story, breaks)


def _deleted(stage: Stage, name: str, currencies: tuple[str, ...]) -> Fault:
    """Delete a user who still has money; a wallet that is empty accuses nobody."""
    user = stage.user()
    held = [stage.wallet(currency, user) for currency in currencies]
    empty = stage.wallet("USD", user)
    stage.deposit(empty)
    stage.withdraw(empty, empty.settled)
    for wallet in held:
        stage.past(wallet)
    user.deleted = stage.later()
    amounts = " and ".join(money(wallet.settled, wallet.currency) for wallet in held)
    story = f"User {user.user_id} was deleted and still has {amounts}."
    breaks = tuple(Break("deleted_users_hold_no_money", (user.user_id, currency)) for currency in currencies)
    return Fault(name, "a deleted user with money", story, breaks)


def _moved(stage: Stage, name: str, currency: str, *, status: str) -> Fault:
    """Let a wallet move after it was made inactive; one that is active may be updated less often."""
    wallet, active = stage.wallet(currency), stage.wallet(currency)
    for one in (wallet, active):
        stage.past(one)
        one.closed = stage.now + DAY
    wallet.active = False
    stage.now += 2 * DAY
    stage.deposit(active)
    posted = stage.write(wallet, stage.price(currency), Draft("DEPOSIT", status=status))
    story = f"{status} deposit {posted.transaction_id} came into wallet {wallet.wallet_id} after it was made inactive."
    return Fault(name, "a row in an inactive wallet", story, rows(_QUIET, posted))


PLAYS = (
    total_never_updated,
    total_in_whole_units,
    total_one_over,
    total_of_nothing,
    three_wallets,
    partial(_orphaned, name="wallet_of_nobody", currency="EGP", acting=False),
    partial(_orphaned, name="wallet_of_nobody_who_acts", currency="EUR", acting=True),
    partial(_deleted, name="deleted_with_money", currencies=("EGP",)),
    partial(_deleted, name="deleted_with_two_currencies", currencies=("EGP", "EUR")),
    partial(_moved, name="inactive_wallet_moves", currency="EGP", status="COMPLETED"),
    partial(_moved, name="inactive_wallet_is_tried", currency="EUR", status="PENDING"),
)

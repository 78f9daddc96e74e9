"""Faults of wallets and of the users they belong to."""

from collections.abc import Sequence
from functools import partial

from pipelines.selftest.fault import Fault, Subject
from pipelines.selftest.ground import DAY, SECOND
from pipelines.selftest.hand import Hand


def another_wallet(hand: Hand) -> Sequence[Subject]:
    """Give a user two wallets of one currency."""
    hand.need("wallets.user_id")
    account = hand.newcomer()
    other = hand.newcomer(account.currency, account.user or {"user_id": account.owner, "source_created_at": hand.cut})
    return [(account.wallet_id,), (other.wallet_id,)]


def without_owner(hand: Hand) -> Sequence[Subject]:
    """Remove a wallet's user, but not the wallet."""
    hand.need("wallets.user_id", "users")
    account = hand.newcomer()
    for table in ("users", "user_balances"):
        for row in list(hand.of(table, account.owner)):
            hand.drop(table, row)
    return [(account.wallet_id,)]


def inactive(hand: Hand, seconds: int) -> Sequence[Subject]:
    """Write a row of a wallet that was closed before."""
    hand.need("wallets.is_active", "wallets.updated_at")
    account = hand.newcomer()
    account.wallet |= {"is_active": False, "updated_at": account.now + DAY}
    row = hand.deposit(account, None, account.now + DAY + seconds * SECOND)
    return [(str(row["transaction_id"]),)]


def deleted(hand: Hand, units: int) -> Sequence[Subject]:
    """Delete a user who has money."""
    hand.need("users.deleted_at")
    account = hand.newcomer()
    if units:
        hand.withdraw(account, hand.ledger(account) - units * hand.unit(account.currency))
    for table in ("users", "user_balances"):
        for row in hand.of(table, account.owner):
            row["deleted_at"] = account.now + DAY
    return [(account.owner, account.currency)]


def unknown_customer(hand: Hand, way: str) -> Sequence[Subject]:
    """Let a user withdraw who has not passed, or not yet."""
    hand.need("users.kyc_passed_at")
    account = hand.newcomer()
    row = hand.withdraw(account, hand.part(account))
    if account.user:
        account.user["kyc_passed_at"] = row["created_at"] + SECOND if way == "later" else None
    return [(str(row["transaction_id"]),)]


PEOPLE = (
    Fault("wallets_are_unique", "two wallets of one currency", another_wallet),
    Fault("wallet_owners_exist", "a wallet of nobody", without_owner),
    Fault("inactive_wallets_are_quiet", "a row a second after closing", partial(inactive, seconds=1)),
    Fault("inactive_wallets_are_quiet", "a row days after closing", partial(inactive, seconds=500_000)),
    Fault("deleted_users_hold_no_money", "a deleted user with money", partial(deleted, units=0)),
    Fault("deleted_users_hold_no_money", "a deleted user with one unit", partial(deleted, units=1)),
    Fault("withdrawals_follow_kyc", "a withdrawal by who never passed", partial(unknown_customer, way="never")),
    Fault("withdrawals_follow_kyc", "a withdrawal a second too early", partial(unknown_customer, way="later")),
)

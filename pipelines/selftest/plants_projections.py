"""Faults of what the application recorded and showed, while the ledger is in order."""

from collections.abc import Sequence
from functools import partial
from typing import Literal

from pipelines.selftest.documents import Token
from pipelines.selftest.fault import Fault, NotHereError, Subject
from pipelines.selftest.ground import DAY, SECOND
from pipelines.selftest.hand import Hand

HOUR = 3_600 * SECOND
INEXACT = {"float64": "100.5", "int64": "9223372036854775808", "decimal": '"100.005"'}
"""An amount that is no exact integer, as each spelling has it."""


def drifting(hand: Hand, units: int) -> Sequence[Subject]:
    """Record another balance than the ledger's, and show it."""
    hand.need("wallet_balances")
    account = hand.real()
    hand.move_recorded(account, units * hand.unit(account.currency))
    hand.move_cached(account, units * hand.unit(account.currency))
    return [account.balance]


def missed(hand: Hand, times: int) -> Sequence[Subject]:
    """Apply the last row of the ledger not at all, or twice."""
    hand.need("wallet_balances")
    account = hand.real()
    row = hand.deposit(account)
    hand.move_recorded(account, (times - 1) * row["amount"])
    hand.move_cached(account, (times - 1) * row["amount"])
    return [account.balance]


def zeroed(hand: Hand) -> Sequence[Subject]:
    """Record nothing of a wallet that has money."""
    hand.need("wallet_balances")
    account = hand.real()
    hand.move_recorded(account, -hand.ledger(account))
    return [account.balance]


def swapped(hand: Hand) -> Sequence[Subject]:
    """Record two wallets' balances the wrong way round, which no total shows."""
    hand.need("wallet_balances")
    one = hand.real()
    other = hand.newcomer(one.currency)
    apart = hand.ledger(one) - hand.ledger(other)
    if not apart:
        hand.deposit(other)
        apart = hand.ledger(one) - hand.ledger(other)
    hand.move_recorded(one, -apart)
    hand.move_recorded(other, apart)
    return [one.balance, other.balance]


def absent(hand: Hand) -> Sequence[Subject]:
    """Record nothing at all."""
    hand.need("wallet_balances")
    account = hand.real()
    if account.projection:
        hand.drop("wallet_balances", account.projection)
    return [account.balance]


def baseless(hand: Hand, of: str) -> Sequence[Subject]:
    """Record money without a ledger, or without a wallet."""
    hand.need("wallet_balances")
    account = hand.newcomer()
    unit = hand.unit(account.currency)
    if of == "wallet":
        wallet_id = hand.mint("wallets")
        hand.add_projection(wallet_id, account.currency, 0, hand.cut)
        return [(wallet_id, account.currency)]
    held = hand.ledger(account)
    for row in list(hand.of("transactions", account.wallet_id)):
        hand.drop("transactions", row)
    hand.move(account, unit - held)
    return [account.balance]


def doubled(hand: Hand, of: str) -> Sequence[Subject]:
    """Record a wallet twice, alike, otherwise, or in another currency."""
    hand.need("wallet_balances")
    account = hand.real()
    recorded = account.projection["recorded"] if account.projection else 0
    if of == "another currency":
        if not hand.mapping.rules.one_projection_per_wallet:
            message = "the application reads projections by wallet and currency"
            raise NotHereError(message)
        hand.add_projection(account.wallet_id, hand.another_currency(account.currency), 0, hand.cut)
        return [account.balance]
    more = hand.unit(account.currency) if of == "otherwise" else 0
    hand.add_projection(account.wallet_id, account.currency, recorded + more, account.now)
    return [account.balance]


def in_another_currency(hand: Hand) -> Sequence[Subject]:
    """Record a wallet's balance in a currency that is not its own."""
    hand.need("wallet_balances")
    account = hand.real()
    projection = account.projection or {}
    projection["currency"] = hand.another_currency(account.currency)
    return [(str(projection["projection_id"]),)]


def untimely(hand: Hand, way: Literal["late", "early"]) -> Sequence[Subject]:
    """Date a projection before its wallet's last settled row, or long after its last row of any kind."""
    hand.need("wallet_balances.updated_at")
    account = hand.newcomer()
    hand.deposit(account)
    projection = account.projection or {}
    grace = hand.mapping.rules.freshness_seconds * SECOND
    projection["updated_at"] = account.now + (grace + SECOND if way == "late" else -DAY)
    return [account.balance]


def rewritten(hand: Hand) -> Sequence[Subject]:
    """Overwrite a projection at the cut, long after the last row."""
    hand.need("wallet_balances.updated_at")
    account = hand.newcomer()
    hand.move_recorded(account, hand.part(account), hand.cut)
    return [account.balance]


def total(hand: Hand, units: int) -> Sequence[Subject]:
    """Let a wallet's own total be another."""
    hand.need("wallets.balance")
    account = hand.newcomer()
    hand.move_total(account, units * hand.unit(account.currency))
    return [(account.wallet_id,)]


def shown(hand: Hand, units: int) -> Sequence[Subject]:
    """Show a user another balance than was recorded."""
    hand.need("user_balances", "wallet_balances")
    account = hand.real()
    hand.move_cached(account, units * hand.unit(account.currency))
    return [(account.owner, account.currency)]


def unshown(hand: Hand) -> Sequence[Subject]:
    """Show a user nothing of a balance."""
    hand.need("user_balances", "wallet_balances")
    account = hand.newcomer()
    if account.cache and hand.mapping.present()["user_balances"].list:
        account.cache |= {"currency": None, "cached": None}
    elif account.cache:
        hand.drop("user_balances", account.cache)
    return [(account.owner, account.currency)]


def stale_cache(hand: Hand) -> Sequence[Subject]:
    """Let the cache miss the last row, which the projection has."""
    hand.need("user_balances", "wallet_balances")
    account = hand.real()
    row = hand.deposit(account)
    hand.move_cached(account, -row["amount"])
    return [(account.owner, account.currency)]


def in_other_units(hand: Hand, way: int) -> Sequence[Subject]:
    """Record major units as minor ones, or the other way round."""
    hand.need("wallet_balances")
    account = hand.newcomer()
    factor = 10 ** hand.mapping.currencies[account.currency]
    if factor == 1 or hand.unit(account.currency) > 1:
        message = f"{account.currency} is written in one unit only"
        raise NotHereError(message)
    hand.deposit(account, 100 * factor - hand.ledger(account) % factor)
    ledger = hand.ledger(account)
    hand.move_recorded(account, (ledger * factor if way > 0 else ledger // factor) - ledger)
    hand.move_cached(account, (ledger * factor if way > 0 else ledger // factor) - ledger)
    return [account.balance]


def inexact(hand: Hand, table: str) -> Sequence[Subject]:
    """Record a balance that is no whole minor unit."""
    column, identifier = {"wallet_balances": ("recorded", "projection_id"), "wallets": ("balance", "wallet_id")}[table]
    hand.need(table, f"{table}.{column}")
    account = hand.newcomer()
    row = account.wallet if table == "wallets" else account.projection or {}
    spelled = hand.mapping.present()[table].present()[column].type
    row[column] = Token(INEXACT[spelled])
    return [(table, str(row[identifier]))]


PROJECTIONS = (
    Fault("projections_do_not_drift", "one unit too high", partial(drifting, units=1)),
    Fault("projections_do_not_drift", "one unit too low", partial(drifting, units=-1)),
    Fault("projections_do_not_drift", "far too high", partial(drifting, units=1_000_000_000)),
    Fault("projections_do_not_drift", "the last row not applied", partial(missed, times=0)),
    Fault("projections_do_not_drift", "the last row applied twice", partial(missed, times=2)),
    Fault("projections_do_not_drift", "recorded as nothing", zeroed),
    Fault("projections_do_not_drift", "two wallets the wrong way round", swapped),
    Fault("projections_are_present", "no projection", absent),
    Fault("projections_have_ledgers", "one unit recorded without a ledger", partial(baseless, of="ledger")),
    Fault("projections_have_ledgers", "nothing recorded of no wallet", partial(baseless, of="wallet")),
    Fault("projections_are_single", "recorded twice alike", partial(doubled, of="alike")),
    Fault("projections_are_single", "recorded twice otherwise", partial(doubled, of="otherwise")),
    Fault("projections_are_single", "recorded again in another currency", partial(doubled, of="another currency")),
    Fault("projection_currencies_match", "recorded in another currency", in_another_currency),
    Fault("projections_are_fresh", "a projection from before the last row", partial(untimely, way="early")),
    Fault("projections_change_only_with_ledgers", "changed a moment too late", partial(untimely, way="late")),
    Fault("projections_change_only_with_ledgers", "overwritten at the cut", rewritten),
    Fault("wallet_totals_do_not_drift", "a total one unit too high", partial(total, units=1)),
    Fault("wallet_totals_do_not_drift", "a total one unit too low", partial(total, units=-1)),
    Fault("wallet_totals_do_not_drift", "a total far too high", partial(total, units=1_000_000_000)),
    Fault("caches_do_not_drift", "shown one unit too much", partial(shown, units=1)),
    Fault("caches_do_not_drift", "shown one unit too little", partial(shown, units=-1)),
    Fault("caches_do_not_drift", "shown nothing", unshown),
    Fault("caches_do_not_drift", "the last row not shown", stale_cache),
    Fault("units_are_consistent", "minor units taken for major ones", partial(in_other_units, way=1)),
    Fault("units_are_consistent", "major units taken for minor ones", partial(in_other_units, way=-1)),
    Fault(
        "recorded_balances_are_integers",
        "a fractional projection",
        partial(inexact, table="wallet_balances"),
        "money",
    ),
    Fault("recorded_balances_are_integers", "a fractional total", partial(inexact, table="wallets"), "money"),
)

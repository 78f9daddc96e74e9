"""Faults of what wallets hold: below zero now, then, or in some order, and rows that count and should not."""

from collections.abc import Sequence
from functools import partial

from pipelines.selftest.fault import Fault, NotHereError, Subject
from pipelines.selftest.ground import DAY, SECOND, YOUTH
from pipelines.selftest.hand import Hand


def overdrawn(hand: Hand, units: int, *, last: bool = False) -> Sequence[Subject]:
    """Take out more than there is."""
    account = hand.real()
    hand.withdraw(account, hand.ledger(account) + units * hand.unit(account.currency), hand.cut if last else None)
    return [account.balance]


def recorded_below_zero(hand: Hand) -> Sequence[Subject]:
    """Record less than nothing of a wallet that has money."""
    hand.need("wallet_balances")
    account = hand.real()
    hand.move_recorded(account, -hand.ledger(account) - hand.unit(account.currency))
    return [account.balance]


def healed(hand: Hand, place: str) -> Sequence[Subject]:
    """Go below zero by one unit, and be paid back before anybody looks."""
    account = hand.newcomer()
    at = {
        "border": max(hand.month_border(), hand.cut - YOUTH + 30 * DAY) - SECOND,
        "first": hand.cut - YOUTH - DAY,
    }.get(place, account.now + DAY)
    unit = hand.unit(account.currency)
    before = [row for row in hand.of("transactions", account.wallet_id) if row["created_at"] <= at]
    hand.withdraw(account, sum(int(row["amount"]) for row in before) + unit, at)
    hand.deposit(account, 2 * unit, at + SECOND)
    return [account.balance]


def by_order(hand: Hand) -> Sequence[Subject]:
    """Spend at the very instant at which the money comes."""
    account = hand.newcomer()
    amount, at = hand.ledger(account) + hand.unit(account.currency), account.now + DAY
    hand.withdraw(account, amount, at)
    hand.deposit(account, amount, at)
    return [account.balance]


def counted(hand: Hand, place: int, way: int) -> Sequence[Subject]:
    """Let an unsettled row move the projection."""
    hand.need("transactions.status", "wallet_balances")
    unsettled = hand.mapping.statuses.unsettled
    if place >= len(unsettled):
        message = f"the configuration lists {len(unsettled)} unsettled statuses only"
        raise NotHereError(message)
    account = hand.real()
    if any(not hand.is_settled(row) for row in hand.of("transactions", account.wallet_id)):
        account = hand.newcomer(account.currency)
    amount = way * hand.part(account)
    row = hand.post(account, "DEPOSIT" if way > 0 else "WITHDRAWAL", amount, status=unsettled[place])
    hand.move_recorded(account, amount, row["created_at"])
    hand.move_cached(account, amount)
    return [account.balance]


BALANCES = (
    Fault("balances_are_not_negative", "one unit too much taken out", partial(overdrawn, units=1)),
    Fault("balances_are_not_negative", "much too much taken out", partial(overdrawn, units=1_000_000_000)),
    Fault("balances_are_not_negative", "one unit too much at the cut", partial(overdrawn, units=1, last=True)),
    Fault("balances_are_not_negative", "recorded below zero, the ledger is not", recorded_below_zero),
    Fault("balances_never_were_negative", "one unit below zero for a second", partial(healed, place="amid")),
    Fault("balances_never_were_negative", "healed in the next month", partial(healed, place="border")),
    Fault("balances_never_were_negative", "below zero in the first row", partial(healed, place="first")),
    Fault("balances_hold_in_any_order", "spent as it came in", by_order),
    Fault("statuses_move_money_rightly", "an unsettled deposit counted", partial(counted, place=0, way=1)),
    Fault("statuses_move_money_rightly", "an unsettled withdrawal counted", partial(counted, place=0, way=-1)),
    Fault("statuses_move_money_rightly", "a failed deposit counted", partial(counted, place=1, way=1)),
)

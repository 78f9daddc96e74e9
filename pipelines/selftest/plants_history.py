"""Faults of history: what was exported before is changed, gone or added to.

Each has two halves: what stands in the export before, then, after the `yield`, what was done to it.
"""

from collections.abc import Generator, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.selftest.fault import Fault, NotHereError, Subject
from pipelines.selftest.ground import DAY, SECOND, Account
from pipelines.selftest.hand import Hand
from pipelines.selftest.tables import Row

Halves = Generator[None, None, Sequence[Subject]]


def _named(row: Row) -> Sequence[Subject]:
    return [(str(row["transaction_id"]),)]


def _closed(hand: Hand, place: str = "first") -> tuple[Account, Row]:
    """Return a settled row of a closed month and its account: a wallet's first or last, or one at a month's end."""
    account, border = hand.real(), hand.month_border()
    rows = sorted(hand.of("transactions", account.wallet_id), key=lambda row: row["created_at"])
    closed = [row for row in rows if row["created_at"] < border and hand.is_settled(row)]
    plain = [row for row in closed if hand.is_external(row)]
    if place == "border":
        return account, hand.deposit(account, None, border - SECOND)
    if not plain:
        account = hand.newcomer(account.currency)
        plain = [row for row in hand.of("transactions", account.wallet_id) if row["created_at"] < border]
    if not plain:
        message = "no month of the copy was closed"
        raise NotHereError(message)
    return account, plain[0 if place == "first" else -1]


def changed(hand: Hand, place: str, **columns: Any) -> Halves:  # noqa: ANN401 - columns of any type
    """Change columns of a row."""
    hand.need(*(f"transactions.{name}" for name in columns))
    _, row = _closed(hand, place)
    yield
    row |= {name: hand.mint("transactions", name) if value == "new" else value for name, value in columns.items()}
    return _named(row)


def restated(hand: Hand, units: int, rule: str = "", place: str = "first") -> Halves:
    """Change the amount of a row, and let all balances follow it."""
    account, row = _closed(hand, place)
    yield
    more = units * hand.unit(account.currency)
    row["amount"] += more
    hand.move(account, more)
    return _accused(hand, row, rule)


def unsettled(hand: Hand) -> Halves:
    """Let a settled row count no more."""
    account, row = _closed(hand)
    status = hand.unsettled_status()
    if status in hand.mapping.rules.mutable_statuses.get(row["status"] or "", ()):
        message = f"the configuration allows {row['status']} to become {status}"
        raise NotHereError(message)
    yield
    row["status"] = status
    hand.move(account, -row["amount"])
    return _named(row)


def moved(hand: Hand, rule: str = "") -> Halves:
    """Date a row in another month."""
    _, row = _closed(hand)
    yield
    before = row["created_at"]
    row["created_at"] = before - 31 * DAY
    return _accused(hand, {**row, "created_at": before}, rule)


def rewalleted(hand: Hand) -> Halves:
    """Give a row to another wallet."""
    account, row = _closed(hand)
    other = hand.newcomer(account.currency)
    yield
    hand.move(account, -row["amount"])
    hand.move(other, row["amount"])
    row["wallet_id"] = other.wallet_id
    return _named(row)


def removed(hand: Hand, place: str, rule: str = "") -> Halves:
    """Remove a row."""
    account, row = _closed(hand, place)
    yield
    hand.drop("transactions", row)
    hand.move(account, -row["amount"])
    return _accused(hand, row, rule)


def inserted(hand: Hand, into: str, rule: str = "") -> Halves:
    """Add a row that is dated before the export before."""
    account, border = hand.real(), hand.month_border()
    late = hand.cut - (hand.mapping.rules.backdating_grace + 60) * SECOND
    if into == "open" and late < border:
        message = "the month of the cut has only just begun"
        raise NotHereError(message)
    yield
    row = hand.deposit(account, None, min(border - SECOND, late) if into == "closed" else late)
    return _accused(hand, row, rule)


def _accused(hand: Hand, row: Row, rule: str) -> Sequence[Subject]:
    """Return what must be found: the row, or its balance in its month, or in the month after."""
    if not rule:
        return _named(row)
    month = _month(hand, row["created_at"])
    if rule == "openings_equal_closings":
        later = sorted({_month(hand, each["created_at"]) for each in hand.rows["transactions"]} - {month})
        following = [each for each in later if each > month]
        if not following:
            message = "no month comes after one that was closed"
            raise NotHereError(message)
        month = following[0]
    return [(month, str(row["wallet_id"]), str(row["currency"]))]


def _month(hand: Hand, instant: datetime) -> str:
    return f"{instant.astimezone(ZoneInfo(hand.mapping.zone)):%Y-%m}"


def _fault(rule: str, says: str, plant: Any) -> Fault:  # noqa: ANN401 - either half is called by the passes
    return Fault(rule, says, plant, "history")


_APPEND, _CLOSED, _OPENINGS = "ledger_is_append_only", "months_stay_closed", "openings_equal_closings"
HISTORY = (
    _fault(_APPEND, "an amount one unit larger", partial(restated, units=1)),
    _fault(_APPEND, "the amount of a month's last row", partial(restated, units=-1, place="border")),
    _fault(_APPEND, "a settled row unsettled", unsettled),
    _fault(_APPEND, "a row given to another wallet", rewalleted),
    _fault(_APPEND, "a row dated in another month", moved),
    _fault(_APPEND, "another author", partial(changed, place="last", created_by="new")),
    _fault(_APPEND, "another description", partial(changed, place="first", description="new")),
    _fault(_APPEND, "another key", partial(changed, place="last", idempotency_key="new")),
    _fault(_APPEND, "a wallet's first row removed", partial(removed, place="first")),
    _fault(_APPEND, "a wallet's last row removed", partial(removed, place="last")),
    _fault(_APPEND, "a row added to a closed month", partial(inserted, into="closed")),
    _fault(_APPEND, "a row added to the open month", partial(inserted, into="open")),
    _fault(_CLOSED, "a closed amount one unit larger", partial(restated, units=1, rule=_CLOSED)),
    _fault(_CLOSED, "a closed amount far larger", partial(restated, units=1_000_000_000, rule=_CLOSED)),
    _fault(_CLOSED, "a row of a closed month removed", partial(removed, place="first", rule=_CLOSED)),
    _fault(_CLOSED, "a row added in its last second", partial(inserted, into="closed", rule=_CLOSED)),
    _fault(_CLOSED, "a row moved out of it", partial(moved, rule=_CLOSED)),
    _fault(_OPENINGS, "a closed amount one unit smaller", partial(restated, units=-1, rule=_OPENINGS)),
    _fault(_OPENINGS, "a row removed before it", partial(removed, place="last", rule=_OPENINGS)),
)

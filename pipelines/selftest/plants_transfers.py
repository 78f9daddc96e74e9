"""Faults of transfers: a leg is missing, too many, unequal, or does not belong; and of what they do to all money."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from pipelines.selftest.fault import Fault, NotHereError, Subject
from pipelines.selftest.ground import DAY, SECOND, Account
from pipelines.selftest.hand import Hand
from pipelines.selftest.tables import Row

LARGE = 1_000_000_000


def transfer(hand: Hand, *legs: tuple[Account, int], at: datetime | None = None, **more: Any) -> list[Row]:  # noqa: ANN401 - columns of any type
    """Write the legs of one transfer, the debit first, as its sender."""
    at = at or min(max(account.now for account, _ in legs) + DAY, hand.cut)
    said = {"by": legs[0][0].owner if hand.mapping.has("users") else hand.authorised(), **more}
    kind, key = hand.kind("transfer"), hand.mint("transactions", "idempotency_key")
    if hand.mapping.has("transactions.related_id"):
        said.setdefault("related_id", hand.mint("transactions", "related_id"))
    return [
        hand.post(account, kind, amount, at, **{"idempotency_key": key if amount < 0 else f"{key}-credit", **said})
        for account, amount in legs
    ]


def _named(rows: Sequence[Row]) -> Sequence[Subject]:
    return [(str(row["transaction_id"]),) for row in rows]


def _pair(hand: Hand) -> tuple[Account, Account, int]:
    """Return who pays, who is paid, and how much."""
    source = hand.real()
    return source, hand.real(source.currency), hand.part(source)


def one_leg(hand: Hand, way: int, place: str = "amid") -> Sequence[Subject]:
    """Write one leg only."""
    source = hand.real()
    at = {"first": hand.first_instant() - DAY, "last": hand.cut, "border": hand.month_border() - SECOND}.get(place)
    return _named(transfer(hand, (source, way * hand.part(source)), at=at))


def unequal(hand: Hand, more: int) -> Sequence[Subject]:
    """Credit more, or less, than was debited."""
    source, target, amount = _pair(hand)
    unit = hand.unit(source.currency)
    _needs_keys(hand)
    return _named(transfer(hand, (source, -amount - 2 * unit), (target, amount + (2 + more) * unit)))


def to_itself(hand: Hand) -> Sequence[Subject]:
    """Transfer from a wallet to itself."""
    source = hand.real()
    amount = hand.part(source)
    return _named(transfer(hand, (source, -amount), (source, amount)))


def two_currencies(hand: Hand) -> Sequence[Subject]:
    """Debit one currency and credit the same figure in another."""
    _needs_keys(hand)
    source = hand.real()
    target = hand.newcomer(hand.another_currency(source.currency))
    amount = hand.part(source)
    return _named(transfer(hand, (source, -amount), (target, amount)))


def three_legs(hand: Hand) -> Sequence[Subject]:
    """Share one debit out among two."""
    _needs_keys(hand)
    if hand.mapping.rules.transfer_legs in (0, 3):
        message = "the configuration allows transfers of three legs"
        raise NotHereError(message)
    source, target, amount = _pair(hand)
    unit = hand.unit(source.currency)
    third = hand.newcomer(source.currency)
    return _named(transfer(hand, (source, -amount - 2 * unit), (target, amount + unit), (third, unit)))


def two_statuses(hand: Hand) -> Sequence[Subject]:
    """Settle the debit and leave the credit open."""
    source, target, amount = _pair(hand)
    legs = transfer(hand, (source, -amount), (target, amount))
    legs[1]["status"] = hand.unsettled_status()
    hand.move(target, -amount)
    return _named(legs)


def unconserved(hand: Hand, place: int, more: int) -> Sequence[Subject]:
    """Make money out of nothing, in one currency."""
    every = hand.currencies()
    if place >= len(every):
        message = f"the ledger has {len(every)} currencies only"
        raise NotHereError(message)
    source, target = hand.real(every[place]), hand.real(every[place])
    amount = hand.part(source)
    transfer(hand, (source, -amount), (target, amount + more * hand.unit(every[place])))
    return [(every[place],)]


def _needs_keys(hand: Hand) -> None:
    """Refuse where only the amounts tell which legs belong together."""
    hand.need("transactions.idempotency_key")


TRANSFERS = (
    Fault("transfers_net_to_zero", "a debit without its credit", partial(one_leg, way=-1)),
    Fault("transfers_net_to_zero", "a credit without its debit", partial(one_leg, way=1)),
    Fault("transfers_net_to_zero", "one leg as the ledger's first row", partial(one_leg, way=1, place="first")),
    Fault("transfers_net_to_zero", "one leg at the cut", partial(one_leg, way=-1, place="last")),
    Fault("transfers_net_to_zero", "one leg in the last second of a month", partial(one_leg, way=1, place="border")),
    Fault("transfers_net_to_zero", "a credit one unit too large", partial(unequal, more=1)),
    Fault("transfers_net_to_zero", "a credit one unit too small", partial(unequal, more=-1)),
    Fault("transfers_net_to_zero", "a credit far too large", partial(unequal, more=LARGE)),
    Fault("transfers_net_to_zero", "a wallet that pays itself", to_itself),
    Fault("transfers_net_to_zero", "legs in two currencies", two_currencies),
    Fault("transfers_net_to_zero", "three legs", three_legs),
    Fault("transfers_net_to_zero", "legs in two statuses", two_statuses),
    Fault("money_is_conserved", "one unit made", partial(unconserved, place=0, more=1), "money"),
    Fault(
        "money_is_conserved", "one unit lost in the second currency", partial(unconserved, place=1, more=-1), "money"
    ),
    Fault("money_is_conserved", "much made in the third", partial(unconserved, place=2, more=LARGE), "money"),
)

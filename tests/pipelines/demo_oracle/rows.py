"""What single rows break: amount, currency, type, sign, date, key."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from statistics import median
from typing import TYPE_CHECKING

from tests.pipelines.demo_oracle.world import KINDS, Row, World, entity, kind, settled

if TYPE_CHECKING:
    from tests.pipelines.demo_oracle.world import Found


def of_names(world: World) -> Found:
    for row in world.rows:
        one = (row["_id"],)
        if row["currency"] not in {"EGP", "USD", "EUR"}:
            yield "currencies_are_known", one
        if row["type"] not in KINDS:
            yield "types_are_known", one
        wallet = world.wallets.get(row["walletId"])
        if wallet is None:
            yield "wallets_exist", one
        elif wallet["currency"] != row["currency"]:
            yield "currencies_match_wallets", one
        in_escrow = kind(row) in {"ESCROW_HOLD", "ESCROW_RELEASE"} or (kind(row) == "PAYOUT" and row["amount"] > 0)
        if in_escrow and not row.get("relatedEntityId"):
            yield "escrow_names_its_entity", one


def of_figures(world: World) -> Found:
    for row in world.rows:
        one = (row["_id"],)
        if row["amount"] == 0:
            yield "amounts_are_not_zero", one
        sign = (KINDS | {"INITIAL_FUNDING": "credit"}).get(kind(row))
        if (sign == "credit" and row["amount"] < 0) or (sign == "debit" and row["amount"] > 0):
            yield "signs_follow_types", one
        if row["createdAt"] > world.cut + 60_000 or abs(row["createdAt"] - row["_creationTime"]) > 60_000:
            yield "dates_are_plausible", one


def of_limits(world: World) -> Found:
    """Whether the median is of all rows, of the others, or of the settled ones must not matter."""
    for rows in world.by_wallet.values():
        if len(rows) < 6:
            continue
        amounts = sorted(abs(row["amount"]) for row in rows)
        moved = [abs(row["amount"]) for row in rows if settled(row)]
        middles = [median(amounts)] + ([median(moved)] if len(moved) > 5 else [])
        for row in rows:
            amount = abs(row["amount"])
            verdicts = {amount > 50 * middle for middle in [*middles, _median_of_others(amounts, amount)]}
            assert len(verdicts) == 1, row
            if verdicts == {True}:
                yield "amounts_are_within_limits", (row["_id"],)


def _median_of_others(amounts: list[float], amount: float) -> float:
    place, count = bisect_left(amounts, amount), len(amounts) - 1
    lower, upper = ((count - 1) // 2, count // 2)
    return (amounts[lower + (lower >= place)] + amounts[upper + (upper >= place)]) / 2


def of_keys(world: World) -> Found:
    times = Counter(row["idempotencyKey"] for row in world.rows if "idempotencyKey" in row)
    for row in world.rows:
        if not row.get("idempotencyKey"):
            yield "idempotency_keys_are_present", (row["_id"],)
        elif times[row["idempotencyKey"]] > 1:
            yield "idempotency_keys_are_unique", (row["_id"],)


def of_repetition(world: World) -> Found:
    like = defaultdict(list)
    funded = defaultdict(list)
    for row in world.rows:
        if kind(row) != "TRANSFER":
            like[row["walletId"], kind(row), row["amount"], entity(row)].append(row)
        if kind(row) == "INITIAL_FUNDING":
            funded[world.owner(row), row["currency"]].append(row)
    for rows in like.values():
        for row in rows:
            if any(_repeats(row, other) for other in rows):
                yield "transactions_are_not_repeated", (row["_id"],)
    for rows in funded.values():
        if len(rows) > 1:
            yield from (("initial_funding_is_once", (row["_id"],)) for row in rows)


def _repeats(row: Row, other: Row) -> bool:
    apart = abs(row["createdAt"] - other["createdAt"]) <= 120_000
    keys = row.get("idempotencyKey"), other.get("idempotencyKey")
    return row is not other and apart and (keys[0] != keys[1] or keys[0] is None)

"""What balances and their projections break."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.pipelines.demo_oracle.world import Row, World, settled

if TYPE_CHECKING:
    from tests.pipelines.demo_oracle.world import Found


def of_balances(world: World) -> Found:
    for balance in world.ledger.keys() | world.single.keys():
        if world.ledger.get(balance, 0) < 0 or world.single.get(balance, 0) < 0:
            yield "balances_are_not_negative", balance
    for balance in world.ledger:
        before = 0
        for amounts in world.instants(balance):
            after = before + sum(amounts)
            lowest = before + sum(amount for amount in amounts if amount < 0)
            if after < 0:
                yield "balances_never_were_negative", balance
            elif before >= 0 and lowest < 0:
                yield "balances_hold_in_any_order", balance
            before = after


def of_projections(world: World) -> Found:
    for balance in world.ledger.keys() | world.recorded.keys():
        found = world.recorded.get(balance, [])
        if balance not in world.ledger:
            if any(found) or balance[0] not in world.wallets:
                yield "projections_have_ledgers", balance
        elif not found:
            yield "projections_are_present", balance
        elif balance[0] not in world.wallets:
            yield "projections_have_ledgers", balance
    of_wallet = Counter(row["walletId"] for row in world.projections)
    for balance in world.recorded:
        if of_wallet[balance[0]] > 1:
            yield "projections_are_single", balance


def of_drift(world: World) -> Found:
    for balance, drift in world.drift.items():
        if drift:
            yield "projections_do_not_drift", balance
        unsettled = sum(int(row["amount"]) for row in world.by_balance[balance] if not settled(row))
        if drift and drift == unsettled:
            yield "statuses_move_money_rightly", balance
        ledger, recorded = world.ledger[balance], world.single[balance]
        if ledger and (recorded == ledger * 100 or recorded * 100 == ledger):
            yield "units_are_consistent", balance


def of_projection_times(world: World) -> Found:
    """Whether a projection is measured by its wallet's rows or by those of its own currency must not matter."""
    for row in world.projections:
        balance = (row["walletId"], row["currency"])
        wallet = world.wallets.get(row["walletId"])
        if wallet and wallet["currency"] != row["currency"]:
            yield "projection_currencies_match", (row["_id"],)
        readings = [_broken(row, rows) for rows in (world.by_balance.get(balance), world.by_wallet.get(balance[0]))]
        assert readings[0] in (None, readings[1]), row
        yield from ((rule, balance) for rule in readings[1] or ())


def _broken(projection: Row, rows: list[Row] | None) -> list[str] | None:
    if not rows:
        return None
    updated = projection["lastUpdated"]
    broken = []
    if any(settled(row) and row["createdAt"] > updated for row in rows):
        broken.append("projections_are_fresh")
    if updated > max(row["createdAt"] for row in rows) + 1_000:
        broken.append("projections_change_only_with_ledgers")
    return broken

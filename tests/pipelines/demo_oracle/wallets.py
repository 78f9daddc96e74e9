"""What wallets, their users and the caches break."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.pipelines.demo_oracle.world import Balance, Found, World


def of_caches(world: World) -> Found:
    recorded: dict[Balance, int] = defaultdict(int)
    for (wallet_id, currency), found in world.recorded.items():
        if wallet_id in world.wallets:
            recorded[world.wallets[wallet_id]["userId"], currency] += sum(found)
    cached: dict[Balance, int] = defaultdict(int)
    for user in world.users.values():
        for entry in user["balances"]:
            cached[user["_id"], entry["currency"]] += int(entry["amount"])
    for balance in recorded.keys() | cached.keys():
        kept = balance[0] in world.users and "deletedAt" not in world.users[balance[0]]
        if kept and recorded.get(balance, 0) != cached.get(balance, 0):
            yield "caches_do_not_drift", balance


def of_wallets(world: World) -> Found:
    owned = defaultdict(list)
    for wallet_id, wallet in world.wallets.items():
        owned[wallet["userId"], wallet["currency"]].append(wallet_id)
        if wallet["balance"] != world.ledger.get((wallet_id, wallet["currency"]), 0):
            yield "wallet_totals_do_not_drift", (wallet_id,)
        if wallet["userId"] not in world.users:
            yield "wallet_owners_exist", (wallet_id,)
        if not wallet["isActive"]:
            for row in world.by_wallet.get(wallet_id, []):
                if row["createdAt"] > wallet["updatedAt"]:
                    yield "inactive_wallets_are_quiet", (row["_id"],)
    for wallet_ids in owned.values():
        if len(wallet_ids) > 1:
            yield from (("wallets_are_unique", (wallet_id,)) for wallet_id in wallet_ids)


def of_the_deleted(world: World) -> Found:
    held: dict[Balance, int] = defaultdict(int)
    for (wallet_id, currency), amount in world.ledger.items():
        if wallet_id in world.wallets:
            held[world.wallets[wallet_id]["userId"], currency] += amount
    for (user_id, currency), amount in held.items():
        if amount and "deletedAt" in world.users.get(user_id, {}):
            yield "deleted_users_hold_no_money", (user_id, currency)

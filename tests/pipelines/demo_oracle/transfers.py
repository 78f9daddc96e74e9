"""What rows break together: the legs of transfers, the currency they are in, the entity they name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tests.pipelines.demo_oracle.world import Row, World, entity, kind, settled

if TYPE_CHECKING:
    from tests.pipelines.demo_oracle.world import Found

DAYS_90 = 90 * 86_400_000
ESCROW = {"ESCROW_HOLD", "ESCROW_RELEASE", "PAYOUT", "FEE", "REFUND"}
CHARGES = {"ESCROW_HOLD", "FEE", "WITHDRAWAL", "PAYOUT"}


def transfer_id(row: Row) -> str:
    key = row.get("idempotencyKey")
    if key is not None:
        return "k:" + str(key.removesuffix("-credit") if row["amount"] > 0 else key)
    about = (row["createdAt"], row["createdBy"], row["currency"], abs(row["amount"]), row.get("relatedEntityId"))
    return f"t:{about}"


def of_transfers(world: World) -> Found:
    transfers = defaultdict(list)
    sums: dict[str, int] = defaultdict(int)
    for row in world.rows:
        if row["type"] == "TRANSFER":
            transfers[transfer_id(row)].append(row)
            sums[row["currency"]] += int(row["amount"]) if settled(row) else 0
    for legs in transfers.values():
        sizes = [len({leg[column] for leg in legs}) for column in ("walletId", "currency", "status")]
        if sum(leg["amount"] for leg in legs) or len(legs) != 2 or sizes[0] < 2 or sizes[1:] != [1, 1]:
            yield from (("transfers_net_to_zero", (leg["_id"],)) for leg in legs)
    yield from (("money_is_conserved", (currency,)) for currency, amount in sums.items() if amount)


def of_escrow(world: World) -> Found:
    family = defaultdict(list)
    for row in world.rows:
        inside = kind(row) in ESCROW and (kind(row) != "PAYOUT" or row["amount"] > 0)
        if inside and settled(row) and row.get("relatedEntityId"):
            family[row["relatedEntityId"], row["currency"]].append(row)
    for about, rows in family.items():
        at: dict[float, int] = defaultdict(int)
        for row in rows:
            at[row["createdAt"]] -= int(row["amount"])
        running = [sum(at[ms] for ms in at if ms <= now) for now in sorted(at)]
        if min(running) < 0:
            yield "escrow_is_conserved", about
        holds = [row["createdAt"] for row in rows if kind(row) == "ESCROW_HOLD"]
        if running[-1] > 0 and holds and min(holds) < world.cut - DAYS_90:
            yield "escrow_is_not_stale", about


def of_refunds(world: World) -> Found:
    given: dict[tuple[str, str, str | None], int] = defaultdict(int)
    charged: dict[tuple[str, str, str | None], int] = defaultdict(int)
    for row in world.rows:
        about = entity(row)
        if about and settled(row):
            owned = (about, row["currency"], world.owner(row))
            if row["amount"] > 0 and kind(row) in {"REFUND", "ADJUSTMENT"}:
                given[owned] += int(row["amount"])
            if row["amount"] < 0 and kind(row) in CHARGES:
                charged[owned] -= int(row["amount"])
    for (about, currency, owner), amount in given.items():
        if amount > charged.get((about, currency, owner), 0):
            yield "refunds_have_originals", (about, currency)

"""The planted list is exact: rules evaluated naively over the snapshot break there, and nowhere else."""

from __future__ import annotations

import json
import zipfile
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.demo.breaks import SUBJECTS
from pipelines.demo.write import Break, DemoPlan, write_demo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.demo.block import Flavour

Row = dict[str, Any]
TYPES = {
    "DEPOSIT",
    "WITHDRAWAL",
    "TRANSFER",
    "ESCROW_HOLD",
    "ESCROW_RELEASE",
    "PAYOUT",
    "FEE",
    "REFUND",
    "ADJUSTMENT",
}


class World:
    """A snapshot, read line by line, and what follows from it by plain addition."""

    def __init__(self, snapshot: Path) -> None:
        with zipfile.ZipFile(snapshot) as archive:
            self.rows, self.projections, self.users = (
                [json.loads(line) for line in archive.open(f"{table}/documents.jsonl")]
                for table in ("transactions", "walletBalances", "users")
            )
            wallets = [json.loads(line) for line in archive.open("wallets/documents.jsonl")]
        self.wallets = {wallet["_id"]: wallet for wallet in wallets}
        self.ledger: dict[tuple[str, str], int] = defaultdict(int)
        self.instants: dict[tuple[str, str], dict[float, int]] = defaultdict(lambda: defaultdict(int))
        for row in self.rows:
            if row["status"] == "COMPLETED":
                balance = (row["walletId"], row["currency"])
                self.ledger[balance] += int(row["amount"])
                self.instants[balance][row["createdAt"]] += int(row["amount"])
        self.recorded: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row in self.projections:
            self.recorded[row["walletId"], row["currency"]].append(int(row["balance"]))

    def single(self) -> dict[tuple[str, str], int]:
        return {balance: found[0] for balance, found in self.recorded.items() if len(found) == 1}


def offenders(world: World) -> Iterator[Break]:
    for rules in (of_rows, of_keys, of_transfers, of_balances, of_projections, of_caches):
        yield from (Break(rule, tuple(offender)) for rule, offender in rules(world))


def of_rows(world: World) -> Iterator[tuple[str, tuple[str, ...]]]:
    for row in world.rows:
        one = (row["_id"],)
        if row["currency"] not in {"EGP", "USD", "EUR"}:
            yield "currencies_are_known", one
        if row["type"] not in TYPES:
            yield "types_are_known", one
        wallet = world.wallets.get(row["walletId"])
        if wallet is None:
            yield "wallets_exist", one
        elif wallet["currency"] != row["currency"]:
            yield "currencies_match_wallets", one


def of_keys(world: World) -> Iterator[tuple[str, tuple[str, ...]]]:
    times = Counter(row["idempotencyKey"] for row in world.rows if "idempotencyKey" in row)
    for row in world.rows:
        if times.get(row.get("idempotencyKey"), 0) > 1:
            yield "idempotency_keys_are_unique", (row["_id"],)


def transfer_id(row: Row) -> str:
    key = row.get("idempotencyKey")
    if key is not None:
        return "k:" + str(key.removesuffix("-credit") if row["amount"] > 0 else key)
    about = (
        row["createdAt"],
        row["createdBy"],
        row["currency"],
        abs(row["amount"]),
        row.get("relatedEntityId"),
    )
    return f"t:{about}"


def of_transfers(world: World) -> Iterator[tuple[str, tuple[str, ...]]]:
    transfers = defaultdict(list)
    for row in world.rows:
        if row["type"] == "TRANSFER":
            transfers[transfer_id(row)].append(row)
    for legs in transfers.values():
        sizes = [len({leg[column] for leg in legs}) for column in ("walletId", "currency", "status")]
        if sum(leg["amount"] for leg in legs) or len(legs) != 2 or sizes[0] < 2 or sizes[1:] != [1, 1]:
            yield from (("transfers_net_to_zero", (leg["_id"],)) for leg in legs)


def of_balances(world: World) -> Iterator[tuple[str, tuple[str, ...]]]:
    for balance in world.ledger.keys() | world.single().keys():
        if world.ledger.get(balance, 0) < 0 or world.single().get(balance, 0) < 0:
            yield "balances_are_not_negative", balance
    for balance, instants in world.instants.items():
        running = 0
        for ms in sorted(instants):
            running += instants[ms]
            if running < 0:
                yield "balances_never_were_negative", balance


def of_projections(world: World) -> Iterator[tuple[str, tuple[str, ...]]]:
    for balance in world.ledger.keys() | world.recorded.keys():
        found = world.recorded.get(balance, [])
        if balance not in world.ledger:
            if any(found) or balance[0] not in world.wallets:
                yield "projections_have_ledgers", balance
        elif not found:
            yield "projections_are_present", balance
        elif balance[0] not in world.wallets:
            yield "projections_have_ledgers", balance
        if balance in world.ledger and len(found) == 1 and found[0] != world.ledger[balance]:
            yield "projections_do_not_drift", balance
    of_wallet = Counter(row["walletId"] for row in world.projections)
    for balance in world.recorded:
        if of_wallet[balance[0]] > 1:
            yield "projections_are_single", balance


def of_caches(world: World) -> Iterator[tuple[str, tuple[str, ...]]]:
    recorded: dict[tuple[str, str], int] = defaultdict(int)
    for (wallet_id, currency), found in world.recorded.items():
        if wallet_id in world.wallets:
            recorded[world.wallets[wallet_id]["userId"], currency] += sum(found)
    cached: dict[tuple[str, str], int] = defaultdict(int)
    for user in world.users:
        for entry in user["balances"]:
            cached[user["_id"], entry["currency"]] += int(entry["amount"])
    kept = {user["_id"] for user in world.users if "deletedAt" not in user}
    for balance in recorded.keys() | cached.keys():
        if balance[0] in kept and recorded.get(balance, 0) != cached.get(balance, 0):
            yield "caches_do_not_drift", balance


@pytest.mark.parametrize("flavour", ["gigsy", "model"])
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("transactions", [1_000, 7_000])
def test_the_planted_list_is_exact(tmp_path: Path, flavour: Flavour, seed: int, transactions: int) -> None:
    demo = write_demo(DemoPlan(flavour, seed, transactions), tmp_path, lambda *_: None)
    world = World(demo.snapshot)
    assert len(world.rows) == transactions
    assert set(offenders(world)) == demo.breaks


@pytest.mark.parametrize("flavour", ["gigsy", "model"])
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("transactions", [1_000, 7_000])
def test_a_clean_demo_keeps_every_rule(tmp_path: Path, flavour: Flavour, seed: int, transactions: int) -> None:
    demo = write_demo(DemoPlan(flavour, seed, transactions, clean=True), tmp_path, lambda *_: None)
    assert demo.breaks == frozenset()
    assert list(offenders(World(demo.snapshot))) == []


@pytest.mark.parametrize("flavour", ["gigsy", "model"])
def test_every_rule_is_broken_and_every_fault_stands_alone(tmp_path: Path, flavour: Flavour) -> None:
    demo = write_demo(DemoPlan(flavour), tmp_path, lambda *_: None)
    assert {one.rule for one in demo.breaks} == set(SUBJECTS)
    faults = json.loads(demo.planted.read_text(encoding="utf-8"))["faults"]
    assert sum(len(fault["breaks"]) for fault in faults) == len(demo.breaks)
    for fault in faults:
        assert fault["story"].endswith(".")
        assert any(str(next(iter(one["offender"].values()))) in fault["story"] for one in fault["breaks"])

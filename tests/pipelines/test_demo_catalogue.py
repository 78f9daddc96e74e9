"""A clean demo also keeps what is asked beyond balances: policy, escrow, refunds, dates, repetition."""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.demo.hours import FIRST, LAST
from pipelines.demo.write import DemoPlan, write_demo

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]
Tables = dict[str, list[Row]]
SIZES = ((1, 1_000), (2, 7_000), (3, 20_000))
PLANS = [(flavour, seed, size) for flavour in ("gigsy", "model") for seed, size in SIZES]
CREDITS = {"DEPOSIT", "ESCROW_RELEASE", "REFUND"}
DEBITS = {"WITHDRAWAL", "ESCROW_HOLD"}
ESCROW = {"ESCROW_HOLD", "ESCROW_RELEASE", "PAYOUT", "FEE", "REFUND"}


@pytest.fixture(scope="module", params=PLANS, ids=lambda plan: "-".join(map(str, plan)))
def tables(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    flavour, seed, size = request.param
    folder: Path = tmp_path_factory.mktemp("demo")
    demo = write_demo(DemoPlan(flavour, seed, size, clean=True), folder, lambda *_: None)
    with zipfile.ZipFile(demo.snapshot) as archive:
        read = {
            name: [json.loads(line) for line in archive.open(f"{name}/documents.jsonl")]
            for name in ("transactions", "wallets", "walletBalances", "users")
        }
    read["transactions"].sort(key=lambda row: (row["createdAt"], row["_creationTime"]))
    return read


def is_model(tables: Tables) -> bool:
    return any(row["type"] == "ESCROW_HOLD" for row in tables["transactions"])


def by_wallet(tables: Tables) -> dict[str, list[Row]]:
    grouped = defaultdict(list)
    for row in tables["transactions"]:
        grouped[row["walletId"]].append(row)
    return grouped


def test_dates_are_plausible(tables: Tables) -> None:
    for name, documents in tables.items():
        for row in documents:
            assert row["_creationTime"] <= LAST, name
    for row in tables["transactions"]:
        assert FIRST <= row["createdAt"] <= row["_creationTime"] < row["createdAt"] + 1


def test_amounts_are_whole_and_within_limits_of_their_wallet(tables: Tables) -> None:
    for rows in by_wallet(tables).values():
        amounts = [abs(row["amount"]) for row in rows]
        assert all(amount and amount.is_integer() for amount in amounts)
        assert max(amounts) <= 50 * median(amounts)


def test_nothing_is_repeated(tables: Tables) -> None:
    for wallet_id, rows in by_wallet(tables).items():
        last: dict[tuple[str, float, str | None], float] = {}
        for row in rows:
            what = (row["type"], row["amount"], row.get("relatedEntityId"))
            assert row["type"] == "TRANSFER" or row["createdAt"] - last.get(what, -1e18) > 120_000, wallet_id
            last[what] = row["createdAt"]


def test_only_the_platform_has_two_rows_at_one_instant(tables: Tables) -> None:
    for rows in by_wallet(tables).values():
        if any(row["type"] != "FEE" for row in rows):
            assert len({row["createdAt"] for row in rows}) == len(rows)


def test_owners_exist_and_have_one_wallet_a_currency(tables: Tables) -> None:
    users = {user["_id"]: user for user in tables["users"]}
    owned = [(wallet["userId"], wallet["currency"]) for wallet in tables["wallets"]]
    assert len(set(owned)) == len(owned)
    for wallet in tables["wallets"]:
        assert users[wallet["userId"]]["_creationTime"] < wallet["_creationTime"]


def test_projections_totals_and_activity_agree_with_the_rows(tables: Tables) -> None:
    grouped = by_wallet(tables)
    wallets = {wallet["_id"]: wallet for wallet in tables["wallets"]}
    for wallet in wallets.values():
        rows = grouped.get(wallet["_id"], [])
        assert wallet["balance"] == sum(row["amount"] for row in rows if row["status"] == "COMPLETED")
        assert all(wallet["_creationTime"] < row["_creationTime"] + 1 for row in rows)
        assert all(row["createdAt"] <= wallet["updatedAt"] <= LAST for row in rows)
    for projection in tables["walletBalances"]:
        rows = grouped.get(projection["walletId"], [])
        settled = [row["createdAt"] for row in rows if row["status"] == "COMPLETED"]
        assert projection["lastUpdated"] == max(settled, default=projection["lastUpdated"])
        assert projection["currency"] == wallets[projection["walletId"]]["currency"]


def test_people_come_in_all_kinds(tables: Tables) -> None:
    held: dict[str, float] = defaultdict(float)
    for wallet in tables["wallets"]:
        held[wallet["userId"]] += wallet["balance"]
    deleted = [user["_id"] for user in tables["users"] if "deletedAt" in user]
    assert deleted
    assert not any(held[user_id] for user_id in deleted)
    projected = {row["walletId"] for row in tables["walletBalances"]}
    touched = {row["walletId"] for row in tables["transactions"]}
    assert any(not wallet["isActive"] for wallet in tables["wallets"])
    assert any(wallet["_id"] not in touched | projected for wallet in tables["wallets"]) or len(projected) < 20
    assert any("admin" in user["roles"] for user in tables["users"])
    assert {row["status"] for row in tables["transactions"]} == {
        "COMPLETED",
        "PENDING",
        "FAILED",
        "CANCELLED",
    }


def test_initial_funding_is_once(tables: Tables) -> None:
    funded = [row["walletId"] for row in tables["transactions"] if row["createdBy"].startswith("system:wallet-init:")]
    assert funded
    assert len(set(funded)) == len(funded)


def test_creators_are_known(tables: Tables) -> None:
    known = {"system"} | {user["_id"] for user in tables["users"]} | {user["clerkId"] for user in tables["users"]}
    for row in tables["transactions"]:
        assert row["createdBy"].removeprefix("system:wallet-init:") in known


def test_signs_escrow_and_refunds_follow_the_policy(tables: Tables) -> None:
    if not is_model(tables):
        assert {row["type"] for row in tables["transactions"]} == {"DEPOSIT", "WITHDRAWAL", "TRANSFER"}
        return
    owners = {wallet["_id"]: wallet["userId"] for wallet in tables["wallets"]}
    opened: dict[str, float] = defaultdict(float)
    since: dict[str, float] = {}
    charged: dict[tuple[str, str], float] = defaultdict(float)
    for row in tables["transactions"]:
        assert row["amount"] > 0 or row["type"] not in CREDITS
        assert row["amount"] < 0 or row["type"] not in DEBITS
        gig = row.get("relatedEntityId", "")
        if row["status"] != "COMPLETED" or row.get("relatedEntityType") != "gig" or row["type"] == "TRANSFER":
            continue
        if row["type"] in ESCROW:
            opened[gig] -= row["amount"]
            since.setdefault(gig, row["createdAt"])
        if row["type"] == "ESCROW_HOLD":
            charged[gig, owners[row["walletId"]]] -= row["amount"]
        if row["type"] == "REFUND" or (row["type"] == "ADJUSTMENT" and row["amount"] > 0):
            charged[gig, owners[row["walletId"]]] -= row["amount"]
    assert min(charged.values()) >= 0
    assert min(opened.values()) >= 0
    left = [gig for gig, amount in opened.items() if amount]
    assert all(since[gig] > LAST - 90 * 86_400_000 for gig in left)
    money_in = {"DEPOSIT", "WITHDRAWAL", "ADJUSTMENT"}
    external = sum(
        row["amount"]
        for row in tables["transactions"]
        if row["status"] == "COMPLETED"
        and (row["type"] in money_in or ("relatedEntityId" not in row and row["type"] in {"PAYOUT", "FEE"}))
    )
    assert sum(wallet["balance"] for wallet in tables["wallets"]) + sum(opened.values()) == external


def test_adjustments_are_by_admins_for_a_reason(tables: Tables) -> None:
    admins = {user[name] for user in tables["users"] if "admin" in user["roles"] for name in ("_id", "clerkId")}
    adjustments = [row for row in tables["transactions"] if row["description"].startswith("Admin adjustment: ")]
    assert adjustments
    for row in adjustments:
        assert row["createdBy"] in admins
        reason = row["description"].removeprefix("Admin adjustment: ")
        assert len(reason) >= 10
        assert len(reason.split()) >= 2
        assert row["relatedEntityId"] != row["idempotencyKey"]


def test_every_row_has_a_key(tables: Tables) -> None:
    assert all(row["idempotencyKey"] for row in tables["transactions"])

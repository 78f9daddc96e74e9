"""A snapshot, read line by line, and the words of the catalogue over it, by plain addition.

Nothing here knows how a demo is made: rules are evaluated from what an auditor would get.
"""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]
Balance = tuple[str, str]
Found = Iterator[tuple[str, tuple[str, ...]]]
PREFIX = "Admin adjustment:"
KINDS = {
    "DEPOSIT": "credit",
    "WITHDRAWAL": "debit",
    "TRANSFER": "either",
    "ESCROW_HOLD": "debit",
    "ESCROW_RELEASE": "credit",
    "PAYOUT": "either",
    "FEE": "either",
    "REFUND": "credit",
    "ADJUSTMENT": "either",
}


class Creator(NamedTuple):
    """Who wrote a row: a user, an authorised creator, or nobody known."""

    user_id: str | None
    admin: bool
    authorised: bool


def kind(row: Row) -> str:
    """Return the kind of a row: its type, corrected as the preset corrects it."""
    if row["type"] in {"DEPOSIT", "WITHDRAWAL"} and (
        str(row.get("idempotencyKey", "")).startswith("admin_adj_") or row["description"].startswith(PREFIX)
    ):
        return "ADJUSTMENT"
    if row["type"] == "DEPOSIT" and row["createdBy"].startswith("system:wallet-init:"):
        return "INITIAL_FUNDING"
    return str(row["type"])


def entity(row: Row) -> str | None:
    """Return the related entity, if it is not the row's own key."""
    named: str | None = row.get("relatedEntityId")
    return None if named == row.get("idempotencyKey") else named


def settled(row: Row) -> bool:
    return bool(row["status"] == "COMPLETED")


class World:
    """The tables, and what follows from them."""

    def __init__(self, snapshot: Path) -> None:
        with zipfile.ZipFile(snapshot) as archive:
            self.rows, self.projections, users, wallets = (
                [json.loads(line) for line in archive.open(f"{table}/documents.jsonl")]
                for table in ("transactions", "walletBalances", "users", "wallets")
            )
        self.cut = int(snapshot.stem.rpartition("_")[2]) / 1_000_000
        self.users: dict[str, Row] = {user["_id"]: user for user in users}
        self.wallets: dict[str, Row] = {wallet["_id"]: wallet for wallet in wallets}
        self.by_name = self.users | {user["clerkId"]: user for user in users}

    def creator(self, row: Row) -> Creator:
        name = row["createdBy"]
        user = self.by_name.get(name)
        authorised = name == "system" or name.startswith("system:wallet-init:")
        return Creator(user and user["_id"], bool(user and "admin" in user["roles"]), authorised)

    def owner(self, row: Row) -> str | None:
        wallet = self.wallets.get(row["walletId"])
        return wallet and wallet["userId"]

    @cached_property
    def by_wallet(self) -> dict[str, list[Row]]:
        grouped = defaultdict(list)
        for row in self.rows:
            grouped[row["walletId"]].append(row)
        return grouped

    @cached_property
    def by_balance(self) -> dict[Balance, list[Row]]:
        grouped = defaultdict(list)
        for row in self.rows:
            grouped[row["walletId"], row["currency"]].append(row)
        return grouped

    @cached_property
    def ledger(self) -> dict[Balance, int]:
        """Every balance with settled rows."""
        sums: dict[Balance, int] = defaultdict(int)
        for row in self.rows:
            if settled(row):
                sums[row["walletId"], row["currency"]] += int(row["amount"])
        return sums

    @cached_property
    def recorded(self) -> dict[Balance, list[int]]:
        found: dict[Balance, list[int]] = defaultdict(list)
        for row in self.projections:
            found[row["walletId"], row["currency"]].append(int(row["balance"]))
        return found

    @cached_property
    def single(self) -> dict[Balance, int]:
        return {balance: found[0] for balance, found in self.recorded.items() if len(found) == 1}

    @cached_property
    def drift(self) -> dict[Balance, int]:
        return {one: recorded - self.ledger[one] for one, recorded in self.single.items() if one in self.ledger}

    def instants(self, balance: Balance) -> list[list[int]]:
        """Return the settled amounts of a balance, grouped by instant, in order of time."""
        grouped: dict[float, list[int]] = defaultdict(list)
        for row in self.by_balance[balance]:
            if settled(row):
                grouped[row["createdAt"]].append(int(row["amount"]))
        return [grouped[ms] for ms in sorted(grouped)]

"""Ledgers to export: rows as plain Python, Hypothesis' way to draw them, and the snapshot ZIP they become.

What goes in: making ledgers. What stays out: what must come of them; every oracle stands in its own test.
"""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from assets.export import export_source
from assets.mapping import Mapping
from assets.mapping_file import load_mapping
from assets.sources.convex.snapshot_zip import ConvexZip
from assets.store import Export, Home

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INT64 = (-(2**63), 2**63 - 1)
INT64_MAPPING = """
[tables.transactions.columns]
amount = { name = "amount", type = "int64" }
[tables.wallets.columns]
opening = { name = "opening", type = "int64" }
[tables.wallet_balances.columns]
recorded = { name = "balance", type = "int64" }
[tables.user_balances.columns]
cached = { name = "amount", type = "int64" }
"""
"""The preset over a deployment that stores money as Int64, with openings."""
INSTANTS = [
    "2025-01-01T00:00:00",
    "2025-01-15T10:00:00",
    "2025-01-31T23:59:59.999",
    "2025-02-01T00:00:00",
    "2025-02-01T00:00:00.001",
    "2025-04-30T12:00:00",
]
"""Few, so that rows fall on one instant; March has none."""
WALLETS = ("w1", "w2", "w3", "w4")


@dataclass(frozen=True)
class Row:
    """A transaction; `at` is an ISO time in UTC."""

    transaction_id: str
    wallet: str
    amount: int
    currency: str = "EGP"
    at: str = INSTANTS[0]
    status: str | None = "COMPLETED"
    type: str = "DEPOSIT"

    @property
    def settled(self) -> bool:
        return self.status in (None, "COMPLETED")

    @property
    def month(self) -> str:
        return self.at[:7]


@dataclass(frozen=True)
class Ledger:
    """Everything a snapshot holds."""

    rows: list[Row]
    openings: dict[str, int] = field(default_factory=dict)
    """Of each wallet's own currency, which is EGP."""
    recorded: list[tuple[str, str, int]] = field(default_factory=list)
    """wallet, currency and balance of each projection."""
    wallets: tuple[str, ...] = WALLETS


def quick(examples: int) -> settings:
    """Return the settings of a property: the same examples on every run."""
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=checks,
        phases=[Phase.generate],
    )


AMOUNTS = st.one_of(
    st.integers(-200, 200),
    st.sampled_from([*INT64, INT64[0] + 1, INT64[1] - 1]),
    st.integers(*INT64),
)


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Draw ledgers of several months, with ties, extremes, unsettled rows, openings and projections."""
    wallets, currencies = st.sampled_from([*WALLETS, "w9"]), st.sampled_from(["EGP", "USD"])
    drawn = st.tuples(
        wallets,
        AMOUNTS,
        currencies,
        st.sampled_from(INSTANTS),
        st.sampled_from(["COMPLETED", None, "PENDING"]),
        st.sampled_from(["DEPOSIT", "WITHDRAWAL", "FEE"]),
    )
    rows = [Row(f"t{i}", *each) for i, each in enumerate(draw(st.lists(drawn, min_size=1, max_size=40)))]
    projections = st.lists(st.tuples(wallets, currencies, AMOUNTS), max_size=9)
    openings = st.dictionaries(st.sampled_from(WALLETS), st.one_of(st.just(0), AMOUNTS))
    return Ledger(rows, draw(openings), draw(projections))


def millis(at: str) -> float:
    """Return a time as Convex keeps it."""
    return float((datetime.fromisoformat(at).replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1))


def documents(ledger: Ledger) -> dict[str, list[dict[str, Any]]]:
    """Return the documents of each table of the snapshot, as a deployment with Int64 money writes them."""
    return {
        "transactions": [
            {
                "_id": row.transaction_id,
                "_creationTime": millis(row.at),
                "walletId": row.wallet,
                "amount": row.amount,
                "currency": row.currency,
                "type": row.type,
                "createdAt": millis(row.at),
                "createdBy": "system",
                "idempotencyKey": f"key-{row.transaction_id}",
                **({"status": row.status} if row.status else {}),
            }
            for row in ledger.rows
        ],
        "wallets": [
            {"_id": wallet, "userId": f"u-{wallet}", "currency": "EGP", "opening": ledger.openings.get(wallet, 0)}
            for wallet in ledger.wallets
        ],
        "walletBalances": [
            {"_id": f"p{i}", "walletId": wallet, "currency": currency, "balance": balance}
            for i, (wallet, currency, balance) in enumerate(ledger.recorded)
        ],
        "users": [{"_id": f"u-{wallet}", "balances": []} for wallet in ledger.wallets],
    }


def write_snapshot(path: Path, tables: dict[str, list[dict[str, Any]]]) -> Path:
    """Write the documents as a Convex snapshot export; the same documents give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for table, rows in tables.items():
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            archive.writestr(zipfile.ZipInfo(f"{table}/documents.jsonl"), lines)
    return path


def mapping_of(folder: Path, text: str = INT64_MAPPING) -> Mapping:
    """Return the mapping that a `tieout.toml` of this text gives."""
    file = folder / "tieout.toml"
    file.write_text(text)
    return load_mapping(file)


def export(home: Home, mapping: Mapping, snapshot: Path) -> Export:
    """Export a snapshot as a run does."""
    with home.writing():
        return export_source(home, mapping, ConvexZip(snapshot), lambda *_: None)


@dataclass(frozen=True)
class Bench:
    """A folder to work in for one example."""

    folder: Path
    mapping: Mapping

    def home(self, name: str = "home") -> Home:
        return Home(self.folder / name)

    def export(self, ledger: Ledger, home: str = "home") -> Export:
        """Export a ledger into a home."""
        snapshot = write_snapshot(self.folder / "snapshot.zip", documents(ledger))
        return export(self.home(home), self.mapping, snapshot)


@contextmanager
def bench() -> Iterator[Bench]:
    """Give a fresh folder, gone afterwards: properties cannot share the folder of their test."""
    with TemporaryDirectory() as folder:
        yield Bench(Path(folder), mapping_of(Path(folder)))

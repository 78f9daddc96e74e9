"""The rows of the copy: our columns as the mapping has them, to be changed at will.

What goes in: reading an export's rows back, all of a small ledger, some owners' of a large one. What stays out:
spelling them as a source does (documents), and what is changed (plants_...).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from assets.engines import View, duckdb_engine, literal
from assets.mapping import Mapping
from assets.store import Export, Home
from pipelines.selftest.wording import described

Row = dict[str, Any]
LARGEST = 60_000
"""A ledger of more rows is copied in part."""
PEOPLE = (400, 200, 100, 50, 25, 10)
"""How many owners are asked for, from the most to the fewest, until their rows are few enough."""
ATTEMPTS = 1_000
TOLD = ("kind", "transfer_id", "reason_characters", "reason_words")
"""What an export says of a transaction beside the source's own columns."""
CHOSEN = {
    "transactions": "WHERE wallet_key IN (SELECT wallet_key FROM chosen) ORDER BY created_at, transaction_id",
    "wallets": "WHERE wallet_key IN (SELECT wallet_key FROM chosen) ORDER BY wallet_id",
    "wallet_balances": "WHERE wallet_key IN (SELECT wallet_key FROM chosen) ORDER BY projection_id",
    "users": """
        WHERE user_id IN (SELECT owner FROM chosen) OR user_id IN (SELECT name FROM creators)
            OR login_id IN (SELECT name FROM creators)
        ORDER BY user_id
    """,
    "user_balances": "WHERE user_id IN (SELECT owner FROM chosen) ORDER BY user_id, currency",
    "attempts": f"ORDER BY attempted_at DESC, attempt_id LIMIT {ATTEMPTS}",
}
"""Which rows of each table belong to some owners."""


@dataclass
class Tables:
    """The rows of a copy, by our tables."""

    rows: dict[str, list[Row]]
    owners: frozenset[str]
    """Those of whom every wallet and every counterparty is in the copy."""
    cut_at: datetime
    of_wallets: int
    """How many wallets the ledger has, of which these are a part or all."""
    commits_after_ns: int | None = None
    """From which commit on every revision of a projection is known, where the source gives commits."""

    def copied(self) -> "Tables":
        """Return rows that can be changed without changing these."""
        rows = {name: [dict(row) for row in rows] for name, rows in self.rows.items()}
        return replace(self, rows=rows)

    def of_some(self, owners: frozenset[str]) -> "Tables":
        """Return the rows of some owners alone, whatever these had to do with others; to be changed, too."""
        wallets = {row["wallet_id"] for row in self.rows["wallets"] if owner_of(row) in owners}
        names = {"transactions": "wallet_id", "wallets": "wallet_id", "wallet_balances": "wallet_id"}
        some = self.copied()
        for name, rows in some.rows.items():
            key, among = (names[name], wallets) if name in names else ("user_id", owners)
            some.rows[name] = [row for row in rows if row.get(key) in among]
        return some


def owner_of(wallet: Row) -> str:
    """Return whose wallet it is: its user, or itself where the source names none."""
    return str(wallet.get("user_id") or wallet["wallet_id"])


def copied_tables(home: Home, export: Export, mapping: Mapping, seed: int) -> Tables:
    """Return the rows of an export, or of some owners and all their counterparties where they are many."""
    counts, views = export.certificate.tables, home.views(export)
    which, owners = dict.fromkeys(CHOSEN, "ORDER BY ALL"), None
    if counts["transactions"].written > LARGEST:
        which = CHOSEN
        owners, more = _chosen(home, views, seed)
        views = {**views, **more}
    with home.workshop() as spill, duckdb_engine(views, spill) as query:
        rows = {
            name: query(f"SELECT {_columns(mapping, name)} FROM {name} {which[name]}").to_pylist()
            for name in mapping.present()
        }
    for row in rows["transactions"]:
        row["description"] = described(mapping, row)
    whole = owners or frozenset(map(owner_of, rows["wallets"]))
    cut = export.certificate.cut
    return Tables(rows, whole, cut.at, counts["wallets"].written, cut.commits_after_ns)


def _columns(mapping: Mapping, name: str) -> str:
    """Return the columns of a table that its source has, and what the export says of a transaction."""
    present = [ours for ours in mapping.present()[name].present() if ours != "description"]
    return ", ".join([*present, *(TOLD if name == "transactions" else ())])


def _chosen(home: Home, views: dict[str, View], seed: int) -> tuple[frozenset[str], dict[str, View]]:
    """Return some owners, and as views their wallets and those of all who share a transfer with them."""
    for people in PEOPLE:
        with home.workshop() as spill, duckdb_engine(views, spill) as query:
            core = query(f"""
                SELECT owner FROM (SELECT DISTINCT COALESCE(user_id, wallet_id) AS owner FROM wallets)
                ORDER BY md5(owner || {literal(str(seed))}) LIMIT {people}
            """)
        with home.workshop() as spill, duckdb_engine({**views, "core": core}, spill) as query:
            chosen = query("""
                WITH own AS (
                    SELECT wallet_key FROM wallets WHERE COALESCE(user_id, wallet_id) IN (SELECT owner FROM core)
                ),
                met AS (
                    SELECT wallet_key FROM own UNION SELECT wallet_key FROM transactions WHERE transfer_id IN (
                        SELECT transfer_id FROM transactions WHERE wallet_key IN (SELECT wallet_key FROM own))
                )
                SELECT DISTINCT wallet_key, COALESCE(user_id, wallet_id) AS owner FROM wallets
                WHERE COALESCE(user_id, wallet_id) IN (
                    SELECT COALESCE(user_id, wallet_id) FROM wallets WHERE wallet_key IN (SELECT wallet_key FROM met))
            """)
        with home.workshop() as spill, duckdb_engine({**views, "chosen": chosen}, spill) as query:
            creators = query("""
                SELECT DISTINCT created_by AS name FROM transactions
                WHERE wallet_key IN (SELECT wallet_key FROM chosen)
            """)
            found = query("SELECT COUNT(*) AS n FROM transactions WHERE wallet_key IN (SELECT wallet_key FROM chosen)")
        if found["n"][0].as_py() <= LARGEST:
            break
    return frozenset(map(str, core["owner"].to_pylist())), {"chosen": chosen, "creators": creators}

"""Recorded minus ledger, at the cut.

What goes in: the one query that lays projections beside balances. What stays out: how much drift is too much (checks).
"""

from pathlib import Path

import pyarrow as pa

from assets.engines import View, duckdb_engine
from assets.schemas import TABLES
from assets.store import Export, Home

SQL = (Path(__file__).parent / "sql" / "drift.sql").read_text()


def compute_drift(home: Home, export: Export, balances: pa.Table) -> pa.Table:
    """Return one row for each balance that has a ledger or a projection."""
    views = home.views(export)
    return _drift({name: views[name] for name in ("wallets", "wallet_keys", "wallet_balances")}, balances)


def closing_frame(home: Home, export: Export, balances: pa.Table) -> pa.Table:
    """Return the same frame for the end of a month, where nothing recorded is known."""
    views = home.views(export)
    known: dict[str, View] = {name: views[name] for name in ("wallets", "wallet_keys")}
    return _drift({**known, "wallet_balances": TABLES["wallet_balances"].empty_table()}, balances)


def _drift(views: dict[str, View], balances: pa.Table) -> pa.Table:
    with duckdb_engine({**views, "balances": balances}) as query:
        return query(SQL).cast(TABLES["drift"])

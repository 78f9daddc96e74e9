"""Recorded minus ledger, at the cut.

What goes in: the one query that lays projections beside balances. What stays out: how much drift is too much (checks).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.engines import View, duckdb_engine
from assets.schemas import TABLES
from assets.store import Export, Home

FOLDER = Path(__file__).parent / "sql"
SQL = (FOLDER / "drift.sql").read_text()
BY_CURRENCY = (FOLDER / "drift_by_currency.sql").read_text()


def compute_drift(home: Home, export: Export, balances: pa.Table) -> pa.Table:
    """Return one row for each balance that has a ledger or a projection."""
    views = home.views(export)
    return _drift({name: views[name] for name in ("wallets", "wallet_keys", "wallet_balances")}, balances)


def closing_frame(home: Home, export: Export, balances: pa.Table) -> pa.Table:
    """Return the same frame for the end of a month, where nothing recorded is known."""
    return closing_frame_of(home.views(export), balances)


def closing_frame_of(views: Mapping[str, View], balances: pa.Table) -> pa.Table:
    """Return that frame from the tables that name its wallets."""
    known: dict[str, View] = {name: views[name] for name in ("wallets", "wallet_keys")}
    return _drift({**known, "wallet_balances": TABLES["wallet_balances"].empty_table()}, balances)


def drift_by_currency(frame: View) -> list[dict[str, Any]]:
    """Return of each currency: drifting balances, those compared, gross, net and largest drift in minor units."""
    with duckdb_engine({"drift": frame}) as query:
        return query(BY_CURRENCY).to_pylist()


def _drift(views: dict[str, View], balances: pa.Table) -> pa.Table:
    with duckdb_engine({**views, "balances": balances}) as query:
        return query(SQL).cast(TABLES["drift"])

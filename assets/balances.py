"""What every wallet must hold: at the cut, or at the end of a month.

What goes in: the last closing of each balance, with its wallet's names, and the same sums straight from the rows
by the second engine. What stays out: what was recorded (drift).
"""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from assets.engines import View, duckdb_engine, ordered, polars_engine
from assets.movements import Month
from assets.schemas import TABLES
from assets.store import Export, Home

SQL = Path(__file__).parent / "sql"


def compute_balances(home: Home, export: Export, month: Month | None) -> pa.Table:
    """Return the balances after a month's last row; after the last month, those at the cut."""
    names = home.views(export)
    views = {name: names[name] for name in ("wallets", "wallet_keys")}
    return balances_of({**views, "closings": home.view("closings", [month.closings] if month else [])})


def balances_of(views: Mapping[str, View]) -> pa.Table:
    """Return the balances that closings leave, with the names of their wallets."""
    with duckdb_engine(views) as query:
        return query((SQL / "balances.sql").read_text()).cast(TABLES["balances"])


def second_balances(home: Home, export: Export) -> pa.Table:
    """Return wallet_key, currency and ledger of the whole ledger, summed by Polars in one pass."""
    views = home.views(export)
    with polars_engine({name: views[name] for name in ("transactions", "wallets")}) as query:
        return ordered(query((SQL / "ledger.sql").read_text()))

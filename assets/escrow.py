"""What escrow holds outside of any wallet, month by month: money that is owed although no wallet shows it.

What goes in: the one query over the ledger. What stays out: whether an escrow is conserved or stale (checks). A kind's
flow says what it does to escrow; where payouts close an escrow, what is left of it then is revenue, and held no longer.
"""

from collections.abc import Mapping as ViewsByName
from pathlib import Path

import pyarrow as pa

from assets.configuration import configuration_tables
from assets.engines import View, duckdb_engine
from assets.mapping import Mapping
from assets.schemas import TABLES
from assets.store import Export, Home

SQL = (Path(__file__).parent / "sql" / "open_escrow.sql").read_text()


def compute_open_escrow(home: Home, export: Export, mapping: Mapping) -> pa.Table:
    """Return what each month put into escrow less what it took out, by currency, in minor units."""
    views = {"transactions": home.views(export)["transactions"], **configuration_tables(mapping)}
    with home.workshop() as spill:
        return open_escrow(views, spill)


def open_escrow(views: ViewsByName[str, View], spill: Path | None = None) -> pa.Table:
    """Answer from the views transactions, kinds and settings."""
    with duckdb_engine(dict(views), spill) as query:
        return query(SQL).cast(TABLES["open_escrow"])

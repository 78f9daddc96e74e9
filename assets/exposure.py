"""What drift exposes: money credited too much, still there or spent, and money owed that is not shown.

What goes in: the one query over the frame of drift. What stays out: drift itself (drift), and whether it has one cause
(checks). Over-credited is withdrawn as far as the ledger is below zero: money was spent that it never had. A balance
that is recorded without a ledger is over-credited in full, or under-credited where it is below zero.
"""

from pathlib import Path

import pyarrow as pa

from assets.engines import View, duckdb_engine
from assets.schemas import TABLES

SQL = (Path(__file__).parent / "sql" / "exposure.sql").read_text()


def compute_exposure(drift: View) -> pa.Table:
    """Return amount, balances and users of each currency and kind of exposure; one that is nothing has no row."""
    with duckdb_engine({"drift": drift}) as query:
        return query(SQL).cast(TABLES["exposure"])

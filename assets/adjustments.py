"""The rows of the ledger that somebody's judgement stands behind, picked out once: few, and asked about by many rules.

What goes in: the one query that picks them. What stays out: what is unusual about them (forensics), or wrong (checks).
"""

from pathlib import Path

import pyarrow as pa

from assets.engines import View, ordered, polars_engine
from assets.schemas import TABLES

SQL = (Path(__file__).parent / "sql" / "adjustments_and_refunds.sql").read_text()


def adjustments_and_refunds(transactions: View) -> pa.Table:
    """Return every adjustment and refund of the ledger, or of one month, in one order; Polars is faster at it."""
    with polars_engine({"transactions": transactions}) as query:
        return ordered(query(SQL)).cast(TABLES["adjustments_and_refunds"])

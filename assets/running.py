"""The fast path to `lowest.sql`: running totals over rows that already lie in ledger order.

The portable text stays the definition, and a test holds the two equal. Where a running total could leave int64,
the definition itself is run.
"""

from pathlib import Path

import polars as pl
import pyarrow as pa

from assets.engines import Query, normalised
from assets.schemas import SUM

INT64_END = 2**63
BALANCE = ["wallet_key", "currency"]


def lowest_movements(files: tuple[Path, ...], query: Query, definition: str) -> pa.Table:
    """Return wallet_key, currency, lowest_movement and instants of one month's files, which lie in ledger order."""
    rows = (
        pl.scan_parquet(list(files), hive_partitioning=False)
        .filter("settled")
        .select(*BALANCE, "created_at", "amount")
        .collect()
    )
    largest = max(
        (abs(int(amount)) for amount in rows["amount"].bottom_k(1).append(rows["amount"].top_k(1))), default=0
    )
    if largest * rows.height >= INT64_END:
        return query(definition)
    lowest = (
        rows.lazy()
        .with_columns(
            pl.col("amount").cum_sum().over(BALANCE).alias("running"),
            pl.col("created_at").shift(-1).over(BALANCE).alias("next_at"),
        )
        .filter(pl.col("next_at").is_null() | (pl.col("next_at") != pl.col("created_at")))
        .group_by(BALANCE)
        .agg(pl.col("running").min().alias("lowest_movement"), pl.len().alias("instants"))
        .collect()
    )
    table = normalised(lowest.to_arrow())
    return table.set_column(2, "lowest_movement", table["lowest_movement"].cast(SUM))

"""Small sealed months made by hand, for samples of any population; the archive around them is left out.

What goes in: the four tables that a sample reads, with their true roots. What stays out: seals and bags.
"""

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from reports.archive.rows import table_root
from reports.sampling.sealed import SealedMonth

SUM = pa.decimal128(38, 0)


def month_of(
    folder: Path, balances: list[tuple[str, str, int]], still: tuple[tuple[str, str], ...] = ()
) -> SealedMonth:
    """Return a month with these balances (wallet, currency, closing) and wallets that never moved."""
    ids = sorted({wallet for wallet, *_ in (*balances, *still)})
    keys = {wallet: 7 * number + 3 for number, wallet in enumerate(ids)}
    tables = {
        "wallet_keys": pa.table(
            {"wallet_key": pa.array(keys.values(), pa.int64()), "wallet_id": pa.array(ids, pa.string())}
        ),
        "closings": pa.table(
            {
                "wallet_key": pa.array([keys[wallet] for wallet, _, _ in balances], pa.int64()),
                "currency": pa.array([currency for _, currency, _ in balances], pa.string()),
                "closing": pa.array([Decimal(closing) for _, _, closing in balances], SUM),
                "transactions": pa.array([1] * len(balances), pa.int64()),
            }
        ),
        "wallets": pa.table(
            {
                "wallet_key": pa.array([keys[wallet] for wallet, _ in still], pa.int64()),
                "currency": pa.array([currency for _, currency in still], pa.string()),
            }
        ),
        "currencies": pa.table({"currency": ["EGP", "KWD", "JPY"], "decimals": [2, 3, 0]}),
        "transactions": pa.table({"transaction_id": ["t1"]}),
    }
    said = {}
    for name, rows in tables.items():
        file = folder / f"{name}.parquet"
        pq.write_table(rows, file)
        root = table_root(name, [file])
        said[name] = {"files": [file.name], "root": root.root, "columns": [list(each) for each in root.columns]}
    predicate = {"name": folder.name, "month": "2025-03", "entity": "Example Pay", "tables": said}
    return SealedMonth(folder, "ab" * 32, predicate)

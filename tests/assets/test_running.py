"""The fast path to the lowest balance of a month against its definition, on both engines."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given

from assets.engines import duckdb_engine, ordered, polars_engine
from assets.movements import TEXTS
from assets.running import lowest_movements
from assets.schemas import TABLES
from assets.store import Home
from tests.assets.ledgers import INT64, Ledger, Row, ledgers, quick


def keep_in_ledger_order(home: Home, ledger: Ledger) -> tuple[Path, ...]:
    rows = [
        {
            "wallet_key": int(row.wallet[1:]),
            "currency": row.currency,
            "amount": row.amount,
            "settled": row.settled,
            "created_at": row.at,
        }
        for row in sorted(ledger.rows, key=lambda row: row.at)
    ]
    table = pa.Table.from_pylist(rows).select(["wallet_key", "currency", "amount", "settled", "created_at"])
    times = table["created_at"].cast(pa.timestamp("us")).cast(TABLES["transactions"].field("created_at").type)
    table = table.set_column(4, "created_at", times)
    absent = [field for field in TABLES["transactions"] if field.name not in table.column_names]
    for field in absent:
        table = table.append_column(field, pa.nulls(table.num_rows, field.type))
    whole = table.select(TABLES["transactions"].names).cast(TABLES["transactions"])
    return (home.path / home.keep("transactions", whole.to_batches(), "2025-01").path,)


@quick(40)
@given(ledger=ledgers())
def test_the_fast_path_to_the_lowest_point_is_its_definition(ledger: Ledger) -> None:
    with TemporaryDirectory() as folder:
        files = keep_in_ledger_order(Home(Path(folder)), ledger)
        with duckdb_engine({"transactions": files}) as query:
            defined = ordered(query(TEXTS["lowest"]))
            fast = ordered(lowest_movements(files, query, TEXTS["lowest"]))
        with polars_engine({"transactions": files}) as query:
            again = ordered(query(TEXTS["lowest"]))
        assert fast.to_pylist() == defined.to_pylist() == again.to_pylist()
        assert fast.schema == defined.schema == again.schema


@pytest.mark.parametrize("amount", [2**62 - 1, 2**62, INT64[1], INT64[0]])
def test_a_running_total_at_the_edge_of_64_bits_is_exact(tmp_path: Path, amount: int) -> None:
    rows = [Row(f"t{i}", "w1", amount, at=at) for i, at in enumerate(("2025-01-01T00:00:00", "2025-01-02T00:00:00"))]
    files = keep_in_ledger_order(Home(tmp_path), Ledger(rows))
    with duckdb_engine({"transactions": files}) as query:
        lowest = lowest_movements(files, query, TEXTS["lowest"])
    assert lowest["lowest_movement"].to_pylist() == [min(amount, 2 * amount)]

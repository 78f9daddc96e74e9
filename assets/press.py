"""From staged rows to the tables of an export, one pass a table.

What goes in: keys, months, kinds and totals, and what the reader saw as tables of their own. What stays out: how
a source is read (sources) and when an export exists (export).
"""

from collections.abc import Iterator
from collections.abc import Mapping as Named
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.certificate import ControlTotal, Cut, DataFile, TableCount
from assets.configuration import configuration_tables
from assets.engines import connected
from assets.errors import SourceError
from assets.kinds import kind_sql
from assets.mapping import Mapping
from assets.parquet import ROW_GROUP
from assets.schemas import ARROW, MAPPED, TABLES
from assets.sources.json_documents import LETTER, SPELLED
from assets.sources.protocol import Progress, Snapshot, Staged
from assets.store import Home

SQL = Path(__file__).parent / "sql"
SQL_TYPE = {"text": "VARCHAR", "money": "BIGINT", "time": "TIMESTAMPTZ", "flag": "BOOLEAN"}


class Press:
    """Holds one connection over the staged rows; every method writes or counts one thing."""

    def __init__(self, home: Home, mapping: Mapping, staged: Named[str, Staged], spill: Path) -> None:
        """Show the staged rows and the configuration to SQL, and give every wallet its key."""
        self._home, self._mapping, self._staged = home, mapping, staged
        self._connection = connected(spill)
        for name, table in configuration_tables(mapping).items():
            self._connection.register(name, table)
        for name in MAPPED:
            self._show(name)
        self._census = {name: self._table(_counted_spellings(name)).to_pylist() for name in MAPPED}
        self._refuse_absent_columns()
        self._connection.execute(f"CREATE TABLE wallet_keys AS {_text('wallet_keys')}")
        self._refuse_colliding_keys()

    def close(self) -> None:
        """Let go of the staged rows."""
        self._connection.close()

    def tables(self, progress: Progress) -> dict[str, TableCount]:
        """Write the tables of the ledger, its projections and its keys."""
        months = self._table("SELECT DISTINCT month FROM staged_transactions ORDER BY month")["month"].to_pylist()
        files = []
        for done, month in enumerate(months):
            progress("writing months", done, len(months))
            self._connection.execute(
                f"CREATE OR REPLACE TEMP VIEW staged AS SELECT * FROM staged_transactions WHERE month = '{month}'"
            )
            files.append(self._keep("transactions", month))
        written = {"transactions": self._counted("transactions", files)}
        for name in ("wallets", "wallet_balances", "user_balances"):
            self._connection.execute(f"CREATE OR REPLACE TEMP VIEW staged AS SELECT * FROM staged_{name}")
            written[name] = self._counted(name, [self._keep(name)])
        keys = self._home.keep("wallet_keys", self._rows("SELECT * FROM wallet_keys ORDER BY wallet_id"))
        written["wallet_keys"] = self._counted("wallet_keys", [keys])
        return written

    def witness(self, written: Named[str, TableCount], cut: Cut) -> dict[str, TableCount]:
        """Write what the reader saw as tables: over these the gates are queries."""
        rows = {
            "source_tables": self._tables_seen(written),
            "source_columns": self._columns_seen(),
            "source_cut": [{"cut_at": cut.at, "bound": cut.bound, "proof": cut.proof}],
        }
        seen = {name: pa.Table.from_pylist(rows[name], schema=TABLES[name]) for name in rows}
        seen["quarantine"] = pa.concat_tables(
            [self._table(_quarantined(name)) for name in MAPPED], promote_options="permissive"
        ).sort_by([("table_name", "ascending"), ("row_id", "ascending"), ("document", "ascending")])
        return {name: self._counted(name, [self._home.keep(name, table.to_batches())]) for name, table in seen.items()}

    def cut(self, snapshot: Snapshot) -> Cut:
        """Return the instant shown: the source's own, unless a row was created after it."""
        created = [f"SELECT max(source_created_at) AS t FROM all_{name}" for name in MAPPED]
        latest = self._scalar(f"SELECT max(t) FROM ({' UNION ALL '.join(created)})")
        latest = latest or self.latest_created_at() or datetime(1970, 1, 1, tzinfo=UTC)
        if snapshot.cut_at and snapshot.cut_at >= latest:
            return Cut(at=snapshot.cut_at, bound="exact", proof=snapshot.proof)
        return Cut(at=latest.astimezone(UTC), bound="lower", proof=snapshot.proof)

    def latest_created_at(self) -> datetime | None:
        """Return the latest business time of a transaction."""
        latest = self._scalar("SELECT max(created_at) FROM staged_transactions")
        return latest.astimezone(UTC) if latest else None

    def control_totals(self) -> tuple[ControlTotal, ...]:
        """Return count, sum and absolute sum of each currency, over rows of any status."""
        return tuple(
            ControlTotal(
                currency=row["currency"],
                count=row["transactions"],
                sum=str(row["amount"]),
                absolute_sum=str(row["absolute_amount"]),
            )
            for row in self._table(_text("control_totals")).to_pylist()
        )

    def _show(self, name: str) -> None:
        """Make `all_<table>` and `staged_<table>` (the readable rows), also of what the source has not."""
        staged = self._staged.get(name)
        files = sorted(staged.folder.rglob("*.parquet")) if staged and staged.received else []
        if not files:
            columns = [
                *((ours, ARROW[p.meaning]) for ours, p in MAPPED[name].items()),
                *_witness_columns(name),
            ]
            self._connection.register(f"all_{name}", pa.schema(columns).empty_table())
        else:
            present = self._mapping.present()[name].present()
            absent = [(ours, p) for ours, p in MAPPED[name].items() if ours not in present]
            nothing = "".join(f", CAST(NULL AS {SQL_TYPE[p.meaning]}) AS {ours}" for ours, p in absent)
            self._connection.execute(
                f"CREATE TEMP VIEW all_{name} AS SELECT *{nothing} FROM read_parquet({[str(f) for f in files]}, "
                "hive_partitioning = true, hive_types_autocast = false)"
            )
        kind = f", {kind_sql(self._mapping)} AS kind" if name == "transactions" else ""
        self._connection.execute(
            f"CREATE TEMP VIEW staged_{name} AS SELECT *{kind} FROM all_{name} WHERE refused_reason IS NULL"
        )

    def _refuse_absent_columns(self) -> None:
        """Refuse a source in which a needed column stands in no row at all."""
        for name, table in self._mapping.present().items():
            for place, (ours, column) in enumerate(table.present().items()):
                missed = any(row["refused_column"] == ours for row in self._census[name])
                if missed and all(row["spelling"][place] == "m" for row in self._census[name]):
                    message = (
                        f"table {table.name!r} of the source has no column {column.name!r} in any row "
                        f"(tables.{name}.columns.{ours}); correct the mapping or export the table whole."
                    )
                    raise SourceError(message)

    def _refuse_colliding_keys(self) -> None:
        collisions = self._table(
            "SELECT min(wallet_id) AS a, max(wallet_id) AS b FROM wallet_keys GROUP BY wallet_key HAVING count(*) > 1"
        )
        for pair in collisions.slice(0, 1).to_pylist():
            message = f"wallets {pair['a']!r} and {pair['b']!r} share one wallet_key; tieout cannot tell them apart."
            raise SourceError(message)

    def _tables_seen(self, written: Named[str, TableCount]) -> list[dict[str, Any]]:
        return [
            {
                "table_name": name,
                "source_name": table.name,
                "required": name in ("transactions", "wallets"),
                "received": written[name].received,
                "source_rows": self._staged[name].source_rows,
                "written": written[name].written,
                "quarantined": written[name].quarantined,
            }
            for name, table in self._mapping.present().items()
        ]

    def _columns_seen(self) -> list[dict[str, Any]]:
        """Count how each mapped column was spelled, from the letters each row left."""
        seen: list[dict[str, Any]] = []
        for name, table in self._mapping.present().items():
            for place, (ours, column) in enumerate(table.present().items()):
                counts: dict[str, int] = {}
                for row in self._census[name]:
                    letter = row["spelling"][place]
                    counts[letter] = counts.get(letter, 0) + row["rows"]
                allowed = {LETTER[column.type], "m", "n", *("w" if column.type == "float64" else "")}
                seen += [
                    {
                        "table_name": name,
                        "column_name": ours,
                        "source_name": column.name,
                        "expected": column.type,
                        "found": SPELLED[letter],
                        "allowed": letter in allowed,
                        "received": rows,
                    }
                    for letter, rows in sorted(counts.items())
                ]
        return seen

    def _keep(self, name: str, month: str | None = None) -> DataFile:
        return self._home.keep(name, self._rows(_text(name)), month)

    def _counted(self, name: str, files: list[DataFile]) -> TableCount:
        written = sum(file.rows for file in files)
        staged = self._staged.get(name)
        kept = tuple(file for file in files if file.rows)
        if staged is None:
            return TableCount(received=written, written=written, quarantined=0, files=kept)
        refused = sum(row["rows"] for row in self._census[name] if row["refused_column"])
        return TableCount(received=staged.received, written=written, quarantined=refused, files=kept)

    def _rows(self, sql: str) -> Iterator[pa.RecordBatch]:
        yield from self._connection.sql(sql).to_arrow_reader(ROW_GROUP)

    def _table(self, sql: str) -> pa.Table:
        table: pa.Table = self._connection.sql(sql).to_arrow_table()
        return table

    def _scalar(self, sql: str) -> Any:  # noqa: ANN401 - whatever the query returns
        return self._table(sql)[0][0].as_py()


def _witness_columns(name: str) -> list[tuple[str, pa.DataType]]:
    names = ["spelling", "fields", "row_id", "refused_column", "refused_reason", "document"]
    return [(column, pa.string()) for column in ([*names, "month"] if name == "transactions" else names)]


def _counted_spellings(name: str) -> str:
    """Count rows by how their columns were spelled and by the column that was refused: one pass serves all who ask."""
    return f"SELECT spelling, refused_column, count(*) AS rows FROM all_{name} GROUP BY spelling, refused_column"


def _quarantined(name: str) -> str:
    return f"""
        SELECT '{name}' AS table_name, row_id, refused_column AS column_name, refused_reason AS reason,
            CAST(document AS VARCHAR) AS document
        FROM all_{name} WHERE refused_reason IS NOT NULL
    """


def _text(name: str) -> str:
    return (SQL / f"{name}.sql").read_text()

"""What came from a source beside what stands of the export before, as SQL sees them.

What goes in: the views and the counts that tell the two apart. What stays out: writing tables (press) and what the
rows mean. Of each table of ours SQL sees

    fresh_<table>     rows that came and can be read
    refused_<table>   rows that came and cannot
    kept_<table>      rows of the export before that stand; none where the table came whole
    earlier_<table>   all rows of the export before
    touched_<table>   the names of all that came or went
    revised_<table>   every revision that came, where the source gives commits
"""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.configuration import configuration_tables
from assets.engines import View, connected, literal, literals
from assets.kinds import kind_sql, reason_sql
from assets.mapping import Mapping
from assets.parquet import ROW_GROUP
from assets.promises import ARROW, IDENTIFIERS, MAPPED, SQL_TYPE
from assets.schemas import EXPORTED, TABLES
from assets.sources.protocol import Reading, Staged
from assets.store import Export, Home

REFUSALS = ("spelling", "row_id", "refused_column", "refused_reason", "document")
HASH = "CAST(md5_number_lower(row_id) >> 1 AS BIGINT)"


class Arrival:
    """One connection over what came and what stands."""

    def __init__(self, home: Home, mapping: Mapping, reading: Reading, earlier: Export | None, spill: Path) -> None:
        """Show the staged rows, the export they go on from, and the configuration."""
        self.mapping, self.reading, self.earlier = mapping, reading, earlier
        self.connection = connected(spill)
        for name, table in configuration_tables(mapping).items():
            self.view(name, table)
        for name in EXPORTED:
            self.view(f"earlier_{name}", home.view(name, earlier.certificate.files(name) if earlier else ()))
        for name in MAPPED:
            staged = reading.staged.get(name)
            self._show(name, f"all_{name}", staged.folder if staged and staged.received else None)
            self._show(name, f"revised_{name}", staged.revisions if staged else None)
            self._split(name)
            self._keep(name, staged)

    def close(self) -> None:
        """Let go of the rows."""
        self.connection.close()

    def table(self, sql: str) -> pa.Table:
        """Return the answer to a query."""
        table: pa.Table = self.connection.sql(sql).to_arrow_table()
        return table

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Yield the answer batch by batch, on a cursor of its own: several may be read at once."""
        with self.connection.cursor() as cursor:
            yield from cursor.sql(sql).to_arrow_reader(ROW_GROUP)

    def copy(self, sql: str, path: Path) -> None:
        """Write the answer to a query to a file as it comes, on a cursor of its own."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"COPY ({sql}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION uncompressed)")

    def scalar(self, sql: str) -> Any:  # noqa: ANN401 - whatever the query returns
        """Return the one value a query answers with."""
        return self.table(sql)[0][0].as_py()

    def whole(self, name: str) -> bool:
        """Tell whether all rows of a table came, so that nothing of the export before stands."""
        staged = self.reading.staged.get(name)
        return staged is None or staged.whole

    @cached_property
    def touched_months(self) -> set[str]:
        """Return the months of the export before of which a row came again or went; hashes find them."""
        found = self.table(
            f"SELECT DISTINCT month FROM earlier_transactions WHERE transaction_hash IN "
            f"(SELECT {HASH} FROM touched_transactions)"
        )
        return {str(month) for month in found["month"].to_pylist()}

    def view(self, name: str, view: View) -> None:
        """Show rows under a name, to every cursor."""
        if isinstance(view, pa.Table):
            self.connection.register(f"{name}_rows", view)
            self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM {name}_rows")
        else:
            files = [str(path) for path in view]
            self.connection.read_parquet(files, hive_partitioning=False).create_view(name)

    def _show(self, name: str, view: str, folder: Path | None) -> None:
        """Show a staged data set with all columns of ours, also those that the source has not."""
        files = sorted(folder.rglob("*.parquet")) if folder else []
        if not files:
            columns: dict[str, pa.DataType] = {ours: ARROW[promise.meaning] for ours, promise in MAPPED[name].items()}
            more = {column: pa.string() for column in (*REFUSALS, "month")}
            self.view(view, pa.schema({**columns, **more, "removed": pa.bool_()}).empty_table())
            return
        present = self.mapping.present()[name].present()
        nothing = "".join(
            f", CAST(NULL AS {SQL_TYPE[promise.meaning]}) AS {ours}"
            for ours, promise in MAPPED[name].items()
            if ours not in present
        )
        self.connection.execute(
            f"CREATE VIEW {view} AS SELECT *{nothing} FROM read_parquet({literals(files)}, "
            "hive_partitioning = true, hive_types_autocast = false, union_by_name = true)"
        )

    def _split(self, name: str) -> None:
        kind = f", {kind_sql(self.mapping)} AS kind, {reason_sql(self.mapping)} AS reason"
        kind = kind if name == "transactions" else ""
        self.connection.execute(
            f"CREATE VIEW fresh_{name} AS SELECT *{kind} FROM all_{name} WHERE refused_reason IS NULL"
        )
        self.connection.execute(
            f"CREATE TABLE refused_{name} AS SELECT {', '.join(REFUSALS)} FROM all_{name} "
            "WHERE refused_reason IS NOT NULL"
        )

    def _keep(self, name: str, staged: Staged | None) -> None:
        """Let stand what is not touched; of a table that came whole nothing does."""
        identifier = IDENTIFIERS[name]
        if staged is None or staged.whole:
            self.view(f"kept_{name}", TABLES[name].empty_table())
            self.connection.execute(f"CREATE TABLE touched_{name} (row_id VARCHAR)")
            return
        gone = f"UNION SELECT row_id FROM read_parquet({literal(str(staged.removed))})" if staged.removed else ""
        self.connection.execute(
            f"CREATE TABLE touched_{name} AS SELECT {identifier} AS row_id FROM fresh_{name} "
            f"UNION SELECT row_id FROM refused_{name} WHERE row_id IS NOT NULL {gone}"
        )
        self.connection.execute(
            f"CREATE VIEW kept_{name} AS SELECT * FROM earlier_{name} "
            f"WHERE {identifier} NOT IN (SELECT row_id FROM touched_{name})"
        )

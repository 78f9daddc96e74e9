"""From the pages of a stream to staged rows: the latest revision of each document, and what came and went besides.

What goes in: which revision counts. What stays out: paging (pages), what a page looks like (entries),
and what a document means (documents). Nothing is held whole: entries are sorted out over Parquet, and only documents
that came more than once are compared with each other.
"""

import shutil
from collections.abc import Sequence
from glob import escape
from pathlib import Path

import duckdb
import pyarrow as pa

from assets.columns import Table
from assets.engines import connected, literal, literals
from assets.promises import ARROW, IDENTIFIERS, MAPPED
from assets.sources.convex.entries import Layout, document_lines, sort_out
from assets.sources.convex.pages import Page, Visit
from assets.sources.convex.selection import TIMESTAMP
from assets.sources.documents import stage_documents
from assets.sources.protocol import Staged

REVISED = ("transactions", "wallet_balances")
"""Tables of which a revision is evidence."""
WITNESS = ("spelling", "row_id", "refused_column", "refused_reason", "document", "month")


def staged_tables(visit: Visit, pages: Sequence[Page], layout: Layout, *, whole: bool) -> dict[str, Staged]:
    """Stage every mapped table; `whole` tells that the stream began with nothing.

    Raises NotJsonError and duckdb.Error for documents that are none.
    """
    spill = visit.folder / "entries"
    spill.mkdir()
    try:
        with connected(spill) as connection:
            connection.execute("SET preserve_insertion_order = false")
            sort_out(connection, pages, layout, spill)
            return {
                name: _Revisions(connection, visit, name, table, _first(pages, table)).staged(whole=whole)
                for name, table in visit.wanted.present().items()
            }
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def _first(pages: Sequence[Page], table: Table) -> int | None:
    """Return the page that a table began anew with, or nothing where it went on."""
    key = (table.component, table.name)
    return max((page.number for page in pages if key in page.said.truncates), default=None)


class _Revisions:
    """What came of one table."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, visit: Visit, name: str, table: Table, first: int | None
    ) -> None:
        """Show it to SQL as `revision`: each revision once, with its age, 1 for the latest of a document."""
        self._connection, self._visit, self._name, self._table = connection, visit, name, table
        self._truncated = first is not None
        entries = literal(f"{escape(str(visit.folder / 'entries'))}/*.parquet")
        connection.execute(f"""
            CREATE OR REPLACE TEMP VIEW came AS
            SELECT id, ts, deleted, document FROM read_parquet({entries})
            WHERE component = {literal(table.component)} AND table_name = {literal(table.name)}
                AND page >= {first or 0};
            CREATE OR REPLACE TEMP TABLE repeated AS
            SELECT hash(id) AS mark FROM came GROUP BY mark HAVING count(*) > 1;
            CREATE OR REPLACE TEMP TABLE again AS
            SELECT *, row_number() OVER (PARTITION BY id ORDER BY ts DESC) AS age FROM (
                SELECT DISTINCT ON (id, ts) id, ts, deleted, document
                FROM came SEMI JOIN repeated ON hash(came.id) = repeated.mark);
            CREATE OR REPLACE TEMP VIEW revision AS
            SELECT *, 1 AS age FROM came ANTI JOIN repeated ON hash(came.id) = repeated.mark
            UNION ALL BY NAME SELECT * FROM again;
        """)

    def staged(self, *, whole: bool) -> Staged:
        """Stage what is there, and say what went and what came between."""
        whole = whole or self._truncated
        folder = self._visit.folder / self._name
        received = self._stage("FROM revision WHERE age = 1 AND NOT deleted", folder)
        revised = self._name in REVISED and any(one.name == TIMESTAMP for one in self._table.present().values())
        return Staged(
            folder=folder,
            received=received,
            whole=whole,
            removed=None if whole else self._removed(),
            revisions=self._revisions(folder, whole=whole) if revised else None,
        )

    def _stage(self, chosen: str, folder: Path) -> int:
        """Stage the documents of some revisions."""
        client = self._visit.client
        with document_lines(self._connection, f"SELECT document {chosen}") as lines:
            return stage_documents(
                lines,
                self._name,
                self._visit.wanted,
                folder,
                lambda _, rows: client.progress(f"staging {self._table.name}, {rows:,} rows", rows, 0),
            )

    def _removed(self) -> Path:
        """Write the ids of documents that are gone; that of one that also came since is no harm."""
        path = self._visit.folder / f"{self._name}-removed.parquet"
        self._connection.execute(
            f"COPY (SELECT DISTINCT id AS row_id FROM revision WHERE age = 1 AND deleted) "
            f"TO {literal(str(path))} (FORMAT parquet)"
        )
        return path

    def _revisions(self, latest: Path, *, whole: bool) -> Path:
        """Write every revision that is evidence of a change.

        Of a table that goes on that is every one: the export before may have another. Of one that came whole it is
        those of documents that came more than once: that an import wrote a document again says nothing of it.
        """
        folder = self._visit.folder / f"{self._name}-revisions"
        older = self._visit.folder / f"{self._name}-older"
        folder.mkdir()
        if self._connection.execute("FROM again WHERE age > 1 AND NOT deleted LIMIT 1").fetchall():
            self._stage("FROM again WHERE age > 1 AND NOT deleted", older)
        identifier = IDENTIFIERS[self._name]
        again = f"WHERE COALESCE({identifier}, row_id) IN (SELECT id FROM again)" if whole else ""
        files = [Path(escape(str(file))) for place in (latest, older) for file in sorted(place.rglob("*.parquet"))]
        staged = f"""
            UNION ALL BY NAME SELECT *, false AS removed
            FROM read_parquet({literals(files)}, hive_partitioning = true, hive_types_autocast = false) {again}
        """
        columns = {ours: ARROW[MAPPED[self._name][ours].meaning] for ours in self._table.present()}
        nothing = pa.schema({**columns, **dict.fromkeys(WITNESS, pa.string()), "removed": pa.bool_()}).empty_table()
        self._connection.register("nothing", nothing)
        self._connection.execute(f"""
            COPY (
                SELECT * FROM nothing {staged if files else ""}
                UNION ALL BY NAME
                SELECT id AS {identifier}, ts AS commit_ns, true AS removed FROM revision WHERE deleted
            ) TO {literal(str(folder / "rows.parquet"))} (FORMAT parquet)
        """)
        return folder

"""A Convex deployment's data and its clock: what every interface of the double reads.

What goes in: commits, imports, deletions, restores, and the passing of time, which only tests bring about. What
stays out: HTTP and JSON shapes.
"""

from collections.abc import Iterable, Iterator, Sequence
from random import Random
from threading import RLock
from typing import Any

from tests.convex_double.access import Keys
from tests.convex_double.catalogue import Catalogue, Table
from tests.convex_double.exports import Export
from tests.convex_double.knobs import START_NS, Knobs
from tests.convex_double.log import Log, Tablet
from tests.convex_double.values import Document, decoded, export_json, new_id

Written = Document | str | None
"""A document, the lossless text of one (which is taken as it is), or nothing, which deletes it."""

Write = tuple[Table, str | None, Written]
"""A table, the document's id (None takes the document's own, or mints one), and what is written."""


class Deployment:
    """Tables, their log and the head of time; thread-safe, for tests write while the server reads."""

    def __init__(self, name: str = "happy-animal-123", knobs: Knobs | None = None, seed: int = 0) -> None:
        """Start an empty deployment; name and seed decide its ids, keys, and the secret that signs its cursors."""
        self.name = name
        self.knobs = knobs or Knobs()
        self.random = Random(f"{name} {seed}")  # noqa: S311 - nothing here is worth guarding
        self.secret = self.random.randbytes(32)
        self.keys = Keys(name, self.random)
        self.head = START_NS
        self.log = Log()
        self.catalogue = Catalogue(self.random)
        self.syncs: dict[str, dict[str, Any]] = {}
        self.exports = list[Export]()
        self.lock = RLock()
        self._expired_ts = 0

    @property
    def retention_min_ts(self) -> int:
        """Return the timestamp before which the log is not kept."""
        return max(self._expired_ts, self.head - self.knobs.retention_ns)

    def table(self, table: Table) -> Tablet | None:
        """Return the tablet that a table's name stands for now."""
        return self.catalogue.find(table, self.head)

    def documents(self, table: Table) -> list[Document]:
        """Return the documents of a table by id, for tests to compare with."""
        with self.lock:
            tablet = self.table(table)
            positions = tablet.documents(self.log.texts, len(self.log.ts)) if tablet else ()
            return [decoded(str(self.log.texts[position])) for position in positions]

    def create_table(self, table: Table, number: int | None = None) -> Tablet:
        """Make an empty table, as deploying a schema does."""
        with self.lock:
            tablet = self.catalogue.new(table, number or self.catalogue.number())
            tablet.active_from = self._tick()
            return tablet

    def mutate(self, writes: Iterable[Write]) -> int:
        """Commit writes as one transaction and return its timestamp; of two to one document the later counts."""
        with self.lock:
            ts = self._tick()
            self._commit(ts, [(self._tablet(*write), *write[1:]) for write in writes])
            return ts

    def insert(self, table: Table, document: Document) -> str:
        """Commit one new document and return its id."""
        with self.lock:
            self.mutate([(table, None, document)])
            return self.log.ids[-1]

    def replace(self, table: Table, document_id: str, document: Document) -> int:
        """Commit a new revision of one document; it keeps its creation time."""
        return self.mutate([(table, document_id, document)])

    def delete(self, table: Table, document_id: str) -> int:
        """Commit the end of one document."""
        return self.mutate([(table, document_id, None)])

    def load(self, tables: dict[str, list[Document]], block: int = 100) -> int:
        """Commit many documents, block by block, so that no table is all of one timestamp; return the head."""
        with self.lock:
            for table, documents in tables.items():
                if not documents and self.table(table) is None:
                    self.create_table(table)
                for some in _blocks(documents, block):
                    self.mutate((table, None, document) for document in some)
            return self.head

    def import_hidden(self, table: Table, documents: list[Document], block: int = 100) -> Tablet:
        """Write the rows of an import where no reader sees them yet, in several transactions."""
        with self.lock:
            replaced = self.table(table)
            hidden = self.catalogue.new(table, replaced.number if replaced else self.catalogue.number())
            for some in _blocks(documents, block):
                self._commit(self._tick(), [(hidden, None, document) for document in some])
            return hidden

    def activate(self, hidden: Tablet) -> int:
        """Let an import's rows take the place of the table's, all at one timestamp."""
        with self.lock:
            replaced = self.table(hidden.key)
            hidden.active_from = self._tick()
            self._note(hidden)
            if replaced:
                self._delete(replaced)
            return self.head

    def import_replace(self, table: Table, documents: list[Document], block: int = 100) -> int:
        """Import a table from end to end, as `convex import --replace` does; return when it took effect."""
        with self.lock:
            return self.activate(self.import_hidden(table, documents, block))

    def drop_table(self, table: Table) -> int:
        """Delete a table whole; none of its documents gets a tombstone."""
        with self.lock:
            tablet = self.table(table)
            if tablet is None:
                message = f"there is no table {table} to drop"
                raise LookupError(message)
            self._tick()
            self._delete(tablet)
            return self.head

    def advance(self, ns: int) -> int:
        """Let time pass, as commits to system tables would."""
        with self.lock:
            self.head += ns
            return self.head

    def expire(self, ts: int) -> None:
        """Let the log before a timestamp fall out of retention."""
        with self.lock:
            self._expired_ts = max(self._expired_ts, ts)

    def rewind(self, ts: int) -> None:
        """Restore the deployment as it was: the head goes back, and what came later never happened."""
        with self.lock:
            self.log.cut(ts)
            self.catalogue.rewind(ts)
            self.head = ts

    def _tick(self) -> int:
        self.head += self.knobs.commit_ns
        return self.head

    def _tablet(self, table: Table, document_id: str | None, document: Written) -> Tablet:
        found = self.table(table)
        if found is None:
            found = self.catalogue.new(table, self.catalogue.number(document_id or _own_id(document)))
            found.active_from = self.head
        return found

    def _commit(self, ts: int, writes: Iterable[tuple[Tablet, str | None, Written]]) -> None:
        """Add rows in the order of tablets and ids, which is the order of a transaction's rows in the log."""
        rows = {}
        for tablet, written, document in writes:
            document_id = written or _own_id(document) or new_id(tablet.number, self.random)
            rows[tablet.id, document_id] = tablet, self._text(ts, tablet, document_id, document)
        for (_, document_id), (tablet, text) in sorted(rows.items()):
            self.log.append(ts, tablet, document_id, text)

    def _text(self, ts: int, tablet: Tablet, document_id: str, document: Written) -> str | None:
        if isinstance(document, str):
            return document
        position = tablet.latest(document_id, len(self.log.ts))
        before = None if position is None else self.log.texts[position]
        if document is not None:
            created = ts / 1e6 if before is None else decoded(before)["_creationTime"]
            return export_json({"_creationTime": created, **document, "_id": document_id})
        if before is None:
            message = f"there is no {document_id} in {tablet.name} to delete"
            raise LookupError(message)
        return None

    def _delete(self, tablet: Tablet) -> None:
        tablet.deleted_at = self.head
        self._note(tablet)

    def _note(self, tablet: Tablet) -> None:
        """Log a change of a table in the system's own, for readers count rows that they are not shown."""
        self._commit(self.head, [(self.catalogue.tables, None, {"name": tablet.name, "tablet": tablet.id})])


def _own_id(document: Written) -> str | None:
    return document.get("_id") if isinstance(document, dict) else None


def _blocks(documents: Sequence[Document], size: int) -> Iterator[Sequence[Document]]:
    for start in range(0, len(documents), size):
        yield documents[start : start + size]

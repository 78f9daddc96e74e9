"""A Convex deployment that is served by the double, and a home's part in reading it.

What goes in: reading as an export does, keeping what a home would hold, and what that should be. What stays out: what
must come of each happening. What should be held to the last column is told by another reader, that of snapshots.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow.parquet as pq
import pytest

from assets.errors import SourceError
from assets.mapping import Connection, Mapping
from assets.promises import IDENTIFIERS, MONEY
from assets.sources.convex.live import ConvexLive
from assets.sources.convex.patience import Patience
from assets.sources.convex.snapshot_zip import ConvexZip
from assets.sources.protocol import Earlier, Reading, Staged
from tests.assets.sources.convex_books import Books
from tests.assets.sources.snapshots import PRESET
from tests.convex_double.archive import archive
from tests.convex_double.deployment import Deployment
from tests.convex_double.faults import Request
from tests.convex_double.knobs import Knobs
from tests.convex_double.server import ConvexDouble

Interface = Literal["auto", "sync", "legacy", "zip"]
PAGES = ("/api/v1/data/sync", "/api/list_snapshot", "/api/document_deltas")
Rows = dict[str, dict[str, list[dict[str, Any]]]]
"""By our table and the document's id: each row it makes."""
TINY: dict[str, Any] = {"snapshot_page_rows": 5, "delta_rows": 5, "sync_entries": 6, "sync_log_rows": 9}
UNSAID_BY_ZIP = ("commit_ns", "spelling", "fields", "document")


@dataclass
class Shop:
    """A deployment that is served, and a home's part in reading it."""

    double: ConvexDouble
    books: Books
    folder: Path
    waits: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    held: Rows = field(default_factory=dict)
    last: Reading | None = None
    readings: int = 0

    @property
    def deployment(self) -> Deployment:
        return self.double.deployment

    @property
    def arriving(self) -> Path:
        return self.folder / "arriving"

    def source(self, interface: Interface = "auto", tries: int = 4) -> ConvexLive:
        connection = Connection(interface=interface)
        patience = Patience(tries=tries, longest=60, answers_within=(5, 5), sleep=self.waits.append)
        return ConvexLive(f"convex+{self.double.url}", connection, self.folder, self.arriving, patience)

    def read(self, interface: Interface = "auto", *, full: bool = False, mapping: Mapping = PRESET) -> Reading:
        """Read as an export does, and keep what a home would hold then."""
        earlier = Earlier("export-1", self.last.bookmark, {}) if self.last and self.last.bookmark and not full else None
        reading = self.source(interface).read(mapping, earlier, self._fresh_folder(), self.tell)
        self.held = {name: merged(name, staged, self.held.get(name, {})) for name, staged in reading.staged.items()}
        self.last = reading
        shutil.rmtree(self.arriving, ignore_errors=True)
        return reading

    def tell(self, what: str, _done: int, _of: int) -> None:
        """Hear of progress."""
        self.told.append(what)

    def pages(self) -> int:
        """Count the pages that were asked for."""
        return sum(map(is_page, self.double.requests))

    def agrees(self) -> bool:
        """Tell whether what a home would hold is what the deployment has: every document with its money."""
        return self.held_money() == {
            name: {
                document["_id"]: sorted(money_of(name, document)) for document in self.deployment.documents(table.name)
            }
            for name, table in PRESET.present().items()
        }

    def held_money(self) -> dict[str, dict[str, list[str]]]:
        """Return currency and money of all that is held; refused rows have none."""
        return {
            name: {
                key: sorted(f"{row['currency']} {row[MONEY[name]]}" if name in MONEY else "no money" for row in rows)
                for key, rows in held.items()
            }
            for name, held in self.held.items()
        }

    def agrees_with_snapshots(self) -> bool:
        """Tell whether what a home would hold is, to the last column, what the reader of snapshots makes of it."""
        folder = self._fresh_folder()
        path = folder / "snapshot.zip"
        path.write_bytes(archive(self.deployment, self.deployment.head))
        reading = ConvexZip(path).read(PRESET, None, folder, lambda *_: None)
        shown = {name: merged(name, staged, {}) for name, staged in reading.staged.items()}
        return told(self.held) == told(shown)

    def _fresh_folder(self) -> Path:
        self.readings += 1
        folder = self.folder / f"reading-{self.readings}"
        folder.mkdir()
        return folder


def page(number: int) -> Callable[[Request], bool]:
    """Mean the n-th page from now on, and no other request."""
    seen = 0

    def meant(request: Request) -> bool:
        nonlocal seen
        seen += is_page(request)
        return seen == number and is_page(request)

    return meant


def is_page(request: Request) -> bool:
    """Mean every request for a page; one request only asks whether there are any."""
    return request.path in PAGES and b"tieout asks" not in request.body


@contextmanager
def shop(folder: Path, name: str = "happy-animal-123") -> Iterator[Shop]:
    """Serve a deployment with a ledger in it; pages are tiny."""
    deployment = Deployment(name, Knobs(**TINY))
    books = Books(deployment)
    books.work(60)
    with ConvexDouble(deployment) as double:
        yield Shop(double, books, folder)


def rows_of(folder: Path | None) -> list[dict[str, Any]]:
    """Return the rows of a data set, with what its folders say."""
    return (
        [row for file in sorted(folder.rglob("*.parquet")) for row in pq.read_table(file).to_pylist()] if folder else []
    )


def merged(name: str, staged: Staged, before: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return what is held of a table once it was read."""
    held = {} if staged.whole else dict(before)
    if staged.removed:
        for row in pq.read_table(staged.removed).to_pylist():
            held.pop(row["row_id"], None)
    fresh: dict[str, list[dict[str, Any]]] = {}
    rows = rows_of(staged.folder) if staged.received else []
    assert len(rows) == staged.received
    for row in rows:
        fresh.setdefault(row[IDENTIFIERS[name]] or row["row_id"], []).append(row)
    return held | fresh


def money_of(name: str, document: dict[str, Any]) -> list[str]:
    """Return currency and money of each row that a document makes."""
    if name not in MONEY:
        return ["no money"]
    if name == "user_balances":
        entries = document["balances"] or [{"currency": None, "amount": None}]
        return [f"{entry['currency']} {entry['amount'] and int(entry['amount'])}" for entry in entries]
    return [f"{document['currency']} {int(document['amount' if name == 'transactions' else 'balance'])}"]


def told(held: Rows) -> dict[str, dict[str, list[str]]]:
    """Return rows as text, but for what a snapshot does not tell."""
    return {
        name: {key: sorted(_text(row) for row in rows) for key, rows in sorted(table.items())}
        for name, table in held.items()
    }


def _text(row: dict[str, Any]) -> str:
    document = {key: value for key, value in json.loads(row["document"] or "{}").items() if key != "_ts"}
    return repr(sorted((key, value) for key, value in row.items() if key not in UNSAID_BY_ZIP)) + json.dumps(document)


def sentence(call: Callable[[], object]) -> str:
    """Return the one sentence with which a source refuses."""
    with pytest.raises(SourceError) as refused:
        call()
    assert "\n" not in str(refused.value)
    return str(refused.value)

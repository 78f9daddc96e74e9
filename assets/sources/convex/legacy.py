"""The legacy pair of Convex: list_snapshot shows all tables at one commit, document_deltas what came after another.

What goes in: how both ask and answer, and when a cursor may be gone on from. What stays out: paging (pages)
and what becomes of the revisions (revisions). The pair never tells that an import or a restore replaced a
table, nor that one was deleted: the evidence says so, and a full reading shows it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assets.errors import SourceError
from assets.sources.convex.entries import Layout
from assets.sources.convex.pages import Entry, Page, Said, Stream, Visit, expect, pages_of
from assets.sources.convex.reading import Ending, reading_of
from assets.sources.convex.refusals import RefusedByConvexError
from assets.sources.convex.selection import selection_of
from assets.sources.convex.spool import Position, Spool
from assets.sources.convex.sync import stop_and_ask
from assets.sources.protocol import Reading

INTERFACE = "legacy"
EXPIRED, TOO_OLD = "InvalidWindowToReadDocuments", "BadFormat"
FORMAT = "export_json"
EVIDENCE = {"interface": "list_snapshot and document_deltas", "imports": "not seen by this interface"}
LAYOUT = Layout(places=("$._component", "$._table", "$._ts", "$._deleted", "$._id", "$"), document="body")


class LegacyStream:
    """What both of the pair have in common: rows that are documents with metadata among their fields."""

    def __init__(self, selection: Mapping[str, Any], start: Position) -> None:
        """Take what is selected, and where to begin."""
        self._asked, self.start = {"format": FORMAT, "selection": selection}, start

    def entries(self, answer: Any) -> Iterator[Entry]:  # noqa: ANN401 - any JSON
        """Yield what the documents of a page are; this is done a million times."""
        for row in answer["values"]:
            if type(row["_ts"]) is not int or type(row["_id"]) is not str:
                raise TypeError
            yield (row["_component"], row["_table"]), tuple(row)


class SnapshotStream(LegacyStream):
    """Asks for all documents there were at one commit, which the first answer names."""

    path = "/api/list_snapshot"
    stale = frozenset({"SnapshotTooOld", "SnapshotTooNew", "InvalidListSnapshotCursor"})

    def body(self, position: Position) -> Mapping[str, Any]:
        """Return what to ask; from the second page on for the same commit."""
        return {**self._asked, **position}

    def said(self, answer: Any) -> Said:  # noqa: ANN401 - any JSON
        """Return where a page ends; the whole snapshot is of one commit."""
        at, rows = expect(answer, "snapshot", int), len(expect(answer, "values", list))
        if not expect(answer, "hasMore", bool):
            return Said(None, at, complete=True, rows=rows)
        return Said({"snapshot": at, "cursor": expect(answer, "cursor", str)}, at, complete=False, rows=rows)


class DeltasStream(LegacyStream):
    """Asks for all revisions after a commit."""

    path = "/api/document_deltas"
    stale = frozenset({EXPIRED})

    def body(self, position: Position) -> Mapping[str, Any]:
        """Return what to ask."""
        return {**self._asked, "cursor": position}

    def said(self, answer: Any) -> Said:  # noqa: ANN401 - any JSON
        """Return up to which commit a page has everything."""
        cursor, rows = expect(answer, "cursor", int), len(expect(answer, "values", list))
        return Said(cursor, cursor, complete=not expect(answer, "hasMore", bool), rows=rows)


def read_legacy(visit: Visit) -> Reading:
    """Read what is new since the export before, or everything; raise SourceError where only a person can decide."""
    bookmark, name = visit.bookmark(INTERFACE), visit.client.address.name
    try:
        return _deltas(visit, bookmark) if bookmark else _snapshot(visit)
    except RefusedByConvexError as error:
        if error.code not in (EXPIRED, TOO_OLD):
            raise
        code = error.code
    if code == TOO_OLD:
        message = (
            f"{name} is older than March 2026 and would send numbers without their type; "
            "bring it up to date, or set connection.interface = 'zip'."
        )
        raise SourceError(message)
    visit.client.progress(f"the cursor of the export before has expired at {name}: reading everything", 0, 0)
    return _snapshot(visit)


def _snapshot(visit: Visit) -> Reading:
    spool, pages = _pages(visit, SnapshotStream(selection_of(visit.selected), {}))
    return reading_of(visit, pages, spool, {}, _ending(pages[-1].said.at or 0))


def _deltas(visit: Visit, bookmark: Mapping[str, Any]) -> Reading:
    spool, pages = _pages(visit, DeltasStream(selection_of(visit.selected), bookmark["cursor"]))
    cursors = [bookmark["cursor"], *(page.said.position for page in pages)]
    if cursors != sorted(cursors):
        spool.forget()
        found = f"its latest commit {min(cursors)} is before {bookmark['cursor']}, which was exported"
        raise stop_and_ask(visit.client.address.name, found)
    return reading_of(visit, pages, spool, bookmark, _ending(cursors[-1]))


def _pages(visit: Visit, stream: Stream) -> tuple[Spool, Sequence[Page]]:
    spool = Spool(visit.arriving, visit.base(stream.path, stream.start))
    return spool, pages_of(visit, stream, spool)


def _ending(at: int) -> Ending:
    return Ending(INTERFACE, "convex_legacy", LAYOUT, at, at, EVIDENCE)

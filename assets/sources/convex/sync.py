"""The data sync interface of Convex: every revision of every document, up to one commit for all tables.

What goes in: how it asks and answers, and when a cursor may be gone on from. What stays out: paging (pages)
and what becomes of the revisions (revisions). The cursor is the server's own, never made of times of rows.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from assets.errors import SourceError
from assets.sources.convex.entries import Layout
from assets.sources.convex.pages import Entry, NotUnderstoodError, Said, Visit, expect, pages_of
from assets.sources.convex.reading import Ending, reading_of
from assets.sources.convex.refusals import RefusedByConvexError
from assets.sources.convex.selection import selection_of
from assets.sources.convex.spool import Position, Spool
from assets.sources.protocol import Reading

INTERFACE = "sync"
EXPIRED, FOREIGN = "DataSyncCursorExpired", "InvalidDataSyncCursor"
CONSISTENT = frozenset({"stale", "upToDate", "synced"})
COMPLETE = frozenset({"upToDate", "synced"})
"""Names of a status; packages of mid-2026 say `synced` and `syncedTs`, and have no `stale`."""
LAYOUT = Layout(
    places=("$.component", "$.table", "$.ts", "$.deleted", "$.value._id", "$.value"),
    document="""'{"_ts":' || ts || ',' || substr(body, 2)""",
)


class SyncStream:
    """Asks for page after page of a sync."""

    path = "/api/v1/data/sync"
    stale = frozenset({EXPIRED, FOREIGN})

    def __init__(self, selection: Mapping[str, Any], cursor: str | None) -> None:
        """Take what is selected, and the cursor to go on from; none begins a new sync."""
        self._selection, self.start = selection, cursor

    def body(self, position: Position) -> Mapping[str, Any]:
        """Return what to ask; a new sync has no cursor."""
        return {"selection": self._selection} | ({"cursor": position} if position is not None else {})

    def said(self, answer: Any) -> Said:  # noqa: ANN401 - any JSON
        """Return how far a page brings the sync, and which tables begin anew with it."""
        status = expect(answer, "status", dict)
        kind, cursor = expect(status, "type", str), expect(expect(answer, "pagination", dict), "nextCursor", str)
        at = status.get("snapshotTs", status.get("syncedTs")) if kind in CONSISTENT else None
        if kind in CONSISTENT and type(at) is not int:
            part = "a status without snapshotTs"
            raise NotUnderstoodError(part)
        truncates = [(expect(one, "component", str), expect(one, "table", str)) for one in answer.get("truncates", ())]
        rows = len(expect(answer, "values", list))
        return Said(cursor, at, kind in COMPLETE, rows, frozenset(truncates))

    def entries(self, answer: Any) -> Iterator[Entry]:  # noqa: ANN401 - any JSON
        """Yield what the documents of a page are; this is done a million times."""
        for entry in answer["values"]:
            document = entry["value"]
            if type(entry["ts"]) is not int or type(entry["deleted"]) is not bool or type(document["_id"]) is not str:
                raise TypeError
            yield (entry["component"], entry["table"]), tuple(document)


def read_sync(visit: Visit) -> Reading:
    """Read what is new since the export before, or everything; raise SourceError where only a person can decide."""
    bookmark, name = visit.bookmark(INTERFACE), visit.client.address.name
    try:
        return _read(visit, bookmark)
    except RefusedByConvexError as error:
        if error.code not in (EXPIRED, FOREIGN):
            raise
        code = error.code
    if code == EXPIRED and bookmark:
        visit.client.progress(f"the cursor of the export before has expired at {name}: reading everything", 0, 0)
        return _read(visit, {})
    if bookmark:
        raise stop_and_ask(name, f"it does not know the cursor of the export before ({code})")
    message = f"{name} was restored or replaced while it was read ({code}); run again."
    raise SourceError(message)


def stop_and_ask(name: str, found: str) -> SourceError:
    """Return the error of a deployment that is not, or no longer, what the export before was read from."""
    return SourceError(
        f"{name} is another deployment than the export before was read from, or was restored from a backup: {found}. "
        "Find out which; running again with --full starts over."
    )


def _read(visit: Visit, bookmark: Mapping[str, Any]) -> Reading:
    cursor = bookmark.get("cursor")
    spool = Spool(visit.arriving, visit.base(INTERFACE, cursor))
    pages = pages_of(visit, SyncStream(selection_of(visit.selected), cursor), spool)
    last = pages[-1].said
    at, before = last.at or 0, bookmark.get("snapshot_ts", 0)
    if at < before:
        spool.forget()
        raise stop_and_ask(visit.client.address.name, f"its latest commit {at} is before {before}, which was exported")
    ending = Ending(INTERFACE, "convex_sync", LAYOUT, at, last.position, {"interface": "data sync"})
    return reading_of(visit, pages, spool, bookmark, ending)

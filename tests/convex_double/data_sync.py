"""The data sync interface: one page of a sync for one cursor.

A page goes through a table by id as of `synced_ts`, or through the log from there on, never through both. What stays
out: who may ask, which the server has found out before.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from tests.convex_double.active_syncs import note_sync
from tests.convex_double.answers import Answer, RefusalError, json_answer
from tests.convex_double.deployment import Deployment
from tests.convex_double.log import Tablet
from tests.convex_double.selection import NamesError, Selection, ShapeError, selection_of
from tests.convex_double.sync_cursor import SyncCursor, opened, sealed
from tests.convex_double.values import Form, text_of

PREFIXES = {"fivetran-export": "fivetran-", "fivetran-import": "fivetran-", "airbyte-export": "airbyte-"}
"""What a new sync's id begins with, by the client it names in `Convex-Client`."""


class Page:
    """One page in the making: the cursor moves on while rows are added."""

    def __init__(self, deployment: Deployment, cursor: SyncCursor, targets: dict[str, Tablet]) -> None:
        """Take what is there, how far the client has come, and the tablets that it wants."""
        self._log = deployment.log
        self._knobs = deployment.knobs
        self._targets = targets
        self._head = deployment.head
        self.cursor = cursor
        self.positions: list[int] = []

    def fill(self) -> None:
        """Go by id while close to the head; else catch up with the log first."""
        if self.cursor.current and self._head - self.cursor.synced_ts < self._knobs.fresh_ns:
            self._go_by_id(self._targets[self.cursor.current])
        else:
            self._go_through_log()
        self.cursor.count += len(self.positions)

    def _go_by_id(self, tablet: Tablet) -> None:
        cursor, size = self.cursor, 0
        end = self._log.end(cursor.synced_ts)
        for position in tablet.documents(self._log.texts, end, cursor.current_id):
            self.positions.append(position)
            size += self._size(position)
            if size >= self._knobs.sync_bytes or len(self.positions) >= self._knobs.sync_entries:
                cursor.current_id = self._log.ids[position]
                cursor.current_count += len(self.positions)
                return
        cursor.synced.append(tablet.id)
        cursor.start_next(list(self._targets))

    def _go_through_log(self) -> None:
        """Add whole transactions until a limit is reached; the first one however large it is."""
        log, size, begun = self._log, 0, False
        batch: list[int] = []
        batch_ts = None
        only = next(iter(self._targets.values())) if len(self._targets) == 1 else None
        for read, position in enumerate(log.after(self.cursor.synced_ts, only)):
            if batch_ts is not None and log.ts[position] > batch_ts:
                size += self._commit(batch, batch_ts)
                begun, batch = True, []
                if self._is_full(read, size):
                    return
            batch_ts = log.ts[position]
            if self.cursor.captures(log.tablets[position].id, log.ids[position]):
                batch.append(position)
            if begun and read + 1 >= self._knobs.sync_log_rows:
                return
        self._commit(batch, self._head)

    def _commit(self, batch: list[int], ts: int) -> int:
        self.positions += batch
        self.cursor.synced_ts = ts
        return sum(map(self._size, batch))

    def _is_full(self, read: int, size: int) -> bool:
        knobs = self._knobs
        return read >= knobs.sync_log_rows or len(self.positions) >= knobs.sync_entries or size >= knobs.sync_bytes

    def _size(self, position: int) -> int:
        return len(self._log.texts[position] or "")


def data_sync(deployment: Deployment, body: Mapping[str, Any], client: str) -> Answer:
    """Answer `POST /api/v1/data/sync`."""
    blob = body.get("cursor")
    if not isinstance(blob, str | None):
        raise RefusalError(400, "BadJsonBody", "cursor: expected a string")
    selection, misnamed = _selection(body)
    cursor = None if blob is None else opened(blob, deployment.secret)
    if misnamed:
        raise RefusalError(400, "InvalidDataSyncSelection", str(misnamed))
    targets = selected(deployment, selection)
    tracked_before = cursor.tracked() if cursor else set()
    cursor = cursor or SyncCursor(_new_sync_id(deployment, client), deployment.head, [])
    check_reach(deployment, cursor.synced_ts)
    cursor.reconcile(list(targets))
    page = Page(deployment, cursor, targets)
    page.fill()
    note_sync(deployment, cursor, targets)
    truncated = {targets[tablet].key for tablet in cursor.tracked() - tracked_before}
    return json_answer(_page_text(deployment, page, selection, sorted(truncated)))


def cursor_from_deltas(deployment: Deployment, body: Mapping[str, Any], client: str) -> Answer:
    """Answer `POST /api/data_sync_cursor_from_deltas`: count all that is selected as synced up to a delta cursor."""
    ts = body.get("cursor")
    if not isinstance(ts, int) or isinstance(ts, bool):
        raise RefusalError(400, "BadJsonBody", "cursor: expected an integer")
    selection, misnamed = _selection(body)
    if misnamed:
        raise RefusalError(400, "InvalidDataSyncSelection", str(misnamed))
    check_reach(deployment, ts)
    cursor = SyncCursor(_new_sync_id(deployment, client), ts, list(selected(deployment, selection)))
    return json_answer(text_of({"cursor": sealed(cursor, deployment.secret)}, Form.EXPORT))


def selected(deployment: Deployment, selection: Selection) -> dict[str, Tablet]:
    """Return the tablets now active that are selected, by id and in its order."""
    return {one.id: one for one in deployment.catalogue.active(deployment.head) if selection.includes(one)}


def check_reach(deployment: Deployment, ts: int) -> None:
    """Refuse to go on from before the log that is kept, or from after the head."""
    if ts > deployment.head:
        raise RefusalError(400, "InvalidDataSyncCursor", "The cursor is from later than now")
    if ts < deployment.retention_min_ts:
        raise RefusalError(400, "DataSyncCursorExpired", "The cursor is out of retention; begin again without one")


def _selection(body: Mapping[str, Any]) -> tuple[Selection, NamesError | None]:
    """Return what is selected; wrong names are told later than a wrong shape, for the cursor is read in between."""
    try:
        return selection_of(body.get("selection")), None
    except NamesError as error:
        return Selection(), error
    except ShapeError as error:
        raise RefusalError(400, "BadJsonBody", f"selection: {error}") from error


def _new_sync_id(deployment: Deployment, client: str) -> str:
    name = client.rpartition("-")[0]
    return PREFIXES.get(name, "") + str(uuid.UUID(bytes=deployment.random.randbytes(16), version=4))


def _page_text(deployment: Deployment, page: Page, selection: Selection, truncated: list[tuple[str, str]]) -> str:
    log, cursor = deployment.log, page.cursor
    values = []
    for position in page.positions:
        tablet, text = log.tablets[position], log.texts[position]
        names = f'"component":{_quoted(tablet.component)},"table":{_quoted(tablet.name)}'
        value = f'{{"_id":{_quoted(log.ids[position])}}}' if text is None else selection.text(tablet, text)
        deleted = "true" if text is None else "false"
        values.append(f'{{{names},"ts":{log.ts[position]},"deleted":{deleted},"value":{value}}}')
    truncates = [{"component": component, "table": table} for component, table in truncated]
    return (
        f'{{"status":{_status(cursor, deployment.head)},"truncates":{text_of(truncates, Form.EXPORT)},'
        f'"values":[{",".join(values)}],"syncId":{_quoted(cursor.sync_id)},'
        f'"pagination":{{"hasMore":true,"nextCursor":{_quoted(sealed(cursor, deployment.secret))}}}}}'
    )


def _status(cursor: SyncCursor, head: int) -> str:
    if cursor.current:
        return '{"type":"snapshotting"}'
    kind = "stale" if cursor.synced_ts < head else "upToDate"
    return f'{{"type":"{kind}","snapshotTs":{cursor.synced_ts}}}'


def _quoted(text: str) -> str:
    return text_of(text, Form.EXPORT)

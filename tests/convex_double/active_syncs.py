"""Which syncs are going on, and how far they are: the companion of data/sync that counts documents on its own."""

import json
from collections.abc import Mapping
from typing import Any

from tests.convex_double.answers import Answer, RefusalError, json_answer
from tests.convex_double.deployment import Deployment
from tests.convex_double.knobs import DAY_NS
from tests.convex_double.log import Tablet
from tests.convex_double.sync_cursor import SyncCursor

ACTIVE_NS = 3 * DAY_NS
USUAL, MOST = 50, 100


def note_sync(deployment: Deployment, cursor: SyncCursor, targets: Mapping[str, Tablet]) -> None:
    """Keep how far a sync has come with its latest page."""
    if cursor.current:
        status = _snapshotting(cursor, targets)
    else:
        status = {
            "type": "stale" if cursor.synced_ts < deployment.head else "upToDate",
            "totalTables": len(targets),
            "numDocumentsSynced": cursor.count,
            "syncedTs": cursor.synced_ts,
        }
    deployment.syncs.pop(cursor.sync_id, None)
    deployment.syncs[cursor.sync_id] = {"called": deployment.head, "status": status}


def _snapshotting(cursor: SyncCursor, targets: Mapping[str, Tablet]) -> dict[str, Any]:
    current = targets[str(cursor.current)]
    return {
        "type": "snapshotting",
        "numTablesSynced": len(cursor.synced),
        "totalTables": len(targets),
        "currentComponent": current.component,
        "currentTable": current.name,
        "numDocumentsInCurrentTable": cursor.current_count,
        "totalDocumentsInCurrentTable": current.live,
        "numDocumentsSynced": cursor.count,
        "totalDocuments": sum(tablet.live for tablet in targets.values()),
    }


def list_active_syncs(deployment: Deployment, query: Mapping[str, str]) -> Answer:
    """Answer `GET /api/v1/data/list_active_syncs`, the sync that last asked first."""
    try:
        limit, start = int(query.get("limit", USUAL)), int(query.get("cursor", "0"), base=16)
    except ValueError as error:
        raise RefusalError(400, "BadQueryArgs", str(error)) from error
    if not 1 <= limit <= MOST:
        raise RefusalError(400, "LimitOutOfRange", f"The limit is 1 to {MOST}")
    since = deployment.head - ACTIVE_NS
    active = [(name, kept) for name, kept in reversed(deployment.syncs.items()) if kept["called"] >= since]
    syncs = [
        {"syncId": name, "lastUpdated": kept["called"] // 10**6, "status": kept["status"]}
        for name, kept in active[start : start + limit]
    ]
    following = f"{start + limit:x}" if start + limit < len(active) else None
    pagination = {"hasMore": following is not None, "nextCursor": following}
    return json_answer(json.dumps({"syncs": syncs, "pagination": pagination}, separators=(",", ":")))

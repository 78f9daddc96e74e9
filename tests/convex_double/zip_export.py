"""The snapshot interface: asking for an export, watching it, and downloading its ZIP.

What stays out: the archive's layout, and stored files, of which the double has none.
"""

import re
from collections.abc import Mapping
from typing import Any

from tests.convex_double.access import VIEW_BACKUPS, Operations
from tests.convex_double.answers import Answer, RefusalError, json_answer
from tests.convex_double.archive import archive
from tests.convex_double.deployment import Deployment
from tests.convex_double.exports import Export
from tests.convex_double.knobs import DAY_NS
from tests.convex_double.values import FORMS, Form, decode_id, new_id, text_of

LATEST = "_system/cli/exports:getLatest"
EXPORTS_TABLE_NUMBER = 52
KEPT_NS, MOST_KEPT_NS = 14 * DAY_NS, 60 * DAY_NS


def request_zip(deployment: Deployment, query: Mapping[str, str]) -> Answer:
    """Answer `POST /api/export/request/zip`; there is only one export at a time."""
    if any(export.under_way for export in deployment.exports):
        raise RefusalError(400, "ExportInProgress", "One export at a time")
    record = {
        "_creationTime": deployment.head / 1e6,
        "_id": new_id(EXPORTS_TABLE_NUMBER, deployment.random),
        "component": query.get("component"),
        "expiration_ts": deployment.head + KEPT_NS,
        "format": {"format": "zip", "include_storage": query.get("includeStorage") == "true"},
        "requestor": "snapshotExport",
        "state": "requested",
    }
    deployment.exports.append(Export(record))
    return Answer(200)


def run_query(deployment: Deployment, body: Mapping[str, Any], permitted: Operations) -> Answer:
    """Answer `POST /api/query`, of which the double knows the one query that tells the latest export."""
    if body.get("path") != LATEST or VIEW_BACKUPS not in (permitted or ()):
        missing = f"Could not find public function for '{body.get('path')}'"
        return json_answer(f'{{"status":"error","errorMessage":{text_of(missing, Form.EXPORT)}}}')
    form = FORMS.get(body.get("format") or Form.ENCODED.value)
    if form is None:
        raise RefusalError(400, "BadFormat", f"There is no format {body['format']!r}")
    latest = deployment.exports[-1] if deployment.exports else None
    if latest and latest.under_way:
        _go_on(deployment, latest)
    return json_answer(f'{{"status":"success","value":{text_of(latest and latest.record, form)}}}')


def _go_on(deployment: Deployment, export: Export) -> None:
    """Take an export one poll further; with polls to spare, the first still finds it requested."""
    unfinished = deployment.knobs.polls_until_exported
    export.polls += 1
    if export.polls == min(unfinished + 1, 2):
        export.begin(deployment.head)
    if export.polls <= unfinished:
        return
    if deployment.knobs.export_ends == "completed":
        include_storage = export.record["format"]["include_storage"]
        content = archive(deployment, export.record["start_ts"], include_storage=include_storage)
        export.complete(deployment.head, content)
    else:
        export.stop(deployment.head, deployment.knobs.export_ends)


def download(deployment: Deployment, name: str) -> Answer:
    """Answer `GET /api/export/zip/<start_ts or id>`."""
    by_id = _is_id(name)
    if not by_id and not re.fullmatch("[0-9]+", name):
        raise RefusalError(400, "BadSnapshotId", f"{name!r} is neither a timestamp nor an id")
    found = [export for export in deployment.exports if name == (export.id if by_id else _start(export))]
    if not found or found[0].record.get("expiration_ts", deployment.head) < deployment.head:
        raise RefusalError(404, "ExportNotFound", f"There is no export {name}")
    if found[0].state != "completed":
        raise RefusalError(400, "ExportNotComplete", f"Export {name} is not done")
    file = f"snapshot_{deployment.name}_{found[0].record['start_ts']}.zip"
    headers = {"Content-Disposition": f"attachment; filename={file}", "Cache-Control": "private, max-age=2592000"}
    return Answer(200, found[0].content, headers)


def set_expiration(deployment: Deployment, name: str, body: Mapping[str, Any]) -> Answer:
    """Answer `POST /api/export/set_expiration/<id>`."""
    ts = body.get("expirationTsNs")
    if not isinstance(ts, int):
        raise RefusalError(400, "BadJsonBody", "expirationTsNs: expected an integer")
    if ts - deployment.head > MOST_KEPT_NS:
        raise RefusalError(400, "SnapshotExpirationTooLarge", "Exports are kept 60 days at most")
    _export(deployment, name).record["expiration_ts"] = ts
    return Answer(200)


def cancel(deployment: Deployment, name: str) -> Answer:
    """Answer `POST /api/export/cancel/<id>`."""
    export = _export(deployment, name)
    if export.under_way:
        export.stop(deployment.head, "canceled")
    return Answer(200)


def _export(deployment: Deployment, name: str) -> Export:
    found = next((export for export in deployment.exports if export.id == name), None)
    if found is None:
        raise RefusalError(404, "ExportNotFound", f"There is no export {name}")
    return found


def _start(export: Export) -> str | None:
    """Return what a completed export may also be asked for by."""
    return str(export.record["start_ts"]) if export.state == "completed" else None


def _is_id(name: str) -> bool:
    try:
        return bool(decode_id(name))
    except ValueError:
        return False

"""Which function answers which path, and the order in which a request is checked before it does.

The order is the server's own: what the query holds, who asks, what the body holds, the plan, the permission, and
then the arguments, which is the business of the functions called.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.convex_double import access, active_syncs, data_sync, legacy, table_schemas, zip_export
from tests.convex_double.answers import Answer, RefusalError, json_answer
from tests.convex_double.deployment import Deployment
from tests.convex_double.faults import Request

JSON_CONTENT = re.compile(r"application/([\w.-]+\+)?json", re.IGNORECASE)
SNAPSHOT_TYPES = {"snapshot": int, "cursor": str, "format": str}
DELTAS_TYPES = {"cursor": int, "format": str}


@dataclass(frozen=True)
class Call:
    """A request that has been let in: whose data, what was asked, by whom."""

    deployment: Deployment
    arguments: Mapping[str, Any]
    permitted: access.Operations
    name: str
    client: str


@dataclass(frozen=True)
class Endpoint:
    """How a path is checked and answered; `types` are of arguments that may be no other, if they are there."""

    answer: Callable[[Call], Answer]
    operation: str | None = access.VIEW_DATA
    streaming: bool = True
    has_body: bool = False
    types: Mapping[str, type] = field(default_factory=dict)


def _list_snapshot(call: Call) -> Answer:
    return legacy.list_snapshot(call.deployment, call.arguments)


def _document_deltas(call: Call) -> Answer:
    return legacy.document_deltas(call.deployment, call.arguments)


def _exports(answer: Callable[[Call], Answer], operation: str | None, *, has_body: bool = False) -> Endpoint:
    return Endpoint(answer, operation, streaming=False, has_body=has_body)


ENDPOINTS = {
    "POST /api/v1/data/sync": Endpoint(
        lambda call: data_sync.data_sync(call.deployment, call.arguments, call.client), has_body=True
    ),
    "GET /api/v1/data/list_active_syncs": Endpoint(
        lambda call: active_syncs.list_active_syncs(call.deployment, call.arguments)
    ),
    "POST /api/data_sync_cursor_from_deltas": Endpoint(
        lambda call: data_sync.cursor_from_deltas(call.deployment, call.arguments, call.client), has_body=True
    ),
    "GET /api/list_snapshot": Endpoint(_list_snapshot, types=SNAPSHOT_TYPES),
    "POST /api/list_snapshot": Endpoint(_list_snapshot, has_body=True, types=SNAPSHOT_TYPES),
    "GET /api/document_deltas": Endpoint(_document_deltas, types=DELTAS_TYPES),
    "POST /api/document_deltas": Endpoint(_document_deltas, has_body=True, types=DELTAS_TYPES),
    "GET /api/json_schemas": Endpoint(lambda call: table_schemas.json_schemas(call.deployment, call.arguments)),
    "GET /api/get_table_column_names": Endpoint(lambda call: legacy.table_column_names(call.deployment)),
    "GET /api/test_streaming_export_connection": Endpoint(lambda _: json_answer("null")),
    "POST /api/export/request/zip": _exports(
        lambda call: zip_export.request_zip(call.deployment, call.arguments), access.CREATE_BACKUPS
    ),
    "GET /api/export/zip/": _exports(
        lambda call: zip_export.download(call.deployment, call.name), access.DOWNLOAD_BACKUPS
    ),
    "POST /api/export/set_expiration/": _exports(
        lambda call: zip_export.set_expiration(call.deployment, call.name, call.arguments),
        access.DELETE_BACKUPS,
        has_body=True,
    ),
    "POST /api/export/cancel/": _exports(
        lambda call: zip_export.cancel(call.deployment, call.name), access.IMPORT_BACKUPS
    ),
    "POST /api/query": _exports(
        lambda call: zip_export.run_query(call.deployment, call.arguments, call.permitted), None, has_body=True
    ),
}
"""By method and path; one that ends in a slash is followed by the name of an export."""


def answered(deployment: Deployment, request: Request) -> Answer:
    """Return the deployment's answer to a request."""
    try:
        return _answered(deployment, request)
    except RefusalError as refusal:
        return refusal.answer()


def _answered(deployment: Deployment, request: Request) -> Answer:
    target = urlsplit(request.path)
    endpoint, name = _endpoint(request.method, target.path)
    if endpoint is None:
        return Answer(405 if _is_known(target.path) else 404)
    query = dict(parse_qsl(target.query, keep_blank_values=True))
    arguments = query if endpoint.has_body else _typed_query(query, endpoint.types)
    permitted = access.caller(deployment.keys, request.headers, query.get("adminKey"))
    if endpoint.has_body:
        arguments = _typed_body(request, endpoint.types)
    if endpoint.streaming and not deployment.knobs.streaming_enabled:
        raise RefusalError(403, "StreamingExportNotEnabled", "This plan has no streaming export")
    if endpoint.operation:
        access.require(permitted, endpoint.operation)
    return endpoint.answer(Call(deployment, arguments, permitted, name, request.headers.get("Convex-Client", "")))


def _endpoint(method: str, path: str) -> tuple[Endpoint | None, str]:
    exact = ENDPOINTS.get(f"{method} {path}")
    if exact:
        return exact, ""
    folder, _, name = path.rpartition("/")
    return ENDPOINTS.get(f"{method} {folder}/"), name


def _is_known(path: str) -> bool:
    return any(_endpoint(method, path)[0] for method in ("GET", "POST"))


def _typed_query(query: dict[str, str], types: Mapping[str, type]) -> dict[str, Any]:
    try:
        return {name: types.get(name, str)(text) for name, text in query.items()}
    except ValueError as error:
        raise RefusalError(400, "BadQueryArgs", f"The query cannot be read: {error}") from error


def _typed_body(request: Request, types: Mapping[str, type]) -> dict[str, Any]:
    if not JSON_CONTENT.match(request.headers.get("Content-Type", "")):
        raise RefusalError(400, "BadJsonBody", "The body is not said to be JSON")
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise RefusalError(400, "BadJsonBody", f"The body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise RefusalError(400, "BadJsonBody", "The body is no JSON object")
    wrong = [name for name, kind in types.items() if not isinstance(body.get(name), kind | None)]
    if wrong:
        raise RefusalError(400, "BadJsonBody", f"{wrong[0]} is of the wrong type")
    return body

"""The legacy pair: list_snapshot pages through tables as of one timestamp, document_deltas through the log.

What goes in: both with their companions, and their blind spots, which come of looking only at the tables there are
now. What stays out: who may ask.
"""

import json
from collections.abc import Mapping
from typing import Any

from tests.convex_double.answers import Answer, RefusalError, json_answer
from tests.convex_double.deployment import Deployment
from tests.convex_double.log import Tablet
from tests.convex_double.selection import NamesError, Selection, legacy_selection
from tests.convex_double.values import FORMS, Form, converted, decode_id, encode_id, text_of, unbase32

LEAST_ID = encode_id(1, bytes(16))
"""What the cursor names when a table is about to begin."""


def list_snapshot(deployment: Deployment, arguments: Mapping[str, Any]) -> Answer:
    """Answer one page, which is of one table."""
    cursor = _snapshot_cursor(arguments.get("cursor"))
    selection = _selection(deployment, arguments)
    ts = _snapshot_ts(deployment, arguments.get("snapshot"))
    tablets = [one for one in deployment.catalogue.active(ts) if selection.includes(one) and one.id >= cursor[0]]
    positions, following = _snapshot_page(deployment, tablets, cursor, ts)
    form = _form(arguments)
    values = ",".join(_value(deployment, selection, position, form, deleted=None) for position in positions)
    more = "false" if following is None else "true"
    return json_answer(f'{{"values":[{values}],"snapshot":{ts},"cursor":{_quoted(following)},"hasMore":{more}}}')


def document_deltas(deployment: Deployment, arguments: Mapping[str, Any]) -> Answer:
    """Answer one page: a number of log rows, and then the rest of the last one's transaction."""
    cursor = arguments.get("cursor")
    if cursor is None:
        raise RefusalError(
            400, "DocumentDeltasCursorRequired", "Deltas of everything are not to be had: say from where"
        )
    selection = _selection(deployment, arguments)
    if cursor < deployment.retention_min_ts:
        raise RefusalError(400, "InvalidWindowToReadDocuments", f"The log from {cursor} on is no longer whole")
    positions, following, more = _deltas_page(deployment, cursor, selection)
    form = _form(arguments)
    values = ",".join(
        _value(deployment, selection, position, form, deleted=deployment.log.texts[position] is None)
        for position in positions
    )
    return json_answer(f'{{"values":[{values}],"cursor":{following},"hasMore":{"true" if more else "false"}}}')


def table_column_names(deployment: Deployment) -> Answer:
    """Answer which top-level fields the documents of each table have; of an empty table, those of the system."""
    by_component: dict[str, list[dict[str, Any]]] = {}
    for tablet in sorted(deployment.catalogue.active(deployment.head), key=lambda one: one.key):
        texts = deployment.log.texts
        positions = tablet.documents(texts, len(texts))
        columns = {name for position in positions for name in json.loads(str(texts[position]))}
        table = {"name": tablet.name, "columns": sorted(columns or {"_creationTime", "_id"})}
        by_component.setdefault(tablet.component, []).append(table)
    return json_answer(json.dumps({"byComponent": by_component}, separators=(",", ":")))


def _snapshot_cursor(said: str | None) -> tuple[str, str]:
    """Return the tablet and the id to go on after; both empty at the beginning."""
    if said is None:
        return "", ""
    try:
        cursor = json.loads(said)
        tablet, document_id = cursor["tablet"], cursor["id"]
        unbase32(tablet)
        decode_id(document_id)
    except (ValueError, TypeError, KeyError) as error:
        raise RefusalError(
            400, "InvalidListSnapshotCursor", "This cursor is not one that list_snapshot gave"
        ) from error
    return tablet, "" if document_id == LEAST_ID else document_id


def _snapshot_ts(deployment: Deployment, said: int | None) -> int:
    ts = deployment.head if said is None else said
    if ts > deployment.head:
        raise RefusalError(400, "SnapshotTooNew", f"{ts} has not come yet")
    if deployment.head - ts > deployment.knobs.snapshot_age_ns:
        raise RefusalError(400, "SnapshotTooOld", f"{ts} is too long ago")
    return ts


def _snapshot_page(
    deployment: Deployment, tablets: list[Tablet], cursor: tuple[str, str], ts: int
) -> tuple[list[int], str | None]:
    """Return the rows of the first table left, and the cursor; a full page never tells that the table has ended."""
    if not tablets:
        return [], None
    log, tablet = deployment.log, tablets[0]
    positions: list[int] = []
    for position in tablet.documents(log.texts, log.end(ts), cursor[1] if tablet.id == cursor[0] else ""):
        positions.append(position)
        if len(positions) >= deployment.knobs.snapshot_page_rows:
            return positions, _cursor_text(tablet, log.ids[position])
    return positions, _cursor_text(tablets[1], LEAST_ID) if len(tablets) > 1 else None


def _cursor_text(tablet: Tablet, document_id: str) -> str:
    return json.dumps({"tablet": tablet.id, "id": document_id}, separators=(",", ":"))


def _deltas_page(deployment: Deployment, cursor: int, selection: Selection) -> tuple[list[int], int, bool]:
    """Return the rows, the next cursor and whether there is more; rows that are not shown count as read."""
    log, limit = deployment.log, deployment.knobs.delta_rows
    shown = {one.id for one in deployment.catalogue.active(deployment.head) if selection.includes(one)}
    positions: list[int] = []
    cut = None
    for read, position in enumerate(log.after(cursor), start=1):
        if cut is not None and log.ts[position] > cut:
            return positions, cut, True
        if cut is None and read >= limit:
            cut = log.ts[position]
        if log.tablets[position].id in shown:
            positions.append(position)
            if cut is None and len(positions) >= limit:
                cut = log.ts[position]
    return positions, deployment.head if cut is None else cut, False


def _value(deployment: Deployment, selection: Selection, position: int, form: Form, *, deleted: bool | None) -> str:
    """Return a row as JSON; `deleted` is not told where it is None, for snapshots have no such field."""
    log = deployment.log
    tablet, text = log.tablets[position], log.texts[position]
    if text is None:
        fields = f'{{"_id":{_quoted(log.ids[position])}}}'
    else:
        fields = converted(selection.text(tablet, text), form)
    told = "" if deleted is None else f'"_deleted":{"true" if deleted else "false"},'
    names = f'"_component":{_quoted(tablet.component)},"_table":{_quoted(tablet.name)}'
    return f'{{{names},"_ts":{log.ts[position]},{told}{fields[1:]}'


def _selection(deployment: Deployment, arguments: Mapping[str, Any]) -> Selection:
    try:
        return legacy_selection(arguments, table_name_ignored=deployment.knobs.table_name_ignored)
    except NamesError as error:
        raise RefusalError(500, "InternalServerError", "Something went wrong") from error


def _form(arguments: Mapping[str, Any]) -> Form:
    name = arguments.get("format") or Form.CLEAN.value
    if name not in FORMS:
        raise RefusalError(400, "BadFormat", f"There is no format {name!r}")
    return FORMS[name]


def _quoted(text: str | None) -> str:
    return text_of(text, Form.EXPORT)

"""Asking a Convex deployment for a snapshot ZIP, where its plan has no stream: request, wait, download, read.

What goes in: the ways of the export interface. What stays out: what is in the ZIP (snapshot_zip). It holds every
table whole, also what is personal: it is kept no longer than until the mapped columns are read, and asked for anew
by a run that follows a killed one.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from assets.errors import SourceError
from assets.sources.convex.client import ConvexClient
from assets.sources.convex.pages import Visit
from assets.sources.convex.refusals import RefusedByConvexError, needed_for
from assets.sources.convex.snapshot_zip import NAME, ConvexZip
from assets.sources.convex.spool import clear
from assets.sources.protocol import Reading

REQUEST, QUERY, DOWNLOAD = "/api/export/request/zip?includeStorage=false", "/api/query", "/api/export/zip/"
LATEST = {"path": "_system/cli/exports:getLatest", "args": {}, "format": "json"}
RUNNING = frozenset({"requested", "in_progress"})
IN_PROGRESS = "ExportInProgress"
FILE_NAME = re.compile(r'filename="?([^";]+)')
LONGEST_PAUSE, LONGEST_WAIT = 15, 6 * 3600
"""Seconds between two looks, and altogether: a large deployment is exported for hours."""


def read_export(visit: Visit) -> Reading:
    """Read a snapshot that is made now."""
    clear(visit.arriving)
    folder = visit.arriving / "snapshot"
    folder.mkdir(parents=True)
    try:
        reading = ConvexZip(_downloaded(visit.client, _made(visit.client), folder)).read(
            visit.wanted, None, visit.folder, visit.client.progress
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    evidence = {**reading.snapshot.evidence, "interface": "snapshot export"}
    return replace(reading, snapshot=replace(reading.snapshot, deployment=visit.client.address.name, evidence=evidence))


def latest_export(client: ConvexClient) -> Mapping[str, Any]:
    """Return what the deployment says of its latest export, empty if there is none; raise SourceError if it may not."""
    said = client.post(QUERY, LATEST).said
    if isinstance(said, dict) and said.get("status") == "success" and isinstance(said.get("value"), dict | None):
        return said["value"] or {}
    reason = client.hidden(str(said.get("errorMessage", "")) if isinstance(said, dict) else "")
    message = (
        f"{client.address.name} does not tell of its exports ({reason or 'no reason is given'}); "
        f"give a key of this deployment that permits {needed_for(QUERY)}."
    )
    raise SourceError(message)


def _made(client: ConvexClient) -> str:
    """Have a snapshot made, after the one that may be under way, and return the commit it shows."""
    pauses = _pauses(client.address.name)
    while not _requested(client):
        client.wait(next(pauses), f"it makes another snapshot, {_told(client, latest_export(client))}")
    while (export := latest_export(client)).get("state") in RUNNING:
        client.wait(next(pauses), f"it makes a snapshot, {_told(client, export)}")
    state, at = client.hidden(str(export.get("state"))), str(export.get("start_ts", ""))
    if state != "completed" or not at.isdigit():
        message = f"{client.address.name} ended its export as {state}; run again."
        raise SourceError(message)
    return at


def _told(client: ConvexClient, export: Mapping[str, Any]) -> str:
    return client.hidden(str(export.get("progress_message") or export.get("state")))


def _requested(client: ConvexClient) -> bool:
    """Ask for a snapshot; tell whether that was possible while another may be made."""
    try:
        client.order(REQUEST)
    except RefusedByConvexError as error:
        if error.code != IN_PROGRESS:
            raise
        return False
    return True


def _pauses(name: str) -> Iterator[int]:
    """Yield how long to wait before the next look; raise SourceError when it was long enough."""
    waited, pause = 0, 1
    while waited < LONGEST_WAIT:
        yield pause
        waited, pause = waited + pause, min(2 * pause, LONGEST_PAUSE)
    message = f"{name} was not done with its export in {LONGEST_WAIT // 3600} hours; run again."
    raise SourceError(message)


def _downloaded(client: ConvexClient, at: str, folder: Path) -> Path:
    """Download a snapshot under the name it has, which tells its deployment and its cut."""
    part = folder / "snapshot.part"
    with part.open("wb") as file:
        headers = client.download(f"{DOWNLOAD}{at}", file)
    found = FILE_NAME.search(headers.get("Content-Disposition", ""))
    named = NAME.fullmatch(found[1].strip()) if found else None
    if named is None:
        return part.rename(folder / f"snapshot_{at}.zip")
    stranger = client.address.is_cloud and named["deployment"] not in (None, client.address.name)
    if stranger or named["nanoseconds"] != at:
        message = f"{client.address.name} sends {named[0]}, which is not the snapshot it made; run again."
        raise SourceError(message)
    return part.rename(folder / named[0])

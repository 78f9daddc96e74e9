"""A Convex deployment as it is: which of its interfaces is read, and what it has.

What goes in: the choice of the interface, and the source that the rest of tieout sees. What stays out: each
interface (sync, legacy, asked_export) and talking to it (client). Nothing is written there, but
that a sync or an export leaves a line in the deployment's own log.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from assets import mapping
from assets.errors import SourceError, TieoutError
from assets.mapping import Connection
from assets.sources.convex.address import address_of, deploy_key
from assets.sources.convex.asked_export import latest_export, read_export
from assets.sources.convex.client import ConvexClient
from assets.sources.convex.legacy import read_legacy
from assets.sources.convex.pages import Visit
from assets.sources.convex.patience import Patience
from assets.sources.convex.refusals import KEY_REFUSED, NO_PLAN, RefusedByConvexError
from assets.sources.convex.selection import refuse_missing_tables, selected_of, selection_of, tables_there, typed
from assets.sources.convex.sync import SyncStream, read_sync
from assets.sources.protocol import Earlier, FoundTable, Progress, Reading, Snapshot, Survey

READERS: dict[str, Callable[[Visit], Reading]] = {"sync": read_sync, "legacy": read_legacy, "zip": read_export}
SENTENCES = {
    "sync": "read through the data sync interface: all tables up to one commit, proven; the next run fetches "
    "what is new",
    "legacy": "read through list_snapshot and document_deltas: all tables up to one commit, proven; the next run "
    "fetches what is new, but imports and restores are not seen",
    "zip": "read by asking for a snapshot export: one commit by construction; every run fetches every table whole",
}
BAD_REQUEST = 400
FIRST_LOOK = 3
"""Tries at the first look: whoever waits for an answer is soon told that there is none."""


class ConvexLive:
    """The tables of a deployment, read over HTTP."""

    def __init__(
        self, named: str, connection: Connection, secrets: Path, arriving: Path, patience: Patience | None = None
    ) -> None:
        """Take its address, how to reach it, and where to keep what comes in; nothing is asked yet."""
        self._address = address_of(named)
        self._connection, self._secrets, self._arriving = connection, secrets, arriving
        self._patience = patience or Patience()

    def snapshot(self) -> Snapshot:
        """Name the deployment, and see that the key is good; its state is known only when it was read."""
        with self._client(_silent, FIRST_LOOK) as client:
            self._interface(client)
        return Snapshot("convex", self._address.name, sha256=None, bytes=None, cut_at=None, proof="absent")

    def read(self, wanted: mapping.Mapping, earlier: Earlier | None, folder: Path, progress: Progress) -> Reading:
        """Read through the interface that there is; a table that is missing before or after was not read whole."""
        with self._client(progress) as client:
            interface = self._interface(client)
            progress(f"{self._address.name} is {SENTENCES[interface]}", 0, 0)
            refuse_missing_tables(client, selected_of(wanted))
            visit = Visit(client, wanted, earlier, folder, self._arriving)
            try:
                reading = READERS[interface](visit)
            except OSError as error:
                message = f"what came from {self._address.name} cannot be kept: {error.strerror or error}."
                raise TieoutError(message) from error
            refuse_missing_tables(client, selected_of(wanted))
            return reading

    def survey(self, wanted: mapping.Mapping) -> Survey:  # noqa: ARG002 - the deployment tells the same to everybody
        """Tell which tables and columns there are, and how they would be read."""
        with self._client(_silent, FIRST_LOOK) as client:
            notes = [f"a Convex deployment, {SENTENCES[self._interface(client)]}."]
            found = tables_there(client)
            if found is None:
                notes.append("It does not tell its tables before they are read.")
            found = typed(client, found) if found else {}
        tables = (FoundTable("/".join(filter(None, key)), None, columns) for key, columns in sorted(found.items()))
        return Survey("convex", self._address.name, tuple(notes), tuple(tables))

    @contextmanager
    def _client(self, progress: Progress, tries: int | None = None) -> Iterator[ConvexClient]:
        key = deploy_key(self._connection, self._secrets)
        patience = replace(self._patience, tries=min(tries or self._patience.tries, self._patience.tries))
        with ConvexClient(self._address, key, progress, patience) as client:
            yield client

    def _interface(self, client: ConvexClient) -> str:
        """Return the interface to read, once it is sure that the deployment offers it to this key."""
        wanted = self._connection.interface
        for name, offered in (("sync", _offers_sync), ("legacy", _offers_legacy), ("zip", _offers_export)):
            if wanted in (name, "auto") and offered(client):
                return name
        if wanted == "auto":
            message = f"{self._address.name} has none of Convex's export interfaces; is it the address of a deployment?"
        else:
            message = (
                f"{self._address.name} does not offer the interface {wanted!r}; set connection.interface = 'auto'."
            )
        raise SourceError(message)


def _offers_sync(client: ConvexClient) -> bool:
    """Ask with a cursor that cannot be: who would answer this key gets as far as refusing it, and begins no sync."""
    try:
        client.post(SyncStream.path, {"cursor": "tieout asks whether this is there", "selection": selection_of({})})
    except RefusedByConvexError as error:
        return (error.status == BAD_REQUEST and error.code not in KEY_REFUSED) or _unless_absent(error)
    return True


def _offers_legacy(client: ConvexClient) -> bool:
    try:
        client.get("/api/test_streaming_export_connection")
    except RefusedByConvexError as error:
        return _unless_absent(error)
    return True


def _offers_export(client: ConvexClient) -> bool:
    try:
        latest_export(client)
    except RefusedByConvexError as error:
        return _unless_absent(error)
    return True


def _unless_absent(error: RefusedByConvexError) -> bool:
    """Return that an interface is not there; any other refusal is raised, for another interface would not help."""
    if error.is_absence or error.code == NO_PLAN:
        return False
    raise error


def _silent(_what: str, _done: int, _of: int) -> None:
    """Say nothing: what asks shortly has nothing to tell."""

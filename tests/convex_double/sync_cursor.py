"""The cursor of data/sync: how far a sync has come, as a signed blob that clients cannot read or mend.

What stays out: how far a page takes it.
"""

import base64
import hashlib
import hmac
import json
import zlib
from dataclasses import asdict, dataclass

from tests.convex_double.answers import RefusalError

SIGNATURE_BYTES = 32


@dataclass
class SyncCursor:
    """Captured is every document of the synced tablets, and of the current one those up to the current id."""

    sync_id: str
    synced_ts: int
    synced: list[str]
    current: str | None = None
    current_id: str = ""
    current_count: int = 0
    count: int = 0

    def tracked(self) -> set[str]:
        """Return the tablets that the sync has begun with."""
        return {*self.synced, *([self.current] if self.current else [])}

    def captures(self, tablet: str, document_id: str) -> bool:
        """Tell whether later revisions of a document are this sync's to emit from the log."""
        return tablet in self.synced or (tablet == self.current and document_id <= self.current_id)

    def reconcile(self, targets: list[str]) -> None:
        """Leave tablets that are no longer wanted; begin with one that newly is, if none is in progress."""
        self.synced = [tablet for tablet in self.synced if tablet in targets]
        if self.current not in targets:
            self.start_next(targets)

    def start_next(self, targets: list[str]) -> None:
        """Begin with the first wanted tablet that is not synced, or with none."""
        self.current = next((tablet for tablet in targets if tablet not in self.synced), None)
        self.current_id = ""
        self.current_count = 0


def sealed(cursor: SyncCursor, secret: bytes) -> str:
    """Return a cursor as the client gets it."""
    body = zlib.compress(json.dumps(asdict(cursor)).encode())
    return base64.b64encode(_signature(body, secret) + body).decode()


def opened(blob: str, secret: bytes) -> SyncCursor:
    """Return the cursor that this deployment sealed, or refuse any other text."""
    try:
        data = base64.b64decode(blob, validate=True)
    except ValueError:
        data = b""
    signature, body = data[:SIGNATURE_BYTES], data[SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _signature(body, secret)):
        raise RefusalError(400, "InvalidDataSyncCursor", "The data sync cursor is not one of this deployment")
    return SyncCursor(**json.loads(zlib.decompress(body)))


def _signature(body: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, body, hashlib.sha256)

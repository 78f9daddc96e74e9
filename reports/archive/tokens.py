"""Time-stamp tokens (RFC 3161): the word of another house on when a seal existed; optional, and one file each.

What goes in: asking an authority for a token, and checking one. What stays out: which authority is to be trusted: its
root certificate is the auditor's to choose. Needs the extra `timestamp`; without it tokens are only held to the log.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from assets.errors import RefusedError, SourceError
from reports.archive.folder import Archive, flush_tree
from reports.archive.keys import SealingKey
from reports.archive.verifier.breaks import Break, sha256
from reports.archive.verifier.log import Entry

TYPES = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
SECONDS = 30


def stamp(archive: Archive, key: SealingKey, name: str, url: str) -> str:
    """Ask an authority to stamp the seal of a bag, and keep its token; return the token's file."""
    import requests  # noqa: PLC0415 - only with a time-stamp authority

    rfc3161 = _library()
    seal = archive.place(f"{name}.seal.json").read_bytes()
    asked = rfc3161.TimestampRequestBuilder().data(seal).build()
    try:
        answer = requests.post(url, data=asked.as_bytes(), headers=TYPES, timeout=SECONDS)
        answer.raise_for_status()
        rfc3161.decode_timestamp_response(answer.content)
    except (requests.RequestException, ValueError) as error:
        message = f"{url} gave no time stamp ({type(error).__name__}); the month is sealed, ask again later."
        raise SourceError(message) from error
    return keep_token(archive, key, name, answer.content)


def keep_token(archive: Archive, key: SealingKey, name: str, token: bytes) -> str:
    """Put a token into the archive and write it down."""
    file = f"{name}.seal.tsr"
    made = archive.stage(file)
    made.write_bytes(token)
    flush_tree(made.parent)
    archive.add(key, {"event": "timestamped", "name": name, "file": file, "sha256": sha256(token)})
    return file


def token_breaks(archive: Archive, entries: Iterable[Entry]) -> Iterator[Break]:
    """Yield the tokens that stamp something else than the seal they lie beside."""
    for entry in entries:
        if entry["event"] == "timestamped" and (said := _wrong(archive, entry)):
            yield Break(str(entry["file"]), said)


def _wrong(archive: Archive, entry: Entry) -> str | None:
    try:
        rfc3161 = _library()
    except RefusedError:
        return None
    try:
        token = rfc3161.decode_timestamp_response(archive.place(entry["file"]).read_bytes())
        stamped = bytes(token.tst_info.message_imprint.message)
        return None if stamped in _imprints(archive.place(f"{entry['name']}.seal.json")) else "it stamps another file"
    except (OSError, ValueError) as error:
        return f"it cannot be read as a time stamp ({type(error).__name__})"


def _imprints(file: Path) -> set[bytes]:
    import hashlib  # noqa: PLC0415 - only with a token

    data = file.read_bytes()
    return {hashlib.new(name, data).digest() for name in ("sha256", "sha384", "sha512")}


def _library() -> Any:  # noqa: ANN401 - an optional library
    try:
        import rfc3161_client  # noqa: PLC0415 - an extra
    except ImportError as error:
        message = "time stamps need the extra: install tieout with 'tieout[timestamp]'."
        raise RefusedError(message) from error
    return rfc3161_client

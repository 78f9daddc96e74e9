"""From what a user names to the source that reads it: a path, or the scheme of a URL.

What goes in: one line for each kind of source. What stays out: reading.
"""

from glob import has_magic
from pathlib import Path

from assets.addresses import refuse_password
from assets.errors import MappingError, SourceError
from assets.mapping import Connection
from assets.sources.convex.address import PREFIX
from assets.sources.convex.live import ConvexLive
from assets.sources.convex.snapshot_folder import ConvexFolder, is_convex_folder
from assets.sources.convex.snapshot_zip import ConvexZip
from assets.sources.files.data_files import DataFile
from assets.sources.files.source import Files
from assets.sources.postgres.address import SCHEMES, conninfo
from assets.sources.postgres.source import Postgres
from assets.sources.protocol import Source


def open_source(named: str, folder: Path, connection: Connection, secrets: Path, arriving: Path) -> Source:
    """Return the source of that name; paths are relative to `folder`, those of secret files to `secrets`.

    A live source may keep in `arriving` what has come in, so that a killed run goes on where it was.
    Raises MappingError for a URL that cannot be used, SourceError for a path where nothing is.
    """
    named = _addressed(named)
    if named.startswith(PREFIX):
        return ConvexLive(named, connection, secrets, arriving)
    if named.startswith(SCHEMES):
        password = secrets / connection.password_file if connection.password_file else None
        return Postgres(named, conninfo(named, password), connection.readers)
    path = folder / named
    if not has_magic(named) and not path.exists():
        message = f"{path} is not there: name a snapshot, a folder, a file or a URL."
        raise SourceError(message)
    if is_convex_folder(path):
        return ConvexFolder(path)
    if path.is_dir() or DataFile(named, path).format or not path.exists():
        return Files(path, connection)
    return ConvexZip(path)


def _addressed(named: str) -> str:
    """Return a URL with its scheme in small letters, and a path as it is; raise MappingError for any other URL."""
    try:
        refuse_password(named)
    except ValueError as error:
        message = f"{error}."
        raise MappingError(message) from None
    scheme, is_url, place = named.strip().partition("://")
    if not is_url:
        return named
    url = f"{scheme.lower()}://{place}"
    if not url.startswith((PREFIX, *SCHEMES)):
        message = f"no ledger is read from {scheme!r}: a URL begins with {PREFIX}https, postgresql or postgres."
        raise MappingError(message)
    return url

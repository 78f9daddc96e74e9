"""Where a Convex deployment answers and what it is called, and the key it is read with.

What goes in: the URL and the key file or environment variable of the configuration. What stays out: requests
(client), which alone see the key. A key never stands in a URL.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from assets.errors import MappingError, SourceError
from assets.mapping import Connection

PREFIX = "convex+"
CLOUD = ".convex.cloud"
VARIABLE = "CONVEX_DEPLOY_KEY"
SENDABLE = re.compile(r"[!-~]+")
"""What a header can hold without being changed on its way."""


@dataclass(frozen=True)
class Address:
    """A deployment: the address it answers at, and its name."""

    url: str
    name: str
    """Of a deployment of convex.cloud its own name, which its snapshots bear too; of any other host and port."""

    @property
    def is_cloud(self) -> bool:
        """Tell whether Convex hosts it, so that its name is its own."""
        return self.url.endswith(CLOUD)


def address_of(named: str) -> Address:
    """Read `convex+https://name.convex.cloud`; raise MappingError for what else may stand in a URL."""
    try:
        parts = urlsplit(named.removeprefix(PREFIX))
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port == 0 or parts.scheme not in ("http", "https"):
        message = "the source is no address of a deployment; write it as convex+https://name.convex.cloud."
        raise MappingError(message)
    if "@" in parts.netloc:
        message = (
            f"the address of {host} has a user or password in it; remove it, and set {VARIABLE} "
            "or connection.deploy_key_file: a URL ends up in logs and process lists."
        )
        raise MappingError(message)
    if parts.query or parts.fragment or parts.path.strip("/"):
        message = f"the address of {host} goes on after the host; write only {PREFIX}{parts.scheme}://{parts.netloc}."
        raise MappingError(message)
    netloc = parts.netloc.lower().removesuffix(":443" if parts.scheme == "https" else ":80")
    return Address(f"{parts.scheme}://{netloc}", host.partition(".")[0] if netloc.endswith(CLOUD) else netloc)


def deploy_key(connection: Connection, secrets: Path) -> str:
    """Return the key from its file or from the environment; raise SourceError when there is none that can be sent."""
    if connection.deploy_key_file:
        said, key = _from_file(secrets / connection.deploy_key_file)
    else:
        said, key = f"the environment variable {VARIABLE}", os.environ.get(VARIABLE, "")
    key = key.strip()
    if not key:
        message = (
            f"there is no deploy key: set {VARIABLE}, or connection.deploy_key_file in tieout.toml; "
            "a key limited to deployment:data:view is enough."
        )
        raise SourceError(message)
    if not SENDABLE.fullmatch(key):
        message = f"{said} holds no deploy key: a key is one line without spaces, such as prod:name|secret."
        raise SourceError(message)
    return key


def _from_file(path: Path) -> tuple[str, str]:
    try:
        return str(path), path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text"
    message = f"the deploy key file {path} cannot be read: {said}; correct connection.deploy_key_file."
    raise SourceError(message)

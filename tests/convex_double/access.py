"""Deploy keys, who a request comes from, and what they may do.

What stays out: the order in which a request is checked, which is the server's.
"""

import re
from collections.abc import Mapping
from random import Random

from tests.convex_double.answers import RefusalError

VIEW_DATA = "deployment:data:view"
CREATE_BACKUPS = "deployment:backups:create"
VIEW_BACKUPS = "deployment:backups:view"
DOWNLOAD_BACKUPS = "deployment:backups:download"
DELETE_BACKUPS = "deployment:backups:delete"
IMPORT_BACKUPS = "deployment:backups:import"
EVERY_OPERATION = frozenset((VIEW_DATA, CREATE_BACKUPS, VIEW_BACKUPS, DOWNLOAD_BACKUPS, DELETE_BACKUPS, IMPORT_BACKUPS))
KEY_TYPE = re.compile(r"^(prod|dev|preview|project):")

Operations = frozenset[str] | None
"""What the caller may do; None is a caller without a deploy key."""


class Keys:
    """The deploy keys of a deployment."""

    def __init__(self, deployment: str, random: Random) -> None:
        """Start with none."""
        self._deployment = deployment
        self._random = random
        self._permitted: dict[str, frozenset[str]] = {}

    def issue(self, *operations: str, kind: str = "prod") -> str:
        """Return a new key, permitted the operations named, or every one if none is; no kind makes an admin key."""
        key = f"{self._deployment}|{self._random.randbytes(24).hex()}"
        self._permitted[key] = frozenset(operations) or EVERY_OPERATION
        return f"{kind}:{key}" if kind else key

    def revoke(self, key: str) -> None:
        """Make a key worthless."""
        del self._permitted[KEY_TYPE.sub("", key)]

    def permitted(self, key: str) -> frozenset[str]:
        """Return what a key permits, or refuse one that is not of this deployment."""
        found = self._permitted.get(KEY_TYPE.sub("", key))
        if found is None:
            raise RefusalError(401, "BadAdminKey", "This key is unknown here")
        return found


def caller(keys: Keys, headers: Mapping[str, str], admin_key: str | None) -> Operations:
    """Return what the sender of a request may do; a key in the query counts only where there is no header."""
    header = headers.get("Authorization")
    if header is None:
        return None if admin_key is None else keys.permitted(admin_key)
    if len(header) < len("convex "):
        raise RefusalError(400, "InvalidHeaderFailure", "The header is too short")
    scheme, _, credential = header.partition(" ")
    if scheme.lower() == "convex":
        return keys.permitted(credential)
    if scheme.lower() == "bearer":
        return None
    raise RefusalError(400, "InvalidAdminKey", "The header is of no known kind")


def require(permitted: Operations, operation: str) -> None:
    """Refuse a caller who may not do something."""
    if permitted is None:
        raise RefusalError(403, "BadDeployKey", "This takes a deploy key")
    if operation not in permitted:
        raise RefusalError(403, "OperationNotPermitted", f"This key does not permit {operation}")

"""What a Convex deployment says no with, as an error that a reader can go by and a person can act on.

What goes in: codes, permissions and wording. What stays out: which refusals mean that something is to be tried
otherwise, which the readers of each interface know. Nothing a server says is shown whole, and never a key.
"""

import json
from collections.abc import Callable

import requests

from assets.errors import SourceError

NO_PLAN = "StreamingExportNotEnabled"
KEY_REFUSED = frozenset(
    {"BadAdminKey", "BadDeployKey", "OperationNotPermitted", "InvalidAdminKey", "InvalidHeaderFailure"}
)
NEEDED = (
    ("/api/export/", "deployment:backups:create, deployment:backups:view and deployment:backups:download"),
    ("/api/query", "deployment:backups:create, deployment:backups:view and deployment:backups:download"),
    ("", "deployment:data:view"),
)
"""What a key must permit, by the beginning of a path."""
SHOWN, SECRET_SIGN = 300, "***"


class RefusedByConvexError(SourceError):
    """A deployment refused a request; the message is a sentence, the code is Convex's own."""

    def __init__(self, message: str, status: int, code: str) -> None:
        """Take the sentence, the HTTP status, and the code, empty where there is none."""
        super().__init__(message)
        self.status, self.code = status, code

    @property
    def is_absence(self) -> bool:
        """Tell whether the deployment does not know the path at all."""
        return self.status in (404, 405)


def refusal_of(name: str, path: str, response: requests.Response, hidden: Callable[[str], str]) -> RefusedByConvexError:
    """Return what a response refuses, as a sentence; `hidden` makes foreign text fit to be shown."""
    status = response.status_code
    code, said = _code_and_message(response)
    code, said = hidden(code), hidden(said)
    if response.is_redirect or response.is_permanent_redirect:
        sentence = f"{name} sends on to another address, where the deploy key does not go; give the address itself."
    elif code in KEY_REFUSED:
        needed = needed_for(path)
        sentence = f"{name} refuses the deploy key ({code}); give a key of this deployment that permits {needed}."
    elif code == NO_PLAN:
        sentence = f"{name} has no streaming export in its plan; set connection.interface to zip or auto."
    else:
        sentence = f"{name} refuses {path} ({status}{f' {code}' if code else ''}): {said}"
    return RefusedByConvexError(sentence, status, code)


def needed_for(path: str) -> str:
    """Return what a key must permit for a path."""
    return next(needed for start, needed in NEEDED if path.startswith(start))


def masked(text: str, key: str) -> str:
    """Return text in one line, not long, with the key and the secret in it struck out."""
    for secret in filter(None, (key, key.rpartition("|")[2])):
        text = text.replace(secret, SECRET_SIGN)
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}..."


def _code_and_message(response: requests.Response) -> tuple[str, str]:
    try:
        said = json.loads(response.content)
    except ValueError:
        said = None
    if isinstance(said, dict) and isinstance(said.get("code"), str):
        return said["code"], str(said.get("message", "no reason is given"))
    kind = response.headers.get("Content-Type", "no type is told").partition(";")[0]
    return "", f"an answer of {len(response.content):,} bytes that is no JSON of Convex ({kind})."

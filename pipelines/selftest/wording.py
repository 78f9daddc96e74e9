"""What a row of some kind looks like under a configuration: its type, key, author and description.

What goes in: the way from a kind to a row that the configuration takes for it, and from an exported row back to a
description of the same kind and reason. What stays out: how SQL tells a kind (assets.kinds), which shares nothing
with this.
"""

from dataclasses import dataclass
from typing import Any

from assets.mapping import Correction, Mapping
from pipelines.selftest.fault import NotHereError

ANYTHING = "selftest"
"""Any text where a pattern allows it."""
PLAIN = "Planted by the self-test"


@dataclass(frozen=True)
class Wording:
    """What makes a row one of a kind."""

    type: str
    key: str = ""
    """What its key begins with."""
    description: str = ""
    """What its description begins with."""
    created_by: str | None = None
    """Who must have written it."""


def ordinary(mapping: Mapping, kind: str) -> str:
    """Return a kind, or what the configuration has in its place for money that comes from outside or goes there."""
    sign = {"DEPOSIT": "credit", "WITHDRAWAL": "debit"}.get(kind)
    if sign is None or kind in mapping.kinds:
        return kind
    outside = [
        (name, policy.sign) for name, policy in mapping.kinds.items() if policy.flow == "external" and policy.types
    ]
    found = [name for name, allowed in outside if allowed == sign] or [
        name for name, either in outside if either == "either"
    ]
    return found[0] if found else kind


def worded(mapping: Mapping, kind: str) -> Wording:
    """Return what makes a row one of that kind; raise NotHereError where the configuration has none."""
    policy = mapping.kinds.get(kind)
    if policy and policy.types:
        return Wording(policy.types[0])
    columns = mapping.present()["transactions"].present()
    for correction in mapping.corrections:
        if correction.kind == kind and _asked(correction) <= columns.keys():
            return Wording(
                correction.types[0],
                _filled(correction.idempotency_key or "", ""),
                _filled(correction.description or "", ""),
                _filled(correction.created_by, ANYTHING) if correction.created_by else None,
            )
    message = f"the configuration has no transactions of kind {kind}"
    raise NotHereError(message)


def described(mapping: Mapping, row: dict[str, Any]) -> str:
    """Return a description that gives an exported row its kind and its reason again; no text of the source is kept."""
    prefix = ""
    for correction in mapping.corrections:
        needs = _asked(correction)
        if correction.kind == row["kind"] and row["type"] in correction.types and "description" in needs:
            prefix = _filled(correction.description or "", "")
            break
    characters, words = row["reason_characters"], row["reason_words"]
    if characters is None:
        return prefix + PLAIN if prefix else PLAIN
    reason = " ".join(["x"] * (words - 1) + ["x" * (characters - 2 * (words - 1))]) if words else ""
    spaced = f"{prefix} " if prefix else ""
    return spaced + reason


def _asked(correction: Correction) -> set[str]:
    patterns = {
        "idempotency_key": correction.idempotency_key,
        "description": correction.description,
        "created_by": correction.created_by,
    }
    return {column for column, pattern in patterns.items() if pattern}


def _filled(pattern: str, text: str) -> str:
    return pattern.replace("%", text)

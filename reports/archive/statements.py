"""Signed records about sealed months that come after the seal: sign-offs, fixity statements, evidence of drills.

What goes in: their form, and writing them down. What stays out: the work they speak of (verify, drill).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assets.errors import RefusedError
from reports.archive.folder import Archive, key_texts, public_name
from reports.archive.keys import SealingKey
from reports.archive.verifier.log import Entry, seal_keys
from reports.archive.verify import Verification

ROLES = ("preparer", "reviewer", "approver")
DECISIONS = ("accepted", "rejected")


@dataclass(frozen=True)
class SignOff:
    """Who says what of a sealed month, and in which role."""

    name: str
    role: str
    person: str
    decision: str
    comment: str


def statement(kind: str, subjects: Mapping[str, str], predicate: Mapping[str, Any]) -> Entry:
    """Return an in-toto statement of ours about files of the archive and their digests."""
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(subjects.items())],
        "predicateType": f"urn:tieout:{kind}:v1",
        "predicate": dict(predicate),
    }


def sealed_bag(archive: Archive, name: str) -> Entry:
    """Return the seal of a bag, or of a month's newest version; raise RefusedError where there is none."""
    found = [entry for entry in archive.present() if name in (entry["name"], entry["month"])]
    if not found:
        message = f"{name} is not sealed; run 'tieout archive --month {name}' first."
        raise RefusedError(message)
    return found[-1]


def sign_off(archive: Archive, key: SealingKey, said: SignOff, signer: SealingKey | None = None) -> str:
    """Sign a month off in a role, with the person's own key if there is one; return the record's file.

    Raises RefusedError where the same person has another role: four eyes are two people.
    """
    seal = sealed_bag(archive, said.name)
    for before in sign_offs(archive, seal["name"]):
        if before.person.casefold() == said.person.casefold() and before.role != said.role:
            message = f"{said.person} is {before.role} of {seal['name']} already; another person must be {said.role}."
            raise RefusedError(message)
    if signer and key_texts(signer) != key_texts(key):
        _bring(archive, key, signer, said.person)
    predicate = {"role": said.role, "person": said.person, "decision": said.decision, "comment": said.comment}
    made = statement("sign-off", {seal["file"]: seal["sha256"]}, {**predicate, "seal": seal["seal"]})
    file = archive.next_file(f"{seal['name']}.sign-off")
    archive.add_signed(key, file, made, {"event": "signed-off", "name": seal["name"], **predicate}, signer)
    return file


def sign_offs(archive: Archive, name: str) -> list[SignOff]:
    """Return who signed a bag off, oldest first."""
    return [
        SignOff(name, entry["role"], entry["person"], entry["decision"], entry["comment"])
        for entry in archive.entries()
        if entry["event"] == "signed-off" and entry["name"] == name
    ]


def _bring(archive: Archive, key: SealingKey, signer: SealingKey, person: str) -> None:
    """Write a person's key down, once; raise RefusedError where it is another person's."""
    known = [each for each in archive.entries() if each["event"] == "key" and each["ed25519"] == public_name(signer)]
    if known and known[-1].get("person", person) != person:
        message = f"this key is that of {known[-1]['person']}; {person} needs one of their own."
        raise RefusedError(message)
    if not known:
        archive.add(key, {"event": "key", "use": "sign-off", "person": person, **key_texts(signer)})


def write_fixity(archive: Archive, key: SealingKey, found: Verification) -> str:
    """Sign what a verification of all bags came to, and return the statement's file."""
    seals = {entry["name"]: entry for entry in archive.present()}
    subjects = {seals[name]["file"]: seals[name]["sha256"] for name in found.bags}
    breaks = [each.line() for each in found.breaks]
    made = statement("fixity", subjects, {"bags": list(found.bags), "breaks": breaks})
    file = archive.next_file("fixity")
    counts = {"bags": str(len(found.bags)), "breaks": str(len(breaks))}
    archive.add_signed(key, file, made, {"event": "fixity", **counts})
    return file


def holds_key(archive: Archive, key: SealingKey) -> None:
    """Raise RefusedError unless the archive is sealed with this key."""
    if not archive.entries() or seal_keys(archive.entries()) != key.public:
        message = f"this is not the key that seals {archive.path}."
        raise RefusedError(message)

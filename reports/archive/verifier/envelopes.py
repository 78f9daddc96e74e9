"""Read what was signed: DSSE envelopes of statements, and the signed note of a checkpoint (C2SP).

What goes in: from bytes to what they say and by which Ed25519 key. What stays out: what a statement must say (log),
and ML-DSA, which plain Python does not verify.
"""

import base64
import hashlib
import json
from typing import Any, NamedTuple

from reports.archive.verifier.breaks import canonical, from_base64
from reports.archive.verifier.ed25519 import ed25519_verifies

PAYLOAD_TYPE = "application/vnd.in-toto+json"
ALGORITHMS = ("ed25519", "ml-dsa-65")
NOTE_KINDS = {"ed25519": b"\x01", "ml-dsa-65": b"\xffML-DSA-65"}
NOTE_HASH = 4


class Signed(NamedTuple):
    """What was signed, as the bytes under the signatures, and the signature of each algorithm."""

    message: bytes
    payload: bytes
    signatures: dict[str, bytes]


def key_id(public: bytes) -> str:
    """Return the name of a key in an envelope."""
    return hashlib.sha256(public).hexdigest()


def to_sign(payload: bytes) -> bytes:
    """Return the bytes that are signed of an envelope's payload."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def envelope_text(payload: bytes, signatures: list[tuple[str, bytes]]) -> bytes:
    """Write the one text of an envelope; signatures are pairs of key id and bytes."""
    signed = [{"keyid": keyid, "sig": base64.b64encode(sig).decode()} for keyid, sig in signatures]
    said = {"payload": base64.b64encode(payload).decode(), "payloadType": PAYLOAD_TYPE, "signatures": signed}
    return canonical(said) + b"\n"


def read_envelope(text: bytes, keys: dict[str, bytes]) -> Signed:
    """Return what an envelope says, and its signatures by algorithm; raise ValueError where it is none of ours.

    `keys` are the public keys it must be signed by, by algorithm.
    """
    said = json.loads(text)
    if canonical(said) + b"\n" != text or said["payloadType"] != PAYLOAD_TYPE:
        message = "not an envelope as tieout writes it"
        raise ValueError(message)
    payload = from_base64(said["payload"])
    by_id = {each["keyid"]: from_base64(each["sig"]) for each in said["signatures"]}
    if set(by_id) != {key_id(public) for public in keys.values()} or len(by_id) != len(said["signatures"]):
        message = "not signed by the keys that it should be signed by"
        raise ValueError(message)
    return Signed(to_sign(payload), payload, {name: by_id[key_id(public)] for name, public in keys.items()})


def statement_of(signed: Signed) -> dict[str, Any]:
    """Return the statement under the signatures; raise ValueError where it is not in its one form."""
    said = dict(json.loads(signed.payload))
    if canonical(said) != signed.payload or said["_type"] != "https://in-toto.io/Statement/v1":
        message = "not a statement as tieout writes it"
        raise ValueError(message)
    return said


def note_hash(origin: str, algorithm: str, public: bytes) -> bytes:
    """Return the four bytes by which a note names a key."""
    return hashlib.sha256(origin.encode() + b"\n" + NOTE_KINDS[algorithm] + public).digest()[:NOTE_HASH]


def note_text(body: str, origin: str, signatures: list[tuple[bytes, bytes]]) -> str:
    """Write a signed note; signatures are pairs of the key's four bytes and the signature."""
    signed = (f"\u2014 {origin} {base64.b64encode(named + sig).decode()}\n" for named, sig in signatures)
    return f"{body}\n{''.join(signed)}"


def read_note(text: str, keys: dict[str, bytes]) -> Signed:
    """Return what a note says and its signatures; raise ValueError where it is not signed by exactly these keys."""
    body, _, tail = text.partition("\n\n")
    body += "\n"
    origin = body.partition("\n")[0]
    signatures = {}
    for line, (algorithm, public) in zip(tail.splitlines(), keys.items(), strict=True):
        raw = from_base64(line.removeprefix(f"\u2014 {origin} "))
        if raw[:NOTE_HASH] != note_hash(origin, algorithm, public):
            message = "not signed by the keys that it should be signed by"
            raise ValueError(message)
        signatures[algorithm] = raw[NOTE_HASH:]
    named = [(note_hash(origin, name, public), signatures[name]) for name, public in keys.items()]
    if note_text(body, origin, named) != text:
        message = "not a note as tieout writes it"
        raise ValueError(message)
    return Signed(body.encode(), body.encode(), signatures)


def require_ed25519(signed: Signed, keys: dict[str, bytes]) -> None:
    """Raise ValueError unless the Ed25519 signature verifies."""
    if not ed25519_verifies(keys["ed25519"], signed.message, signed.signatures["ed25519"]):
        message = "its Ed25519 signature does not verify"
        raise ValueError(message)

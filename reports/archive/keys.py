"""The keys that seal: one file with an Ed25519 and an ML-DSA-65 key, and both signatures over everything signed.

What goes in: making, finding and using keys. What stays out: what is signed (seal, folder). A private key is written
to one file, readable by its owner, and to nothing else; it is in no log, report or message.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from assets.errors import RefusedError
from reports.archive.verifier.envelopes import Signed, envelope_text, key_id, note_hash, note_text, to_sign

FILE, TEXT = "TIEOUT_KEY_FILE", "TIEOUT_KEY"
"""Environment variables: the file of the sealing key, or its text itself."""
END = "-----END PRIVATE KEY-----\n"


@dataclass(frozen=True)
class SealingKey:
    """A pair of private keys; whatever it signs, both sign."""

    ed25519: Ed25519PrivateKey = field(repr=False)
    ml_dsa: MLDSA65PrivateKey = field(repr=False)

    @property
    def public(self) -> dict[str, bytes]:
        """The public keys, by algorithm."""
        return {
            "ed25519": self.ed25519.public_key().public_bytes_raw(),
            "ml-dsa-65": self.ml_dsa.public_key().public_bytes_raw(),
        }

    def envelope(self, payload: bytes) -> bytes:
        """Return the payload in an envelope that both keys signed."""
        signatures = self._signatures(to_sign(payload))
        return envelope_text(payload, [(key_id(public), signatures[name]) for name, public in self.public.items()])

    def note(self, body: str) -> str:
        """Return the lines as a note that both keys signed."""
        origin = body.partition("\n")[0]
        signatures = self._signatures(body.encode())
        named = [(note_hash(origin, name, public), signatures[name]) for name, public in self.public.items()]
        return note_text(body, origin, named)

    def _signatures(self, message: bytes) -> dict[str, bytes]:
        return {"ed25519": self.ed25519.sign(message), "ml-dsa-65": self.ml_dsa.sign(message)}


def make_key(file: Path) -> SealingKey:
    """Make a key and write it to a new file that only its owner may read; raise RefusedError if there is one."""
    key = SealingKey(Ed25519PrivateKey.generate(), MLDSA65PrivateKey.generate())
    text = b"".join(
        each.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) for each in (key.ed25519, key.ml_dsa)
    )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
    except FileExistsError as error:
        message = f"{file} exists: a key is never overwritten, since what it sealed could not be gone on with."
        raise RefusedError(message) from error
    except OSError as error:
        message = f"{file} cannot be written ({error.strerror}); name another file for the key."
        raise RefusedError(message) from error
    return key


def find_key(file: Path | None, environment: Mapping[str, str] = os.environ) -> SealingKey:
    """Return the key of a file, or of the environment; raise RefusedError where there is none that can be read."""
    if file is None and (text := environment.get(TEXT)):
        return _key_of(text, TEXT)
    named = file or (Path(environment[FILE]) if environment.get(FILE) else None)
    if named is None:
        message = f"no key to sign with: make one with 'tieout keys FILE', and name it by --key FILE or in {FILE}."
        raise RefusedError(message)
    try:
        return _key_of(named.read_text(), str(named))
    except (OSError, UnicodeDecodeError) as error:
        message = f"the key {named} cannot be read; restore it from where you keep it safe."
        raise RefusedError(message) from error


def _key_of(text: str, where: str) -> SealingKey:
    """Read both keys; no error may tell what they are."""
    parts = [part + END for part in text.replace("\r\n", "\n").strip().removesuffix(END.strip()).split(END)]
    try:
        found = [load_pem_private_key(part.encode(), None) for part in parts]
    except Exception:  # noqa: BLE001 - whatever it is, its text may hold part of a key
        found = []
    match found:
        case [Ed25519PrivateKey() as ed25519, MLDSA65PrivateKey() as ml_dsa]:
            return SealingKey(ed25519, ml_dsa)
    message = f"{where} holds no key of tieout: it needs the two keys that 'tieout keys FILE' writes, whole."
    raise RefusedError(message)


def require_both(signed: Signed, keys: dict[str, bytes]) -> None:
    """Raise ValueError unless both signatures verify."""
    try:
        Ed25519PublicKey.from_public_bytes(keys["ed25519"]).verify(signed.signatures["ed25519"], signed.message)
    except InvalidSignature as error:
        message = "its Ed25519 signature does not verify"
        raise ValueError(message) from error
    try:
        MLDSA65PublicKey.from_public_bytes(keys["ml-dsa-65"]).verify(signed.signatures["ml-dsa-65"], signed.message)
    except InvalidSignature as error:
        message = "its ML-DSA-65 signature does not verify"
        raise ValueError(message) from error

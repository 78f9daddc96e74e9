"""The files that make a folder a bag: its declaration, what it says of itself, and the digests of all its files.

Stays out: what is in the bag (bag), and checking one (verifier.bags).
"""

import hashlib
import re
from pathlib import Path

from assets.errors import TieoutError
from reports.archive.verifier.bags import DECLARATION, PAYLOAD_MANIFESTS, TAG_MANIFEST

PLAIN = re.compile(r"[\w. /-]+")
"""Names of files that a manifest can name as they are."""


def write_manifests(bag: Path, info: list[tuple[str, str]]) -> None:
    """Make a folder with a payload in `data` a bag."""
    payload = _files(bag / "data", bag)
    octets = sum((bag / name).stat().st_size for name in payload)
    lines = [*info, ("Payload-Oxum", f"{octets}.{len(payload)}")]
    (bag / "bagit.txt").write_bytes(DECLARATION)
    (bag / "bag-info.txt").write_bytes("".join(f"{label}: {value}\n" for label, value in lines).encode())
    for manifest, algorithm in PAYLOAD_MANIFESTS.items():
        (bag / manifest).write_bytes(_manifest(bag, payload, algorithm))
    (bag / TAG_MANIFEST).write_bytes(_manifest(bag, _files(bag, bag, below=False), "sha256"))


def digests(bag: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a bag, the list of tags first: it stands for all others."""
    names = [TAG_MANIFEST, *(name for name in _files(bag, bag) if name != TAG_MANIFEST)]
    return {name: _digest(bag / name, "sha256") for name in names}


def _files(folder: Path, bag: Path, *, below: bool = True) -> list[str]:
    found = folder.rglob("*") if below else folder.glob("*")
    names = sorted(str(path.relative_to(bag)) for path in found if path.is_file())
    if odd := [name for name in names if not PLAIN.fullmatch(name)]:
        message = f"{odd[0]!r} is no name for a file in an archive: use letters, digits, dots, dashes and spaces."
        raise TieoutError(message)
    return names


def _manifest(bag: Path, names: list[str], algorithm: str) -> bytes:
    return "".join(f"{_digest(bag / name, algorithm)}  {name}\n" for name in names).encode()


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()

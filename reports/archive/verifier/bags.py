"""Check a bag (BagIt 1.0, RFC 8493) against its manifests and its seal, file by file.

What goes in: which files are there and what their bytes are. What stays out: signatures (log) and rows.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from reports.archive.verifier.breaks import Break

PAYLOAD_MANIFESTS = {"manifest-sha256.txt": "sha256", "manifest-sha512.txt": "sha512"}
TAG_MANIFEST = "tagmanifest-sha256.txt"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
CHUNK = 1 << 20


def check_bag(bag: Path, sealed: dict[str, str]) -> list[Break]:
    """Return every file that is not as the seal says, and every contradiction between the manifests and the files."""
    if not bag.is_dir() or bag.is_symlink():
        return [Break(bag.name, "the bag is gone")]
    files, folders, odd = _found(bag)
    digests = {name: _digests(bag / name) for name in sorted(files)}
    breaks = [Break(f"{bag.name}/{name}", "is no plain file or folder") for name in sorted(odd)]
    breaks += _against_seal(bag.name, sealed, digests)
    meant = {str(folder) for name in sealed for folder in PurePosixPath(name).parents}
    breaks += [Break(f"{bag.name}/{name}", "a folder that was not sealed") for name in sorted(folders - meant)]
    return list(dict.fromkeys([*breaks, *_against_manifests(bag, digests)]))


def _found(bag: Path) -> tuple[set[str], set[str], set[str]]:
    """Return the names of files, of folders, and of all else in a bag; links are not followed."""
    files, folders, odd = set[str](), set[str](), set[str]()
    left = [""]
    while left:
        above = left.pop()
        with os.scandir(bag / above) as entries:
            for entry in entries:
                name = f"{above}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    folders.add(name)
                    left.append(f"{name}/")
                else:
                    (files if entry.is_file(follow_symlinks=False) else odd).add(name)
    return files, folders, odd


def _against_seal(bag: str, sealed: dict[str, str], digests: dict[str, dict[str, str]]) -> Iterator[Break]:
    for name in sorted(sealed.keys() | digests.keys()):
        if name not in digests:
            yield Break(f"{bag}/{name}", "the file is gone")
        elif name not in sealed:
            yield Break(f"{bag}/{name}", "the file was added: it was not sealed")
        elif digests[name]["sha256"] != sealed[name]:
            yield Break(f"{bag}/{name}", "the file is not the one that was sealed")


def _against_manifests(bag: Path, digests: dict[str, dict[str, str]]) -> Iterator[Break]:
    """Yield what anyone who knows only BagIt would find."""
    payload = {name for name in digests if name.startswith("data/")}
    expected = {
        **{manifest: (algorithm, payload) for manifest, algorithm in PAYLOAD_MANIFESTS.items()},
        TAG_MANIFEST: ("sha256", digests.keys() - payload - {TAG_MANIFEST}),
    }
    declaration = bag / "bagit.txt"
    if "bagit.txt" in digests and declaration.read_bytes() != DECLARATION:
        yield Break(f"{bag.name}/bagit.txt", "it does not declare BagIt 1.0")
    for manifest, (algorithm, names) in expected.items():
        listed = _listed(bag / manifest) if manifest in digests else None
        if listed is None:
            yield Break(f"{bag.name}/{manifest}", "the manifest is gone or cannot be read")
            continue
        for name in sorted(listed.keys() ^ names):
            said = "is not in the manifest" if name in names else "is in the manifest and not in the bag"
            yield Break(f"{bag.name}/{name}", f"{said} {manifest}")
        for name in sorted(listed.keys() & names):
            if listed[name] != digests[name][algorithm]:
                yield Break(f"{bag.name}/{name}", f"its digest is not the one in {manifest}")


def _listed(manifest: Path) -> dict[str, str] | None:
    try:
        lines = [line.split("  ", 1) for line in manifest.read_text(encoding="utf-8").splitlines()]
        return {name: digest for digest, name in lines}
    except ValueError:
        return None


def _digests(path: Path) -> dict[str, str]:
    algorithms = {name: hashlib.new(name) for name in ("sha256", "sha512")}
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            for algorithm in algorithms.values():
                algorithm.update(chunk)
    return {name: algorithm.hexdigest() for name, algorithm in algorithms.items()}

"""The folder of an archive, and the one way anything gets into it: made aside, written down in the log, then moved.

What goes in: where things lie, appending to the log, and ending what a killed writer began. What stays out: what is
sealed (seal, bag) and whether it holds (verify). What the log does not name is no part of the archive.

    <home>/archive/<month>-v1/                   a bag
    <home>/archive/<month>-v1.seal.json          its seal
    <home>/archive/log.jsonl  checkpoint         the log, and the three lines to mail to the auditor, signed
    <home>/archive/staging/                      work in progress
"""

import base64
import json
import os
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from assets.errors import HomeError, RefusedError
from assets.parquet import flush_to_disk
from assets.store import Home
from reports.archive.keys import SealingKey, require_both
from reports.archive.verifier.breaks import canonical, sha256
from reports.archive.verifier.log import (
    CHECKPOINT,
    LOG,
    STAGING,
    Entry,
    checkpoint_body,
    checkpoint_breaks,
    parsed,
    place_of,
    seal_keys,
)


class Archive:
    """The archive of one home."""

    def __init__(self, home: Home) -> None:
        """Take the home; its archive is made when something is first sealed."""
        self.home = home
        self.path = home.path / "archive"

    def entries(self) -> list[Entry]:
        """Return what the log says, oldest first; raise HomeError where it does not hold."""
        if not (self.path / LOG).exists():
            if self.path.exists() and any(each.name != STAGING for each in self.path.iterdir()):
                message = f"{self.path} has no {LOG}: restore it; without it nothing there can be verified."
                raise HomeError(message)
            return []
        try:
            entries, note = parsed(self.path)
            wrong = next(checkpoint_breaks(entries, note, require_both), None)
        except (OSError, ValueError, KeyError, TypeError) as error:
            wrong = str(error)
        if wrong:
            message = f"{self.path / LOG} does not hold ({wrong}): restore it before anything is added to it."
            raise HomeError(message)
        return entries

    def sealed(self) -> list[Entry]:
        """Return the entries of all seals, in the order in which they were made."""
        return [entry for entry in self.entries() if entry["event"] == "sealed"]

    def present(self) -> list[Entry]:
        """Return the entries of the seals whose bags were not let go."""
        gone = {entry["name"] for entry in self.entries() if entry["event"] == "deleted"}
        return [entry for entry in self.sealed() if entry["name"] not in gone]

    def place(self, name: str) -> Path:
        """Return where a bag or file is that the log names."""
        return place_of(self.path, name)

    def stage(self, name: str) -> Path:
        """Return a place where nothing is yet, for something that is being made."""
        staging = self.path / STAGING
        staging.mkdir(parents=True, exist_ok=True)
        made = staging / name
        if made.is_dir():
            shutil.rmtree(made)
        made.unlink(missing_ok=True)
        return made

    def add_signed(
        self, key: SealingKey, name: str, statement: Entry, said: Entry, signer: SealingKey | None = None
    ) -> Entry:
        """Sign a statement, put it into the archive under this name, and write it down; the log stays with `key`."""
        envelope = (signer or key).envelope(canonical(statement))
        made = self.stage(name)
        made.write_bytes(envelope)
        flush_to_disk(made)
        return self.add(key, {**said, "file": name, "sha256": sha256(envelope), "signed": public_name(signer or key)})

    def add(self, key: SealingKey, entry: Entry, at: datetime | None = None) -> Entry:
        """Write down what happened; from this instant on it did. Then move what it names to its place."""
        entries = self.entries()
        written = {**entry, "at": f"{at or datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
        self._write_log(key, [*entries, written])
        self.settle()
        return written

    def bring_key(self, key: SealingKey, entity: str, *, succeed: bool = False) -> None:
        """Let this key seal from now on; raise RefusedError if another one does, unless it is to succeed it."""
        entries = self.entries()
        if entries and seal_keys(entries) == key.public:
            return
        if entries and not succeed:
            message = (
                f"this is not the key that seals {self.path}: use that one, or, if it is lost or to be retired, "
                "say --new-key, and tell your auditor."
            )
            raise RefusedError(message)
        self.path.mkdir(parents=True, exist_ok=True)
        brought = {"event": "key", "use": "seal", **key_texts(key), "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
        self._write_log(key, [*entries, brought], origin=None if entries else origin_of(entity))

    def next_file(self, what: str) -> str:
        """Return a name that no file of the archive has."""
        return f"{what}-{len(self.entries()) + 1:06d}.json"

    def statement(self, entry: Entry) -> Entry:
        """Return what a file says that the log names, as it is; whether it holds is for verify to say."""
        envelope = json.loads(self.place(entry["file"]).read_bytes())
        return dict(json.loads(base64.b64decode(envelope["payload"])))

    def settle(self) -> None:
        """End what a killed writer began: move what the log names to its place, and remove all else from staging."""
        entries, staging = self.entries(), self.path / STAGING
        for entry in entries:
            for name in (entry.get("name") if entry["event"] == "sealed" else None, entry.get("file")):
                if name and (staging / name).exists() and not (self.path / name).exists():
                    (self.path / name).parent.mkdir(parents=True, exist_ok=True)
                    (staging / name).rename(self.path / name)
        shutil.rmtree(staging, ignore_errors=True)
        for name in {entry["name"] for entry in entries if entry["event"] == "deleted"}:
            shutil.rmtree(self.path / name, ignore_errors=True)
        if self.path.exists():
            flush_to_disk(self.path)
        if entries:
            _, note = parsed(self.path)
            if not (self.path / CHECKPOINT).exists() or (self.path / CHECKPOINT).read_bytes() != note.encode():
                self.home.write_text(self.path / CHECKPOINT, note)

    def _write_log(self, key: SealingKey, entries: Sequence[Entry], origin: str | None = None) -> None:
        origin = origin or parsed(self.path)[1].partition("\n")[0]
        note = key.note(checkpoint_body(origin, list(entries)))
        lines = [*entries, {"checkpoint": note}]
        text = b"".join(canonical(line) + b"\n" for line in lines).decode()
        self.home.write_text(self.path / LOG, text)
        flush_to_disk(self.path)
        self.home.write_text(self.path / CHECKPOINT, note)


def origin_of(entity: str) -> str:
    """Return the first line of every checkpoint: whose log it is, without spaces."""
    return "tieout/" + (re.sub(r"[^A-Za-z0-9.]+", "-", entity).strip("-").lower() or "ledger")


def key_texts(key: SealingKey) -> dict[str, str]:
    """Return the public keys as the log has them."""
    return {algorithm: base64.b64encode(public).decode() for algorithm, public in key.public.items()}


def public_name(key: SealingKey) -> str:
    """Return the name by which the log says who signed."""
    return key_texts(key)["ed25519"]


def flush_tree(folder: Path) -> None:
    """Bring every file of a folder, and the folders themselves, to the disk."""
    for path, _, files in os.walk(folder):
        for name in files:
            flush_to_disk(Path(path) / name)
        flush_to_disk(Path(path))

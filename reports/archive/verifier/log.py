"""Read the log of an archive: every seal and all that happened since, under one signed checkpoint.

    log.jsonl    one entry a line; the last line is the checkpoint, a signed note (C2SP) over the entries

Entries are leaves of a tree of RFC 9162, so a line that is changed, moved or missing changes the root. Each names the
digest of the file it speaks of, and each seal names the one before it. What stays out: the bags (bags, rows).
"""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from reports.archive.verifier.breaks import Break, canonical, from_base64, sha256
from reports.archive.verifier.envelopes import (
    ALGORITHMS,
    Signed,
    read_envelope,
    read_note,
    require_ed25519,
    statement_of,
)
from reports.archive.verifier.tree import leaf_hash, root_of

LOG, CHECKPOINT, STAGING = "log.jsonl", "checkpoint", "staging"
SEAL_TYPE = "urn:tieout:ledger-seal:v1"
CHECKPOINT_LINES = 3
Entry = dict[str, Any]
Keys = dict[str, bytes]
Verifies = Callable[[Signed, Keys], None]
"""Raises ValueError unless what was signed verifies under these keys."""


class Seal(NamedTuple):
    """A seal that the log names: its entry, and its statement where it can be read."""

    entry: Entry
    statement: Entry | None

    @property
    def name(self) -> str:
        """The bag's name."""
        return str(self.entry["name"])


class Log(NamedTuple):
    """What the log says, and what is wrong with it or the files it names."""

    entries: list[Entry]
    seals: list[Seal]
    breaks: list[Break]

    def deleted(self) -> set[str]:
        """Return the bags that retention let go of."""
        return {str(entry["name"]) for entry in self.entries if entry["event"] == "deleted"}


def read_log(folder: Path, verifies: Verifies = require_ed25519, pinned: str | None = None) -> Log:
    """Read and check the log and every file it names; `pinned` is the Ed25519 key that must have signed it."""
    try:
        entries, note = parsed(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return Log([], [], [Break(LOG, f"the log cannot be read ({error})")])
    breaks = [Break(LOG, said) for said in checkpoint_breaks(entries, note, verifies, pinned)]
    breaks += _copy_breaks(folder, entries, note, verifies)
    seals: list[Seal] = []
    for place, entry in enumerate(entries):
        if "file" not in entry:
            continue
        try:
            statement = _named_file(folder, entries[:place], entry, verifies)
            if entry["event"] == "sealed":
                seals.append(Seal(entry, statement))
                _linked(entry, statement, seals[-2].entry["seal"] if len(seals) > 1 else None)
        except (OSError, ValueError, KeyError, TypeError) as error:
            said = "the file is gone" if isinstance(error, FileNotFoundError) else str(error)
            breaks.append(Break(str(entry["file"]), said))
            if entry["event"] == "sealed" and (not seals or seals[-1].entry is not entry):
                seals.append(Seal(entry, None))
    return Log(entries, seals, breaks)


def parsed(folder: Path) -> tuple[list[Entry], str]:
    """Return the entries and the checkpoint; raise ValueError where a line is not in its one form."""
    lines = (folder / LOG).read_bytes().split(b"\n")
    said = [json.loads(line) for line in lines[:-1]]
    if lines[-1] or any(canonical(each) != line for each, line in zip(said, lines, strict=False)):
        message = "a line is not as tieout writes it"
        raise ValueError(message)
    *entries, last = said
    if any("event" not in entry for entry in entries):
        message = "an entry does not say what happened"
        raise ValueError(message)
    return entries, str(last["checkpoint"])


def root_of_log(entries: list[Entry]) -> bytes:
    """Return the root over the entries."""
    return root_of(leaf_hash(canonical(entry)) for entry in entries)


def checkpoint_body(origin: str, entries: list[Entry]) -> str:
    """Write the three lines of a checkpoint: whose log, how many entries, and their root."""
    return f"{origin}\n{len(entries)}\n{base64.b64encode(root_of_log(entries)).decode()}\n"


def seal_keys(entries: list[Entry]) -> Keys:
    """Return the keys that seal after these entries; raise ValueError where there are none."""
    found = [entry for entry in entries if entry["event"] == "key" and entry["use"] == "seal"]
    if not found:
        message = "the log names no key that seals"
        raise ValueError(message)
    return keys_of(found[-1])


def keys_of(entry: Entry) -> Keys:
    """Return the public keys that an entry brings, by algorithm."""
    return {algorithm: from_base64(entry[algorithm]) for algorithm in ALGORITHMS}


def consistent(entries: list[Entry], checkpoint: str) -> str | None:
    """Return why the three lines that someone kept are not of an earlier state of this log, or nothing."""
    lines = checkpoint.splitlines()[:CHECKPOINT_LINES]
    size = int(lines[1]) if len(lines) == CHECKPOINT_LINES and lines[1].isdecimal() else -1
    if size < 0:
        return "the checkpoint that was kept is not one: three lines are needed"
    if size > len(entries):
        return f"the log was truncated: it has {len(entries)} entries, and had {size} at the checkpoint that was kept"
    if checkpoint_body(lines[0], entries[:size]).splitlines() != lines:
        return f"the first {size} entries are not those of the checkpoint that was kept"
    return None


def checkpoint_breaks(entries: list[Entry], note: str, verifies: Verifies, pinned: str | None = None) -> Iterator[str]:
    """Yield why entries are not those that a checkpoint was signed for."""
    try:
        keys = seal_keys(entries)
        if pinned and from_base64(pinned) != keys["ed25519"]:
            yield f"it is signed by {_latest_key(entries)}, not by the key that was given: ask why, another way"
        signed = read_note(note, keys)
        verifies(signed, keys)
        if signed.payload.decode() != checkpoint_body(note.partition("\n")[0], entries):
            yield "the entries are not those that the checkpoint was signed for: changed, moved, added or cut off"
    except (ValueError, KeyError, TypeError) as error:
        yield f"the checkpoint does not hold: {error}"


def _latest_key(entries: list[Entry]) -> str:
    return [key_name(entry) for entry in entries if entry["event"] == "key" and entry["use"] == "seal"][-1]


def _copy_breaks(folder: Path, entries: list[Entry], note: str, verifies: Verifies) -> Iterator[Break]:
    """Check the copy of the checkpoint that people mail; a killed writer may have left the one before."""
    try:
        copy = (folder / CHECKPOINT).read_bytes().decode()
        if copy == note:
            return
        size = int(copy.splitlines()[1])
        keys = seal_keys(entries[:size])
        verifies(read_note(copy, keys), keys)
        if said := consistent(entries, copy):
            yield Break(CHECKPOINT, said)
    except FileNotFoundError:
        if len(entries) > 1:
            yield Break(CHECKPOINT, "the copy of the checkpoint is gone")
    except (OSError, ValueError, IndexError, KeyError) as error:
        yield Break(CHECKPOINT, f"it is not a checkpoint of this log: {error}")


def place_of(folder: Path, name: str) -> Path:
    """Return where a file or bag is that the log names; a killed writer may have left it where it was made."""
    made = folder / STAGING / name
    return made if made.exists() and not (folder / name).exists() else folder / name


def _named_file(folder: Path, before: list[Entry], entry: Entry, verifies: Verifies) -> Entry | None:
    """Return the statement in a file that the log names; raise ValueError where it is not the one that was logged."""
    text = place_of(folder, entry["file"]).read_bytes()
    if sha256(text) != entry["sha256"]:
        message = "the file is not the one that the log names"
        raise ValueError(message)
    if entry.get("signed") is None:
        return None
    by = [each for each in before if each["event"] == "key" and key_name(each) == entry["signed"]]
    if not by or (entry["event"] == "sealed" and keys_of(by[-1]) != seal_keys(before)):
        message = "signed by a key that may not sign it"
        raise ValueError(message)
    keys = keys_of(by[-1])
    signed = read_envelope(text, keys)
    verifies(signed, keys)
    return statement_of(signed)


def key_name(entry: Entry) -> str:
    """Return the name by which entries say who signed: the Ed25519 key as text."""
    return str(entry["ed25519"])


def _linked(entry: Entry, statement: Entry | None, previous: str | None) -> None:
    """Raise ValueError unless a seal is the one its entry names, and names the seal before it."""
    if statement is None or statement["predicateType"] != SEAL_TYPE:
        message = "it is no seal"
        raise ValueError(message)
    said = statement["predicate"]
    if sha256(canonical(statement)) != entry["seal"] or said["name"] != entry["name"]:
        message = "it is the seal of another month or version"
        raise ValueError(message)
    if said["previousSeal"] != previous:
        message = "it does not name the seal before it: seals were moved, replaced or taken out"
        raise ValueError(message)

"""What stands behind the commands of the archive: from the words of a call to what is printed.

What goes in: opening the home, finding the key, and telling what came of it. What stays out: parsing the call
(archive_commands) and the work itself (reports.archive).
"""

import argparse
import base64
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assets.errors import RefusedError
from assets.mapping import Mapping
from assets.mapping_file import load_mapping
from assets.store import Home
from reports.archive.folder import Archive
from reports.archive.keys import SealingKey, find_key, make_key
from reports.archive.verifier.log import CHECKPOINT, CHECKPOINT_LINES

HOLDS, BROKEN = 0, 1


def keys(file: Path) -> int:
    """Make a key and tell its public half."""
    public = base64.b64encode(make_key(file).public["ed25519"]).decode()
    sys.stdout.write(
        f"{file} now seals: keep a copy where no one who can write the archive can reach it, and name it in "
        f"TIEOUT_KEY_FILE.\nGive your auditor this public key by another way than the archive:\n{public}\n"
    )
    return HOLDS


def archive(asked: argparse.Namespace) -> int:
    """Seal what is due, stamp it if asked, and print the lines to mail."""
    from reports.archive.seal import due_months, seal_months  # noqa: PLC0415 - judging takes seconds to load
    from reports.archive.tokens import stamp  # noqa: PLC0415 - likewise

    home, mapping, key = _opened(asked)
    with home.writing():
        kept = Archive(home)
        months = [asked.month] if asked.month else due_months(home)
        if not months and not kept.sealed():
            message = f"{home.path} has no report of a complete month; run 'tieout audit' first."
            raise RefusedError(message)
        kept.bring_key(key, mapping.entity, succeed=asked.new_key)
        made = seal_months(home, mapping, months, key, _told)
        for each in made if asked.timestamp else ():
            if each.now:
                stamp(kept, key, each.name, asked.timestamp)
    lines = (kept.path / CHECKPOINT).read_text(encoding="utf-8").splitlines()[:CHECKPOINT_LINES]
    said = [{"bag": str(kept.path / each.name), "seal": each.seal, "now": each.now} for each in made]
    words = [f"{each.name} {'sealed' if each.now else 'was sealed before'}: {each.seal}" for each in made]
    mail = ["Mail these three lines to your auditor:", *lines]
    return _tell(asked, {"sealed": said, "checkpoint": lines}, [*(words or ["Nothing is due."]), *mail], HOLDS)


def verify_archive(asked: argparse.Namespace) -> int:
    """Verify, list every break, and sign what was found if asked."""
    from reports.archive.statements import holds_key, write_fixity  # noqa: PLC0415 - as above
    from reports.archive.verify import Asked, verify  # noqa: PLC0415 - as above

    home = Home(asked.home)
    kept, names = Archive(home), () if asked.bag == "all" else (Path(asked.bag).name,)
    if asked.statement and names:
        message = "a fixity statement speaks of all bags; leave BAG out."
        raise RefusedError(message)
    checkpoint = _read(asked.checkpoint) if asked.checkpoint else None
    found = verify(kept, Asked(names, asked.public_key, checkpoint, asked.rows), _told)
    statement = None
    if asked.statement:
        key = find_key(asked.key)
        with home.writing():
            holds_key(kept, key)
            statement = write_fixity(kept, key, found)
    document = {
        "bags": list(found.bags),
        "breaks": [each._asdict() for each in found.breaks],
        "notes": list(found.notes),
        "statement": statement,
    }
    broken = len({each.file.partition("/")[0] for each in found.breaks} & set(found.bags))
    words = [f"BROKEN: {each.line()}" for each in found.breaks] + [f"Note: {note}." for note in found.notes]
    words.append(
        f"{len(found.bags) - broken} of {len(found.bags)} bags verified, {len(found.breaks)} breaks"
        f"{f'; signed in {kept.path / statement}' if statement else ''}."
    )
    return _tell(asked, document, words, BROKEN if found.breaks else HOLDS)


def sign(asked: argparse.Namespace) -> int:
    """Sign a month off."""
    from reports.archive.statements import SignOff, holds_key, sealed_bag, sign_off  # noqa: PLC0415 - as above

    home, _, key = _opened(asked)
    own = find_key(asked.own_key) if asked.own_key else None
    with home.writing():
        kept = Archive(home)
        holds_key(kept, key)
        kept.settle()
        name = sealed_bag(kept, asked.month)["name"]
        said = SignOff(name, asked.role, asked.person, asked.decision, asked.comment)
        file = sign_off(kept, key, said, own)
    words = [f"{name} {asked.decision} by {asked.person} as {asked.role}: {kept.path / file}"]
    return _tell(asked, {"bag": name, "record": file}, words, HOLDS)


def retention(asked: argparse.Namespace) -> int:
    """Tell what may go, let go of it if asked, or place and lift holds."""
    from reports.archive.retention import hold, let_go, lift, standings  # noqa: PLC0415 - as above
    from reports.archive.statements import holds_key  # noqa: PLC0415 - as above

    home, kept = Home(asked.home), Archive(Home(asked.home))
    if month := asked.hold or asked.lift:
        if not asked.reason:
            message = "say why, with --reason."
            raise RefusedError(message)
        key = find_key(asked.key)
        with home.writing():
            holds_key(kept, key)
            (hold if asked.hold else lift)(kept, key, month, asked.reason)
        did = "held" if asked.hold else "no longer held"
        return _tell(asked, {"month": month, "did": did}, [f"{month} is {did}: {asked.reason}"], HOLDS)
    if not kept.path.is_dir():
        message = f"{kept.path} holds no archive yet; run 'tieout archive' first."
        raise RefusedError(message)
    asking = kept, load_mapping(asked.config).retention, asked.older_than, datetime.now(UTC).date()
    if asked.delete:
        key = find_key(asked.key)
        with home.writing():
            holds_key(kept, key)
            found = standings(*asking)
            gone = let_go(kept, key, found)
    else:
        found, gone = standings(*asking), []
    said = [{"bag": each.name, "may_go": each.may_go, "why": each.why, "gone": each.name in gone} for each in found]
    words = [f"{each.name}: {'gone' if each.name in gone else each.why}" for each in found]
    last = f"{len(gone)} let go." if asked.delete else "Nothing was removed; --delete lets go of what may go."
    return _tell(asked, {"months": said}, [*words, last], HOLDS)


def restore_drill(asked: argparse.Namespace) -> int:
    """Drill a month, and keep the evidence unless told not to."""
    from reports.archive.drill import drill, write_evidence  # noqa: PLC0415 - as above
    from reports.archive.statements import holds_key  # noqa: PLC0415 - as above

    home = Home(asked.home)
    kept = Archive(home)
    key = None if asked.no_evidence else find_key(asked.key)
    with home.writing():
        if key:
            holds_key(kept, key)
            kept.settle()
        found = drill(kept, asked.month, asked.seed)
        evidence = write_evidence(kept, key, found) if key else None
    document = {
        "bag": found.name,
        "seed": found.seed,
        "passed": found.passed,
        "same": found.same,
        "differing": found.differing,
        "notes": found.notes,
        "evidence": evidence,
    }
    words = [f"BROKEN: {each}" for each in found.differing] + [f"Note: {each}." for each in found.notes]
    words.append(
        f"{found.name}: {len(found.same)} tables and rules are as they were sealed, {len(found.differing)} are not"
        f"{f'; evidence in {kept.path / evidence}' if evidence else ''}."
    )
    return _tell(asked, document, words, HOLDS if found.passed else BROKEN)


def backup(asked: argparse.Namespace) -> int:
    """Hold a backup to what was exported."""
    from reports.archive.backup import verify_backup  # noqa: PLC0415 - as above

    home, mapping = Home(asked.home), load_mapping(asked.config)
    with home.writing():
        found = verify_backup(home, mapping, asked.backup, asked.config.parent if asked.config else Path(), _told)
    words = [f"BROKEN: {each}" for each in found.breaks]
    words.append(
        f"{found.rows:,} rows of export {found.export} up to the backup's cut {found.cut}: "
        f"{found.missing:,} are not in it, {found.different:,} are different."
    )
    return _tell(asked, found.document(), words, BROKEN if found.breaks else HOLDS)


def _opened(asked: argparse.Namespace) -> tuple[Home, Mapping, SealingKey]:
    return Home(asked.home), load_mapping(asked.config), find_key(asked.key)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file} cannot be read as text; name the file of the three lines that were mailed."
        raise RefusedError(message) from error


def _told(what: str, done: int, of: int) -> None:
    """Tell how far it is, where someone looks."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{what}: {100 * done // of if of else 0} % ")


def _tell(asked: argparse.Namespace, document: dict[str, Any], words: Sequence[str], code: int) -> int:
    if asked.json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in words))
    return code

"""Ways to tamper with an archive, each with the files that a verification must name.

Started as `python -m tests.reports.archive.mutations [MUTATIONS [SEED]]` it tampers so often with a small archive,
prints what it did of each kind, and ends with 1 if anything was missed.
"""

import base64
import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from reports.archive.folder import key_texts, public_name
from reports.archive.keys import SealingKey, make_key
from reports.archive.manifests import digests, write_manifests
from reports.archive.verifier.breaks import canonical, sha256
from reports.archive.verifier.log import CHECKPOINT, LOG, checkpoint_body, parsed
from tests.reports.archive.archived import Place, reported

Mutation = Callable[[Path, random.Random, SealingKey], set[str]]
"""Tampers with the archive, and returns the names of files of which at least one must be named."""


def flip_a_bit(folder: Path, draw: random.Random, _: SealingKey) -> set[str]:
    file = _any_file(folder, draw)
    data = bytearray(file.read_bytes())
    data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    file.write_bytes(data)
    return {str(file.relative_to(folder))}


def cut_a_file_short(folder: Path, draw: random.Random, _: SealingKey) -> set[str]:
    file = _any_file(folder, draw)
    data = file.read_bytes()
    file.write_bytes(data[: draw.randrange(len(data))])
    return {str(file.relative_to(folder))}


def append_to_a_file(folder: Path, draw: random.Random, _: SealingKey) -> set[str]:
    file = _any_file(folder, draw)
    file.write_bytes(file.read_bytes() + draw.randbytes(draw.randrange(1, 4)))
    return {str(file.relative_to(folder))}


def add_a_file(folder: Path, draw: random.Random, _: SealingKey) -> set[str]:
    beside = draw.choice([folder / "x", *(file.parent / "extra" for file in _files(folder))])
    beside.write_bytes(draw.randbytes(draw.randrange(3)))
    return {str(beside.relative_to(folder))}


def add_a_folder(folder: Path, draw: random.Random, _: SealingKey) -> set[str]:
    made = _any_file(folder, draw).parent / "extra"
    made.mkdir()
    return {str(made.relative_to(folder))}


def drop_a_file(folder: Path, draw: random.Random, _: SealingKey) -> set[str]:
    file = _any_file(folder, draw)
    file.unlink()
    return {str(file.relative_to(folder))}


def swap_two_files(folder: Path, draw: random.Random, _: SealingKey) -> set[str]:
    one = _any_file(folder, draw)
    others = [file for file in _files(folder) if file.read_bytes() != one.read_bytes()]
    return _swap(one, draw.choice(others), folder)


def link_to_a_file(folder: Path, draw: random.Random, _: SealingKey) -> set[str]:
    file = _any_file(folder, draw, lambda each: "/" in str(each.relative_to(folder)))
    elsewhere = folder / "staging" / "elsewhere"
    elsewhere.parent.mkdir(exist_ok=True)
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    return {str(file.relative_to(folder))}


def change_a_row(folder: Path, draw: random.Random, _: SealingKey) -> set[str]:
    file = _with_rows(folder, draw)
    rows = pq.read_table(file)
    plain = rows.to_pylist()
    place, name = draw.randrange(len(plain)), draw.choice(rows.column_names)
    value = plain[place][name]
    plain[place][name] = _other(value, rows.schema.field(name).type)
    pq.write_table(pa.Table.from_pylist(plain, schema=rows.schema), file)
    return {str(file.relative_to(folder))}


def drop_or_repeat_rows(folder: Path, draw: random.Random, _: SealingKey) -> set[str]:
    file = _with_rows(folder, draw)
    rows = pq.read_table(file)
    place = draw.randrange(rows.num_rows)
    again = [rows.slice(place, 1)] if draw.random() < 0.5 else []
    pq.write_table(pa.concat_tables([rows.slice(0, place), *again, *again, rows.slice(place + 1)]), file)
    return {str(file.relative_to(folder))}


def write_rows_again(folder: Path, draw: random.Random, _: SealingKey) -> set[str]:
    file = _with_rows(folder, draw)
    pq.write_table(pq.read_table(file), file, compression="gzip")
    return {str(file.relative_to(folder))}


def make_the_bag_valid_again(folder: Path, draw: random.Random, other: SealingKey) -> set[str]:
    """Change a row and bring all manifests up to it, as one would who knows BagIt."""
    named = change_a_row(folder, draw, other)
    bag = folder / min(named).partition("/")[0]
    info = [line.split(": ", 1) for line in (bag / "bag-info.txt").read_text().splitlines()]
    for manifest in bag.glob("*manifest*.txt"):
        manifest.unlink()
    write_manifests(bag, [(label, value) for label, value in info if label != "Payload-Oxum"])
    return named


def seal_anew_with_another_key(folder: Path, draw: random.Random, other: SealingKey) -> set[str]:
    """Do the same, and sign a new seal over it with a key of one's own, log and all but the chain's first key."""
    named = make_the_bag_valid_again(folder, draw, other)
    name = min(named).partition("/")[0]
    entries, note = parsed(folder)
    place = next(place for place, each in enumerate(entries) if each.get("name") == name)
    seal = folder / entries[place]["file"]
    said = _statement(seal)
    said["subject"] = [{"name": each, "digest": {"sha256": digest}} for each, digest in digests(folder / name).items()]
    envelope = other.envelope(canonical(said))
    seal.write_bytes(envelope)
    entries[place] = {**entries[place], "sha256": sha256(envelope), "seal": sha256(canonical(said))}
    _write_log(folder, entries, other.note(checkpoint_body(note.partition("\n")[0], entries)))
    return {LOG}


def take_the_archive_over(folder: Path, _: random.Random, other: SealingKey) -> set[str]:
    """Sign everything anew with a key of one's own, as if it had always been so: only the auditor's key tells."""
    entries, note = parsed(folder)
    previous = None
    for place, entry in enumerate(entries):
        if entry["event"] == "key":
            entries[place] = {**entry, **key_texts(other)}
        else:
            said = _statement(folder / entry["file"])
            said["predicate"] = {**said["predicate"], "previousSeal": previous}
            envelope, previous = other.envelope(canonical(said)), sha256(canonical(said))
            (folder / entry["file"]).write_bytes(envelope)
            signed = {"sha256": sha256(envelope), "seal": previous, "signed": public_name(other)}
            entries[place] = {**entry, **signed}
    _write_log(folder, entries, other.note(checkpoint_body(note.partition("\n")[0], entries)))
    return {LOG}


def swap_bags(folder: Path, draw: random.Random, _: SealingKey) -> set[str]:
    one, other = draw.sample(_bags(folder), 2)
    aside = folder / "staging"
    aside.mkdir()
    one.rename(aside / "one")
    other.rename(one)
    (aside / "one").rename(other)
    aside.rmdir()
    return {f"{name}/{file}" for name in (one.name, other.name) for file in ("bag-info.txt", "tagmanifest-sha256.txt")}


def swap_seals(folder: Path, draw: random.Random, _: SealingKey) -> set[str]:
    return _swap(*draw.sample(sorted(folder.glob("*.seal.json")), 2), folder)


def drop_a_bag(folder: Path, draw: random.Random, _: SealingKey) -> set[str]:
    bag = draw.choice(_bags(folder))
    bag.rename(folder / "staging")
    return {bag.name}


def tamper_with_the_log(folder: Path, draw: random.Random, _: SealingKey) -> set[str]:
    entries, note = parsed(folder)
    place = draw.randrange(len(entries))
    match draw.randrange(5):
        case 0:
            del entries[place]
        case 1:
            entries.append(entries[place])
        case 2:
            one, other = draw.sample(range(len(entries)), 2)
            entries[one], entries[other] = entries[other], entries[one]
        case 3:
            name = draw.choice(sorted(entries[place]))
            entries[place] = {**entries[place], name: f"{entries[place][name]}x"}
        case 4:
            entries = entries[:place]
    _write_log(folder, entries, note)
    return {LOG}


def sign_the_log_with_another_key(folder: Path, draw: random.Random, other: SealingKey) -> set[str]:
    entries, note = parsed(folder)
    entries = entries[: draw.randrange(1, len(entries) + 1)]
    _write_log(folder, entries, other.note(checkpoint_body(note.partition("\n")[0], entries)))
    return {LOG}


MUTATIONS: tuple[Mutation, ...] = (
    flip_a_bit,
    flip_a_bit,
    cut_a_file_short,
    append_to_a_file,
    add_a_file,
    add_a_folder,
    drop_a_file,
    swap_two_files,
    link_to_a_file,
    change_a_row,
    drop_or_repeat_rows,
    write_rows_again,
    make_the_bag_valid_again,
    seal_anew_with_another_key,
    swap_bags,
    swap_seals,
    drop_a_bag,
    tamper_with_the_log,
    sign_the_log_with_another_key,
    take_the_archive_over,
)


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _any_file(folder: Path, draw: random.Random, wanted: Callable[[Path], bool] = lambda _: True) -> Path:
    """Draw a file that has bytes; those beside the bags come as often as all of the bags together."""
    files = [file for file in _files(folder) if file.stat().st_size and wanted(file)]
    beside = [file for file in files if file.parent == folder]
    return draw.choice(beside if beside and draw.random() < 0.5 else files)


def _bags(folder: Path) -> list[Path]:
    return sorted(bag for bag in folder.iterdir() if (bag / "bagit.txt").exists())


def _with_rows(folder: Path, draw: random.Random) -> Path:
    files = sorted(folder.glob("*/data/*/**/*.parquet"))
    return draw.choice([file for file in files if pq.ParquetFile(file).metadata.num_rows])


def _other(value: object, kind: pa.DataType) -> object:
    match value:
        case None:
            return pa.array([0], pa.int64()).cast(kind)[0].as_py() if not pa.types.is_string(kind) else ""
        case bool():
            return not value
        case str():
            return value + "x"
        case _:
            return None


def _swap(one: Path, other: Path, folder: Path) -> set[str]:
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    return {str(one.relative_to(folder)), str(other.relative_to(folder))}


def _statement(seal: Path) -> dict[str, Any]:
    return dict(json.loads(base64.b64decode(json.loads(seal.read_bytes())["payload"])))


def _write_log(folder: Path, entries: list[dict[str, Any]], note: str) -> None:
    lines = [*entries, {"checkpoint": note}]
    (folder / LOG).write_bytes(b"".join(canonical(line) + b"\n" for line in lines))
    (folder / CHECKPOINT).write_text(note, encoding="utf-8")


class Kept:
    """An archive as it was, to be put back after each mutation."""

    def __init__(self, folder: Path) -> None:
        """Read every file once."""
        self.folder = folder
        self.data = {str(file.relative_to(folder)): file.read_bytes() for file in _files(folder)}
        self.folders = {path for path in folder.rglob("*") if path.is_dir()}
        self.seen = {name: self._seen(name) for name in self.data}

    def _seen(self, name: str) -> tuple[int, int, bool] | None:
        file = self.folder / name
        if not file.exists():
            return None
        return file.stat().st_ino, file.stat().st_mtime_ns, file.is_symlink()

    def put_back(self) -> None:
        """Remove what is new and write again what was touched."""
        for path in sorted(self.folder.rglob("*"), reverse=True):
            if path.is_symlink() or (path.is_file() and str(path.relative_to(self.folder)) not in self.data):
                path.unlink()
            elif path.is_dir() and path not in self.folders:
                path.rmdir()
        for name in [name for name, seen in self.seen.items() if self._seen(name) != seen]:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(self.data[name])
            self.seen[name] = self._seen(name)


def missed(place: Place, other: SealingKey, mutations: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Tamper so often; return how often in each way, and what no verification named."""
    folder, draw, done, left = place.archive.path, random.Random(seed), Counter[str](), []  # noqa: S311 - no secret
    kept = Kept(folder)
    pinned = public_name(place.key)
    for number in range(mutations):
        mutation = MUTATIONS[number % len(MUTATIONS)]
        must = mutation(folder, draw, other)
        named = place.broken(key=pinned if mutation is take_the_archive_over else None)
        if not named & must and not (must == {LOG} and named):
            left.append(f"{number} {mutation.__name__}: {sorted(must)} not among {sorted(named)}")
        kept.put_back()
        done[mutation.__name__] += 1
    return done, left


def main(mutations: int = 2_000, seed: int = 1) -> int:
    with TemporaryDirectory() as folder:
        place = reported(Path(folder))
        place.seal()
        done, left = missed(place, make_key(Path(folder) / "other"), mutations, seed)
    for name, times in sorted(done.items()):
        sys.stdout.write(f"{times:6,} {name}\n")
    sys.stdout.write("".join(f"MISSED {each}\n" for each in left))
    sys.stdout.write(f"{sum(done.values()):,} mutations, {len(left)} missed\n")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(*(int(number) for number in sys.argv[1:])))

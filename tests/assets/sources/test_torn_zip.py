"""Every way to spoil a ZIP file: it is refused in one sentence, or read as if nothing had happened."""

import os
import random
import struct
import zipfile
from pathlib import Path

import pytest

from assets.errors import SourceError
from assets.sources.convex.archive import BOMB_BYTES
from tests.assets.sources.snapshots import LEDGER, TRANSACTION, entries, lines, refusal, tables, whole, write_zip

FLIPS = int(os.environ.get("TIEOUT_FLIPS", "60"))
"""How many single bytes are flipped; the whole archive has some 1800."""


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    return write_zip(tmp_path / "snapshot.zip", entries(tables()))


def directory_entry(data: bytes) -> int:
    return data.rindex(LEDGER.encode()) - 46


def patched(path: Path, offset: int, layout: str, value: int) -> Path:
    """Change one field of the ledger's entry in the central directory."""
    data = bytearray(path.read_bytes())
    struct.pack_into(layout, data, directory_entry(data) + offset, value)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\5\6" + b"\0" * 17, b"{}" * 9999])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "snapshot.zip"
    path.write_bytes(data)
    assert "is not a whole ZIP file" in refusal(path)


def test_a_path_without_a_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is a directory" in refusal(tmp_path)
    assert "no regular file" in refusal(tmp_path / "pipe")
    assert "No such file" in refusal(tmp_path / "nowhere.zip")
    assert "too long" in refusal(tmp_path / ("x" * 5000))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file, whatever its mode")
def test_an_unreadable_file_is_refused(snapshot: Path) -> None:
    snapshot.chmod(0)
    assert "cannot be read: Permission denied" in refusal(snapshot)


@pytest.mark.parametrize("tenth", range(10))
def test_a_truncated_archive_is_refused(snapshot: Path, tenth: int) -> None:
    data = snapshot.read_bytes()
    snapshot.write_bytes(data[: len(data) * tenth // 10])
    assert "is not a whole ZIP file" in refusal(snapshot)


def test_spoilt_entries_are_refused(snapshot: Path) -> None:
    good = snapshot.read_bytes()
    size = len(tables()["transactions"])
    spoilt = {
        (8, "<H", 0x1): "is encrypted",
        (8, "<H", 0x41): "is encrypted",
        (10, "<H", 99): "compression method is not supported",
        (16, "<I", 1): "Bad CRC-32",
        (20, "<I", 40): "Bad CRC-32",
        (24, "<I", size - 1): "Bad CRC-32",
        (24, "<I", 0): "Bad CRC-32",
        (24, "<I", size + 1): f"ends after {size} of {size + 1} bytes",
        (24, "<I", BOMB_BYTES + 1): "claims to inflate over 200 times",
        (42, "<I", 5): "Bad magic number",
        (42, "<I", 0x7FFFFFFF): "is damaged",
    }
    for (offset, layout, value), said in spoilt.items():
        snapshot.write_bytes(good)
        assert said in refusal(patched(snapshot, offset, layout, value)), (offset, value)


def test_an_inflated_marker_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(LEDGER, lines(TRANSACTION))
        with archive.open("transactions/generated_schema.jsonl", "w") as marker:
            for _ in range(BOMB_BYTES >> 20):
                marker.write(b" " * (1 << 20))
            marker.write(b" ")
    assert "claims to inflate over 200 times" in refusal(path)


def test_a_flipped_byte_is_refused_or_changes_nothing(tmp_path: Path) -> None:
    many = lines(*({**TRANSACTION, "_id": f"t{i}", "idempotencyKey": f"{i * 7919:x}"} for i in range(20)))
    path = write_zip(tmp_path / "snapshot.zip", entries(tables(transactions=many)))
    good, undisturbed = path.read_bytes(), whole(path)
    chance, refused = random.Random(FLIPS), 0  # noqa: S311 - positions, not secrets
    for position in sorted(chance.sample(range(len(good)), min(FLIPS, len(good)))):
        data = bytearray(good)
        data[position] ^= chance.randrange(1, 256)
        path.write_bytes(data)
        try:
            assert whole(path) == undisturbed, position
        except SourceError:
            refused += 1
    assert refused > FLIPS / 4

"""The smallest snapshot that can be audited, as bytes to be spoilt, and what the reader makes of it.

What goes in: writing ZIPs by hand and staging them. What stays out: what must come of them.
"""

import json
import shutil
import struct
import zipfile
import zlib
from collections.abc import Mapping as Named
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from assets.errors import SourceError
from assets.mapping import Mapping
from assets.mapping_file import load_mapping
from assets.sources.convex.snapshot_zip import ConvexZip

Documents = dict[str, Any]
LEDGER = "transactions/documents.jsonl"
TRANSACTION: Documents = {
    "_creationTime": 1735689600000.5,
    "_id": "t1",
    "amount": 100.0,
    "createdAt": 1735689600000.0,
    "createdBy": "u1",
    "currency": "EGP",
    "idempotencyKey": "k1",
    "status": "COMPLETED",
    "type": "DEPOSIT",
    "walletId": "w1",
}
WALLET: Documents = {"_creationTime": 1.5, "_id": "w1", "balance": 100.0, "currency": "EGP", "userId": "u1"}
BALANCE: Documents = {"_creationTime": 1.5, "_id": "b1", "balance": 100.0, "currency": "EGP", "walletId": "w1"}
USER: Documents = {"_creationTime": 1.5, "_id": "u1", "balances": [{"amount": 100.0, "currency": "EGP"}]}
PRESET = load_mapping(Path(__file__).parents[3] / "assets" / "presets" / "gigsy.toml")


def lines(*documents: Documents | bytes) -> bytes:
    """Return documents as Convex writes them, one a line; bytes stand for themselves."""
    return b"".join((one if isinstance(one, bytes) else compact(one)) + b"\n" for one in documents)


def compact(document: Documents) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def tables(**other: bytes) -> dict[str, bytes]:
    """Return the four tables of a snapshot that reads well, or with others in their place."""
    whole = {
        "transactions": lines(TRANSACTION),
        "wallets": lines(WALLET),
        "walletBalances": lines(BALANCE),
        "users": lines(USER),
    }
    return whole | other


def complete() -> dict[str, bytes]:
    """Return the tables with all that any rule asks for: one wallet of one user, and nothing wrong."""
    at = TRANSACTION["createdAt"]
    return tables(
        transactions=lines({**TRANSACTION, "createdBy": "system"}),
        wallets=lines({**WALLET, "isActive": True, "updatedAt": at}),
        walletBalances=lines({**BALANCE, "lastUpdated": at}),
        users=lines({**USER, "clerkId": "clerk-1", "roles": ["user"]}),
    )


def entries(said: Named[str, bytes], top: str = "", marker: bytes = b'"uniform"\n') -> dict[str, bytes]:
    """Return the files of the archive."""
    return {
        f"{top}{table}/{name}": data
        for table, documents in said.items()
        for name, data in (("documents.jsonl", documents), ("generated_schema.jsonl", marker))
    }


def write_zip(path: Path, files: Named[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def staged(path: Path, mapping: Mapping = PRESET, table: str = "transactions") -> list[Documents]:
    """Return the staged rows of a table in any order, or raise as the reader does."""
    folder = path.with_suffix(".staged")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    kept = ConvexZip(path).stage(table, mapping, folder, lambda *_: None)
    rows = [row for file in sorted(kept.folder.rglob("*.parquet")) for row in pq.ParquetFile(file).read().to_pylist()]
    assert len(rows) == kept.received
    return rows


def whole(path: Path, mapping: Mapping = PRESET) -> dict[str, list[str]]:
    """Return all that is read of a snapshot, in one order."""
    ConvexZip(path).snapshot()
    return {table: sorted(map(repr, staged(path, mapping, table))) for table in mapping.present()}


def refusal(path: Path, mapping: Mapping = PRESET) -> str:
    with pytest.raises(SourceError) as refused:
        whole(path, mapping)
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence


def convex_container(files: Named[str, bytes]) -> bytes:
    """Return an archive byte for byte as Convex's streaming writer lays it out.

    Sizes are 0xFFFFFFFF in local headers and descriptors, and true only in the ZIP64 field of the directory.
    """
    unsaid, body, directory = 0xFFFFFFFF, b"", b""
    for name, data in files.items():
        deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        deflated, crc, text = deflate.compress(data) + deflate.flush(), zlib.crc32(data), name.encode()
        true = struct.pack("<HHQQQ", 1, 24, len(data), len(deflated), len(body))
        directory += struct.pack("<4sHHHHIIII", b"PK\1\2", 0x32D, 45, 8, 8, 0, crc, unsaid, unsaid)
        directory += struct.pack("<HHHHHII", len(text), len(true), 0, 0, 0, 0o100644 << 16, unsaid) + text + true
        body += struct.pack("<4sHHHIIII", b"PK\3\4", 45, 8, 8, 0, 0, unsaid, unsaid)
        body += struct.pack("<HH", len(text), 20) + text + struct.pack("<HHQQ", 1, 16, 0, 0)
        body += deflated + struct.pack("<4sIII", b"PK\7\x08", crc, unsaid, unsaid)
    counts = (len(files), len(files), len(directory), len(body))
    body_end = len(body) + len(directory)
    return (
        body
        + directory
        + struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 0x32D, 45, 0, 0, *counts)
        + struct.pack("<4sIQI", b"PK\6\7", 0, body_end, 1)
        + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, unsaid, unsaid, 0)
    )

"""The container: what of a ZIP is taken for a snapshot, and which snapshots are refused for what they hold."""

import json
import warnings
import zipfile
from pathlib import Path

import pytest

from assets.mapping import Mapping
from assets.sources.convex.snapshot_zip import ConvexZip
from tests.assets.sources.snapshots import (
    LEDGER,
    PRESET,
    TRANSACTION,
    convex_container,
    entries,
    lines,
    refusal,
    staged,
    tables,
    whole,
    write_zip,
)


@pytest.mark.parametrize("top", ["", "snapshot 1/", "a/b/", "../../", "/", "é/"])
def test_any_top_folder_is_accepted_and_nothing_is_written_by_its_name(tmp_path: Path, top: str) -> None:
    path = write_zip(tmp_path / "snapshot.zip", entries(tables(), top))
    assert [row["transaction_id"] for row in staged(path)] == ["t1"]
    assert {file.name for file in tmp_path.iterdir()} == {"snapshot.zip", "snapshot.staged"}


def test_the_layout_that_convex_writes_is_read(tmp_path: Path) -> None:
    path, plain = tmp_path / "convex.zip", write_zip(tmp_path / "plain.zip", entries(tables()))
    path.write_bytes(convex_container(entries(tables())))
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 0, 0, 0, 0, 0)}
    assert whole(path) == whole(plain)
    damaged = bytearray(path.read_bytes())
    damaged[90] ^= 1
    path.write_bytes(damaged)
    assert "is damaged" in refusal(path)


def test_what_is_not_mapped_is_not_read(tmp_path: Path) -> None:
    extra = {
        "README.md": b"x",
        "_tables/documents.jsonl": b"{}",
        "_storage/documents.jsonl": b"junk",
        "_storage/transactions/documents.jsonl": b"junk",
        "_components/mail/transactions/documents.jsonl": b"junk",
        "gigs/documents.jsonl": b"\xff\xff",
        "../../etc/cron.d/x": b"junk",
    }
    assert len(staged(write_zip(tmp_path / "snapshot.zip", entries(tables()) | extra))) == 1


def test_a_component_has_tables_of_its_own(tmp_path: Path) -> None:
    raw = PRESET.model_dump()
    raw["tables"] = {name: {**table, "component": "money/core"} for name, table in raw["tables"].items()}
    inside = entries(tables(), "top/_components/money/_components/core/")
    outside = {f"top/{LEDGER}": b"junk", f"top/_components/core/{LEDGER}": b"junk"}
    assert len(staged(write_zip(tmp_path / "snapshot.zip", inside | outside), Mapping.model_validate(raw))) == 1


@pytest.mark.parametrize(
    "shape",
    [None, b"", b'"uniform"', b'"uniform"\r\n', json.dumps('{"amount": normalfloat64, "other": int64}').encode()],
)
def test_harmless_markers_of_the_format(tmp_path: Path, shape: bytes | None) -> None:
    files = entries(tables(), marker=shape or b"")
    if shape is None:
        files = {name: data for name, data in files.items() if name.endswith("documents.jsonl")}
    assert len(staged(write_zip(tmp_path / "snapshot.zip", files))) == 1


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        (json.dumps('{"amount": int64}').encode(), "lost the type of transactions.amount"),
        (json.dumps('{"walletId"?: string | bytes}').encode(), "lost the type of transactions.walletId"),
        (json.dumps('{"amount": normalfloat64}').encode() + b'\n{"t1":{"amount":"int64"}}', "lost the type"),
        (b"junk", "is damaged"),
        (b'"\xff"', "is damaged"),
        (b"{}", "is damaged"),
    ],
)
def test_a_marker_that_tells_of_lost_types_is_refused(tmp_path: Path, marker: bytes, said: str) -> None:
    assert said in refusal(write_zip(tmp_path / "snapshot.zip", entries(tables(), marker=marker)))


def test_a_table_that_is_missing_or_there_twice_is_refused(tmp_path: Path) -> None:
    files = entries(tables())
    path = tmp_path / "snapshot.zip"
    assert "has no table 'wallets'" in refusal(
        write_zip(path, {name: data for name, data in files.items() if not name.startswith("wallets/")})
    )
    assert "holds table 'transactions' twice" in refusal(write_zip(path, files | {f"other/{LEDGER}": b""}))
    with warnings.catch_warnings(), zipfile.ZipFile(write_zip(path, files), "a") as archive:
        warnings.simplefilter("ignore", UserWarning)
        archive.writestr(LEDGER, lines(TRANSACTION))
    assert "holds table 'transactions' twice" in refusal(path)


def test_the_name_tells_the_cut_and_the_deployment(tmp_path: Path) -> None:
    named = write_zip(tmp_path / "snapshot_brave-otter-123_1752742800000000000.zip", entries(tables()))
    said = ConvexZip(named).snapshot()
    assert said.deployment == "brave-otter-123"
    assert str(said.cut_at) == "2025-07-17 09:00:00+00:00"
    assert ConvexZip(named.rename(tmp_path / "export.zip")).snapshot().cut_at is None

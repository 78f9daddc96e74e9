"""An unpacked snapshot is the snapshot: the same rows and refusals as the ZIP, and its name and digest."""

import json
import shutil
from collections.abc import Mapping as Named
from pathlib import Path

import pytest

from assets.errors import SourceError
from assets.mapping import Connection
from assets.sources.convex.snapshot_folder import ConvexFolder
from assets.sources.convex.snapshot_zip import ConvexZip
from assets.sources.opening import open_source
from assets.sources.protocol import Reading, Source
from tests.assets.sources.snapshots import LEDGER, PRESET, TRANSACTION, entries, lines, tables, write_zip
from tests.assets.sources.test_files import rows

NAMED = "snapshot_brave-otter-123_1752742800000000000"


def unpacked(folder: Path, files: Named[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def reading(source: Source, folder: Path) -> Reading:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return source.read(PRESET, None, folder, lambda *_: None)


def refusal(source: Source, folder: Path) -> str:
    with pytest.raises(SourceError) as refused:
        reading(source, folder)
    return str(refused.value)


@pytest.mark.parametrize("top", ["", "snapshot 1/", f"{NAMED}/"])
def test_the_folder_is_read_as_the_zip_is(tmp_path: Path, top: str) -> None:
    files = entries(tables(), top) | {
        "README.md": b"x",
        f"{top}_tables/documents.jsonl": b"{}",
        f"{top}_storage/documents.jsonl": b"junk",
        f"{top}_components/mail/transactions/documents.jsonl": b"junk",
    }
    unpacked(tmp_path / "export", files)
    opened = open_source("export", tmp_path, Connection(), tmp_path, tmp_path)
    assert isinstance(opened, ConvexFolder)
    made = reading(opened, tmp_path / "a")
    zipped = reading(ConvexZip(write_zip(tmp_path / "export.zip", files)), tmp_path / "b")
    assert {name: rows(made, name) for name in made.staged} == {name: rows(zipped, name) for name in zipped.staged}
    assert (made.snapshot.kind, made.snapshot.proof) == ("convex_folder", "by construction")


def test_the_name_of_the_folder_or_of_its_top_tells_the_cut_and_the_deployment(tmp_path: Path) -> None:
    named = ConvexFolder(unpacked(tmp_path / NAMED, entries(tables()))).snapshot()
    top = ConvexFolder(unpacked(tmp_path / "export", entries(tables(), f"{NAMED}/"))).snapshot()
    for said in (named, top):
        assert (said.deployment, str(said.cut_at)) == ("brave-otter-123", "2025-07-17 09:00:00+00:00")
    plain = ConvexFolder(unpacked(tmp_path / "plain", entries(tables()))).snapshot()
    assert (plain.deployment, plain.cut_at) == (None, None)
    assert plain.sha256 == named.sha256 != top.sha256
    (tmp_path / "plain" / LEDGER).write_bytes(lines(TRANSACTION | {"amount": 1.0}))
    assert ConvexFolder(tmp_path / "plain").snapshot().sha256 != plain.sha256


def test_what_the_zip_refuses_the_folder_refuses(tmp_path: Path) -> None:
    lossy = entries(tables(), marker=json.dumps('{"amount": int64}').encode())
    said = refusal(ConvexFolder(unpacked(tmp_path / "lossy", lossy)), tmp_path / "staged")
    assert "lost the type of transactions.amount" in said
    twice = entries(tables()) | {f"other/{LEDGER}": b""}
    said = refusal(ConvexFolder(unpacked(tmp_path / "twice", twice)), tmp_path / "staged")
    assert "holds table 'transactions' twice" in said
    none = {name: data for name, data in entries(tables()).items() if not name.startswith("wallets/")}
    said = refusal(ConvexFolder(unpacked(tmp_path / "none", none)), tmp_path / "staged")
    assert "has no table 'wallets'" in said
    torn = entries(tables(transactions=lines(TRANSACTION, b'{"_id":')))
    said = refusal(ConvexFolder(unpacked(tmp_path / "torn", torn)), tmp_path / "staged")
    assert said.startswith(f"{tmp_path / 'torn'}: {LEDGER}, line 2: not valid JSON")


def test_a_folder_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    folder = unpacked(tmp_path / "export", entries(tables()))
    (tmp_path / "staged").mkdir()

    def meddle(*_: object) -> None:
        (folder / "wallets" / "more.jsonl").write_bytes(b"")

    with pytest.raises(SourceError, match="changed while it was read"):
        ConvexFolder(folder).read(PRESET, None, tmp_path / "staged", meddle)


def test_a_survey_names_the_tables(tmp_path: Path) -> None:
    survey = ConvexFolder(unpacked(tmp_path / NAMED, entries(tables()))).survey(PRESET)
    assert [table.name for table in survey.tables] == ["transactions", "users", "walletBalances", "wallets"]
    assert survey.notes == ("a Convex snapshot export; cut 2025-07-17 09:00:00 UTC",)

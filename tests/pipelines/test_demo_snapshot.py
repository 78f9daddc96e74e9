"""The snapshot is laid out as Convex lays out an export, and depends on the plan alone."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import subprocess
import sys
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipelines.demo.ids import ALPHABET, checksum
from pipelines.demo.write import Demo, DemoPlan, read_planted, write_demo

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from itertools import pairwise
from pathlib import Path
from pipelines.demo.write import DemoPlan, write_demo
write_demo(DemoPlan(sys.argv[1], 5, 4_000), Path(sys.argv[2]), lambda done, total: None)
"""


@pytest.fixture(scope="module", params=["gigsy", "model"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    plan = DemoPlan(request.param, 1, 8_000)
    return write_demo(plan, tmp_path_factory.mktemp("demo"), lambda *_: None)


def digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


@pytest.mark.parametrize("flavour", ["gigsy", "model"])
def test_the_same_plan_gives_the_same_bytes(tmp_path: Path, flavour: str) -> None:
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", SCRIPT, flavour, str(tmp_path / seed)]
        subprocess.run(command, env=environment, check=True, cwd=ROOT)
    assert len(digests(tmp_path / "1")) == 2
    assert digests(tmp_path / "1") == digests(tmp_path / "2")


def test_entries_stand_in_the_order_of_an_export(demo: Demo) -> None:
    with zipfile.ZipFile(demo.snapshot) as archive:
        assert archive.testzip() is None
        entries = archive.infolist()
        schemas = {archive.read(entry) for entry in entries if entry.filename.endswith("/generated_schema.jsonl")}
    names = [entry.filename for entry in entries]
    assert names[:2] == ["README.md", "_tables/documents.jsonl"]
    tables = [name.partition("/")[0] for name in names[2::2]]
    assert names[2:] == [f"{table}/{kind}.jsonl" for table in tables for kind in ("documents", "generated_schema")]
    assert tables[:2] == ["gigs", "skills"]
    assert tables[-1] == "transactions"
    sizes = [entry.file_size for entry in entries[2::2]]
    assert sizes == sorted(sizes)
    assert schemas == {b'"uniform"\n'}
    assert [entry.header_offset for entry in entries] == sorted(entry.header_offset for entry in entries)


def test_entries_are_streamed_and_dated_zero(demo: Demo) -> None:
    raw = demo.snapshot.read_bytes()
    with zipfile.ZipFile(demo.snapshot) as archive:
        for entry in archive.infolist():
            assert entry.date_time == (1980, 0, 0, 0, 0, 0)
            assert entry.compress_type == zipfile.ZIP_DEFLATED
            assert entry.external_attr >> 16 == 0o100644
            sizes = struct.unpack_from("<HHHIIII", raw, entry.header_offset + 4)
            assert sizes == (45, 8, 8, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF)
            name = len(entry.filename)
            end = entry.header_offset + 30 + name + 20 + entry.compress_size
            descriptor = struct.pack("<III", entry.CRC, 0xFFFFFFFF, 0xFFFFFFFF)
            assert raw[end : end + 16] == b"PK\7\x08" + descriptor


def spelled(document: object) -> str:
    return json.dumps(document, separators=(",", ":"), sort_keys=True, ensure_ascii=False) + "\n"


def test_documents_are_spelled_as_convex_spells_them(demo: Demo) -> None:
    with zipfile.ZipFile(demo.snapshot) as archive:
        numbers = [json.loads(line) for line in archive.open("_tables/documents.jsonl")]
        assert numbers == sorted(numbers, key=lambda table: table["id"])
        for table in numbers:
            before = ""
            for line in archive.open(f"{table['name']}/documents.jsonl"):
                document = json.loads(line)
                assert line.decode() == spelled(document)
                assert before < document["_id"]
                before = document["_id"]
                check_id(before, table["id"])


def check_id(text: str, table: int) -> None:
    number = 0
    for letter in text:
        number = number << 5 | ALPHABET.index(letter)
    data = number.to_bytes(20)
    assert len(text) == 32
    assert data[0] & 127 | data[1] << 7 == table
    assert int.from_bytes(data[-2:], "little") == checksum(data[:-2])


def test_numbers_are_floats_and_ids_are_not_in_time_order(demo: Demo) -> None:
    with zipfile.ZipFile(demo.snapshot) as archive:
        rows: list[dict[str, Any]] = [json.loads(line) for line in archive.open("transactions/documents.jsonl")]
    assert all(isinstance(row[name], float) for row in rows for name in ("amount", "createdAt", "_creationTime"))
    times = [row["createdAt"] for row in rows]
    assert 0.4 < sum(a < b for a, b in pairwise(times)) / len(times) < 0.6


def test_personal_data_can_be_recognised(demo: Demo) -> None:
    with zipfile.ZipFile(demo.snapshot) as archive:
        for line in archive.open("users/documents.jsonl"):
            user = json.loads(line)
            for name in ("email", "name", "avatarUrl", "slug"):
                assert "private-" in user[name]
        for table in ("transactions", "wallets", "walletBalances"):
            assert b"private-" not in archive.read(f"{table}/documents.jsonl")


def test_the_months_and_the_ends_of_the_ledger_are_as_planned(demo: Demo) -> None:
    with zipfile.ZipFile(demo.snapshot) as archive:
        rows = [json.loads(line) for line in archive.open("transactions/documents.jsonl")]
    times = [row["createdAt"] for row in rows if abs(row["createdAt"] - row["_creationTime"]) < 1_000]
    assert min(times) == 1_735_689_600_000
    assert max(times) == 1_752_742_795_000
    assert all(row["_creationTime"] < 1_752_742_800_000 for row in rows)
    assert demo.snapshot.stem.endswith("_1752742800000000000")


def test_a_ready_demo_is_used_again_and_a_torn_one_is_not(tmp_path: Path) -> None:
    plan = DemoPlan(transactions=1_000)
    heard: list[tuple[int, int]] = []
    demo = write_demo(plan, tmp_path, lambda done, total: heard.append((done, total)))
    assert heard[-1] == (1_000, 1_000)
    whole = demo.snapshot.read_bytes()
    heard.clear()
    assert write_demo(plan, tmp_path, lambda done, total: heard.append((done, total))) == demo
    assert not heard
    demo.snapshot.write_bytes(whole[:-1])
    assert write_demo(plan, tmp_path, lambda done, total: heard.append((done, total))) == demo
    assert demo.snapshot.read_bytes() == whole
    assert demo.breaks == read_planted(demo.planted)


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_demo(DemoPlan(transactions=5_000), tmp_path, stop)
    assert list(tmp_path.iterdir()) == []


def test_too_few_transactions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1000 transactions, not 999"):
        write_demo(DemoPlan(transactions=999), tmp_path, lambda *_: None)

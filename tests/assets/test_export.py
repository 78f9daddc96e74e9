"""An export: its certificate, its files, when it is reused, and whom a home refuses."""

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from assets.certificate import Certificate, DataFile
from assets.errors import HomeError
from assets.parquet import digest
from assets.schemas import EXPORTED, TABLES
from assets.store import Home
from tests.assets.ledgers import INT64_MAPPING, Bench, Ledger, Row, documents, export, mapping_of, write_snapshot

CUT = "snapshot_brave-otter-123_1740787200000000000.zip"
JANUARY = Row("t1", "w1", 100, at="2025-01-03T10:00:00")
FEBRUARY = Row("t2", "w2", -30, currency="USD", at="2025-02-03T10:00:00", status="PENDING")
LEDGER = Ledger([FEBRUARY, JANUARY], recorded=[("w1", "EGP", 100)], wallets=("w1", "w2"))


def files(certificate: Certificate) -> dict[str, tuple[DataFile, ...]]:
    return {name: count.files for name, count in certificate.tables.items()}


def paths(certificate: Certificate) -> set[str]:
    return {file.path for table in files(certificate).values() for file in table}


def kept(home: Home) -> set[str]:
    return {str(file.relative_to(home.path)) for file in home.path.glob("tables/**/*") if file.is_file()}


def test_the_certificate_says_what_the_export_is(work: Bench) -> None:
    snapshot = write_snapshot(work.folder / CUT, documents(LEDGER))
    made = export(work.home(), work.mapping, snapshot)
    said = made.certificate
    assert re.fullmatch(r"000001-[0-9a-f]{12}", made.export_id)
    assert made.export_id.endswith(said.sha256()[:12])
    assert said.source.model_dump() == {
        "kind": "convex_zip",
        "deployment": "brave-otter-123",
        "sha256": digest(snapshot),
        "bytes": snapshot.stat().st_size,
    }
    assert (said.cut.at, said.cut.bound, said.cut.proof) == (
        datetime(2025, 3, 1, tzinfo=UTC),
        "exact",
        "by construction",
    )
    assert said.latest_created_at == datetime(2025, 2, 3, 10, tzinfo=UTC)
    assert said.months() == ("2025-01", "2025-02")
    assert said.mapping == work.mapping.export_digest()
    totals = [total.model_dump() for total in said.control_totals]
    assert totals == [
        {"currency": "EGP", "count": 1, "sum": "100", "absolute_sum": "100"},
        {"currency": "USD", "count": 1, "sum": "-30", "absolute_sum": "30"},
    ]
    assert tuple(said.tables) == EXPORTED
    counts = {name: count.written for name, count in said.tables.items()}
    assert counts | {"source_columns": 0} == {
        "transactions": 2,
        "wallets": 2,
        "wallet_balances": 1,
        "users": 2,
        "user_balances": 2,
        "attempts": 0,
        "wallet_keys": 2,
        "source_tables": 5,
        "source_columns": 0,
        "source_cut": 1,
        "source_history": 1,
        "quarantine": 0,
        "ledger_changes": 0,
        "projection_revisions": 0,
    }


def test_the_certificate_on_disk_is_canonical_and_names_no_machine(work: Bench) -> None:
    made = work.export(LEDGER)
    text = (work.home().path / "exports" / made.export_id / "certificate.json").read_text()
    assert text == made.certificate.text()
    assert text == json.dumps(json.loads(text), sort_keys=True, indent=1, ensure_ascii=False) + "\n"
    assert str(work.folder) not in text
    assert os.uname().nodename not in text


def test_every_file_is_what_the_certificate_and_the_schemas_promise(work: Bench) -> None:
    certificate = work.export(LEDGER).certificate
    for name, table in files(certificate).items():
        assert sum(file.rows for file in table) == certificate.tables[name].written
        for file in table:
            path = work.home().path / file.path
            assert path.stem == file.sha256 == digest(path)
            assert path.stat().st_size == file.bytes
            with pq.ParquetFile(path, page_checksum_verification=True) as parquet:
                assert parquet.schema_arrow.equals(TABLES[name])
                assert parquet.read().num_rows == file.rows
    assert kept(work.home()) == paths(certificate)


def test_no_description_and_no_name_of_a_person_leaves_the_snapshot(work: Bench) -> None:
    tables = documents(LEDGER)
    for row in [*tables["transactions"], *tables["users"]]:
        row |= {"description": "Rent for Mona", "email": "mona@example.org", "fullName": "Mona"}
    export(work.home(), work.mapping, write_snapshot(work.folder / "snapshot.zip", tables))
    for path in kept(work.home()):
        assert "Mona" not in str(pq.read_table(work.home().path / path).to_pylist())


def test_a_snapshot_without_its_time_has_a_lower_bound_for_a_cut(work: Bench) -> None:
    cut = work.export(LEDGER).certificate.cut
    assert (cut.at, cut.bound) == (datetime(2025, 2, 3, 10, tzinfo=UTC), "lower")


def test_a_time_in_the_name_that_rows_contradict_is_no_cut(work: Bench) -> None:
    late = replace(FEBRUARY, at="2025-06-01T00:00:00")
    made = export(work.home(), work.mapping, write_snapshot(work.folder / CUT, documents(Ledger([late]))))
    assert (made.certificate.cut.at, made.certificate.cut.bound) == (datetime(2025, 6, 1, tzinfo=UTC), "lower")


def test_the_same_snapshot_and_mapping_reuse_the_export(work: Bench) -> None:
    first = work.export(LEDGER)
    stamps = {path: (work.home().path / path).stat().st_ino for path in kept(work.home())}
    assert work.export(LEDGER) == first
    assert [each.export_id for each in work.home().exports()] == [first.export_id]
    assert {path: (work.home().path / path).stat().st_ino for path in kept(work.home())} == stamps


def test_another_name_of_the_same_snapshot_with_another_cut_is_another_export(work: Bench) -> None:
    first = export(work.home(), work.mapping, write_snapshot(work.folder / CUT, documents(LEDGER)))
    later = export(
        work.home(), work.mapping, write_snapshot(work.folder / CUT.replace("17407", "17408"), documents(LEDGER))
    )
    assert (first.sequence, later.sequence) == (1, 2)
    assert first.certificate.source == later.certificate.source
    assert first.certificate.cut.at < later.certificate.cut.at


def test_a_configuration_of_rules_alone_needs_no_new_export(work: Bench) -> None:
    first = work.export(LEDGER)
    rules = mapping_of(work.folder, INT64_MAPPING + "[rules]\ndrift_tolerance = 5\n")
    assert replace(work, mapping=rules).export(LEDGER) == first
    statuses = mapping_of(work.folder, INT64_MAPPING + '[statuses]\nsettled = ["PENDING"]\nunsettled = ["COMPLETED"]\n')
    assert replace(work, mapping=statuses).export(LEDGER).sequence == 2


def test_exports_share_the_files_of_what_did_not_change(work: Bench) -> None:
    first = work.export(LEDGER).certificate
    march = Row("t3", "w1", 5, at="2025-03-03T10:00:00")
    second = work.export(replace(LEDGER, rows=[*LEDGER.rows, march])).certificate
    assert files(first)["wallets"] == files(second)["wallets"]
    assert files(second)["transactions"][:2] == files(first)["transactions"]
    assert kept(work.home()) == paths(first) | paths(second)


def flipped(whole: bytes) -> bytes:
    return whole[:40] + bytes([whole[40] ^ 1]) + whole[41:]


@pytest.mark.parametrize(
    ("table", "damage"),
    [("transactions", flipped), ("wallet_keys", lambda whole: whole[:-1]), ("source_columns", None)],
    ids=["a flipped bit", "a lost byte", "a lost file"],
)
def test_a_damaged_file_is_made_again(work: Bench, table: str, damage: Callable[[bytes], bytes] | None) -> None:
    made = work.export(LEDGER)
    path = work.home().path / made.certificate.tables[table].files[0].path
    whole = path.read_bytes()
    path.unlink()
    if damage:
        path.write_bytes(damage(whole))
    assert not work.home().intact(made)
    assert work.export(LEDGER) == made
    assert path.read_bytes() == whole
    assert work.home().exports() == [made]


def test_an_export_that_is_gone_is_missed(work: Bench) -> None:
    made = work.export(LEDGER)
    shutil.rmtree(work.home().path / "exports" / made.export_id)
    assert work.home().exports() == []
    with pytest.raises(HomeError, match="holds no export yet"):
        work.home().newest()
    again = work.export(LEDGER)
    assert (again.sequence, again.certificate.history.state) == (2, "lost")
    assert again.certificate.tables["transactions"] == made.certificate.tables["transactions"]

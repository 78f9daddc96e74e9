"""Whom a home refuses, and that it is left as clean as it was."""

from dataclasses import replace

import pytest

from assets.certificate import Certificate
from assets.errors import HomeError
from assets.store import Home
from tests.assets.ledgers import INT64_MAPPING, Bench, Ledger, Row, documents, export, mapping_of, write_snapshot

LEDGER = Ledger([Row("t1", "w1", 100), Row("t2", "w2", -30, currency="USD")], wallets=("w1", "w2"))
OTTER = "snapshot_brave-otter-123_1740787200000000000.zip"


def paths(certificate: Certificate) -> set[str]:
    return {file.path for count in certificate.tables.values() for file in count.files}


def kept(home: Home) -> set[str]:
    return {str(file.relative_to(home.path)) for file in home.path.glob("tables/**/*") if file.is_file()}


def test_a_home_refuses_another_mapping(work: Bench) -> None:
    made = work.export(LEDGER)
    other = mapping_of(work.folder, INT64_MAPPING + '[tables.users_]\nname = "x"\n'.replace("users_", "user_balances"))
    with pytest.raises(HomeError, match=r"belongs to another mapping \([0-9a-f]{12}, not [0-9a-f]{12}\)"):
        replace(work, mapping=other).export(LEDGER)
    assert work.home().exports() == [made]


def test_a_home_refuses_another_deployment(work: Bench) -> None:
    made = export(work.home(), work.mapping, write_snapshot(work.folder / OTTER, documents(LEDGER)))
    stranger = write_snapshot(work.folder / OTTER.replace("otter", "heron"), documents(LEDGER))
    with pytest.raises(HomeError, match=r"another deployment \(brave-otter-123, not brave-heron-123\)"):
        export(work.home(), work.mapping, stranger)
    assert work.export(LEDGER).certificate.source.deployment is None, "a file without a name is told by its wallets"
    assert work.home().exports()[0] == made


def test_a_home_refuses_another_ledger_and_stays_as_it_was(work: Bench) -> None:
    made, before = work.export(LEDGER), kept(work.home())
    stranger = Ledger([Row("t1", "x1", 5)], wallets=("x1",))
    with pytest.raises(HomeError, match="belongs to another ledger: not one wallet is in both"):
        work.export(stranger)
    assert work.home().exports() == [made]
    work.export(LEDGER)
    assert kept(work.home()) == before, "what the refused ledger left is swept away"


def test_a_home_refuses_a_second_writer(work: Bench) -> None:
    snapshot = write_snapshot(work.folder / "snapshot.zip", documents(LEDGER))
    with work.home().writing("one run"), pytest.raises(HomeError, match="is being written by another tieout"):
        export(work.home(), work.mapping, snapshot)
    assert work.home().exports() == []
    assert export(work.home(), work.mapping, snapshot).sequence == 1


def test_a_home_is_shared_by_the_processes_of_one_run(work: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with work.home().writing("one run"), work.home().writing("one run"), work.home().workshop() as folder:
        with work.home().writing("one run"):
            assert folder.exists(), "a later writer of the run sweeps nothing"
        monkeypatch.setenv("TIEOUT_WRITER", "one run")
        assert work.export(LEDGER).sequence == 1


def test_a_home_that_cannot_be_written_is_refused(work: Bench) -> None:
    (work.folder / "file").write_text("")
    with pytest.raises(HomeError, match="cannot be written"):
        export(work.home("file"), work.mapping, work.folder / "snapshot.zip")


@pytest.mark.parametrize("again", [False, True], ids=["before a new export", "before a reused one"])
def test_what_a_killed_writer_left_is_swept(work: Bench, again: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    if again:
        work.export(LEDGER)
    home = work.home().path
    stray = [
        home / "scratch" / "tmpabc" / "transactions" / "data.parquet",
        home / "scratch" / "000002-0123456789ab" / "certificate.json",
        home / "tables" / "transactions" / "2025-01" / f"{'0' * 64}.parquet",
        home / "tables" / "quarantine" / f"{'1' * 64}.parquet",
        home / "exports" / "000009-0123456789ab" / "nothing.txt",
    ]
    for file in stray:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("half")
    certificate = work.export(LEDGER).certificate
    assert kept(work.home()) == paths(certificate)
    assert not [file for file in stray[:4] if file.exists()]
    assert [each.sequence for each in work.home().exports()] == [1]

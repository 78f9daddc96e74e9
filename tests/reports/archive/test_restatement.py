"""Sealed months are derived again by every audit: what differs is told with the seal, its wallets and its rows."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from assets.audit import Audit
from assets.parquet import digest
from assets.store import Home
from checks.judge import kept_outcomes
from checks.outcome import Outcome
from checks.scopes import cut_scope
from reports.archive import comparison
from reports.archive.retention import let_go, standings
from reports.model import Report
from tests.assets.ledgers import Row
from tests.reports.archive.archived import ROWS, Place, audited, reported

LATE = replace(ROWS[1], transaction_id="late", amount=1)
NAME = "snapshot_brave-otter-123_{}.zip"
FIRST, LATER = (NAME.format(second * 10**9) for second in (1_743_552_000, 1_743_638_400))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Return a home with three sealed months, whose cut is told by its source."""
    folder = tmp_path_factory.mktemp("first")
    place = reported(folder, name=FIRST)
    place.seal()
    return place


@pytest.fixture
def place(first: Place, tmp_path: Path) -> Place:
    shutil.copytree(first.home.path, tmp_path / "home")
    return replace(first, home=Home(tmp_path / "home"))


def told(audit: Audit, rule: str = "months_stay_closed") -> Outcome:
    return kept_outcomes(audit.home, cut_scope(audit).folder)[rule]


def row(audit: Audit, month: str) -> dict[str, object]:
    return next(each for each in audit.sealed_months().to_pylist() if each["month"] == month)


def newest(place: Place, month: str) -> Report:
    folders = sorted((place.home.path / "reports" / month).glob("v*"))
    return Report.model_validate_json((folders[-1] / "report.json").read_bytes())


def test_an_audit_of_the_same_rows_reads_no_row_again(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "table_root", lambda *_: pytest.fail("a root was derived"))
    audit = audited(place, tmp_path, (*ROWS, Row("new", "w4", 5, at="2025-04-01T08:00:00")), LATER)
    assert [(each["month"], each["same"]) for each in audit.sealed_months().to_pylist()] == [
        ("2025-01", True), ("2025-02", True), ("2025-03", True),
    ]  # fmt: skip
    assert told(audit).result == told(audit, "openings_equal_closings").result == "held"
    assert not (place.home.path / "restatements").exists()


def test_a_row_that_came_late_is_told_with_the_seal_and_named_in_the_new_report(place: Place, tmp_path: Path) -> None:
    audit = audited(place, tmp_path, (*ROWS, LATE), LATER)
    found = told(audit)
    assert found.result == "broken"
    assert ", as sealed in 2025-02-v1, and closes it now with" in found.sentence
    told_of = row(audit, "2025-02")
    assert (told_of["added"], told_of["removed"], told_of["changed"]) == (1, 0, 0)
    report = newest(place, "2025-02")
    said = report.provenance.restatement
    assert said is not None
    assert report.provenance.version == 2
    assert said.replaces.bag == "2025-02-v1"
    assert said.replaces.seal == place.archive.sealed()[1]["seal"]
    assert [(each.change, each.transaction_id, each.sealed, each.now) for each in said.rows] == [
        ("added", "late", None, "1")
    ]
    (balance,) = said.balances
    assert (balance.wallet_id, int(balance.now) - int(balance.sealed), balance.difference) == (LATE.wallet, 1, "1")
    assert pq.read_table(place.home.path / str(said.rows_path)).num_rows == said.rows_total == 1
    march = newest(place, "2025-03").provenance.restatement
    assert march is not None
    assert (march.rows_total, march.balances_total, march.root) == (0, 1, march.root_sealed)
    assert "its transactions are those that were sealed, its opening not" in march.sentence
    assert newest(place, "2025-01").provenance.restatement is None


def test_rows_that_went_and_rows_that_changed_are_named_though_no_balance_moved(place: Place, tmp_path: Path) -> None:
    audit = audited(place, tmp_path, (*ROWS[:2], replace(ROWS[2], type="FEE"), *ROWS[3:]), LATER)
    found = told(audit)
    assert found.result == "broken"
    assert found.sentence == (
        "The rows of 2025-03 are not those that were sealed as 2025-03-v1: 10 then, 10 now, 1 changed."
    )
    assert told(audit, "openings_equal_closings").result == "held"
    restated = newest(place, "2025-03").provenance.restatement
    assert restated is not None
    assert [(each.change, each.columns) for each in restated.rows] == [("changed", ("type", "kind"))]
    again = audited(place, tmp_path, (*ROWS[:2], *ROWS[3:]), LATER.replace("638400", "639400"))
    assert (row(again, "2025-03")["removed"], row(again, "2025-03")["changed"]) == (1, 0)


def test_a_month_whose_rows_are_all_gone_is_not_forgotten(place: Place, tmp_path: Path) -> None:
    rows = tuple(each for each in ROWS if not each.at.startswith("2025-02"))
    audit = audited(place, tmp_path, rows, LATER)
    assert row(audit, "2025-02")["removed"] == 10
    rows_of = pq.read_table(place.home.path / str(told(audit).rows)).to_pylist()
    assert {"2025-02", "2025-03"} <= {each["month"] for each in rows_of}


def test_what_was_compared_is_kept_and_a_damaged_copy_is_made_again(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audited(place, tmp_path, (*ROWS, LATE), LATER)
    before = {file: digest(file) for file in (place.home.path / "restatements").rglob("*.*")}
    assert len(before) == 8
    next(file for file in before if file.name == "rows.parquet").write_bytes(b"x")
    next(file for file in before if file.name == "comparison.json").write_text("{")
    newer = (*ROWS, LATE, Row("new", "w4", 5, at="2025-04-01T08:00:00"))
    audited(place, tmp_path, newer, LATER.replace("638400", "639400"))
    assert {file: digest(file) for file in before} == before
    monkeypatch.setattr(comparison, "table_root", lambda *_: pytest.fail("a root was derived"))
    audited(
        place, tmp_path, (*newer, Row("more", "w4", 5, at="2025-04-01T08:00:00")), LATER.replace("638400", "640400")
    )


def test_a_corrected_month_is_sealed_anew_and_then_stands(place: Place, tmp_path: Path) -> None:
    audited(place, tmp_path, (*ROWS, LATE), LATER)
    assert [each.name for each in place.seal("2025-02")] == ["2025-02-v2"]
    assert "Replaces: 2025-02-v1\n" in (place.archive.path / "2025-02-v2" / "bag-info.txt").read_text()
    said = json.loads((place.archive.path / "2025-02-v2/data/report/report.json").read_text())
    assert said["provenance"]["restatement"]["replaces"]["bag"] == "2025-02-v1"
    assert (place.archive.path / "2025-02-v2/data/tables/restated_rows/part-0000.parquet").is_file()
    place.seal()
    assert place.verify(all_rows=True).breaks == ()
    later = audited(
        place,
        tmp_path,
        (*ROWS, LATE, replace(LATE, transaction_id="new", at="2025-04-01T01:00:00")),
        NAME.format(1_743_724_800 * 10**9),
    )
    assert told(later).result == "held"
    assert [each["sealed_as"] for each in later.sealed_months().to_pylist()] == [
        "2025-01-v1", "2025-02-v2", "2025-03-v2",
    ]  # fmt: skip
    assert newest(place, "2025-02").provenance.version == 2


def test_a_report_names_the_seal_of_the_month_before(place: Place, tmp_path: Path) -> None:
    assert newest(place, "2025-02").provenance.previous_seal is None, "nothing was sealed when it was made"
    rows = (*ROWS, Row("april", "w4", 5, at="2025-05-01T08:00:00"))
    audited(place, tmp_path, rows, NAME.format(1_746_144_000 * 10**9))
    seal = newest(place, "2025-04").provenance.previous_seal
    assert seal is not None
    assert (seal.bag, seal.seal) == ("2025-03-v1", place.archive.sealed()[2]["seal"])


def test_of_a_bag_that_was_let_go_roots_are_compared_and_no_row_is_named(place: Place, tmp_path: Path) -> None:
    with place.home.writing():
        found = standings(place.archive, place.mapping.retention, date(2025, 4, 1), date(2040, 1, 1))
        assert let_go(place.archive, place.key, found)
    old = list((place.home.path / "tables/transactions/2025-02").iterdir())
    audited(place, tmp_path, (*ROWS, LATE), LATER)
    for kept in old:
        kept.unlink()
    more = replace(LATE, transaction_id="more")
    audit = audited(place, tmp_path, (*ROWS, LATE, more), LATER.replace("638400", "639400"))
    months = {each["month"]: each["unnamed"] for each in audit.sealed_months().to_pylist()}
    assert months["2025-02"] == "its rows were let go"
    sealed = newest(place, "2025-02").provenance.restatement
    assert sealed is not None
    assert (sealed.rows, sealed.balances, sealed.rows_path) == ((), (), None)
    assert "Which of them did it cannot be told: its rows were let go." in sealed.sentence
    rows = pq.read_table(place.home.path / str(told(audit).rows)).to_pylist()
    assert any(each["month"] == "2025-02" and each["unnamed"] for each in rows)


def damages(place: Place) -> Iterator[tuple[str, str]]:
    seal = place.archive.path / "2025-02-v1.seal.json"
    text = seal.read_text()
    seal.write_text(text.replace('"sig":"', '"sig":"AAAA', 1))
    yield "the seal", r"^The seal archive/2025-02-v1\.seal\.json of 2025-02 does not verify \(.+\): restore it"
    seal.unlink()
    yield "no seal", r"^The seal archive/2025-02-v1\.seal\.json of 2025-02 does not verify \(the file is gone\)"
    seal.write_text(text)
    log = place.archive.path / "log.jsonl"
    lines = log.read_bytes()
    log.write_bytes(lines[:-9])
    yield "the log", r"^archive/log\.jsonl does not hold \(.+\): run 'tieout verify' and restore it"
    log.unlink()
    yield "no log", r"^archive/log\.jsonl does not hold"
    log.write_bytes(lines)


def test_a_seal_or_log_that_does_not_hold_is_never_trusted(place: Place, tmp_path: Path) -> None:
    for number, (what, sentence) in enumerate(damages(place)):
        rows = (*ROWS, Row(f"new{number}", "w4", 5, at="2025-04-01T08:00:00"))
        audit = audited(place, tmp_path, rows, NAME.format((1_743_638_400 + number) * 10**9))
        for rule in ("months_stay_closed", "openings_equal_closings"):
            found = told(audit, rule)
            assert found.result == "not verified", what
            assert found.problem is not None
            assert re.search(sentence, found.problem), found.problem

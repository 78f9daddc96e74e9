"""What became of the rows exported before: nothing, or a change told with both sides, found once and kept."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import DamagedError
from assets.movements import compute_months
from assets.schemas import TABLES
from assets.store import Export, Home
from tests.assets.ledgers import Bench, Ledger, Row, bench, documents, export, quick, write_snapshot

JANUARY = Row("t1", "w1", 100, at="2025-01-03T10:00:00")
FEBRUARY = Row("t2", "w2", -30, at="2025-02-03T10:00:00")
MARCH = Row("t3", "w1", 7, at="2025-03-03T10:00:00")
LEDGER = Ledger([JANUARY, FEBRUARY, MARCH])


def snapshot(work: Bench, ledger: Ledger, day: int) -> Path:
    """Write a snapshot as of a day of April 2025."""
    nanoseconds = (1_743_465_600 + day * 86_400) * 10**9
    return write_snapshot(work.folder / f"snapshot_brave-otter-123_{nanoseconds}.zip", documents(ledger))


def audited(work: Bench, ledger: Ledger, day: int) -> Export:
    """Export a ledger as of a day, and close its months."""
    made = export(work.home(), work.mapping, snapshot(work, ledger, day))
    with work.home().writing():
        compute_months(work.home(), made, work.mapping, lambda *_: None)
    return made


def found(home: Home, made: Export) -> list[dict]:
    return [
        row
        for file in made.certificate.files("ledger_changes")
        for row in pq.read_table(home.path / file.path).to_pylist()
    ]


def told(home: Home, made: Export) -> list[tuple]:
    return sorted((row["transaction_id"], row["change"], row["changed"], row["closed"]) for row in found(home, made))


def test_a_first_export_has_no_history_and_a_second_names_the_first(work: Bench) -> None:
    first, second = audited(work, LEDGER, 1), audited(work, LEDGER, 2)
    assert (first.certificate.history.state, first.certificate.history.predecessor) == ("first", None)
    history = second.certificate.history
    assert (history.state, history.predecessor) == ("compared", first.export_id)
    assert history.sha256 == first.certificate.sha256()
    assert told(work.home(), second) == []


@pytest.mark.parametrize(
    ("field", "value", "columns"),
    [
        ("amount", 101, "amount"),
        ("wallet", "w3", "wallet_id"),
        ("currency", "USD", "currency"),
        ("status", "PENDING", "status"),
        ("status", None, "status"),
        ("type", "FEE", "type"),
        ("at", "2025-01-03T10:00:01", "created_at, source_created_at"),
        ("at", "2025-06-03T10:00:00", "created_at, source_created_at"),
    ],
)
def test_every_changed_column_is_told_with_both_sides(work: Bench, field: str, value: object, columns: str) -> None:
    audited(work, LEDGER, 1)
    changed = replace(JANUARY, **{field: value})
    made = audited(work, replace(LEDGER, rows=[changed, FEBRUARY, MARCH]), 2)
    (row,) = found(work.home(), made)
    assert (row["transaction_id"], row["change"], row["changed"], row["closed"]) == ("t1", "UPDATE", columns, True)
    assert (row["wallet_id"], row["currency"], row["amount"], row["month"]) == ("w1", "EGP", 100, "2025-01")
    before, after = json.loads(row["before"]), json.loads(row["after"])
    assert (before["amount"], after["amount"]) == (100, changed.amount)
    assert (row["evidence"], row["found_in"]) == ("comparison", 2)
    assert row["previous_cut_at"].isoformat() == "2025-04-02T00:00:00+00:00"


def test_vanished_late_and_new_rows_are_told_apart(work: Bench) -> None:
    april = Row("t4", "w1", 1, at="2025-04-01T10:00:00")
    audited(work, replace(LEDGER, rows=[*LEDGER.rows, april]), 1)
    late = Row("t5", "w1", 5, at="2025-02-10T00:00:00")
    barely = Row("t6", "w1", 6, at="2025-04-01T23:58:59.999")
    within = Row("t7", "w1", 7, at="2025-04-01T23:59:00")
    new = Row("t8", "w1", 8, at="2025-04-02T10:00:00")
    made = audited(work, Ledger([JANUARY, MARCH, april, late, barely, within, new]), 2)
    assert told(work.home(), made) == [
        ("t2", "DELETE", None, True),
        ("t5", "BACK-DATED INSERT", None, True),
        ("t6", "BACK-DATED INSERT", None, False),
    ]


def test_what_was_found_once_stays_and_is_found_once(work: Bench) -> None:
    audited(work, LEDGER, 1)
    audited(work, replace(LEDGER, rows=[FEBRUARY, MARCH]), 2)
    healed = audited(work, LEDGER, 3)
    assert told(work.home(), healed) == [("t1", "BACK-DATED INSERT", None, True), ("t1", "DELETE", None, True)]
    again = audited(work, LEDGER, 4)
    assert found(work.home(), again) == found(work.home(), healed)
    assert again.certificate.files("ledger_changes") == healed.certificate.files("ledger_changes")


def test_an_older_snapshot_is_compared_with_what_was_before_it(work: Bench) -> None:
    audited(work, Ledger([JANUARY]), 1)
    audited(work, LEDGER, 3)
    between = audited(work, Ledger([JANUARY, FEBRUARY]), 2)
    assert between.certificate.history.predecessor == work.home().exports()[0].export_id
    assert told(work.home(), between) == [("t2", "BACK-DATED INSERT", None, True)]


def test_another_zone_moves_rows_to_other_months_and_changes_none(work: Bench) -> None:
    edge = Row("t9", "w1", 9, at="2025-02-28T23:30:00")
    audited(work, replace(LEDGER, rows=[*LEDGER.rows, edge]), 1)
    cairo = replace(work, mapping=work.mapping.model_copy(update={"zone": "Africa/Cairo"}))
    made = audited(cairo, replace(LEDGER, rows=[*LEDGER.rows, edge]), 2)
    assert told(work.home(), made) == []


def test_a_history_that_is_not_whole_is_lost(work: Bench) -> None:
    first = audited(work, LEDGER, 1)
    (work.home().path / first.certificate.files("transactions")[0].path).unlink()
    assert audited(work, Ledger([FEBRUARY, MARCH]), 2).certificate.history.state == "lost"
    assert audited(work, LEDGER, 3).certificate.history.state == "lost", "what was lost is not found again by waiting"


ROWS = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 3), st.integers(1, 3)), max_size=6)


@given(before=ROWS, after=ROWS)
@quick(4)
def test_the_comparison_is_that_of_two_sets_of_rows(before: list, after: list) -> None:
    """An oracle of dictionaries: ids on one side only, or on both with another amount or month."""
    sides = [{name: (amount, month) for name, amount, month in side} for side in (before, after)]
    with bench() as work:
        for day, side in enumerate(sides, 1):
            rows = [Row(name, "w1", amount, at=f"2025-0{month}-05T00:00:00") for name, (amount, month) in side.items()]
            made = audited(work, Ledger([*rows, Row("always", "w1", 1)]), day)
        expected = {(name, "DELETE") for name in sides[0].keys() - sides[1].keys()}
        expected |= {(name, "UPDATE") for name in sides[0].keys() & sides[1].keys() if sides[0][name] != sides[1][name]}
        expected |= {(name, "BACK-DATED INSERT") for name in sides[1].keys() - sides[0].keys()}
        assert {(row[0], row[1]) for row in told(work.home(), made)} == expected
        assert {row["month"] for row in found(work.home(), made)} <= {f"2025-0{month}" for month in (1, 2, 3)}


def test_a_cut_that_goes_back_and_is_not_told_is_no_first_export(work: Bench) -> None:
    unnamed = write_snapshot(work.folder / "snapshot.zip", documents(LEDGER))
    export(work.home(), work.mapping, unnamed)
    write_snapshot(unnamed, documents(Ledger([replace(JANUARY, amount=90)])))
    assert export(work.home(), work.mapping, unnamed).certificate.history.state == "unordered"


def test_an_export_whose_certificate_was_edited_is_lost_and_gone_on_from_by_none(work: Bench) -> None:
    first = audited(work, LEDGER, 1)
    audited(work, Ledger([FEBRUARY, MARCH]), 2)
    file = work.home().path / "exports" / work.home().newest().export_id / "certificate.json"
    certificate = json.loads(file.read_text())
    certificate["tables"]["ledger_changes"]["files"] = []
    file.write_text(json.dumps(certificate, sort_keys=True, indent=1, ensure_ascii=False) + "\n")
    made = audited(work, LEDGER, 3)
    assert (made.certificate.history.state, made.certificate.history.predecessor) == ("lost", first.export_id)
    assert audited(work, LEDGER, 4).certificate.history.state == "lost"


@pytest.mark.parametrize("name", ["journal.jsonl", "home.json"])
def test_a_damaged_file_of_the_home_is_one_sentence(work: Bench, name: str) -> None:
    audited(work, LEDGER, 1)
    (work.home().path / name).write_text("{")
    with pytest.raises(DamagedError, match=f"{name} is damaged: restore it from a copy, or give another --home"):
        audited(work, LEDGER, 2)


def test_the_table_is_what_was_promised(work: Bench) -> None:
    audited(work, LEDGER, 1)
    made = audited(work, Ledger([JANUARY]), 2)
    (file, _) = made.certificate.files("ledger_changes")
    assert pq.read_schema(work.home().path / file.path).equals(TABLES["ledger_changes"])

"""Movements and closings of every month against plain Python integers, and what they do not depend on."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

import pyarrow.parquet as pq
from hypothesis import given

from assets.certificate import Certificate
from assets.movements import Month, compute_months
from assets.store import Home
from tests.assets.ledgers import Bench, Ledger, Row, bench, ledgers, quick

Balance = tuple[str, str]


def months_of(work: Bench, ledger: Ledger, home: str = "home", *, full: bool = False) -> list[Month]:
    export = work.export(ledger, home)
    with work.home(home).writing():
        return compute_months(work.home(home), export, work.mapping, lambda *_: None, full=full)


def rows_of(work: Bench, month: Month, table: str) -> list[dict[str, object]]:
    """Return the kept rows of a month, with the wallet's name for its key."""
    home = work.home()
    keys = home.views(home.newest())["wallet_keys"]
    names = {row["wallet_key"]: row["wallet_id"] for row in pq.read_table(keys[0]).to_pylist()}
    file = {"movements": month.movements, "closings": month.closings}[table]
    rows = pq.read_table(home.path / file.path).to_pylist()
    return [{"wallet": names[row["wallet_key"]], **row} for row in rows]


def lowest_after_instants(rows: list[Row], opening: int) -> int | None:
    """Return the lowest balance after an instant of these settled rows, which are in the order of time."""
    running, lowest = opening, None
    for _, instant in groupby(rows, key=lambda row: row.at):
        running += sum(row.amount for row in instant)
        lowest = running if lowest is None else min(lowest, running)
    return lowest


def latest(rows: list[Row]) -> datetime | None:
    return max((datetime.fromisoformat(row.at).replace(tzinfo=UTC) for row in rows), default=None)


def expected_closings(ledger: Ledger, month: str) -> dict[Balance, dict[str, int | datetime | None]]:
    """Return every balance so far at the end of a month, straight from the rows of the ledger."""
    until = sorted((row for row in ledger.rows if row.month <= month), key=lambda row: row.at)
    openings = {(wallet, "EGP"): amount for wallet, amount in ledger.openings.items() if amount}
    balances = {(row.wallet, row.currency) for row in until} | openings.keys()
    closings: dict[Balance, dict[str, int | datetime | None]] = {}
    for balance in balances:
        own = [row for row in until if (row.wallet, row.currency) == balance]
        before = openings.get(balance, 0) + sum(row.amount for row in own if row.settled and row.month < month)
        now = [row for row in own if row.settled and row.month == month]
        closings[balance] = {
            "transactions": len(now),
            "opening": before,
            "movement": sum(row.amount for row in now),
            "closing": before + sum(row.amount for row in now),
            "lowest": lowest_after_instants(now, before),
            "unsettled": sum(row.amount for row in own if not row.settled),
            "settled_rows": sum(row.settled for row in own),
            "instants": len({row.at for row in now}),
            "last_at": latest(own),
            "last_settled_at": latest([row for row in own if row.settled]),
        }
    return closings


def expected_movements(ledger: Ledger, month: str) -> dict[tuple[object, ...], dict[str, int | datetime | None]]:
    moved: dict[tuple[object, ...], list[Row]] = {}
    for row in ledger.rows:
        if row.month == month:
            moved.setdefault((row.wallet, row.currency, row.type, row.settled), []).append(row)
    return {key: movement([row.amount for row in rows]) | {"last_at": latest(rows)} for key, rows in moved.items()}


def movement(amounts: list[int]) -> dict[str, int | datetime | None]:
    return {
        "transactions": len(amounts),
        "credits": sum(amount > 0 for amount in amounts),
        "debits": sum(amount < 0 for amount in amounts),
        "amount": sum(amounts),
        "least": min(amounts),
        "most": max(amounts),
        "nearest": -min(abs(amount) for amount in amounts),
    }


def digests(months: list[Month]) -> list[tuple[str, str, str]]:
    return [(month.month, month.movements.sha256, month.closings.sha256) for month in months]


def table_digests(certificate: Certificate) -> dict[str, list[str]]:
    return {name: [file.sha256 for file in count.files] for name, count in certificate.tables.items()}


@quick(7)
@given(ledger=ledgers())
def test_every_figure_of_a_month_is_that_of_plain_integers(ledger: Ledger) -> None:
    with bench() as work:
        months = months_of(work, ledger)
        assert [month.month for month in months] == sorted({row.month for row in ledger.rows})
        for month in months:
            closings = rows_of(work, month, "closings")
            figures = expected_closings(ledger, month.month)
            assert len(closings) == len(figures)
            for row in closings:
                expected = figures[str(row["wallet"]), str(row["currency"])]
                assert {name: row[name] for name in expected} == expected
                assert row["month"] == month.month
            movements = rows_of(work, month, "movements")
            moved = expected_movements(ledger, month.month)
            found = {
                key: {name: row[name] for name in moved[key]}
                for row in movements
                if (key := (row["wallet"], row["currency"], row["kind"], row["settled"]))
            }
            assert found == moved
            assert len(movements) == len(found)


@quick(3)
@given(ledger=ledgers())
def test_the_order_of_lines_does_not_matter(ledger: Ledger) -> None:
    mixed = random.Random(7)  # noqa: S311 - a shuffle, no secret
    rows, recorded = mixed.sample(ledger.rows, len(ledger.rows)), mixed.sample(ledger.wallets, len(ledger.wallets))
    with bench() as work:
        first = months_of(work, ledger, "first")
        second = months_of(work, replace(ledger, rows=rows, wallets=tuple(recorded)), "second")
        certificates = [work.home(name).newest().certificate for name in ("first", "second")]
        tables = [table_digests(certificate) for certificate in certificates]
        assert tables[0] == tables[1]
        assert certificates[0].control_totals == certificates[1].control_totals
        assert digests(first) == digests(second)
        if rows == ledger.rows and tuple(recorded) == ledger.wallets:
            assert certificates[0] == certificates[1]


@quick(2)
@given(ledger=ledgers())
def test_computing_step_by_step_equals_computing_at_once(ledger: Ledger) -> None:
    """The first rows, all rows, and all rows again from the start, in one home; all rows in another."""
    with bench() as work:
        early = replace(ledger, rows=ledger.rows[: max(1, len(ledger.rows) // 2)])
        months_of(work, early)
        grown = months_of(work, ledger)
        assert digests(grown) == digests(months_of(work, ledger, "fresh"))
        assert digests(grown) == digests(months_of(work, ledger, full=True))


@quick(2)
@given(ledger=ledgers())
def test_running_again_changes_nothing(ledger: Ledger) -> None:
    with bench() as work:
        months = months_of(work, ledger)
        export, files = work.home().newest(), tree(work.home())
        assert months_of(work, ledger) == months
        assert work.home().newest() == export
        assert tree(work.home()) == files


def tree(home: Home) -> dict[str, tuple[int, int]]:
    """Return every file with its inode and time of change: a file written again is another one."""
    files = [file for file in home.path.rglob("*") if file.is_file() and file.name not in ("lock", "home.json")]
    return {str(file.relative_to(home.path)): (file.stat().st_ino, file.stat().st_mtime_ns) for file in files}


def test_only_months_after_a_new_row_are_computed_again() -> None:
    rows = [Row(f"t{i}", "w1", 5, at=f"2025-0{i}-03T00:00:00") for i in range(1, 5)]
    with bench() as work:
        before = months_of(work, Ledger(rows))
        after = months_of(work, Ledger([*rows, Row("t9", "w2", 7, at="2025-03-09T00:00:00")]))
        assert after[:2] == before[:2]
        assert not {month.inputs for month in before[2:]} & {month.inputs for month in after[2:]}


def test_a_change_that_leaves_the_closing_alone_is_not_carried_on() -> None:
    """Two settled rows of January become one of the same sum: February's rows and opening are as they were."""
    february = Row("t9", "w1", 1, at="2025-02-03T00:00:00")
    with bench() as work:
        before = months_of(work, Ledger([Row("t1", "w1", 5), february]))
        after = months_of(work, Ledger([Row("t1", "w1", 5, type="FEE"), february]))
        assert before[0] != after[0]
        assert before[1] == after[1]


def test_a_month_begins_and_ends_in_the_zone_of_the_mapping() -> None:
    row = Row("t1", "w1", 5, at="2025-01-31T22:30:00")
    with bench() as work:
        cairo = replace(work, mapping=work.mapping.model_copy(update={"zone": "Africa/Cairo"}))
        assert [month.month for month in months_of(work, Ledger([row]))] == ["2025-01"]
        assert [month.month for month in months_of(cairo, Ledger([row]), "cairo")] == ["2025-02"]

"""Balances by both engines, drift and control totals at the cut, against plain Python integers."""

from dataclasses import replace

import pyarrow as pa
from hypothesis import given

from assets.balances import compute_balances, second_balances
from assets.drift import closing_frame, compute_drift
from assets.movements import Month, compute_months
from assets.store import Export
from tests.assets.ledgers import INT64, Bench, Ledger, Row, bench, ledgers, quick

Balance = tuple[str, str]


def computed(work: Bench, ledger: Ledger) -> tuple[Export, list[Month], pa.Table]:
    export = work.export(ledger)
    with work.home().writing():
        months = compute_months(work.home(), export, work.mapping, lambda *_: None)
        return export, months, compute_balances(work.home(), export, months[-1])


def expected_ledgers(ledger: Ledger) -> dict[Balance, tuple[int, int, int]]:
    """Return ledger, ledger of all rows and settled rows of each balance that has settled rows or an opening."""
    openings = {(wallet, "EGP"): amount for wallet, amount in ledger.openings.items() if amount}
    balances = openings.keys() | {(row.wallet, row.currency) for row in ledger.rows if row.settled}
    figures = {}
    for balance in balances:
        own = [row for row in ledger.rows if (row.wallet, row.currency) == balance]
        settled = [row.amount for row in own if row.settled]
        opening = openings.get(balance, 0)
        figures[balance] = (opening + sum(settled), opening + sum(row.amount for row in own), len(settled))
    return figures


def expected_drift(ledger: Ledger) -> dict[Balance, tuple[object, ...]]:
    """Return known, settled rows, ledger, projections, recorded and drift of each balance."""
    ledgers_, found = expected_ledgers(ledger), {}
    for balance in ledgers_.keys() | {(wallet, currency) for wallet, currency, _ in ledger.recorded}:
        recorded = [each for wallet, currency, each in ledger.recorded if (wallet, currency) == balance]
        held, _, rows = ledgers_.get(balance, (None, None, None))
        single = recorded[0] if len(recorded) == 1 else None
        drift = None if single is None or held is None else single - held
        found[balance] = (balance[0] in ledger.wallets, rows, held, len(recorded), single, drift)
    return found


def keyed(table: pa.Table, *columns: str) -> dict[Balance, tuple[object, ...]]:
    rows = table.to_pylist()
    found = {(row["wallet_id"], row["currency"]): tuple(row[name] for name in columns) for row in rows}
    assert len(found) == len(rows)
    return found


def second_engine(work: Bench, export: Export, balances: pa.Table) -> dict[Balance, object]:
    """Return the balances that Polars sums straight from the rows."""
    names = dict(zip(balances["wallet_key"].to_pylist(), balances["wallet_id"].to_pylist(), strict=True))
    again = second_balances(work.home(), export).to_pylist()
    found = {(names[row["wallet_key"]], row["currency"]): row["ledger"] for row in again}
    assert len(found) == len(again)
    return found


def expected_totals(ledger: Ledger) -> list[tuple[str, int, int, int]]:
    """Return count, sum and absolute sum of each currency, over rows of any status."""
    totals = []
    for currency in sorted({row.currency for row in ledger.rows}):
        amounts = [row.amount for row in ledger.rows if row.currency == currency]
        totals.append((currency, len(amounts), sum(amounts), sum(map(abs, amounts))))
    return totals


@quick(7)
@given(ledger=ledgers())
def test_every_figure_at_the_cut_is_that_of_plain_integers(ledger: Ledger) -> None:
    with bench() as work:
        export, _, balances = computed(work, ledger)
        assert keyed(balances, "ledger", "ledger_all", "transactions") == expected_ledgers(ledger)
        drift = compute_drift(work.home(), export, balances)
        columns = ("known", "transactions", "ledger", "projections", "recorded", "drift")
        assert keyed(drift, *columns) == expected_drift(ledger)
        users = {row["wallet_id"]: row["user_id"] for row in drift.to_pylist()}
        assert users == {wallet: f"u-{wallet}" if wallet in ledger.wallets else None for wallet in users}
        assert second_engine(work, export, balances) == {
            name: held[0] for name, held in expected_ledgers(ledger).items()
        }
        totals = export.certificate.control_totals
        found = [(total.currency, total.count, int(total.sum), int(total.absolute_sum)) for total in totals]
        assert found == expected_totals(ledger)


@quick(2)
@given(ledger=ledgers())
def test_the_end_of_a_month_is_the_cut_of_a_ledger_that_ends_there(ledger: Ledger) -> None:
    with bench() as work:
        export, months, _ = computed(work, ledger)
        for month in months:
            until = replace(ledger, rows=[row for row in ledger.rows if row.month <= month.month], recorded=[])
            balances = compute_balances(work.home(), export, month)
            assert keyed(balances, "ledger", "ledger_all", "transactions") == expected_ledgers(until)
            frame = closing_frame(work.home(), export, balances)
            columns = ("known", "transactions", "ledger", "projections", "recorded", "drift")
            assert keyed(frame, *columns) == expected_drift(until)


def test_sums_past_64_bits_are_exact() -> None:
    rows = [Row(f"t{i}", "w1", INT64[1], at=f"2025-01-{i + 1:02}T00:00:00") for i in range(20)]
    rows += [Row(f"u{i}", "w2", INT64[0], at=f"2025-02-{i + 1:02}T00:00:00") for i in range(20)]
    ledger = Ledger(rows, openings={"w1": INT64[1], "w2": INT64[0]}, recorded=[("w1", "EGP", INT64[0])])
    with bench() as work:
        export, _, balances = computed(work, ledger)
        held = {wallet: figures[0] for (wallet, _), figures in keyed(balances, "ledger").items()}
        assert held == {"w1": 21 * INT64[1], "w2": 21 * INT64[0]}
        drift = compute_drift(work.home(), export, balances)
        assert keyed(drift, "drift")["w1", "EGP"] == (INT64[0] - 21 * INT64[1],)
        assert int(export.certificate.control_totals[0].absolute_sum) == 20 * INT64[1] - 20 * INT64[0]

"""What is said of balances one by one, against plain Python over the rows: carried forward, held by whom, by size."""

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from assets.schemas import TABLES
from reports.balances import WalletCount
from reports.build import build_report
from reports.model import Report
from reports.pages import pages
from tests.reports.months import Ledger, ledger, query_over, tables, with_facts
from tests.reports.stories import broken, clean

YEAR_AGO = datetime(2024, 7, 17, 9, tzinfo=UTC)
SEAL = {"sealed_as": "2025-06-v1", "seal": "b" * 64}


def made() -> Ledger:
    found = ledger(11, 40, ("EGP", "KWD", "USD"))
    found.rows += [
        (found.wallets[2][0], "EGP", "WITHDRAWAL", -9_000_000, True, True),
        ("new", "USD", "DEPOSIT", 5, True, True),
    ]
    return found


def report_of(views: dict[str, pa.Table], **changes: Any) -> Report:  # noqa: ANN401 - any field
    facts, _ = broken()
    return build_report(with_facts(facts, **changes), query_over(views))


def balances(rows: Ledger, *, before: bool = False) -> dict[tuple[str, str], int]:
    """Add up settled rows by balance; `before` leaves this month's out."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for wallet, currency, _, amount, settled, now in rows.rows:
        if settled and not (before and now):
            found[wallet, currency] += amount
    return found


def test_every_balance_is_carried_forward() -> None:
    rows = made()
    proof = report_of(tables(rows, {})).wallets
    now, then = balances(rows), balances(rows, before=True)
    moved = {row[:2] for row in rows.rows if row[4] and row[5]}
    for each in proof.currencies:
        keys = {key for key in now if key[1] == each.currency}
        assert each == WalletCount(
            currency=each.currency,
            opening=len(keys & set(then)),
            opened=len(keys - set(then)),
            gone=0,
            closing=len(keys),
            moved=len(keys & moved),
            not_footing=0,
            not_continuing=0,
            not_moved_so=0,
        )
    assert proof.holds
    assert {each.currency for each in proof.currencies} == {currency for _, currency in now}


def changed(table: pa.Table, column: str, more: int) -> pa.Table:
    """Add to the first row of a column."""
    values = table[column].to_pylist()
    values[0] += Decimal(more)
    place = table.column_names.index(column)
    return table.set_column(place, column, pa.array(values, table.schema.field(column).type))


@pytest.mark.parametrize(
    ("view", "column", "counted"),
    [
        ("closings", "closing", {"not_footing"}),
        ("closings", "movement", {"not_footing", "not_moved_so"}),
        ("closings", "opening", {"not_footing", "not_continuing"}),
        ("closings_before", "closing", {"not_continuing"}),
    ],
)
def test_a_balance_that_does_not_add_up_is_counted(view: str, column: str, counted: set[str]) -> None:
    views = tables(made(), {})
    proof = report_of(views | {view: changed(views[view], column, 1)}).wallets
    wrong = {
        name: sum(getattr(each, name) for each in proof.currencies)
        for name in ("gone", "not_footing", "not_continuing", "not_moved_so")
    }
    assert wrong == {name: int(name in counted) for name in wrong}
    assert not proof.holds


def test_a_balance_that_is_gone_is_counted() -> None:
    views = tables(made(), {})
    proof = report_of(views | {"closings": views["closings"].slice(1)}).wallets
    assert sum(each.gone for each in proof.currencies) == 1
    assert not proof.holds


@pytest.mark.parametrize(("off", "holds"), [(0, True), (3, False), (None, False)])
def test_openings_are_held_against_the_seal(off: int | None, holds: bool) -> None:  # noqa: FBT001 - a table of cases
    proof = report_of(tables(made(), {}), previous_seal=SEAL, off_the_seal=off).wallets
    assert proof.holds is holds
    assert proof.seal is not None
    assert proof.off_the_seal == off


def test_who_holds_how_much_is_that_of_the_balances() -> None:
    rows = made()
    views = tables(rows, {})
    report = report_of(views)
    now = balances(rows)
    keys = dict(zip(views["wallets"]["wallet_id"].to_pylist(), views["wallets"]["wallet_key"].to_pylist(), strict=True))
    active = dict(
        zip(views["wallets"]["wallet_id"].to_pylist(), views["wallets"]["is_active"].to_pylist(), strict=True)
    )
    last = {(row["wallet_key"], row["currency"]): row["last_settled_at"] for row in views["closings"].to_pylist()}
    for each in report.balances.holdings:
        own = {wallet: amount for (wallet, currency), amount in now.items() if currency == each.currency}
        above = {wallet: amount for wallet, amount in own.items() if amount > 0}
        dormant = [
            amount
            for wallet, amount in above.items()
            if wallet in keys and last[keys[wallet], each.currency] <= YEAR_AGO
        ]
        inactive = [amount for wallet, amount in above.items() if active.get(wallet) is False]
        assert (each.above, each.zero, each.below) == (
            len(above), sum(amount == 0 for amount in own.values()), sum(amount < 0 for amount in own.values()),
        )  # fmt: skip
        assert (int(each.owed), int(each.ten_largest)) == (sum(above.values()), sum(sorted(above.values())[-10:]))
        assert (each.dormant, int(each.dormant_amount)) == (len(dormant), sum(dormant))
        assert (each.inactive, int(each.inactive_amount)) == (len(inactive), sum(inactive))
    assert any(each.inactive for each in report.balances.holdings)


def test_a_balance_at_rest_for_a_year_is_dormant() -> None:
    views = tables(made(), {})
    rests = [YEAR_AGO, YEAR_AGO.replace(second=1)] * views["closings"].num_rows
    place = views["closings"].column_names.index("last_settled_at")
    resting = views["closings"].set_column(
        place, "last_settled_at", pa.array(rests[: views["closings"].num_rows], pa.timestamp("us", "UTC"))
    )
    report = report_of(views | {"closings": resting})
    expected = sum(
        rest == YEAR_AGO and row["closing"] > 0 for rest, row in zip(rests, resting.to_pylist(), strict=False)
    )
    assert sum(each.dormant for each in report.balances.holdings) == expected > 0


def test_bands_are_powers_of_ten_and_add_up_to_what_is_owed() -> None:
    rows = made()
    report = report_of(tables(rows, {}))
    expected: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for (_, currency), amount in balances(rows).items():
        if amount:
            side = "above zero" if amount > 0 else "below zero"
            expected[currency, side, str(10 ** (len(str(abs(amount))) - 1))].append(amount)
    found = {
        (band.currency, band.side, band.at_least): (band.balances, int(band.amount)) for band in report.balances.bands
    }
    assert found == {key: (len(amounts), sum(amounts)) for key, amounts in expected.items()}


def test_escrow_is_owed_beside_what_wallets_hold() -> None:
    rows = made()
    for owed in report_of(tables(rows, {})).liabilities:
        held = [
            (-amount, now)
            for _, currency, kind, amount, settled, now in rows.rows
            if settled and currency == owed.currency and kind.startswith("ESCROW")
        ]
        assert int(owed.escrow) == sum(amount for amount, _ in held)
        assert int(owed.escrow_before) == sum(amount for amount, now in held if not now)
        assert int(owed.in_all) == int(owed.owed) + int(owed.escrow)


def test_escrow_that_gave_out_too_much_lowers_nothing() -> None:
    rows = made()
    rows.rows.append(("new", "KWD", "ESCROW_RELEASE", 10**9, True, True))
    owed = next(each for each in report_of(tables(rows, {})).liabilities if each.currency == "KWD")
    assert int(owed.escrow) < 0
    assert owed.in_all == owed.owed


def test_the_month_is_totalled_by_its_rows() -> None:
    rows = made()
    views = tables(rows, {})
    for total in report_of(views).totals_of_month:
        own = views["transactions"].filter(pc.equal(views["transactions"]["currency"], pa.scalar(total.currency)))
        amounts, ids = own["amount"].to_pylist(), own["transaction_id"].to_pylist()
        assert (total.transactions, int(total.total)) == (len(amounts), sum(amounts))
        assert int(total.credits) == sum(amount for amount in amounts if amount > 0)
        assert int(total.debits) == sum(amount for amount in amounts if amount < 0)
        assert (total.first_id, total.last_id) == (min(ids), max(ids))
        assert datetime.fromisoformat(total.first_at) == min(own["created_at"].to_pylist())
        assert datetime.fromisoformat(total.last_at) == max(own["created_at"].to_pylist())


def test_drift_has_its_sizes_and_says_since_when() -> None:
    facts, query = broken()
    report = build_report(facts, query)
    drifts = [
        (row["currency"], abs(int(row["drift"]))) for row in query("SELECT currency, drift FROM drift").to_pylist()
    ]
    expected: dict[tuple[str, str], list[int]] = defaultdict(list)
    for currency, drift in drifts:
        if drift:
            expected[currency, str(10 ** (len(str(drift)) - 1))].append(drift)
    found = {(each.currency, each.at_least): (each.balances, int(each.gross)) for each in report.drift.sizes}
    assert found == {key: (len(values), sum(values)) for key, values in expected.items()}
    known = [each for each in report.drift.worst if each.currency == "EGP"]
    assert {(each.state, each.days, each.first_cut_at) for each in known} == {
        ("persisting", 10, "2025-07-07T09:00:00Z")
    }
    assert {each.state for each in report.drift.worst if each.currency != "EGP"} == {None}


def test_a_cured_exception_says_nothing_of_a_balance_that_drifts_again() -> None:
    facts, _ = clean()
    views = tables(ledger(3, 24, ("EGP",)), {})
    wallet = views["drift"]["wallet_id"][0].as_py()
    cured = pa.Table.from_pylist(
        [{"rule": "projections_do_not_drift", "wallet_id": wallet, "currency": "EGP", "state": "cured"}],
        schema=TABLES["exceptions"],
    )
    drifting = changed(views["drift"], "drift", 7)
    report = build_report(facts, query_over(views | {"drift": drifting, "exceptions": cured}))
    assert [(each.wallet_id, each.state) for each in report.drift.worst] == [(wallet, None)]


def test_instants_reach_every_rendering_as_iso_8601_writes_them() -> None:
    report = build_report(*broken())
    instants = [
        row[place]
        for section in pages(report)
        for table in section.tables
        for place, column in enumerate(table.columns)
        for row in table.rows
        if column.meaning == "time" and row[place] is not None
    ]
    assert len(instants) > 20
    assert all(datetime.fromisoformat(str(each)).tzinfo for each in instants)


def test_sections_stand_in_the_order_auditors_know() -> None:
    report = build_report(*broken())
    assert [section.number for section in pages(report)] == [*map(str, range(1, 19)), "A"]

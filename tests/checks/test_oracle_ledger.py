"""The rules about single rows find what plain Python finds by the words of the catalogue."""

from datetime import timedelta

from hypothesis import given

from tests.checks.drawn_rows import CUT, Drawn, drawn, found, ids, quick

CREDITS = {"DEPOSIT", "INITIAL_FUNDING", "ESCROW_RELEASE", "REFUND"}
DEBITS = {"WITHDRAWAL", "ESCROW_HOLD"}


@quick(20)
@given(drawn())
def test_amounts_of_nothing(ledger: Drawn) -> None:
    assert found("amounts_are_not_zero", ledger) == ids([row for row in ledger.rows if not row["amount"]])


@quick(20)
@given(drawn(amounts=(1, -1, 2, 50, 51, -100, 101, -(2**63), 2**63 - 1)))
def test_amounts_beyond_limits(ledger: Drawn) -> None:
    multiple, beyond = ledger.settings["median_multiple"], []
    for row in ledger.rows:
        alike = (row["wallet_id"], row["currency"])
        sizes = sorted(abs(each["amount"]) for each in ledger.rows if (each["wallet_id"], each["currency"]) == alike)
        median = sizes[(len(sizes) - 1) // 2]
        over_custom = multiple and len(sizes) >= 6 and abs(row["amount"]) > multiple * median
        if over_custom or abs(row["amount"]) > ledger.largest.get(row["currency"], 2**64):
            beyond.append(row)
    assert found("amounts_are_within_limits", ledger) == ids(beyond)


@quick(20)
@given(drawn())
def test_signs_that_contradict_the_policy(ledger: Drawn) -> None:
    wrong = [
        row
        for row in ledger.rows
        if (row["kind"] in CREDITS and row["amount"] < 0)
        or (row["kind"] in DEBITS and row["amount"] > 0)
        or (row["kind"] == "FEE" and row["amount"] > 0 and ledger.system and row["wallet_id"] not in ledger.system)
    ]
    assert found("signs_follow_types", ledger) == ids(wrong)


@quick(20)
@given(drawn())
def test_dates_out_of_place(ledger: Drawn) -> None:
    grace = timedelta(seconds=ledger.settings["date_grace"])
    wrong = [
        row
        for row in ledger.rows
        if row["created_at"] > CUT + grace
        or (row["source_created_at"] and abs(row["created_at"] - row["source_created_at"]) > grace)
    ]
    assert found("dates_are_plausible", ledger) == ids(wrong)


@quick(20)
@given(drawn())
def test_rows_of_inactive_wallets(ledger: Drawn) -> None:
    closed = {
        wallet["wallet_id"]: wallet["updated_at"]
        for wallet in ledger.wallets
        if wallet["is_active"] is False and wallet["updated_at"]
    }
    late = [row for row in ledger.rows if row["wallet_id"] in closed and row["created_at"] > closed[row["wallet_id"]]]
    assert found("inactive_wallets_are_quiet", ledger) == ids(late)

"""The rules about what must happen once find what plain Python finds by the words of the catalogue."""

from collections import Counter
from datetime import timedelta

from hypothesis import given

from tests.checks.drawn_rows import Drawn, Row, drawn, found, ids, quick, settled


@quick(20)
@given(drawn())
def test_rows_without_a_key(ledger: Drawn) -> None:
    assert found("idempotency_keys_are_present", ledger) == ids(
        [row for row in ledger.rows if not row["idempotency_key"]]
    )


@quick(20)
@given(drawn())
def test_references_credited_twice(ledger: Drawn) -> None:
    credited = [row for row in ledger.rows if settled(row) and row["amount"] > 0 and row["external_reference"]]
    times = Counter(row["external_reference"] for row in credited)
    assert found("external_references_are_unique", ledger) == ids(
        [row for row in credited if times[row["external_reference"]] > 1]
    )


@quick(20)
@given(drawn(kinds=("INITIAL_FUNDING", "INITIAL_FUNDING", "DEPOSIT")))
def test_users_funded_twice(ledger: Drawn) -> None:
    funded = [row for row in ledger.rows if settled(row) and row["kind"] == "INITIAL_FUNDING" and ledger.owner(row)]
    times = Counter((ledger.owner(row), row["currency"]) for row in funded)
    assert found("initial_funding_is_once", ledger) == ids(
        [row for row in funded if times[ledger.owner(row), row["currency"]] > 1]
    )


@quick(25)
@given(drawn(kinds=(*["DEPOSIT"] * 5, "TRANSFER"), amounts=(100, 100, 100, 100, -(2**63))))
def test_rows_repeated_under_other_keys(ledger: Drawn) -> None:
    within = timedelta(seconds=ledger.settings["repeat_seconds"])
    ledger.rows[::2] = ledger.rows[::2][::-1]  # The ids of rows of one instant say otherwise than their places.
    rows = [row for row in ledger.rows if settled(row) and row["kind"] != "TRANSFER"]
    repeated = [row for row in rows if within and any(_repeats(row, other, within) for other in rows)]
    assert found("transactions_are_not_repeated", ledger) == ids(repeated)


def _repeats(row: Row, other: Row, within: timedelta) -> bool:
    alike = all(row[column] == other[column] for column in ("wallet_id", "currency", "kind", "amount"))
    keys = row["idempotency_key"], other["idempotency_key"]
    return (
        row is not other
        and alike
        and _entity(row) == _entity(other)
        and abs(row["created_at"] - other["created_at"]) <= within
        and (None in keys or keys[0] != keys[1])
    )


def _entity(row: Row) -> str:
    return "" if row["related_id"] == row["idempotency_key"] else row["related_id"] or ""

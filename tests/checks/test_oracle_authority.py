"""The rules about who may do what find what plain Python finds by the words of the catalogue."""

from hypothesis import given

from tests.checks.drawn_rows import Drawn, Row, authorised, drawn, found, ids, quick, settled

GIVEN = ("DEPOSIT", "REFUND", "ESCROW_RELEASE", "PAYOUT")


@quick(20)
@given(drawn())
def test_rows_by_nobody_known(ledger: Drawn) -> None:
    strange = [row for row in ledger.rows if not ledger.user(row["created_by"]) and not authorised(row["created_by"])]
    assert found("creators_are_known", ledger) == ids(strange)


@quick(20)
@given(drawn())
def test_credits_by_those_who_may_not(ledger: Drawn) -> None:
    assert found("credits_are_authorised", ledger) == ids([row for row in ledger.rows if _may_not_credit(ledger, row)])


def _may_not_credit(ledger: Drawn, row: Row) -> bool:
    credit = row["kind"] == "ADJUSTMENT" or (row["kind"] in GIVEN and row["amount"] > 0)
    user = ledger.user(row["created_by"])
    if not credit or not settled(row) or not user or authorised(row["created_by"]):
        return False
    return bool(user["user_id"] == ledger.owner(row) or not user["is_admin"])


@quick(20)
@given(drawn(kinds=("TRANSFER", "TRANSFER", "FEE")))
def test_transfers_by_those_who_do_not_own(ledger: Drawn) -> None:
    trespasses = [
        row
        for row in ledger.rows
        if row["kind"] == "TRANSFER"
        and row["amount"] < 0
        and ledger.wallet(row)
        and (user := ledger.user(row["created_by"]))
        and not user["is_admin"]
        and user["user_id"] != ledger.owner(row)
    ]
    assert found("debits_are_by_owners", ledger) == ids(trespasses)


def _adjustments(ledger: Drawn) -> list[Row]:
    return [row for row in ledger.rows if row["kind"] == "ADJUSTMENT"]


@quick(20)
@given(drawn(kinds=("ADJUSTMENT", "DEPOSIT")))
def test_adjustments_by_no_admin(ledger: Drawn) -> None:
    admins = {"a1"}
    nameless = [row for row in _adjustments(ledger) if row["created_by"] not in admins]
    assert found("adjustments_name_an_admin", ledger) == ids(nameless)


@quick(20)
@given(drawn(kinds=("ADJUSTMENT", "DEPOSIT")))
def test_adjustments_without_a_reason(ledger: Drawn) -> None:
    vague = [row for row in _adjustments(ledger) if row["reason_characters"] < 10 or row["reason_words"] < 2]
    assert found("adjustments_give_a_reason", ledger) == ids(vague)


@quick(20)
@given(drawn(kinds=("ADJUSTMENT", "DEPOSIT")))
def test_adjustments_of_nothing(ledger: Drawn) -> None:
    of_nothing = [
        row for row in _adjustments(ledger) if not row["related_id"] or row["related_id"] == row["idempotency_key"]
    ]
    assert found("adjustments_name_an_entity", ledger) == ids(of_nothing)


@quick(20)
@given(drawn(kinds=("ADJUSTMENT", "DEPOSIT")))
def test_adjustments_of_ones_own(ledger: Drawn) -> None:
    own = [
        row
        for row in _adjustments(ledger)
        if (user := ledger.user(row["created_by"])) and user["user_id"] == ledger.owner(row)
    ]
    assert found("adjustments_are_not_self_serving", ledger) == ids(own)


@quick(20)
@given(drawn(kinds=("WITHDRAWAL", "WITHDRAWAL", "DEPOSIT")))
def test_withdrawals_before_kyc(ledger: Drawn) -> None:
    passed = {user["user_id"]: user["kyc_passed_at"] for user in ledger.users}
    early = [
        row
        for row in ledger.rows
        if row["kind"] == "WITHDRAWAL"
        and settled(row)
        and not ((at := passed.get(ledger.owner(row))) and at <= row["created_at"])
    ]
    assert found("withdrawals_follow_kyc", ledger) == ids(early)

"""Where users, wallets or authors say too little, the rules about authority are not verified or not applicable."""

from pathlib import Path

import pytest

from checks.judge import applicable
from tests.checks.judging import PRESET, REGISTER, judged
from tests.checks.ledger_text import Case

Written = dict[str, list[dict[str, str]]]
ADJUSTMENT = {"transaction_id": "t1", "kind": "ADJUSTMENT", "created_by": "system"}
BY_ADMIN = {"transaction_id": "t2", "kind": "ADJUSTMENT", "created_by": "a1"}
ADMIN = {"user_id": "a1", "is_admin": "yes"}
OWNED = {"wallet_id": "w1", "user_id": "u1"}


def case(rule: str, **tables: list[dict[str, str]]) -> Case:
    return Case(rule, "a gap", keeps=True, tables=tables)


@pytest.mark.parametrize("rule", [rule.name for rule in REGISTER.values() if "users" in rule.needs])
def test_without_users_nobody_is_judged(tmp_path: Path, rule: str) -> None:
    found = judged(tmp_path, case(rule, transactions=[BY_ADMIN], wallets=[OWNED]))
    assert (found.result, found.sentence) == ("not verified", "The source's users are empty.")


@pytest.mark.parametrize("rule", ["credits_are_authorised", "debits_are_by_owners", "adjustments_name_an_admin"])
def test_without_a_role_nobody_is_judged_by_it(tmp_path: Path, rule: str) -> None:
    users = [{"user_id": "a1", "is_admin": "-"}]
    found = judged(tmp_path, case(rule, transactions=[BY_ADMIN], users=users, wallets=[OWNED]))
    assert (found.result, found.sentence) == ("not verified", "No row of the source's users has is_admin.")


def test_an_adjustment_by_the_system_cannot_be_said_to_serve_others(tmp_path: Path) -> None:
    tables: Written = {"users": [ADMIN], "wallets": [OWNED]}
    rule = "adjustments_are_not_self_serving"
    found = judged(tmp_path, case(rule, transactions=[BY_ADMIN], **tables))
    assert (found.result, found.examined) == ("held", 1)
    found = judged(tmp_path, case(rule, transactions=[BY_ADMIN, ADJUSTMENT], **tables))
    assert (found.result, found.sentence) == ("not verified", "1 row says too little to be examined.")


def test_an_inactive_wallet_without_an_update_cannot_be_judged(tmp_path: Path) -> None:
    wallets = [
        {"wallet_id": "w1", "is_active": "no", "updated_at": "-"},
        {"wallet_id": "w2", "is_active": "yes", "updated_at": "2025-01-01"},
    ]
    found = judged(tmp_path, case("inactive_wallets_are_quiet", transactions=[BY_ADMIN], wallets=wallets))
    assert (found.result, found.sentence) == ("not verified", "1 row says too little to be examined.")


def test_what_the_preset_does_not_map_is_not_applicable() -> None:
    unmapped = {
        "external_references_are_unique": "transactions.columns.external_reference",
        "withdrawals_follow_kyc": "users.columns.kyc_passed_at",
    }
    for rule, column in unmapped.items():
        why = f"The configuration says that this source has no {column}."
        assert applicable(PRESET, REGISTER[rule]) == why

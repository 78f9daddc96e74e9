"""What an offender is called and worth: every rule's rows can be told apart in the next export."""

from decimal import Decimal

import pyarrow as pa
import pytest

from checks.offenders import amount_sql, subject_sql
from checks.rule import Rule
from checks.rules import FINDINGS
from tests.checks.judging import REGISTER
from tests.checks.ledger_text import Case, cases, views
from tests.kept_engine import kept_engine

NAMED = [rule for rule in FINDINGS if not rule.operations]


def named(rule: Rule, case: Case) -> list[tuple[str, int | None]]:
    """Return subject and amount of each offender of a case."""
    with kept_engine(views(case, rule.views)) as query:
        offenders = query(rule.text)
    return of(rule, offenders)


def of(rule: Rule, offenders: pa.Table) -> list[tuple[str, int | None]]:
    subject, amount = subject_sql(rule, offenders.column_names), amount_sql(rule, offenders.schema) or "NULL"
    with kept_engine({"offenders": offenders}) as query:
        rows = query(f"SELECT {subject} AS subject, {amount} AS amount FROM offenders ORDER BY ALL").to_pylist()
    return [(row["subject"], row["amount"]) for row in rows]


@pytest.mark.parametrize("rule", NAMED, ids=lambda rule: rule.name)
def test_no_two_offenders_of_a_rule_have_one_name(rule: Rule) -> None:
    for case in cases(rule.name):
        told = {tuple(row.items()) for row in case.offenders}
        assert len({subject for subject, _ in named(rule, case)}) == len(told), case.says


@pytest.mark.parametrize(
    ("rule", "columns", "subject", "amount"),
    [
        (
            "projections_do_not_drift",
            {"wallet_id": "w'1", "currency": "EGP", "drift": Decimal(-5), "ledger": Decimal(7)},
            '{"wallet_id":"w\'1","currency":"EGP"}',
            -5,
        ),
        (
            "projections_are_present",
            {"wallet_id": 'w"1', "currency": None, "ledger": Decimal(7), "drift": None},
            '{"wallet_id":"w\\"1","currency":null}',
            7,
        ),
        (
            "wallets_exist",
            {"wallet_id": "w1", "currency": "EGP", "transaction_id": "t1", "amount": 3},
            '{"transaction_id":"t1"}',
            3,
        ),
        (
            "balances_are_not_negative",
            {"wallet_id": "w1", "currency": "EGP", "ledger": Decimal(-7), "recorded": None, "drift": None},
            '{"wallet_id":"w1","currency":"EGP"}',
            -7,
        ),
        ("caches_do_not_drift", {"user_id": "u1", "currency": "EGP"}, '{"user_id":"u1","currency":"EGP"}', None),
        ("types_are_known", {"hour": 3, "lowest": 1}, "{}", None),
    ],
)
def test_the_conventions(rule: str, columns: dict[str, object], subject: str, amount: int | None) -> None:
    sums = {"drift", "ledger", "recorded"}
    kinds = {name: pa.decimal128(38, 0) for name in sums} | {"currency": pa.string()}
    table = pa.table({name: pa.array([value], kinds.get(name)) for name, value in columns.items()})
    assert of(REGISTER[rule], table) == [(subject, amount)]

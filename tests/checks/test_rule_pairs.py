"""Every rule on the smallest ledger that keeps it and the smallest that breaks it, by both engines.

The ledgers are in `pairs/`, a file for each rule, offenders beside them, the worst first.
"""

from datetime import datetime

import polars as pl
import pyarrow as pa
import pytest

from assets.engines import ordered, polars_engine
from checks.rule import Rule
from checks.rules import RULES
from tests.checks.ledger_text import PAIRS, Case, cases, views
from tests.kept_engine import kept_engine

REGISTER = {rule.name: rule for rule in RULES}
CASES = [case for rule in RULES for case in cases(rule.name)]
BALANCE = ("wallet_id", "currency")
SAYS = {
    "transactions": ("transaction_id", "wallet_id"),
    "drift": ("wallet_id", "currency", "ledger", "recorded", "drift"),
    "user_balances": ("user_id", "currency"),
    "users": ("user_id", "currency"),
    "money_is_conserved": ("currency", "transfers", "closings", "escrow", "external", "imbalance"),
    **dict.fromkeys(
        ("escrow_is_conserved", "escrow_is_not_stale", "refunds_have_originals"), ("related_id", "currency")
    ),
    "recorded_balances_are_integers": ("table_name", "row_id", "column_name"),
    "run_history": (),
    "attempts": ("window_end", "attempts", "failed"),
    "hourly_volumes": ("hour_at", "currency", "transactions", "gross"),
    "hourly_latencies": ("hour_at", "commits", "p95_us"),
}
"""The columns of an offender, by the table a rule is a check of, or by the rule."""
DUCKDB_ONLY = {"error_rate_is_low": "Polars' SQL has no RANGE frame over the values of a column"}
"""Rules whose text Polars cannot read, and why."""


def answers(rule: Rule, case: Case) -> tuple[pa.Table, pa.Table]:
    """Return what DuckDB and Polars answer to the rule's own text."""
    shown = views(case, rule.views)
    with kept_engine(shown) as query:
        first = query(rule.text)
    if rule.name in DUCKDB_ONLY:
        return first, first
    with polars_engine(shown) as query:
        return first, query(rule.text)


def spelled(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value) or "''"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.says}")
def test_a_rule_finds_exactly_the_offenders(case: Case) -> None:
    first, second = answers(REGISTER[case.rule], case)
    columns = list(case.offenders[0]) if case.offenders else []
    found = [{name: spelled(row[name]) for name in columns} for row in first.to_pylist()]
    assert found == case.offenders
    assert first.schema.equals(second.schema)
    assert not [field.name for field in first.schema if pa.types.is_floating(field.type)]
    assert ordered(first).to_pylist() == ordered(second).to_pylist()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_is_kept_and_broken_by_a_ledger(rule: Rule) -> None:
    assert {case.keeps for case in cases(rule.name)} == {True, False}
    assert not cases(rule.name)[0].tables, "the first ledger is the empty one"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_an_offender_says_which_row_and_which_figures(rule: Rule) -> None:
    said = {name for case in cases(rule.name) for offender in case.offenders for name in offender}
    assert said >= set(() if rule.severity == "gate" else SAYS.get(rule.name) or SAYS.get(rule.table, BALANCE))


@pytest.mark.parametrize("name", DUCKDB_ONLY)
def test_what_polars_cannot_read_it_refuses(name: str) -> None:
    case = next(case for case in cases(name) if not case.keeps)
    with polars_engine(views(case, REGISTER[name].views)) as query, pytest.raises(pl.exceptions.PolarsError):
        query(REGISTER[name].text)


def test_only_rules_have_pairs() -> None:
    assert {file.stem for file in PAIRS.glob("*")} == REGISTER.keys()

"""The exceptions of an audit: every row that breaks a rule, by the name it is recognised by in the next export.

What goes in: from the outcomes at the cut to the register. What stays out: the register itself (assets/exceptions),
and how an offender is named (offenders). Gates are no exceptions: behind a broken one there is no register.
"""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.parquet as pq

from assets.audit import Audit
from assets.engines import View, duckdb_engine
from assets.exceptions import FOUND, keep_exceptions
from checks.judge import kept_outcomes
from checks.offenders import amount_sql, subject_sql
from checks.outcome import Outcome
from checks.rule import Rule
from checks.rules import FINDINGS
from checks.scopes import cut_scope


def register_exceptions(audit: Audit) -> pa.Table:
    """Write the register of an audit whose findings were judged, and return it."""
    outcomes = kept_outcomes(audit.home, cut_scope(audit).folder)
    rules = [rule for rule in FINDINGS if not rule.operations]
    unjudged = [
        rule.name for rule in rules if rule.name not in outcomes or outcomes[rule.name].result == "not verified"
    ]
    return keep_exceptions(audit, _found(audit, rules, outcomes.values()), unjudged)


def _found(audit: Audit, rules: Iterable[Rule], outcomes: Iterable[Outcome]) -> pa.Table:
    """Return the offenders of all rules under one shape, waived ones among them."""
    files = {each.rule: audit.home.path / each.rows for each in outcomes if each.rows and each.offenders + each.waived}
    breaking = [rule for rule in rules if rule.name in files]
    if not breaking:
        return FOUND.empty_table()
    views: dict[str, View] = {rule.name: (files[rule.name],) for rule in breaking}
    texts = (_selected(rule, pq.read_schema(files[rule.name])) for rule in breaking)
    with audit.home.workshop() as spill, duckdb_engine(views, spill) as query:
        return query(" UNION ALL ".join(texts))


def _selected(rule: Rule, columns: pa.Schema) -> str:
    ids = ", ".join(
        f"CAST({name if name in columns.names else 'NULL'} AS VARCHAR) AS {name}"
        for name in ("wallet_id", "user_id", "currency")
    )
    amount = amount_sql(rule, columns) or "CAST(NULL AS DECIMAL(38, 0))"
    return f"""
        SELECT '{rule.name}' AS rule, {subject_sql(rule, columns.names)} AS subject, {ids}, {amount} AS amount, waiver
        FROM {rule.name}
    """

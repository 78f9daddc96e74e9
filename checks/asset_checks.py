"""Rules as Dagster asset checks: gates stop a run, findings stop nothing.

What goes in: how a rule is shown in the UI. What stays out: judging (judge). A check that raises records no
evaluation: a broken check must not look like a broken ledger.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pyarrow.parquet as pq

from assets.audit import Audit
from assets.exceptions import counted
from assets.run_history import gross_drift
from assets.runs import RECONCILE, Concluded
from assets.workplace import Workplace
from checks.exceptions import register_exceptions
from checks.judge import judge, judge_each, kept_outcomes
from checks.outcome import Outcome, verdict_of
from checks.rule import Rule
from checks.rules import FINDINGS, GATES, OF_THE_EXPORT
from checks.scopes import cut_scope, gate_scope, operations_scope

SHOWN_ROWS = 5
SEVERITY = {"gate": "ERROR", "error": "ERROR", "warning": "WARN"}


EXCEPTIONS = dg.AssetSpec(
    "exceptions",
    deps=sorted({rule.table for rule in FINDINGS}),
    description="Every row that breaks a rule, and since which export: new, persisting, waived or cured.",
    group_name="ledger",
    kinds={"duckdb", "parquet"},
    owners=["team:audit"],
)
"""The register of exceptions; the step that judges the findings writes it when it is done with all of them."""


def _gate(rule: Rule) -> dg.AssetChecksDefinition:
    @dg.asset_check(asset=rule.table, name=rule.name, description=rule.statement, blocking=True)
    def gate(context: dg.AssetCheckExecutionContext, workplace: Workplace) -> dg.AssetCheckResult:
        audit = workplace.audit(context.run.run_id)
        with audit.home.writing(context.run.run_id):
            (outcome,) = judge(audit.home, gate_scope(audit), [rule])
        return _shown(workplace, rule, outcome)

    return gate


@dg.multi_asset_check(
    name="findings",
    specs=[dg.AssetCheckSpec(rule.name, asset=rule.table, description=rule.statement) for rule in FINDINGS],
    can_subset=True,
)
def findings(context: dg.AssetCheckExecutionContext, workplace: Workplace) -> Iterator[dg.AssetCheckResult]:
    """Judge the findings that were asked for, at the cut; then bring the register of exceptions up to date.

    What the reconciliation came to is written down at the very end.
    """
    audit = workplace.audit(context.run.run_id)
    names = {key.name for key in context.selected_asset_check_keys}
    asked = {rule.name: rule for rule in FINDINGS if rule.name in names}
    for scope, operations in ((cut_scope(audit), False), (operations_scope(audit), True)):
        rules = [rule for rule in asked.values() if rule.operations is operations]
        with audit.home.writing(context.run.run_id):
            for outcome in judge_each(audit.home, scope, rules):
                yield _shown(workplace, asked[outcome.rule], outcome)
    with audit.home.writing(context.run.run_id):
        rows = register_exceptions(audit)
    metadata = {"dagster/row_count": rows.num_rows, **counted(rows)}
    context.op_execution_context.log_event(dg.AssetMaterialization(EXCEPTIONS.key, metadata=metadata))
    if context.run.job_name == RECONCILE:
        audit.home.runs.conclude(context.run.run_id, _concluded(audit))


def _concluded(audit: Audit) -> Concluded:
    """Return what all rules came to; one that did not run leaves the ledger not verified."""
    kept = kept_outcomes(audit.home, cut_scope(audit).folder)
    verdict = verdict_of(kept.values()) if kept.keys() >= {rule.name for rule in OF_THE_EXPORT} else "NOT VERIFIED"
    return Concluded(verdict, audit.export.export_id, audit.export.certificate.cut.at, gross_drift(audit))


def _shown(workplace: Workplace, rule: Rule, outcome: Outcome) -> dg.AssetCheckResult:
    metadata: dict[str, Any] = {
        "result": outcome.result,
        "sentence": outcome.sentence,
        "examined": outcome.examined,
        "offenders": outcome.offenders,
        "waived": outcome.waived,
        "systemic": outcome.systemic,
        "severity": outcome.severity,
        "scope": rule.scope,
    }
    metadata |= {f"waived {currency}": amount for currency, amount in outcome.waived_amounts.items()}
    if (outcome.offenders or outcome.waived) and outcome.rows:
        metadata["first offenders"] = _first_rows(workplace, outcome.rows)
        metadata["all offenders"] = dg.MetadataValue.path(str(workplace.open_home().path / outcome.rows))
    return dg.AssetCheckResult(
        check_name=rule.name,
        asset_key=rule.table,
        passed=outcome.result in ("held", "not applicable"),
        severity=dg.AssetCheckSeverity[SEVERITY[outcome.severity]],
        metadata=metadata,
        description=outcome.sentence,
    )


def _first_rows(workplace: Workplace, rows: str) -> dg.MetadataValue:
    """Return a short table of offenders; the UI shows markdown of under 1,000 characters in place."""
    with pq.ParquetFile(workplace.open_home().path / rows) as file:
        first = next(file.iter_batches(batch_size=SHOWN_ROWS)).to_pylist()
    records = [dg.TableRecord({name: str(value) for name, value in row.items()}) for row in first]
    return dg.MetadataValue.table(records)


CHECKS = [*(_gate(rule) for rule in GATES), findings]

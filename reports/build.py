"""From the facts of one audited month to its report.

What goes in: which query and which sentence fills which part. What stays out: rendering (html), every clock.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from reports.analytic_figures import analytic
from reports.balance_figures import balances_at_end, drift_sizes, totals_of_month, wallet_proof
from reports.basis import BasisOfReport, Currency, Kind, Setting
from reports.changes import Digests, since_last_month
from reports.detection import detection
from reports.dispositions import amounts, register, waivers
from reports.evidence import Provenance, RuleResult, SourceTable
from reports.exceptions import exceptions
from reports.facts import Basis, KindPolicy, MonthFacts, Outcome, Query
from reports.figures import drift_by_currency, exposure, liabilities, minor, roll_forward, rows_of, worst_drift
from reports.forensics import adjustments
from reports.guidance import GLOSSARY
from reports.model import Report
from reports.narrative import coverage, cut, drift, findings, not_tested, period, verdict
from reports.restatement import named_seal, restatement
from reports.sections import ControlTotal, DriftAtCut

if TYPE_CHECKING:
    from reports.base import Result, Scope, Severity

__all__ = ["Basis", "KindPolicy", "MonthFacts", "Outcome", "Query", "build_report"]


def build_report(facts: MonthFacts, query: Query) -> Report:
    """Report a month; `query` answers over that month's views. The same input gives the same report."""
    closings, before = rows_of(query, "closings_by_currency"), rows_of(query, "closings_before_by_currency")
    footing = roll_forward(query, facts.basis.kinds, closings, before)
    digests = Digests(facts.configuration, facts.certificate.get("program"))
    names, basis = tuple(each.rule for each in facts.outcomes_month), _basis(facts.basis)
    return Report(
        format="tieout report of a month 1",
        entity=facts.entity,
        period=period(facts),
        cut=cut(facts),
        basis=basis,
        since_last_month=since_last_month(facts.earlier, basis, names, digests),
        verdict=verdict(facts, footing),
        findings=findings(facts.outcomes_month),
        coverage=coverage(facts.outcomes_month),
        liabilities=liabilities(query, closings, before),
        not_tested=not_tested(facts),
        control_totals=_control_totals(facts.certificate),
        totals_of_month=totals_of_month(query),
        roll_forward=footing,
        wallets=wallet_proof(facts, query),
        drift=_drift(facts, query),
        exposure=exposure(facts, query),
        balances=balances_at_end(query),
        adjustments=adjustments(facts, query, footing),
        analytic=analytic(facts, query),
        rules=tuple(_rule(outcome, facts.queries) for outcome in facts.outcomes_month),
        detection=detection(facts.selftest),
        exceptions=exceptions(facts.outcomes_month, facts.offenders),
        exception_register=register(facts.exceptions),
        waivers=waivers(facts.waivers),
        provenance=_provenance(facts),
        glossary=GLOSSARY,
    )


def _basis(basis: Basis) -> BasisOfReport:
    return BasisOfReport(
        settled=tuple(basis.settled),
        unsettled=tuple(basis.unsettled),
        kinds=tuple(Kind(kind=each.kind, sign=each.sign, flow=each.flow) for each in basis.kinds),
        drift_tolerance=basis.drift_tolerance,
        currencies=tuple(Currency(currency=code, decimals=basis.currencies[code]) for code in sorted(basis.currencies)),
        absent_tables=tuple(basis.absent_tables),
        settings=tuple(Setting(name=name, value=basis.settings[name]) for name in sorted(basis.settings)),
    )


def _control_totals(certificate: Mapping[str, Any]) -> tuple[ControlTotal, ...]:
    totals = [
        ControlTotal(
            currency=total["currency"],
            transactions=int(total["count"]),
            total=minor(total["sum"]),
            credits=str((int(total["absolute_sum"]) + int(total["sum"])) // 2),
            debits=str((int(total["sum"]) - int(total["absolute_sum"])) // 2),
            absolute_total=minor(total["absolute_sum"]),
        )
        for total in certificate["control_totals"]
    ]
    return tuple(sorted(totals, key=lambda total: total.currency))


def _drift(facts: MonthFacts, query: Query) -> DriftAtCut:
    examined = "wallet_balances" not in facts.basis.absent_tables
    rows = rows_of(query, "drift_by_currency") if examined else []
    worst = worst_drift(query) if examined else ()
    systemic = {outcome.rule for outcome in facts.outcomes_month if outcome.systemic}
    rest = DriftAtCut(
        examined=examined,
        systemic="projections_do_not_drift" in systemic,
        cache_systemic="caches_do_not_drift" in systemic,
        sentence="",
        not_compared=sum(int(row["not_compared"]) for row in rows),
        currencies=(),
        sizes=drift_sizes(query) if examined else (),
        worst=worst,
    )
    return drift(facts, drift_by_currency(rows, worst), rest)


def _rule(outcome: Outcome, queries: Mapping[str, str]) -> RuleResult:
    return RuleResult(
        rule=outcome.rule,
        result=cast("Result", outcome.result),
        severity=cast("Severity", outcome.severity),
        scope=cast("Scope", outcome.scope),
        counts_for_verdict=outcome.counts_for_verdict,
        asserts=outcome.asserts,
        statement=outcome.statement,
        query_sha256=queries.get(outcome.rule),
        examined=outcome.examined,
        offenders=outcome.offenders,
        waived=outcome.waived,
        waived_amounts=amounts(outcome.waived_amounts),
        systemic=outcome.systemic,
        sentence=outcome.sentence,
        problem=outcome.problem,
        rows=outcome.rows,
    )


def _provenance(facts: MonthFacts) -> Provenance:
    source, tables = facts.certificate["source"], facts.certificate["tables"]
    return Provenance(
        export_id=facts.export_id,
        source_kind=source["kind"],
        deployment=source.get("deployment"),
        source_sha256=source.get("sha256"),
        source_bytes=source.get("bytes"),
        mapping_sha256=facts.certificate["mapping"],
        configuration_sha256=facts.configuration,
        rules_sha256=facts.register,
        program_sha256=facts.certificate.get("program"),
        version=facts.version,
        replaces=facts.replaces,
        reason=facts.reason,
        previous_seal=named_seal(facts.previous_seal),
        own_seal=named_seal(facts.own_seal),
        restatement=restatement(facts.restated),
        tables=tuple(
            SourceTable(
                table=name,
                received=int(tables[name]["received"]),
                rows=int(tables[name]["written"]),
                quarantined=int(tables[name].get("quarantined", 0)),
                files=len(tables[name].get("files", ())),
                source_rows=tables[name].get("source_rows"),
                received_sum=tables[name].get("received_sum"),
                source_sum=tables[name].get("source_sum"),
                written_sum=tables[name].get("written_sum"),
            )
            for name in sorted(tables)
        ),
    )

"""From the facts of one audited month to its report.

What goes in: which query and which sentence fills which part. What stays out: rendering (html), every clock.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from reports.analytic_figures import analytic
from reports.dispositions import amounts, register, waivers
from reports.evidence import Provenance, RuleResult, SourceTable
from reports.exceptions import exceptions
from reports.facts import Basis, KindPolicy, MonthFacts, Outcome, Query
from reports.figures import drift_by_currency, exposure, liabilities, minor, roll_forward, rows_of, worst_drift
from reports.forensics import adjustments
from reports.front import BasisOfReport, Currency, Kind
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
    return Report(
        format="tieout report of a month 1",
        entity=facts.entity,
        period=period(facts),
        cut=cut(facts),
        basis=_basis(facts.basis),
        verdict=verdict(facts, footing),
        findings=findings(facts.outcomes_month),
        coverage=coverage(facts.outcomes_month),
        liabilities=liabilities(closings, before),
        not_tested=not_tested(facts.outcomes_month),
        control_totals=_control_totals(facts.certificate),
        roll_forward=footing,
        drift=_drift(facts, query),
        exposure=exposure(facts, query),
        adjustments=adjustments(facts, query, footing),
        analytic=analytic(facts, query),
        rules=tuple(_rule(outcome) for outcome in facts.outcomes_month),
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
    )


def _control_totals(certificate: Mapping[str, Any]) -> tuple[ControlTotal, ...]:
    totals = [
        ControlTotal(
            currency=total["currency"],
            transactions=int(total["count"]),
            total=minor(total["sum"]),
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
        worst=worst,
    )
    return drift(facts, drift_by_currency(rows, worst), rest)


def _rule(outcome: Outcome) -> RuleResult:
    return RuleResult(
        rule=outcome.rule,
        result=cast("Result", outcome.result),
        severity=cast("Severity", outcome.severity),
        scope=cast("Scope", outcome.scope),
        counts_for_verdict=outcome.counts_for_verdict,
        statement=outcome.statement,
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
        version=facts.version,
        replaces=facts.replaces,
        reason=facts.reason,
        previous_seal=named_seal(facts.previous_seal),
        restatement=restatement(facts.restated),
        tables=tuple(
            SourceTable(
                table=name,
                received=int(tables[name]["received"]),
                rows=int(tables[name]["written"]),
                quarantined=int(tables[name].get("quarantined", 0)),
                files=len(tables[name].get("files", ())),
            )
            for name in sorted(tables)
        ),
    )

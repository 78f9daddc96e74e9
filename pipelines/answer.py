"""What scripts are told: the one JSON document of `tieout audit --json`.

What goes in: its shape. What stays out: what people are shown (terminal).
"""

import json
from dataclasses import asdict
from typing import Any

from assets.drift import drift_by_currency
from assets.forensics import flags_of
from checks.coverage import coverage_of
from checks.outcome import Outcome
from checks.waiving import told, uses_of
from pipelines.audit import Audited
from pipelines.instants import instant
from pipelines.life import life_of

RULE_FIELDS = {
    "rule", "result", "severity", "scope", "examined", "offenders", "waived", "waived_amounts", "systemic", "sentence",
}  # fmt: skip
OPERATION_FIELDS = {"rule", "result", "severity", "escalation", "examined", "offenders", "sentence"}


def answer(audited: Audited) -> str:
    """Return the document: verdict, totals, rules, drift, exposure, adjustments and months.

    Amounts are text, in minor units. What operations came to depends on when a run was asked for, and stands apart.
    """
    audit = audited.audit
    certificate = audit.export.certificate
    document: dict[str, Any] = {
        "verdict": audited.verdict,
        "export": audit.export.export_id,
        "cut": instant(certificate.cut.at),
        "transactions": certificate.tables["transactions"].written,
        "wallets": certificate.tables["wallets"].written,
        "coverage": asdict(coverage_of(each for each in audited.outcomes if not each.operations)),
        "control_totals": [total.model_dump() for total in certificate.control_totals],
        "rules": [_told(audited, each, RULE_FIELDS) for each in audited.outcomes if not each.operations],
        "operations": [_told(audited, each, OPERATION_FIELDS) for each in audited.outcomes if each.operations],
        "exceptions": life_of(audited),
        "waivers": [
            {**use.model_dump(mode="json"), "sentence": told(audit.mapping, use)}
            for use in uses_of(audit.mapping, audited.outcomes)
        ],
        "drift": _drift(audited),
        "exposure": {
            "systemic": audited.drift_is_systemic,
            "amounts": [{**row, "amount": str(row["amount"])} for row in audited.exposure()],
        },
        "adjustments": _adjustments(audited),
        "months": [
            {
                "month": report.month,
                "complete": report.complete,
                "verdict": report.verdict,
                "json": str(audit.home.path / report.json),
                "html": str(audit.home.path / report.html),
                "pdf": str(audit.home.path / report.pdf),
                "xlsx": str(audit.home.path / report.xlsx),
            }
            for report in audited.reports
        ],
    }
    if audited.failure:
        document["error"] = audited.failure
    return json.dumps(document, ensure_ascii=False, indent=1)


def _adjustments(audited: Audited) -> dict[str, Any] | None:
    """Return how many adjustments the ledger has, and how many have each flag; nothing where none were looked at."""
    audit = audited.audit
    if not audited.is_judged:
        return None
    rows, flags = audit.table("adjustment_flags"), flags_of(audit.mapping)
    scores = [int(row["score"]) for row in rows.select(["score"]).to_pylist()]
    return {
        "transactions": rows.num_rows,
        "flagged": sum(score > 0 for score in scores),
        "highest_score": max(scores, default=0),
        "flags": {flag.name: rows[flag.name].to_pylist().count(1) for flag in flags if not flag.missing},
        "not_looked_for": {flag.name: f"This source has no {flag.missing}." for flag in flags if flag.missing},
        "rows": str(audit.home.path / audit.folder / "adjustment_flags.parquet"),
    }


def _told(audited: Audited, outcome: Outcome, fields: set[str]) -> dict[str, Any]:
    rows = str(audited.audit.home.path / outcome.rows) if outcome.rows else None
    return {**outcome.model_dump(include=fields), "rows": rows}


def _drift(audited: Audited) -> list[dict[str, Any]]:
    """Return drifting balances, gross, net and largest drift of each currency, where drift was judged.

    Where it is systemic, half or more of the balances drift: these figures measure one cause, not many errors.
    """
    if not audited.drift_is_judged:
        return []
    rows = drift_by_currency(audited.audit.view("drift"))
    return [
        {key: str(value) if key in ("gross", "net", "largest") else value for key, value in row.items()}
        | {"systemic": audited.drift_is_systemic}
        for row in rows
    ]

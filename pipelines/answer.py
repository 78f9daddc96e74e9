"""What scripts are told: the one JSON document of `tieout audit --json`.

What goes in: its shape. What stays out: what people are shown (terminal).
"""

import json
from datetime import datetime
from typing import Any

from assets.drift import drift_by_currency
from checks.outcome import Outcome
from pipelines.audit import Audited

RULE_FIELDS = {"rule", "result", "severity", "scope", "examined", "offenders", "systemic", "sentence"}
OPERATION_FIELDS = {"rule", "result", "severity", "escalation", "examined", "offenders", "sentence"}


def answer(audited: Audited) -> str:
    """Return the document: verdict, totals, rules, drift, exposure and months; amounts are text, in minor units.

    What operations came to depends on when a run was asked for, and stands apart.
    """
    audit = audited.audit
    certificate = audit.export.certificate
    document: dict[str, Any] = {
        "verdict": audited.verdict,
        "export": audit.export.export_id,
        "cut": instant(certificate.cut.at),
        "transactions": certificate.tables["transactions"].written,
        "wallets": certificate.tables["wallets"].written,
        "control_totals": [total.model_dump() for total in certificate.control_totals],
        "rules": [_told(audited, each, RULE_FIELDS) for each in audited.outcomes if not each.operations],
        "operations": [_told(audited, each, OPERATION_FIELDS) for each in audited.outcomes if each.operations],
        "drift": _drift(audited),
        "exposure": {
            "systemic": audited.drift_is_systemic,
            "amounts": [{**row, "amount": str(row["amount"])} for row in audited.exposure()],
        },
        "months": [
            {
                "month": report.month,
                "complete": report.complete,
                "verdict": report.verdict,
                "json": str(audit.home.path / report.json),
                "html": str(audit.home.path / report.html),
            }
            for report in audited.reports
        ],
    }
    if audited.failure:
        document["error"] = audited.failure
    return json.dumps(document, ensure_ascii=False, indent=1)


def _told(audited: Audited, outcome: Outcome, fields: set[str]) -> dict[str, Any]:
    rows = str(audited.audit.home.path / outcome.rows) if outcome.rows else None
    return {**outcome.model_dump(include=fields), "rows": rows}


def instant(moment: datetime) -> str:
    """Write an instant of the zone UTC, with no more digits than it needs."""
    return moment.isoformat().replace("+00:00", "Z")


def _drift(audited: Audited) -> list[dict[str, Any]]:
    """Return drifting balances, gross, net and largest drift of each currency, where drift was judged."""
    if not audited.drift_is_judged:
        return []
    rows = drift_by_currency(audited.audit.view("drift"))
    return [
        {key: str(value) if key in ("gross", "net", "largest") else value for key, value in row.items()} for row in rows
    ]

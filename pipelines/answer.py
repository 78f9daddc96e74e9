"""What scripts are told: the one JSON document of `tieout audit --json`.

What goes in: its shape. What stays out: what people are shown (terminal).
"""

import json
from dataclasses import asdict
from typing import Any

from assets.drift import drift_by_currency
from checks.coverage import coverage_of
from checks.waiving import told, uses_of
from pipelines.audit import Audited
from pipelines.instants import instant
from pipelines.life import life_of

RULE_FIELDS = {
    "rule", "result", "severity", "scope", "examined", "offenders", "waived", "waived_amounts", "systemic", "sentence",
}  # fmt: skip


def answer(audited: Audited) -> str:
    """Return the document: verdict, totals, rules, drift and months; amounts are text, in minor units."""
    audit = audited.audit
    certificate = audit.export.certificate
    document: dict[str, Any] = {
        "verdict": audited.verdict,
        "export": audit.export.export_id,
        "cut": instant(certificate.cut.at),
        "transactions": certificate.tables["transactions"].written,
        "wallets": certificate.tables["wallets"].written,
        "coverage": asdict(coverage_of(audited.outcomes)),
        "control_totals": [total.model_dump() for total in certificate.control_totals],
        "rules": [
            {
                **outcome.model_dump(include=RULE_FIELDS),
                "rows": str(audit.home.path / outcome.rows) if outcome.rows else None,
            }
            for outcome in audited.outcomes
        ],
        "exceptions": life_of(audited),
        "waivers": [
            {**use.model_dump(mode="json"), "sentence": told(audit.mapping, use)}
            for use in uses_of(audit.mapping, audited.outcomes)
        ],
        "drift": _drift(audited),
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


def _drift(audited: Audited) -> list[dict[str, Any]]:
    """Return drifting balances, gross, net and largest drift of each currency, where drift was judged.

    Where it is systemic, half or more of the balances drift: these figures measure one cause, not many errors.
    """
    judged = next(outcome for outcome in audited.outcomes if outcome.rule == "projections_do_not_drift")
    if judged.result not in ("held", "broken"):
        return []
    rows = drift_by_currency(audited.audit.view("drift"))
    return [
        {key: str(value) if key in ("gross", "net", "largest") else value for key, value in row.items()}
        | {"systemic": judged.systemic}
        for row in rows
    ]

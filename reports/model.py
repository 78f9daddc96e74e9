"""The report of a month as frozen, typed data: the only source of what any rendering says.

What goes in: the whole, its JSON and its schema; its parts are in `front`, `sections` and `evidence`.
What stays out: how figures are computed (build) and how they look (html).
"""

import json
from typing import Any, Literal

from reports.adjustments import Adjustments
from reports.analytic import Analytic
from reports.balances import BalancesAtEnd, WalletProof
from reports.base import Part
from reports.basis import BasisOfReport
from reports.changes import SinceLastMonth
from reports.detection import Detection
from reports.dispositions import Register, Waiver
from reports.evidence import ExceptionTable, Provenance, RuleResult, Term
from reports.front import Coverage, Cut, Finding, Liability, Period, Verdict
from reports.sections import ControlTotal, DriftAtCut, ExposureAtCut, MonthTotal, RollForward


class Report(Part):
    """The audit report of one month of a ledger. Amounts are text: signed minor units of their currency."""

    format: Literal["tieout report of a month 1"]
    """The name and number of this format."""
    entity: str
    """Whose ledger it is."""
    period: Period
    """The month that is reported."""
    cut: Cut
    """The instant the export shows."""
    basis: BasisOfReport
    """What counts as money, and what counts as wrong."""
    since_last_month: SinceLastMonth
    """What changed in the configuration and the rules since the report of the month before."""
    verdict: Verdict
    """The conclusion."""
    findings: tuple[Finding, ...]
    """What was found, those that decide the verdict first."""
    coverage: tuple[Coverage, ...]
    """What was examined and what was not."""
    liabilities: tuple[Liability, ...]
    """What is owed, by currency."""
    not_tested: tuple[str, ...]
    """What no rule can tell, and what this report is not."""
    control_totals: tuple[ControlTotal, ...]
    """Totals over every exported transaction, of any month and status."""
    totals_of_month: tuple[MonthTotal, ...]
    """Totals over the month's transactions of every status."""
    roll_forward: RollForward
    """From opening to closing, by kind and currency."""
    wallets: WalletProof
    """Every balance carried from the month before to the end of the period."""
    drift: DriftAtCut
    """Recorded balances against the ledger, as of the cut."""
    exposure: ExposureAtCut
    """What drift puts at risk, as of the cut."""
    balances: BalancesAtEnd
    """How the balances spread when the period ends."""
    adjustments: Adjustments
    """The manual adjustments of the month."""
    analytic: Analytic
    """What starts questions and decides nothing: volumes, cut-off, first digits, reconciliations."""
    rules: tuple[RuleResult, ...]
    """Every rule with its result."""
    detection: Detection
    """What the self-test of these rules came to."""
    exceptions: tuple[ExceptionTable, ...]
    """The rows that break a rule."""
    exception_register: Register
    """What became of the exceptions since the export before, as of the cut."""
    waivers: tuple[Waiver, ...]
    """Every waiver of the configuration, and what it did."""
    provenance: Provenance
    """Where the figures come from."""
    glossary: tuple[Term, ...]
    """The words of this report."""


def report_json(report: Report) -> str:
    """Write the report as indented JSON ending in a newline; the same report always gives the same text."""
    return report.model_dump_json(indent=2) + "\n"


def published_schema() -> dict[str, Any]:
    """Publish the JSON Schema of `report.json`, made from the model and the strings under its fields."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Report.model_json_schema(mode="serialization"),
    }


def schema_text() -> str:
    """Write the published schema as the text kept in `report.schema.json`."""
    return json.dumps(published_schema(), indent=2, ensure_ascii=False) + "\n"

"""The report as numbered sections of sentences and tables: what every rendering lays out.

What goes in: order, numbers, titles, columns, and which value stands where; amounts stay minor units beside their
currency. What stays out: page one (page_one), figures the report does not hold, and how anything looks.
A further section is one function of the report, and its place in `CONTENTS`. Numbers are those auditors know the parts
of such a report by: page one is 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from reports.balance_pages import holdings, sample, wallets
from reports.control_pages import annex, control, existence, scope
from reports.day_pages import cut_off, reconciliations, volume
from reports.digit_pages import digits
from reports.disposition_pages import exceptions
from reports.drift_pages import drift
from reports.model import Report
from reports.origin_pages import control_totals, provenance
from reports.restatement_pages import restated
from reports.risk_pages import adjustments
from reports.roll_forward_pages import roll_forward
from reports.seal_pages import liabilities, seal
from reports.tables import Cell, Column, Section, Table

ROLES = ("Prepared by", "Reviewed by", "Approved by")


class Chapter(NamedTuple):
    """A section's place: its number, the name it is linked by, its short name, and what fills it."""

    number: str
    anchor: str
    heading: str
    section: Callable[[Report], Section]


def pages(report: Report) -> tuple[Section, ...]:
    """Turn the report into its sections, in the order and under the numbers of every rendering."""
    return tuple(replace(each.section(report), number=each.number) for each in CONTENTS)


def completeness(report: Report) -> Section:
    """Say what speaks for the population being whole and real: the rules of that, and the volume of each day."""
    days = volume(report)
    return Section(
        "Completeness and existence",
        (
            "Whether rows are missing, doubled, orphaned or half a transfer. The rows that break a rule are in section "
            f"12. Ids are texts to this audit, so gaps between them are not looked for. {days.lead}"
        ),
        (existence(report), *days.tables),
        panels=days.panels,
    )


def cut_off_and_closed_months(report: Report) -> Section:
    """Say what fell across an end of the month, and whether the month still is what was sealed of it."""
    found = cut_off(report)
    return Section(
        found.title,
        f"{found.said} {_held_to_its_seal(report)}",
        (*found.tables, *restated(report)),
        panels=found.panels,
    )


def sign_off(report: Report) -> Section:
    """Leave room for those who sign."""
    columns = [Column("Role"), Column("Name"), Column("Date"), Column("Signature")]
    blank: Sequence[tuple[Cell, ...]] = [(role, "", "", "") for role in ROLES]
    return Section(
        "Sign-off",
        f"Of {report.period.name}, version {report.provenance.version}, from export {report.provenance.export_id}.",
        (Table("Sign-off", tuple(columns), tuple(blank), blank=True),),
    )


def _held_to_its_seal(report: Report) -> str:
    origin = report.provenance
    if origin.restatement:
        return origin.restatement.sentence
    if origin.own_seal:
        return f"The month is as it was sealed in {origin.own_seal.bag}."
    return "The month was not sealed before, so there is no seal to hold it against."


CONTENTS: tuple[Chapter, ...] = (
    Chapter("1", "scope", "Scope and result", scope),
    Chapter("2", "provenance", "Provenance", provenance),
    Chapter("3", "totals", "Control totals", control_totals),
    Chapter("4", "roll-forward", "Roll-forward", roll_forward),
    Chapter("5", "wallets", "Wallet-level proof", wallets),
    Chapter("6", "drift", "Drift as of the cut", drift),
    Chapter("7", "completeness", "Completeness and existence", completeness),
    Chapter("8", "cut-off", "Cut-off", cut_off_and_closed_months),
    Chapter("9", "adjustments", "Manual adjustments", adjustments),
    Chapter("10", "digits", "Analytic review", digits),
    Chapter("11", "reconciliations", "Reconciliation history", reconciliations),
    Chapter("12", "exceptions", "Exceptions and dispositions", exceptions),
    Chapter("13", "sample", "Sample for testing", sample),
    Chapter("14", "exposure", "Exposure", holdings),
    Chapter("15", "control", "Control operation", control),
    Chapter("16", "liabilities", "Proof of liabilities", liabilities),
    Chapter("17", "seal", "Seal", seal),
    Chapter("18", "sign-off", "Sign-off", sign_off),
    Chapter("A", "annex", "Annex: rules, words, versions", annex),
)
"""The sections in their order."""

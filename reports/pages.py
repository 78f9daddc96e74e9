"""The report as numbered sections of sentences and tables: what every paged rendering (PDF, workpapers) lays out.

What goes in: order, titles, columns, and which value stands where; amounts stay minor units beside their currency.
What stays out: page one (page_one), figures the report does not hold, and how anything looks (pdf, workbook).
A further section is one function of the report, and its place in `SECTIONS`.
"""

from collections.abc import Callable, Iterator, Sequence

from reports.day_pages import cut_off, reconciliations, volume
from reports.digit_pages import digits
from reports.disposition_pages import register, waivers
from reports.evidence import ExceptionTable, RuleResult
from reports.model import Report
from reports.page_one import basis, cut_at, state_of, tally
from reports.restatement_pages import of_seals, restated
from reports.risk_pages import adjustments, exposure
from reports.roll_forward_pages import roll_forward
from reports.tables import Cell, Column, Section, State, Table, table
from reports.wording import counted, instant

DRIFT = ("recorded", "ledger")
ROLES = ("Prepared by", "Reviewed by", "Approved by")


def pages(report: Report) -> tuple[Section, ...]:
    """Turn the report into its sections, in the order and under the numbers of every rendering."""
    return tuple(section(report) for section in SECTIONS)


def control_totals(report: Report) -> Section:
    """Total every exported transaction, to be compared with the source's own totals."""
    columns = [
        Column("Currency"), Column("Transactions", "number"), Column("Sum", "money"), Column("Absolute sum", "money"),
    ]  # fmt: skip
    rows = [(each.currency, each.transactions, each.total, each.absolute_total) for each in report.control_totals]
    return Section(
        "Control totals of the export",
        (
            "Every exported transaction, of any month and any status. Compare with the source's own totals to see "
            "that nothing is missing. Absolute totals cannot hide two errors that cancel out."
        ),
        (table("Control totals", columns, rows),),
        nothing="The export holds no transaction.",
    )


def drift(report: Report) -> Section:
    """Compare recorded balances with the ledger, as of the cut."""
    found = report.drift
    by_currency = [
        (each.currency, each.compared, each.drifting, each.gross, each.net, each.largest) for each in found.currencies
    ]
    worst = [(each.wallet_id, each.currency, each.ledger, each.recorded, each.drift) for each in found.worst]
    columns = [
        Column("Currency"), Column("Compared", "number"), Column("Drifting", "number"),
        Column("Gross drift", "money"), Column("Net drift", "money"), Column("Largest", "money"),
    ]  # fmt: skip
    balances = [
        Column("Wallet", "id"), Column("Currency"), Column("Ledger", "money"), Column("Recorded", "money"),
        Column("Drift", "money", less=("Recorded", "Ledger")),
    ]  # fmt: skip
    return Section(
        "Drift as of the cut",
        " ".join(_of_drift(report)),
        (
            table("Drift by currency, as of the cut", columns, by_currency),
            table("Largest, up to ten a currency", balances, worst),
        ),
    )


def _of_drift(report: Report) -> Iterator[str]:
    known = (
        " Recorded balances are known at the cut only: they are compared with the ledger at the cut, never with the "
        "month's closing."
    )
    yield f"{cut_at(report)}. {report.drift.sentence}{known if report.drift.examined else ''}"
    if report.drift.examined and not report.period.holds_cut:
        yield f"The cut is not in {report.period.name}, so none of this is part of its verdict."
    if report.drift.not_compared:
        number = counted(report.drift.not_compared, "balance")
        yield (
            f"{number} could not be compared: without a ledger, without a recorded balance, or with several. "
            "Other rules judge those."
        )


def rules(report: Report) -> Section:
    """Count the rules by how they ended, and list every rule with its result, gates first."""
    counts = [
        Column("Ended", "state"), Column("Deciding", "number"), Column("Beside", "number"), Column("Meaning"),
    ]  # fmt: skip
    columns = [
        Column("Result", "state"), Column("Rule", "rule"), Column("What must hold", beneath="Rule"),
        Column("What was found", beneath="Rule"), Column("Severity"), Column("Scope"),
        Column("Examined", "number"), Column("Offenders", "number"),
    ]  # fmt: skip
    rows = [
        (
            State(state_of(each.result, each.examined), each.result),
            each.rule,
            each.statement,
            _found(each),
            each.severity,
            each.scope if each.counts_for_verdict else f"{each.scope}, not in the verdict",
            each.examined,
            each.offenders,
        )
        for each in report.rules
    ]
    return Section(
        "Every rule and its result",
        (
            "A rule is a query that returns the rows that break it. Gates come first: if one breaks, nothing is "
            "judged. Beside the rules that decide on the month stand those that are judged as of the cut only."
        ),
        (
            table(
                "How the rules ended",
                counts,
                [(State(each.state, each.state), each.deciding, each.aside, each.meaning) for each in tally(report)],
            ),
            table("Rules", columns, rows),
        ),
    )


def _found(rule: RuleResult) -> str:
    empty = "Nothing to examine." if rule.result == "held" and not rule.examined else ""
    one_cause = "Breaks half or more of what it examined: look for one cause." if rule.systemic else ""
    return " ".join(filter(None, (rule.problem or rule.sentence or empty, one_cause)))


def exceptions(report: Report) -> Section:
    """List the rows that break a rule, one table a rule."""
    return Section(
        "Exceptions",
        (
            "The rows that break a rule, the worst first. Where there are more than are shown here, the file named "
            "has them all."
        ),
        tuple(_exceptions(each) for each in report.exceptions),
        nothing="No rule has a row that breaks it.",
    )


def _exceptions(found: ExceptionTable) -> Table:
    meanings = {"text": "id", "flag": "text"}
    names = [column.name for column in found.columns]
    columns = [
        Column(
            each.name.replace("_", " ").capitalize(),
            meanings.get(each.meaning, each.meaning) if each.name != "currency" else "text",  # type: ignore[arg-type]
            less=("Recorded", "Ledger") if each.name == "drift" and {*DRIFT} < {*names} else None,
        )
        for each in found.columns
    ]
    counts = [place for place, column in enumerate(found.columns) if column.meaning == "number"]
    rows = [
        tuple(int(value) if place in counts and value is not None else value for place, value in enumerate(row))
        for row in found.rows
    ]
    return Table(found.rule, tuple(columns), tuple(rows), total=found.total, rows_path=found.rows_path, worked=True)


def provenance(report: Report) -> Section:
    """Say what the figures were computed from."""
    tables = [(each.table, each.received, each.rows, each.quarantined, each.files) for each in report.provenance.tables]
    columns = [
        Column("Table", "id"), Column("Rows in the source", "number"), Column("Exported", "number"),
        Column("Quarantined", "number"), Column("Files", "number"),
    ]  # fmt: skip
    return Section(
        "Provenance",
        (
            "What the figures were computed from. The same export and the same configuration give this same "
            f"document, byte for byte.{_restates(report)}"
        ),
        (
            table("Basis", [Column("Basis"), Column("In this report")], list(basis(report))),
            table("Origin", [Column("What"), Column("Which", "id")], list(_origin(report))),
            *restated(report),
            table("Exported tables", columns, tables),
        ),
    )


def _restates(report: Report) -> str:
    found = report.provenance.restatement
    return f" {found.sentence}" if found else ""


def _origin(report: Report) -> Iterator[tuple[Cell, ...]]:
    origin, cut = report.provenance, report.cut
    yield "Source", origin.source_kind
    if origin.deployment:
        yield "Deployment", origin.deployment
    if origin.source_bytes is not None:
        yield "Size of the source", counted(origin.source_bytes, "byte")
    if origin.source_sha256:
        yield "SHA-256 of the source", origin.source_sha256
    yield "Export and certificate", origin.export_id
    yield "Cut", f"{cut_at(report)} ({cut.bound} bound, {cut.proof})"
    if cut.latest_created_at:
        yield "Newest transaction", instant(cut.latest_created_at)
    yield "SHA-256 of the configuration", origin.mapping_sha256
    yield "Version of this report", str(origin.version)
    if origin.replaces:
        yield "Replaces", origin.replaces
    if origin.reason:
        yield "Reason", origin.reason
    yield from of_seals(report)


def words(report: Report) -> Section:
    """Define the words of the report, and how it writes amounts."""
    return Section(
        "What the words mean",
        (
            "Amounts are in major units with each currency's own decimals; those below zero are in brackets. Amounts "
            "of a currency that is not configured are in minor units, and say so."
        ),
        (table("Words", [Column("Word"), Column("Meaning")], [(each.term, each.meaning) for each in report.glossary]),),
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


SECTIONS: tuple[Callable[[Report], Section], ...] = (
    control_totals,
    roll_forward,
    drift,
    volume,
    cut_off,
    exposure,
    adjustments,
    digits,
    reconciliations,
    rules,
    exceptions,
    register,
    waivers,
    provenance,
    words,
    sign_off,
)
"""The sections in their order; a section's number is its place."""

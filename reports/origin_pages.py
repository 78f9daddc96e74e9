"""The sections on where the figures come from: their source, and the totals by which it ties out.

What goes in: columns and rows of both. What stays out: what the report does not hold, and looks.
"""

from collections.abc import Iterator

from assets.schemas import ORDERS
from checks.sentences import counted
from reports.model import Report
from reports.page_one import cut_at
from reports.restatement_pages import of_seals
from reports.tables import Cell, Column, Section, Table, table
from reports.wording import instant


def provenance(report: Report) -> Section:
    """Say what the figures were computed from."""
    tables = [(each.table, each.received, each.rows, each.quarantined, each.files) for each in report.provenance.tables]
    columns = [
        Column("Table", "id"), Column("Rows received", "number"), Column("Exported", "number"),
        Column("Quarantined", "number"), Column("Files", "number"),
    ]  # fmt: skip
    return Section(
        "Provenance",
        (
            "What the figures were computed from. The same export, configuration and history give this same "
            "document, byte for byte."
        ),
        (
            table("Origin", [Column("What"), Column("Which", "id")], list(_origin(report))),
            table("Exported tables", columns, tables),
        ),
    )


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
    yield "SHA-256 of the configuration", origin.configuration_sha256 or "not known"
    yield "Its part that the export depends on", origin.mapping_sha256
    yield "SHA-256 of the rules", origin.rules_sha256 or "not known"
    yield "SHA-256 of the program that exported", origin.program_sha256 or "not known"
    yield "Version of this report", str(origin.version)
    if origin.replaces:
        yield "Replaces", origin.replaces
    if origin.reason:
        yield "Reason", origin.reason
    yield from of_seals(report)


def control_totals(report: Report) -> Section:
    """Total every exported transaction, to be compared with the source's own totals."""
    columns = [
        Column("Currency"), Column("Transactions", "number"), Column("Sum", "money"),
        Column("Above zero", "money"), Column("Below zero", "money"), Column("Absolute sum", "money"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (each.currency, each.transactions, each.total, each.credits, each.debits, each.absolute_total)
        for each in report.control_totals
    ]
    return Section(
        "Control totals",
        (
            "Of every exported transaction, of any month and any status; then of each table on its way from the "
            "source, and of the month. Compare with the source's own totals to see that nothing is missing: where it "
            "gives none, what was exported ties to what was received, and to no more. Absolute totals cannot hide two "
            "errors that cancel out. The canonical root of the rows is in the month's seal."
        ),
        (table("Every exported transaction", columns, rows), _stages(report), _of_month(report)) if rows else (),
        nothing="The export holds no transaction.",
    )


def _stages(report: Report) -> Table:
    """Lay the rows and sums of each table side by side, as they were counted on their way."""
    columns = [
        Column("Table", "id"), Column("Rows by the source", "number"), Column("Received", "number"),
        Column("Exported", "number"), Column("Quarantined", "number"), Column("Sum by the source", "number"),
        Column("Sum received", "number"), Column("Sum exported", "number"), Column("Ties"),
    ]  # fmt: skip
    return table("From source to export; sums in minor units of all currencies", columns, list(_stage(report)))


def _stage(report: Report) -> Iterator[tuple[Cell, ...]]:
    for each in report.provenance.tables:
        if each.table in ORDERS and (each.received or each.rows):
            sums = [None if of is None else int(of) for of in (each.source_sum, each.received_sum, each.written_sum)]
            known = [of for of in sums if of is not None]
            counts = [of for of in (each.source_rows, each.received) if of is not None]
            ties = all(of == each.rows + each.quarantined for of in counts)
            ties = ties and (each.quarantined > 0 or all(of == known[0] for of in known))
            yield (
                each.table, each.source_rows, each.received, each.rows, each.quarantined, *sums,
                _tie(ties=ties, known=each.source_rows is not None),
            )  # fmt: skip


def _tie(*, ties: bool, known: bool) -> str:
    if not ties:
        return "no"
    return "yes" if known else "as received"


def _of_month(report: Report) -> Table:
    columns = [
        Column("Currency"), Column("Transactions", "number"), Column("Sum", "money"), Column("Above zero", "money"),
        Column("Below zero", "money"), Column("Smallest and largest id", "id"),
        Column("Largest id", "id", beneath="Smallest and largest id"), Column("Earliest and latest", "time"),
        Column("Latest", "time", beneath="Earliest and latest"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            each.currency, each.transactions, each.total, each.credits, each.debits, each.first_id, each.last_id,
            each.first_at, each.last_at,
        )
        for each in report.totals_of_month
    ]  # fmt: skip
    return table(f"The transactions of {report.period.name}, of any status", columns, rows)

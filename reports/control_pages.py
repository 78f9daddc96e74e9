"""The sections on the audit itself: its scope, what rules of existence say, how its controls ran, and the annex.

What goes in: columns and rows of each. What stays out: what the report does not hold, and looks.
"""

from collections.abc import Iterator, Mapping

from reports.at_stake import worths
from reports.evidence import RuleResult
from reports.model import Report
from reports.page_one import basis, tally
from reports.tables import Cell, Column, Section, State, Table, table
from reports.wording import listed, state_of

EXISTENCE = ("completeness", "existence")


def scope(report: Report) -> Section:
    """Say what was asked and what came of it: policy, settings, what changed, and how the rules ended."""
    policy = [Column("Basis"), Column("In this report")]
    settings = [Column("Setting", "id"), Column("Value")]
    changed = [Column("What changed"), Column("Before"), Column("Now")]
    ended = [Column("Ended", "state"), Column("Deciding", "number"), Column("Beside", "number"), Column("Meaning")]
    flows = [Column("Kind", "id"), Column("Sign"), Column("Flow")]
    changes: list[tuple[Cell, ...]] = [(each.what, each.before, each.now) for each in report.since_last_month.changed]
    return Section(
        "Scope and result",
        (
            f"{report.verdict.sentence} {report.since_last_month.sentence} Every row of the export was examined; "
            "nothing was sampled."
        ),
        (
            table("Basis", policy, list(basis(report))),
            *((table("Changed since the month before", changed, changes),) if changes else ()),
            table("How the rules ended", ended, _ended(report)),
            table("Kinds of transaction", flows, [(each.kind, each.sign, each.flow) for each in report.basis.kinds]),
            table("Settings of the rules", settings, [(each.name, each.value) for each in report.basis.settings]),
        ),
    )


def _ended(report: Report) -> list[tuple[Cell, ...]]:
    return [(State(each.state, each.state), each.deciding, each.aside, each.meaning) for each in tally(report)]


def existence(report: Report) -> Table:
    """Say how the rules of completeness and existence ended."""
    columns = [
        Column("Result", "state"), Column("Rule", "rule"), Column("What must hold"), Column("Asserts"),
        Column("Examined", "number"), Column("Offenders", "number"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            State(state_of(each.result, each.examined), each.result),
            each.rule,
            each.statement,
            each.asserts,
            each.examined,
            each.offenders,
        )
        for each in report.rules
        if each.asserts in EXISTENCE
    ]
    return table("Rules of completeness and existence", columns, rows)


def control(report: Report) -> Section:
    """List every rule with its result, gates first, and what the self-test says of the rules themselves."""
    columns = [
        Column("Result", "state"), Column("Rule", "rule"), Column("What must hold", beneath="Rule"),
        Column("What was found", beneath="Rule"), Column("What is waived", beneath="Rule"),
        Column("Severity"), Column("Scope"), Column("Examined", "number"), Column("Offenders", "number"),
        Column("Waived", "number"),
    ]  # fmt: skip
    decimals = report.basis.decimals
    rows: list[tuple[Cell, ...]] = [
        (
            State(state_of(each.result, each.examined), each.result),
            each.rule,
            each.statement,
            _found(each),
            _waived(each, decimals),
            each.severity,
            each.scope if each.counts_for_verdict else f"{each.scope}, not in the verdict",
            each.examined,
            each.offenders,
            each.waived,
        )
        for each in report.rules
    ]
    return Section(
        "Control operation",
        (
            "A rule is a query that returns the rows that break it. Gates come first: if one breaks, nothing is "
            "judged. Great Expectations enforces what each query returned, and had to agree. Section 11 "
            "says on which days an audit ran; whether every scheduled run took place is judged by the audit itself, "
            f"and is part of no report. {_tested(report)}"
        ),
        (Table("Rules", tuple(columns), tuple(rows), linked=True), detected(report)),
    )


def _found(rule: RuleResult) -> str:
    empty = "Nothing to examine." if rule.result == "held" and not rule.examined else ""
    one_cause = "Breaks half or more of what it examined: look for one cause." if rule.systemic else ""
    return " ".join(filter(None, (rule.problem or rule.sentence or empty, one_cause)))


def _tested(report: Report) -> str:
    found = report.detection
    if not found.known:
        return found.sentence
    return (
        f"The rules themselves were tested: {found.sentence} The copy was of {found.ledger}, export {found.export_id}."
    )


def _waived(rule: RuleResult, decimals: Mapping[str, int]) -> str:
    return f"Waived, worth {listed(worths(rule.waived_amounts, decimals))}." if rule.waived_amounts else ""


def detected(report: Report) -> Table:
    """Lay out the detection matrix of the self-test."""
    columns = [
        Column("Rule", "rule"), Column("Planted", "number"), Column("Caught", "number"),
        Column("False alarms", "number"), Column("What else broke of it, as it should"), Column("Told"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            each.rule,
            each.planted,
            each.caught,
            each.false_alarms,
            ", ".join(f"{other.rule} {other.faults}" for other in each.consequences),
            each.told,
        )
        for each in report.detection.rules
    ]
    return table("Detection matrix", columns, rows)


def annex(report: Report) -> Section:
    """List every rule with what it asserts and the digest of its query, define the words, and name the version."""
    rules = [
        Column("Rule", "rule"), Column("What must hold", beneath="Rule"), Column("Asserts"), Column("Severity"),
        Column("Scope"), Column("SHA-256 of its query", "id"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (each.rule, each.statement, each.asserts, each.severity, each.scope, each.query_sha256) for each in report.rules
    ]
    return Section(
        "Annex: rules, words, versions",
        (
            "A rule is a query; its text is in tieout and in the archive of the month. Amounts are in major units "
            "with each currency's own decimals; those below zero are in brackets. Amounts of a currency that is not "
            "configured are in minor units, and say so."
        ),
        (
            table("Rules", rules, rows),
            table(
                "Words", [Column("Word"), Column("Meaning")], [(each.term, each.meaning) for each in report.glossary]
            ),
            table("Versions of this report", [Column("Version"), Column("What it is")], list(_versions(report))),
        ),
    )


def _versions(report: Report) -> Iterator[tuple[Cell, ...]]:
    origin = report.provenance
    if origin.replaces:
        yield origin.replaces, "replaced by this one, and kept as it was in the home"
    reason = f": {origin.reason}" if origin.reason else ""
    yield f"v{origin.version}", f"this one, from export {origin.export_id}{reason}"

"""The evidence as frozen, typed data: every rule's result, the rows that break it, the origin of it all.

What goes in: rules, exceptions, provenance, glossary. What stays out: amounts by currency (sections).
"""

from typing import Literal

from reports.base import Amount, Digest, Part, Result, Scope, Severity
from reports.restatement import NamedSeal, Restatement


class RuleResult(Part):
    """One rule and its result."""

    rule: str
    """The rule's name: the statement that should be true."""
    result: Result
    """held, broken, not verified or not applicable."""
    severity: Severity
    """gate, error or warning."""
    scope: Scope
    """month: the month's rows. closing: balances at its end. cut: the state at the cut."""
    counts_for_verdict: bool
    """Whether it is part of this month's verdict."""
    asserts: str
    """What of the ledger it speaks for: completeness, accuracy, existence, cut-off, classification, authorisation."""
    statement: str
    """What must hold, in words."""
    query_sha256: Digest | None
    """The SHA-256 of its query, whose text is in tieout and in the archive of the month."""
    examined: int
    """How many rows it looked at."""
    offenders: int
    """How many of them break it and are not waived."""
    waived: int
    """How many of them break it and are waived."""
    waived_amounts: tuple[Amount, ...]
    """What the waived rows are worth by currency."""
    systemic: bool
    """Whether it breaks half or more of what it examined: one cause, not many accidents."""
    sentence: str
    """What was found."""
    problem: str | None
    """Why it is not verified or does not apply."""
    rows: str | None
    """The Parquet of all offending rows, relative to the home."""


class Column(Part):
    """A column of an exception table."""

    name: str
    """Its name in the Parquet."""
    meaning: Literal["text", "money", "number", "time", "flag"]
    """How to read its values; money is minor units of the currency beside it."""


class ExceptionTable(Part):
    """The rows that break one rule, the worst first."""

    rule: str
    """The rule's name."""
    total: int
    """How many rows there are, waived ones among them."""
    shown: int
    """How many of them are here."""
    rows_path: str | None
    """The Parquet that has them all, relative to the home."""
    columns: tuple[Column, ...]
    """The columns."""
    rows: tuple[tuple[str | None, ...], ...]
    """The rows, values as text."""


class SourceTable(Part):
    """One exported table."""

    table: str
    """Its name."""
    received: int
    """How many rows the source had."""
    rows: int
    """How many rows were exported."""
    quarantined: int
    """How many rows could not be read exactly and were kept apart."""
    source_rows: int | None
    """How many rows the source itself counts; null where it does not."""
    received_sum: str | None
    """What the rows received add up to, in minor units of all currencies together; null where they hold no money."""
    source_sum: str | None
    """What the source itself adds up; null where it does not."""
    written_sum: str | None
    """What was read back of what was written."""
    files: int
    """How many files hold it."""


class Provenance(Part):
    """Where the figures come from, so that anyone can compute them again."""

    export_id: str
    """The export: its number and the first digits of its certificate's SHA-256."""
    source_kind: str
    """What kind of source it was read from."""
    deployment: str | None
    """The deployment it came from, where the source tells."""
    source_sha256: Digest | None
    """The SHA-256 of the source file."""
    source_bytes: int | None
    """The size of the source file."""
    mapping_sha256: str
    """The SHA-256 of the part of the configuration that the export depends on."""
    configuration_sha256: str | None
    """The SHA-256 of the whole configuration in force."""
    rules_sha256: str | None
    """The SHA-256 of the rules that reports judge: what is registered of each, and its text."""
    program_sha256: str | None
    """The SHA-256 of the part of tieout that made the export."""
    version: int
    """The number of this version of the month's report."""
    replaces: str | None
    """The version it replaces."""
    reason: str | None
    """Why it replaces it."""
    previous_seal: NamedSeal | None
    """The seal of the month before, where it was sealed from an earlier export when this report was made."""
    own_seal: NamedSeal | None
    """The seal of this month that it was held against, where it was sealed before this report was made."""
    restatement: Restatement | None
    """How the month differs from what was sealed of it, where it does."""
    tables: tuple[SourceTable, ...]
    """The exported tables."""


class Term(Part):
    """A word and what it means here."""

    term: str
    """The word."""
    meaning: str
    """What it means."""

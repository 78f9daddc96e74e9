"""What a report is made from, as plain values: the contract with whoever runs the audit.

What goes in: the inputs of `build_report`. What stays out: the report itself (model) and how facts are found.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pyarrow as pa

from checks.outcome import WaiverUse
from checks.rule import Escalation
from reports.restatement import Restated

Query = Callable[[str], pa.Table]
"""SQL text -> Arrow table, over the views of `month_views`."""


class Outcome(Protocol):
    """What the report needs to know of one rule's outcome; the values are those of `reports.base`."""

    @property
    def rule(self) -> str:
        """The rule's name, the statement that should be true."""

    @property
    def result(self) -> str:
        """One of held, broken, not verified, not applicable."""

    @property
    def severity(self) -> str:
        """One of gate, error, warning."""

    @property
    def scope(self) -> str:
        """One of month, closing, cut."""

    @property
    def asserts(self) -> str:
        """What of the ledger it speaks for, in an auditor's words."""

    @property
    def statement(self) -> str:
        """What must hold, in words: the first line of the rule's SQL."""

    @property
    def advice(self) -> str:
        """What to do first where it is broken or not verified."""

    @property
    def escalation(self) -> Escalation | None:
        """Who must hear of it when it is broken, and how soon."""

    @property
    def examined(self) -> int:
        """How many rows it looked at."""

    @property
    def offenders(self) -> int:
        """How many of them break it and are not waived."""

    @property
    def amounts(self) -> Mapping[str, str]:
        """What these rows are worth by currency, in minor units."""

    @property
    def waived(self) -> int:
        """How many break it and are waived."""

    @property
    def waived_amounts(self) -> Mapping[str, str]:
        """What the waived rows are worth by currency, in minor units."""

    @property
    def systemic(self) -> bool:
        """Whether it breaks half or more of what it examined."""

    @property
    def sentence(self) -> str:
        """What was found, with both figures and the difference."""

    @property
    def rows(self) -> str | None:
        """The Parquet of all offenders, relative to the home."""

    @property
    def counts_for_verdict(self) -> bool:
        """Whether it is part of this month's verdict."""

    @property
    def problem(self) -> str | None:
        """Why it is not verified or not applicable."""


@dataclass(frozen=True)
class KindPolicy:
    """How the configuration sees one kind: sign is credit, debit or either; flow as in `kinds`."""

    kind: str
    sign: str
    flow: str


@dataclass(frozen=True)
class Basis:
    """The configuration the figures rest on: tolerance in minor units, decimals by currency."""

    settled: Sequence[str]
    unsettled: Sequence[str]
    kinds: Sequence[KindPolicy]
    drift_tolerance: int
    currencies: Mapping[str, int]
    absent_tables: Sequence[str]
    settings: Mapping[str, str] = field(default_factory=dict)
    """The settings of the rules as JSON, by name."""


class FlagPolicy(Protocol):
    """What the report needs to know of one flag of an adjustment."""

    @property
    def name(self) -> str:
        """Its name, a column of `adjustment_flags`."""

    @property
    def meaning(self) -> str:
        """What it says of an adjustment."""

    @property
    def weight(self) -> int:
        """What it adds to the score."""

    @property
    def missing(self) -> str | None:
        """What the source does not have, so that the flag says nothing."""


@dataclass(frozen=True)
class MonthFacts:
    """All about one month that is not a query: identity, certificate, basis, and what the rules said."""

    month: str
    complete: bool
    holds_cut: bool
    version: int
    replaces: str | None
    reason: str | None
    certificate: Mapping[str, Any]
    export_id: str
    entity: str
    zone: str
    basis: Basis
    outcomes_month: Sequence[Outcome]
    verdict: str
    offenders: Mapping[str, pa.Table]
    waivers: Sequence[WaiverUse] = ()
    exceptions: Sequence[Mapping[str, Any]] = ()
    """How the exceptions of each rule rolled forward from the export before (assets/exceptions)."""
    flags: Sequence[FlagPolicy] = ()
    not_looked_for: Sequence[str] = ()
    adjustments_path: str | None = None
    previous_seal: Mapping[str, Any] | None = None
    """The row of sealed_months of the month before."""
    own_seal: Mapping[str, Any] | None = None
    """The row of sealed_months of the month itself."""
    off_the_seal: int | None = None
    """How many balances of the month before differ from their sealed closing, where they could be named."""
    restated: Restated | None = None
    """What differs from the month's own seal."""
    queries: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256 of each rule's text."""
    configuration: str | None = None
    """The SHA-256 of the configuration."""
    register: str | None = None
    """The SHA-256 of the rules that reports judge: what is registered of each, and its text."""
    earlier: Mapping[str, Any] | None = None
    """The report of the month before as an earlier export made it, as its JSON has it."""
    selftest: Mapping[str, Any] | None = None
    """What the newest self-test of just these rules kept."""

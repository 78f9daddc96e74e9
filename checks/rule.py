"""What a rule is: a query that returns the rows that break it, and what people need to know of it.

Stays out: which rules there are (rules), running them (judge) and showing them.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from assets.configuration import CONFIGURED
from assets.schemas import TABLES
from assets.sieves import Sieve

Severity = Literal["gate", "error", "warning"]
Scope = Literal["month", "closing", "cut"]
Assertion = Literal["completeness", "accuracy", "existence", "cut-off", "classification", "authorisation"]

SQL = Path(__file__).parent / "sql"
NAMED = re.compile(r"\b(?:FROM|JOIN)\s+([a-z_]+)")
OWN = re.compile(r"\b([a-z_]+) AS \(")
"""A part of a query that it names itself."""
KNOWN = (*TABLES, *CONFIGURED, "balances_again", "closings_as_closed")
"""Every name that a text may read from."""
BEHIND = {"creators": ("users",)}
"""Tables that a computed one is made of: where they are empty, it says nothing."""


@dataclass(frozen=True)
class Escalation:
    """Who must hear of it, and how soon."""

    level: Literal["critical", "warning"]
    minutes: int
    """Within how many minutes; 0 is at once."""


@dataclass(frozen=True)
class Enough:
    """How much history a rule needs; with less it is not applicable yet."""

    rows: str
    """What it needs, as a FROM clause."""
    least: int
    """How many of these rows."""
    unit: str
    """What they are, in words."""


@dataclass(frozen=True, kw_only=True)
class _Told:
    severity: Severity
    """A broken gate: nothing may be judged. A broken error: the verdict is BROKEN. A broken warning changes none."""
    asserts: Assertion
    """What of the ledger it speaks for, in an auditor's words."""
    scope: Scope
    """What of it belongs to a month: its rows, the balances at its end, or only the cut."""
    table: str
    """The table it is a check of, as Dagster shows it."""
    examines: str
    """What it looks at, as a FROM clause; the count of these rows is *examined*."""
    counting: str | None = None
    """Where each of these rows stands for several, how many, as SQL over its columns: their sum is *examined*."""
    sentence: str
    """The worst offender in words; fields are its columns, `:money` in its currency, `:size` without the sign."""
    advice: str
    """What to do about it first."""
    without_wallet: str | None = None
    """The worst offender in words where it names no wallet, if that reads otherwise."""
    escalation: Escalation | None = None
    needs: tuple[str, ...] = ()
    """Tables and columns without which the configuration makes it not applicable; `history` is an export before,
    `commits` a source that gives the commits which wrote its rows, `kinds.transfer` any kind of that flow."""
    cannot_examine: str | None = None
    """Rows it should look at and cannot, as a FROM clause: with any of them it does not hold, it is not verified.
    A column `problem` says why."""
    enough: Enough | None = None
    """The history without which it says nothing yet."""
    flow: str | None = None
    """The flow of the kinds of transaction it speaks of, if only one."""
    kinds: tuple[str, ...] = ()
    """The kinds of transaction it speaks of, if only some."""
    subject: tuple[str, ...] = ()
    """The columns by which an offender is recognised in the next export, if not those of the convention (offenders)."""
    amount: str | None = None
    """What an offender is worth in minor units, as SQL over its columns, if not what the convention says."""
    sieve: Sieve | None = None
    """Which transactions cannot break it whatever else there is, where that is told faster than by its query."""
    tells_suspects: bool = False
    """Whether a part of its query, `suspects`, tells which transactions may break it, by their transaction_hash, or in
    which wallets they are, by wallet_key, reading no texts of the ledger; and what comes after reads no part before.
    Then only the rows of these are read."""
    operations: bool = False
    """Whether it speaks of how tieout and the application run: it never changes a verdict."""


@dataclass(frozen=True)
class Rule(_Told):
    """What must hold, what it is asked of, and how its worst offender is told."""

    name: str

    @property
    def text(self) -> str:
        """Its SQL, read verbatim by every engine."""
        return (SQL / f"{self.name}.sql").read_text()

    @property
    def statement(self) -> str:
        """What must hold, in words."""
        return self.text.partition("\n")[0].removeprefix("-- ")

    @cached_property
    def views(self) -> tuple[str, ...]:
        """The tables that its query, and what it examines, read from, and those behind them."""
        clauses = (self.examines, self.cannot_examine, self.enough and self.enough.rows)
        texts = " ".join((self.text, *(f"FROM {clause}" for clause in clauses if clause)))
        named = set(NAMED.findall(texts)) & set(KNOWN) - set(OWN.findall(self.text))
        return tuple(sorted(named.union(*(BEHIND.get(name, ()) for name in named))))

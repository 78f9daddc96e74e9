"""What a month's report says of seals: the one before it, and how the month differs from what was sealed of it.

What goes in: typed data, and cutting it to what a person reads. What stays out: comparing (archive.comparison), looks.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import pyarrow as pa

from checks.sentences import counted
from reports.base import Digest, MinorUnits, Part
from reports.wording import listed

LIMIT = 100


class NamedSeal(Part):
    """A seal, by the bag it is of."""

    bag: str
    """The bag: a month and the version of its report."""
    seal: Digest
    """The SHA-256 of its statement."""


class RestatedBalance(Part):
    """A balance that does not close as it was sealed."""

    wallet_id: str | None
    """The wallet; null where neither then nor now anything says which."""
    currency: str
    """The currency."""
    sealed: MinorUnits
    """The closing as it was sealed."""
    now: MinorUnits
    """The closing as this report has it."""
    difference: MinorUnits
    """The latter less the former."""


class RestatedRow(Part):
    """A transaction by which the month differs from what was sealed."""

    change: Literal["added", "removed", "changed"]
    """What became of it."""
    transaction_id: str
    """Its id."""
    wallet_id: str | None
    """Its wallet."""
    currency: str | None
    """Its currency."""
    sealed: MinorUnits | None
    """Its amount as it was sealed; null where it was not there."""
    now: MinorUnits | None
    """Its amount now; null where it is not there."""
    columns: tuple[str, ...]
    """The columns that have another value."""


class Restatement(Part):
    """How the month differs from what was sealed of it."""

    replaces: NamedSeal
    """The seal it was held against."""
    sealed_by: str
    """The export that was sealed."""
    sentence: str
    """What differs, in words."""
    rows_sealed: int
    """How many transactions were sealed."""
    rows_now: int
    """How many there are now."""
    root_sealed: Digest
    """The root over the rows that were sealed."""
    root: Digest
    """The root over the rows there are now."""
    balances_total: int
    """How many balances open, close or count otherwise; `balances` has the largest differences."""
    balances: tuple[RestatedBalance, ...]
    """The balances that do, by the size of the difference."""
    balances_path: str | None
    """The Parquet that has them all, relative to the home."""
    rows_total: int
    """How many transactions did it."""
    rows: tuple[RestatedRow, ...]
    """The transactions that did it, by the size of the difference."""
    rows_path: str | None
    """The Parquet that has them all with both sides, relative to the home."""


@dataclass(frozen=True)
class Restated:
    """A month that is not as it was sealed: its row of sealed_months, and what was found."""

    told: Mapping[str, Any]
    rows: pa.Table | None
    balances: pa.Table | None

    def path(self, name: str) -> str | None:
        """Return where the Parquet of rows or balances is."""
        return f"{self.told['restatement']}/{name}.parquet" if self.rows is not None else None


def named_seal(told: Mapping[str, Any] | None) -> NamedSeal | None:
    """Return the seal of a row of sealed_months."""
    return NamedSeal(bag=told["sealed_as"], seal=told["seal"]) if told else None


def restatement(found: Restated | None) -> Restatement | None:
    """Report how a month differs from its seal; nothing where it does not, or was never sealed."""
    if found is None:
        return None
    told, rows, balances = found.told, found.rows, found.balances
    return Restatement(
        replaces=NamedSeal(bag=told["sealed_as"], seal=told["seal"]),
        sealed_by=told["sealed_by"],
        sentence=_sentence(found),
        rows_sealed=told["rows_sealed"],
        rows_now=told["rows_now"],
        root_sealed=told["root_sealed"],
        root=told["root"],
        balances_total=balances.num_rows if balances is not None else 0,
        balances=tuple(map(_balance, balances.slice(0, LIMIT).to_pylist())) if balances is not None else (),
        balances_path=found.path("balances"),
        rows_total=rows.num_rows if rows is not None else 0,
        rows=tuple(map(_row, rows.slice(0, LIMIT).to_pylist())) if rows is not None else (),
        rows_path=found.path("rows"),
    )


def _sentence(found: Restated) -> str:
    told = found.told
    begun = f"This month was sealed as {told['sealed_as']}"
    if found.balances is None:
        return (
            f"{begun}, and is not what was sealed: {counted(told['rows_sealed'], 'transaction')} then, "
            f"{told['rows_now']:,} now. Which of them did it cannot be told: {told['unnamed']}."
        )
    said = [f"{told[how]:,} {how}" for how in ("added", "removed", "changed") if told[how]]
    did = (
        f"of its transactions {listed(said)}"
        if said
        else "its transactions are those that were sealed, its opening not"
    )
    return f"{begun}; since then {did}. {counted(found.balances.num_rows, 'balance')} of it came out otherwise."


def _balance(row: Mapping[str, Any]) -> RestatedBalance:
    return RestatedBalance(
        wallet_id=row["wallet_id"],
        currency=row["currency"],
        sealed=str(int(row["closing_sealed"])),
        now=str(int(row["closing"])),
        difference=str(int(row["change"])),
    )


def _row(row: Mapping[str, Any]) -> RestatedRow:
    sides = [json.loads(row[side]) if row[side] else None for side in ("row_sealed", "row_now")]
    before, after = sides
    return RestatedRow(
        change=cast("Literal['added', 'removed', 'changed']", row["change"]),
        transaction_id=row["transaction_id"],
        wallet_id=row["wallet_id"],
        currency=row["currency"],
        sealed=None if row["amount_sealed"] is None else str(row["amount_sealed"]),
        now=None if row["amount"] is None else str(row["amount"]),
        columns=tuple(name for name in before if before[name] != after[name]) if before and after else (),
    )

"""Sieves: which rows of the ledger a rule need not be asked of, since they cannot break it, whatever the rule says.

What goes in: finding, in one pass over 64-bit columns, the few rows that may have company. What stays out: what that
company means (checks). A sieve may keep rows that are innocent, never lose one that is not: a rule's text says the same
of the rows that stay as of the whole ledger, and a test holds it to that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import polars as pl
import pyarrow as pa

from assets.engines import View
from assets.mapping import RuleSettings

INT64_LEAST = -(2**63)
PAIR = 2


class Sieve(Protocol):
    """A column of transactions, and the values of it that may belong to rows which break a rule."""

    @property
    def column(self) -> str:
        """The column by which the rows that stay are told."""

    def kept(self, transactions: View, settings: RuleSettings) -> pl.Series:
        """Return the values of the column that stay."""


@dataclass(frozen=True)
class Repeated:
    """A row whose value in the column comes once only, or that has none, breaks nothing."""

    column: str

    def kept(self, transactions: View, _: RuleSettings) -> pl.Series:
        """Return the values that come more than once."""
        return _repeated(pl.concat([each.select(self.column) for each in _parts(transactions)]).collect().to_series())


@dataclass(frozen=True)
class Unpaired:
    """A transfer breaks nothing that is two legs in one currency and status, which cancel each other in two wallets."""

    column: str = "transfer_hash"

    def kept(self, transactions: View, settings: RuleSettings) -> pl.Series:
        """Return the transfers of which that is not so: legs are paired as they lie, and in order what is left."""
        pairs, left = [], []
        for part in _parts(transactions):
            legs = part.select(self.column, "amount", "wallet_key", "terms_hash").drop_nulls(self.column).collect()
            found, others = self._paired(legs)
            pairs.append(found)
            left.append(others)
        found, others = self._paired(pl.concat(left).sort(self.column))
        paired = pl.concat([*pairs, found])
        suspects = [others[self.column], _repeated(paired)]
        if settings.transfer_legs not in (0, PAIR):
            suspects.append(paired)
        return pl.concat(suspects).unique()

    def _paired(self, legs: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
        """Return the transfers of legs that lie beside their counterpart, and the legs that do not."""
        amount, after = pl.col("amount"), pl.all().shift(-1).name.suffix("_after")
        first = legs.with_columns(after).select(
            (
                (pl.col(self.column) == pl.col(f"{self.column}_after"))
                & (amount == -pl.col("amount_after"))
                & (amount != INT64_LEAST)
                & (pl.col("wallet_key") != pl.col("wallet_key_after"))
                & (pl.col("terms_hash") == pl.col("terms_hash_after"))
            ).fill_null(value=False)
        ).to_series()
        return legs[self.column].filter(first), legs.filter(~(first | first.shift(1, fill_value=False)))


def _repeated(values: pl.Series) -> pl.Series:
    """Return the values that come more than once: in order, each of them stands beside itself."""
    ordered = values.drop_nulls().sort()
    return ordered.filter(ordered == ordered.shift(1)).unique()


def _parts(view: View) -> Iterator[pl.LazyFrame]:
    """Yield the rows of a view, file by file."""
    if isinstance(view, pa.Table):
        yield pl.DataFrame(view).lazy()
    else:
        yield from (pl.scan_parquet(path, hive_partitioning=False) for path in view)

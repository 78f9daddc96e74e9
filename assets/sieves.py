"""Sieves: which rows of the ledger a rule need not be asked of, since they cannot break it, whatever the rule says.

What goes in: finding, in one pass over columns of numbers, the few rows that may have company, and reading them whole.
What stays out: what that company means (checks). A sieve may keep rows that are innocent, and never loses one that is
not: a rule's text says the same of the rows that stay as of the whole ledger, and a test holds each sieve to that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import polars as pl
import pyarrow as pa

from assets.engines import View
from assets.mapping import Mapping

HASH, WALLET, TRANSFER = "transaction_hash", "wallet_key", "transfer_hash"
INT64_LEAST = -(2**63)
PAIR = 2
AT_ONCE = 2**24
"""How many rows are looked at together; of a longer ledger the rows are taken in shares, to bound memory."""
MOST = 2**18
"""How many rows are read whole at most; where more may be needed, the whole ledger is asked."""
SPREAD = (0x9E3779B97F4A7C15 - 2**64, 0xC2B2AE3D27D4EB4F - 2**64)
"""Odd factors that spread a wallet and an amount over 64 bits."""


class Sieve(Protocol):
    """What tells the rows that may break a rule from all others."""

    def kept(self, transactions: View, mapping: Mapping) -> pa.Table | None:
        """Return the transaction_hash of every row that stays, in a column of that name; nothing if they are many."""


@dataclass(frozen=True)
class Repeated:
    """A row breaks nothing whose value in the column comes once only, or that has none."""

    column: str

    def kept(self, transactions: View, _: Mapping) -> pa.Table | None:
        """Return the rows whose value comes more than once."""
        rows = _whole(transactions).select(self.column)
        shares = _shares(transactions, rows, self.column)
        repeated = pl.concat([_repeated(share.to_series()) for share in shares])
        return _hashes_of(transactions, repeated)


@dataclass(frozen=True)
class Close:
    """A row breaks nothing that has no other beside it, of the same amount in the same wallet within `repeat_seconds`.

    Rows that are not settled, and transfers, are no company, and need none.
    """

    def kept(self, transactions: View, mapping: Mapping) -> pa.Table | None:
        """Return the rows that have one."""
        transfers = [kind for kind, policy in mapping.kinds.items() if policy.flow == "transfer"]
        rows = (
            _whole(transactions)
            .filter(pl.col("settled"), ~pl.col("kind").is_in(transfers))
            .select(HASH, WALLET, "amount", pl.col("created_at").dt.epoch("s").alias("second"))
        )
        shares = _shares(transactions, rows, WALLET)
        return _few(pl.concat([self._close(share, mapping.rules.repeat_seconds) for share in shares]).unique())

    def _close(self, rows: pl.DataFrame, seconds: int) -> pl.Series:
        """Put what must be alike above the time in one number: in order, rows that are close stand side by side."""
        if rows.is_empty():
            return rows[HASH]
        first, last = int(rows["second"].min()), int(rows["second"].max())  # type: ignore[arg-type] # there are rows
        above = -(2 ** (last - first + seconds).bit_length())
        alike = pl.col(WALLET) * SPREAD[0] + pl.col("amount") * SPREAD[1]
        places = rows.select((alike & above) | (pl.col("second") - first)).to_series()
        ordered = places.sort(multithreaded=False)
        close = ordered.diff() <= seconds
        found = ordered.filter((close | close.shift(-1)).fill_null(value=False))
        return rows[HASH].filter(places.is_in(found.implode()))


@dataclass(frozen=True)
class Unpaired:
    """A transfer breaks nothing that is two legs in one currency and status, which cancel each other in two wallets."""

    def kept(self, transactions: View, mapping: Mapping) -> pa.Table | None:
        """Return the legs of transfers of which that is not so: legs are paired as they lie, in order what is left."""
        pairs, left = [], []
        for part in _parts(transactions):
            legs = part.select(TRANSFER, "amount", WALLET, "terms_hash").drop_nulls(TRANSFER).collect()
            found, others = self._paired(legs)
            pairs.append(found)
            left.append(others)
        found, others = self._paired(pl.concat(left).sort(TRANSFER, multithreaded=False))
        paired = pl.concat([*pairs, found])
        suspects = [others[TRANSFER], _repeated(paired)]
        if mapping.rules.transfer_legs not in (0, PAIR):
            suspects.append(paired)
        return _hashes_of(transactions, pl.concat(suspects).unique())

    def _paired(self, legs: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
        """Return the transfers of legs that lie beside their counterpart, and the legs that do not."""
        after = legs.select(pl.all().shift(-1))
        first = (
            (legs[TRANSFER] == after[TRANSFER])
            & (legs["amount"] == -after["amount"])
            & (legs["amount"] != INT64_LEAST)
            & (legs[WALLET] != after[WALLET])
            & (legs["terms_hash"] == after["terms_hash"])
        ).fill_null(value=False)
        return legs[TRANSFER].filter(first), legs.filter(~(first | first.shift(1, fill_value=False)))


def rows_counted(transactions: View, wallets: pa.Table) -> dict[int, int]:
    """Return how many rows each of these wallets has, by wallet_key."""
    if not wallets.num_rows:
        return {}
    counted = _having(transactions, pl.Series(WALLET, wallets[WALLET])).group_by(WALLET).len()
    return dict(counted.collect(engine="streaming").iter_rows())


def rows_kept(transactions: View, told: list[pa.Table]) -> pa.Table | None:
    """Return the rows that have a value of one of these tables in its one column, or nothing if they are over MOST."""
    asked = [_one_of(pl.Series(name, table[name])) for table in told for name in table.column_names if table.num_rows]
    rows = _whole(transactions).filter(pl.any_horizontal(pl.lit(value=False), *asked)).head(MOST + 1).collect()
    return rows.to_arrow() if rows.height <= MOST else None


def _hashes_of(transactions: View, values: pl.Series) -> pa.Table | None:
    if len(values) > MOST:
        return None
    if values.name == HASH or values.is_empty():
        return _few(values.rename(HASH))
    return _few(_having(transactions, values).select(HASH).head(MOST + 1).collect().to_series())


def _having(transactions: View, values: pl.Series) -> pl.LazyFrame:
    return _whole(transactions).filter(_one_of(values))


def _one_of(values: pl.Series) -> pl.Expr:
    return pl.col(values.name).is_in(values.implode())


def _few(values: pl.Series) -> pa.Table | None:
    return pl.DataFrame(values).to_arrow() if len(values) <= MOST else None


def _repeated(values: pl.Series) -> pl.Series:
    """Return the values that come more than once: in order, each of them stands beside itself."""
    ordered = values.drop_nulls().sort(multithreaded=False)
    return ordered.filter(ordered == ordered.shift(1)).unique()


def _shares(transactions: View, rows: pl.LazyFrame, column: str) -> Iterator[pl.DataFrame]:
    """Yield rows of the ledger in as many shares as memory asks for; those of one value of the column stay together."""
    shares = 1 + _whole(transactions).select(pl.len()).collect().item() // AT_ONCE
    for share in range(shares):
        yield (rows.filter(pl.col(column) % shares == share) if shares > 1 else rows).collect()


def _whole(view: View) -> pl.LazyFrame:
    return pl.concat(list(_parts(view)))


def _parts(view: View) -> Iterator[pl.LazyFrame]:
    """Yield the rows of a view, file by file, each in ledger order."""
    if isinstance(view, pa.Table):
        yield pl.DataFrame(view).lazy()
    else:
        yield from (pl.scan_parquet(path, hive_partitioning=False) for path in view)

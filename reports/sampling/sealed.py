"""The balances of a sealed month as a sample needs them, and the proof that a row is under its sealed root.

What goes in: opening a bag, after it was verified. What stays out: what is selected (selection).
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from assets.errors import RefusedError
from reports.archive.keys import require_both
from reports.archive.rows import columns_of, leaf_lines
from reports.archive.verifier.log import LOG, Entry, place_of, read_log
from reports.archive.verifier.tree import leaf_hash
from reports.archive.verify import bag_breaks
from reports.sampling.selection import Balance


@dataclass(frozen=True)
class SealedMonth:
    """A bag that was verified, with what its seal says."""

    bag: Path
    seal: str
    said: Entry

    def root(self, table: str) -> str:
        """Return the sealed root of a table's rows."""
        return str(self.said["tables"][table]["root"])

    def files(self, table: str) -> list[Path]:
        """Return the Parquet files of a table."""
        return [self.bag / file for file in self.said["tables"][table]["files"]]

    def rows(self, table: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        """Yield the values of these columns, in the order of the leaves."""
        for file in self.files(table):
            read = pq.read_table(file, columns=list(columns))
            yield from zip(*(read.column(column).to_pylist() for column in columns), strict=True)

    def decimals(self) -> dict[str, int]:
        """Return how many decimals each configured currency has."""
        return {str(currency): int(places) for currency, places in self.rows("currencies", "currency", "decimals")}


def open_sealed(folder: Path, name: str, key: str | None = None) -> SealedMonth:
    """Verify one bag of an archive and return it; raise RefusedError where it is not as it was sealed."""
    if not (folder / LOG).is_file():
        message = f"{LOG} and the seals are not beside {folder / name}: nothing is sampled that cannot be verified."
        raise RefusedError(message)
    log = read_log(folder, require_both, key)
    seals = [seal for seal in log.seals if seal.name == name]
    if not seals and not log.breaks:
        message = f"{name} is not sealed: the log of {folder} does not name it, so nothing is sampled from it."
        raise RefusedError(message)
    breaks = [*log.breaks, *(bag_breaks(folder, seals[-1]) if seals else ())]
    if breaks:
        message = f"{name} is not as it was sealed, so nothing is sampled from it: {breaks[0].line()}."
        raise RefusedError(message)
    statement = dict(seals[-1].statement or {})
    return SealedMonth(place_of(folder, name), str(seals[-1].entry["seal"]), statement["predicate"])


def balances_of_month(month: SealedMonth) -> dict[str, list[Balance]]:
    """Return the closing balances by currency, and a zero for each wallet that never moved."""
    wallets = {
        key: (wallet, leaf)
        for leaf, (key, wallet) in enumerate(month.rows("wallet_keys", "wallet_key", "wallet_id"), 1)
    }
    found: dict[str, list[Balance]] = defaultdict(list)
    there = set[tuple[int, str]]()
    rows = month.rows("closings", "wallet_key", "currency", "closing", "transactions")
    for leaf, (key, currency, closing, many) in enumerate(rows, 1):
        wallet, key_leaf = wallets[key]
        there.add((key, currency))
        found[currency].append(Balance(wallet, int(closing), many, key_leaf, leaf))
    for key, currency in month.rows("wallets", "wallet_key", "currency"):
        if currency is not None and (key, currency) not in there and key in wallets:
            there.add((key, currency))
            found[currency].append(Balance(wallets[key][0], 0, 0, wallets[key][1]))
    return dict(sorted(found.items()))


@dataclass
class Prover:
    """A sealed table as a tree, from which rows are proved."""

    month: SealedMonth
    table: str
    texts: dict[int, str] = field(default_factory=dict)
    levels: list[list[bytes]] = field(default_factory=list)

    def prove(self, asked: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Return the proof of each of these leaves; raise RefusedError where the tree has another root."""
        wanted = set(asked)
        self.levels = levels_of(self._leaves(wanted))
        if self.levels[-1][0].hex() != self.month.root(self.table):
            message = f"the rows of {self.table} in {self.month.bag.name} are not those that were sealed."
            raise RefusedError(message)
        return {
            leaf: {
                "leaf": str(leaf),
                "leaves": str(len(self.levels[0])),
                "line": self.texts[leaf],
                "path": [each.hex() for each in path_of(self.levels, leaf)],
            }
            for leaf in sorted(wanted)
        }

    def _leaves(self, wanted: set[int]) -> list[bytes]:
        files, leaves = self.month.files(self.table), list[bytes]()
        for batch in leaf_lines(self.table, files, columns_of(self.table, files)):
            for line in batch:
                if len(leaves) in wanted:
                    self.texts[len(leaves)] = line.decode()
                leaves.append(leaf_hash(line))
        return leaves


def levels_of(leaves: list[bytes]) -> list[list[bytes]]:
    """Return a tree level by level, from its leaves to its root; an odd node at the end moves up as it is."""
    levels = [leaves]
    while len(below := levels[-1]) > 1:
        above = [hashlib.sha256(b"\1" + below[at] + below[at + 1]).digest() for at in range(0, len(below) - 1, 2)]
        levels.append(above + below[len(above) * 2 :])
    return levels


def path_of(levels: Sequence[Sequence[bytes]], leaf: int) -> list[bytes]:
    """Return the hashes beside the way from a leaf to the root."""
    path = []
    for level in levels[:-1]:
        if leaf ^ 1 < len(level):
            path.append(level[leaf ^ 1])
        leaf >>= 1
    return path

"""Which few rows of the ledger a rule need be asked of: the texts of all the others are never read.

What goes in: asking sieves, and the part of a rule's text that tells suspects; then reading, once for all rules of a
scope, the rows that stay. What stays out: what breaks a rule (judge), and how a sieve tells (sieves).
"""

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import NamedTuple, cast

import pyarrow as pa
import pyarrow.compute as pc

from assets.engines import Session, View, files_named
from assets.schemas import TABLES
from assets.sieves import HASH, MOST, WALLET, rows_counted, rows_kept
from checks.rule import Rule
from checks.scopes import Scope

FEWEST = 2_500
"""A ledger of fewer rows is asked as a whole: that takes less time than to find which may break a rule."""
AT_A_TIME = 2
"""How many sieves are asked at once; each uses little more than one processor, and holds columns of the ledger."""
LEDGER = "transactions"
COUNTED = f"SELECT COUNT(*) AS rows FROM {LEDGER}"
SUSPECTS = re.compile(r"(?P<first>.+\bsuspects AS \(.+?\n\))(?P<more>,)?\n(?P<rest>.+)", re.DOTALL)
"""A text in two: the part that tells suspects, and what is asked of their rows."""


class Question(NamedTuple):
    """What a rule is asked in place of its text and its whole ledger."""

    text: str
    views: dict[str, pa.Table]


class Suspects:
    """The rows that may break the rules of one scope; they are looked for when the first rule asks."""

    def __init__(self, scope: Scope, rules: Iterable[Rule], over: Session, fewest: int = FEWEST) -> None:
        """Of rules that are to be judged in the scope, asked of an open engine."""
        self._scope, self._over, self._fewest = scope, over, fewest
        self._rules = [rule for rule in rules if rule.sieve or rule.tells_suspects]

    def of(self, rule: Rule) -> Question | None:
        """Return what to ask of the rows that may break a rule, or nothing where the whole ledger must be asked."""
        told = self._told.get(rule.name)
        if told is None or self._rows is None:
            return None
        column = _column(told)
        rows = self._rows.filter(pc.is_in(self._rows[column], value_set=told[column].combine_chunks()))
        if not rows.num_rows:
            return Question(f"SELECT * FROM ({rule.text}) LIMIT 0", {LEDGER: rows})
        if rule.tells_suspects:
            return Question(_parts(rule)[1], {LEDGER: rows, "suspects": told})
        return Question(rule.text, {LEDGER: rows})

    @cached_property
    def _told(self) -> dict[str, pa.Table]:
        """Return what is told of the rows that may break a rule, if they are few: their hashes, or their wallets."""
        if not self._rules or self._over({LEDGER: self._ledger})(COUNTED)["rows"][0].as_py() < self._fewest:
            return {}
        asked = {**self._sieved(), **self._suspected()}
        told = {name: table for name, table in asked.items() if table is not None and table.num_rows <= MOST}
        counted = rows_counted(self._ledger, _together(WALLET, told.values()))
        return {name: table for name, table in told.items() if _rows_of(table, counted) <= MOST}

    def _sieved(self) -> dict[str, pa.Table | None]:
        sieves = {rule.name: rule.sieve for rule in self._rules if rule.sieve}
        with files_named({LEDGER: self._ledger}), ThreadPoolExecutor(AT_A_TIME) as threads:
            kept = threads.map(lambda sieve: sieve.kept(self._ledger, self._scope.mapping), sieves.values())
            return dict(zip(sieves, kept, strict=True))

    def _suspected(self) -> dict[str, pa.Table]:
        asked = [rule for rule in self._rules if rule.tells_suspects]
        return {rule.name: self._over(self._scope.views(rule))(_parts(rule)[0]) for rule in asked}

    @cached_property
    def _rows(self) -> pa.Table | None:
        told = [_together(column, self._told.values()) for column in (HASH, WALLET)]
        with files_named({LEDGER: self._ledger}):
            return rows_kept(self._ledger, told)

    @property
    def _ledger(self) -> View:
        return self._scope.shown[LEDGER]()


def _parts(rule: Rule) -> tuple[str, str]:
    """Return the query that tells the suspects of a rule, and the one that is asked of them and their rows."""
    parts = SUSPECTS.fullmatch(rule.text)
    if parts is None:
        message = f"the text of {rule.name} has no part 'suspects', which it is to be asked for first."
        raise ValueError(message)
    rest = parts["rest"]
    return f"{parts['first']}\nSELECT * FROM suspects", f"WITH {rest}" if parts["more"] else rest


def _column(told: pa.Table) -> str:
    return HASH if HASH in told.column_names else WALLET


def _together(column: str, tables: Iterable[pa.Table]) -> pa.Table:
    """Return the values of a column of those tables that are told by it."""
    none = TABLES[LEDGER].empty_table().select([column])
    return pa.concat_tables([none, *(table.select([column]) for table in tables if _column(table) == column)])


def _rows_of(told: pa.Table, counted: dict[int, int]) -> int:
    """Return how many rows are told of; each wallet has as many as were counted."""
    if _column(told) == HASH:
        return int(told.num_rows)
    return sum(counted.get(wallet, 0) for wallet in cast("list[int]", told[WALLET].unique().to_pylist()))

"""Which few rows of the ledger a rule need be asked of: the texts of all the others are never read.

What goes in: asking sieves, and the rules that look at one row alone, of columns of numbers; then reading, once for all
rules of a scope, the rows that stay. What stays out: what breaks a rule (judge), and how a sieve tells (sieves).
"""

from collections.abc import Iterable
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from assets.engines import Recast, Session, View, files_named
from assets.schemas import TABLES
from assets.sieves import HASH, hashes_of, rows_kept
from checks.rule import Rule
from checks.scopes import Scope

FEWEST = 2_500
"""A ledger of fewer rows is asked as a whole: that takes less time than to find which may break a rule."""
LEDGER = "transactions"
NUMBERS = {
    "transaction_id": HASH,
    "wallet_id": "wallet_key",
    **dict.fromkeys(("created_by", "idempotency_key", "related_type", "related_id"), "CAST(NULL AS VARCHAR)"),
}
"""What stands for a row's texts where rules are asked of numbers: offenders are then named by these."""
NAMES = {number: text for text, number in NUMBERS.items()}


class Suspects:
    """The rows that may break the rules of one scope; they are looked for when the first rule asks."""

    def __init__(self, scope: Scope, rules: Iterable[Rule], over: Session, fewest: int = FEWEST) -> None:
        """Of rules that are to be judged in the scope, asked of an open engine."""
        self._scope, self._over, self._fewest = scope, over, fewest
        self._rules = [rule for rule in rules if rule.sieve or rule.company]

    def of(self, rule: Rule) -> pa.Table | None:
        """Return the rows that may break a rule, or nothing where that must be asked of the whole ledger."""
        hashes = self._hashes.get(rule.name)
        if hashes is None or self._rows is None:
            return None
        return self._rows.filter(pc.is_in(self._rows[HASH], value_set=hashes[HASH].combine_chunks()))

    @cached_property
    def _hashes(self) -> dict[str, pa.Table | None]:
        if not self._rules:
            return {}
        counted = self._over({LEDGER: self._scope.shown[LEDGER]()})(f"SELECT COUNT(*) AS rows FROM {LEDGER}")
        asked = self._rules if counted["rows"][0].as_py() >= self._fewest else []
        return {rule.name: self._asked(rule) for rule in asked}

    def _asked(self, rule: Rule) -> pa.Table | None:
        views = self._scope.views(rule)
        with files_named({LEDGER: views[LEDGER]}):
            if rule.sieve:
                return rule.sieve.kept(views[LEDGER], self._scope.mapping)
            return hashes_of(views[LEDGER], self._breaking(rule, views))

    def _breaking(self, rule: Rule, views: dict[str, View]) -> pa.Table:
        """Return what the rows that break a rule have in common, as its text tells by numbers."""
        query, company = self._over({**views, LEDGER: Recast(self._may_hold(rule, views), NUMBERS)}), str(rule.company)
        return query(f"SELECT DISTINCT {NAMES[company]} AS {company} FROM ({rule.text})")

    def _may_hold(self, rule: Rule, views: dict[str, View]) -> View:
        """Return the rows that offenders are among: of a rule that speaks of adjustments alone, those picked out."""
        picked = views.get("adjustments_and_refunds")
        if rule.kinds != ("ADJUSTMENT",) or not isinstance(picked, pa.Table):
            return views[LEDGER]
        lacking = [field for field in TABLES[LEDGER] if field.name not in picked.column_names]
        for field in lacking:
            picked = picked.append_column(field, pa.nulls(picked.num_rows, field.type))
        return picked

    @cached_property
    def _rows(self) -> pa.Table | None:
        few = [hashes for hashes in self._hashes.values() if hashes]
        if not few:
            return TABLES[LEDGER].empty_table()
        ledger = self._scope.shown[LEDGER]()
        with files_named({LEDGER: ledger}):
            return rows_kept(ledger, pa.concat_tables(few))

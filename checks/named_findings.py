"""The findings that name a wallet: every offending row of an audit that stands for it, in its rule's words.

What goes in: looking through what the rules left. What stays out: judging.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets.audit import Audit
from assets.engines import View, duckdb_engine
from assets.kept_files import read_rows
from checks.judge import judged_at_cut
from checks.outcome import Outcome
from checks.rule import Rule
from checks.rules import RULES
from checks.sentences import Teller

MOST = 20
"""Findings of one rule that are told of a wallet."""
NAMED = """
    SELECT wallet_keys.wallet_id, transaction_id, transfer_id
    FROM transactions INNER JOIN wallet_keys ON wallet_keys.wallet_key = transactions.wallet_key
    WHERE wallet_keys.wallet_id IN (SELECT wallet_id FROM chosen)
"""


@dataclass(frozen=True)
class Finding:
    """One offending row of a broken rule."""

    rule: str
    severity: str
    sentence: str
    waiver: str | None
    """The waiver that stands for the row; none where it is open."""


def findings_about(audit: Audit, wallets: Sequence[str], users: Sequence[str]) -> Mapping[str, list[Finding]]:
    """Return the findings of each wallet, open or waived; one about a user stands with every wallet of the user."""
    found: dict[str, list[Finding]] = defaultdict(list)
    outcomes = judged_at_cut(audit)
    rules = {rule.name: rule for rule in RULES}
    broken = [
        each for each in outcomes.values() if (each.offenders or each.waived) and each.rows and each.rule in rules
    ]
    if not broken:
        return found
    owned = _owned(audit, wallets)
    teller = Teller(audit.mapping.currencies)
    for outcome in sorted(broken, key=lambda each: list(rules).index(each.rule)):
        offenders = read_rows(audit.home.path / str(outcome.rows))
        for wallet in wallets:
            told = _about(offenders, wallet, users, owned).slice(0, MOST).to_pylist()
            found[wallet] += [_finding(teller, rules[outcome.rule], outcome, row) for row in told]
    return found


def _finding(teller: Teller, rule: Rule, outcome: Outcome, row: dict[str, Any]) -> Finding:
    return Finding(rule.name, outcome.severity, teller.tell(rule.sentence, row), row.get("waiver"))


def _owned(audit: Audit, wallets: Sequence[str]) -> pa.Table:
    """Return the transactions and transfers of the wallets."""
    exported = audit.home.views(audit.export)
    views: dict[str, View] = {name: exported[name] for name in ("transactions", "wallet_keys")}
    views["chosen"] = pa.table({"wallet_id": pa.array(wallets, pa.string())})
    with duckdb_engine(views) as query:
        return query(NAMED)


def _about(offenders: pa.Table, wallet: str, users: Sequence[str], owned: pa.Table) -> pa.Table:
    """Return the offenders that name the wallet, its owner, or one of its transactions or transfers."""
    own = owned.filter(pc.equal(owned["wallet_id"], pa.scalar(wallet)))
    names: dict[str, list[Any]] = {
        "wallet_id": [wallet],
        "user_id": list(users),
        "transaction_id": own["transaction_id"].to_pylist(),
        "transfer_id": own["transfer_id"].drop_null().to_pylist(),
    }
    by_wallet = "wallet_id" in offenders.column_names
    chosen = pa.array([False] * offenders.num_rows, pa.bool_())
    for column, values in names.items():
        if column in offenders.column_names and not (by_wallet and column == "user_id"):
            matches = pc.is_in(offenders[column], value_set=pa.array(values, pa.string()))
            chosen = pc.or_(chosen, matches)
    return offenders.filter(chosen)

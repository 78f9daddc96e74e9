"""The register: every rule there is, in the order in which they are judged and shown.

A rule is a query that returns the rows that break it: `sql/<name>.sql`, whose first line says what must hold. To
add one, write its query and its entry in the tuple of its family. What stays out: running rules (judge).
"""

import hashlib

from checks.rules_authority import AUTHORITY
from checks.rules_balances import BALANCES
from checks.rules_escrow import ESCROW
from checks.rules_gates import GATES
from checks.rules_ledger import LEDGER
from checks.rules_operations import OPERATIONS
from checks.rules_projections import PROJECTIONS
from checks.rules_repetition import REPETITION
from checks.rules_wallets import WALLETS

FINDINGS = LEDGER + REPETITION + AUTHORITY + ESCROW + BALANCES + PROJECTIONS + WALLETS + OPERATIONS
RULES = GATES + FINDINGS
OF_THE_EXPORT = tuple(rule for rule in RULES if not rule.operations)
"""The rules whose outcomes are a function of the export, its history and the configuration: those of reports."""

__all__ = ["FINDINGS", "GATES", "OF_THE_EXPORT", "OPERATIONS", "REGISTER", "RULES"]

REGISTER = hashlib.sha256("".join(f"{rule!r}{rule.text}" for rule in OF_THE_EXPORT).encode()).hexdigest()
"""Digest of every rule that reports rest on, and its text: what was judged by other rules is judged again."""

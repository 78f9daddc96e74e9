"""Faults of commits: one that moved the ledger did not move the projection by as much."""

from collections.abc import Sequence
from functools import partial

from pipelines.selftest.fault import Fault, NotHereError, Subject
from pipelines.selftest.hand import Hand

SPACED = 1_000_000
"""Nanoseconds from one commit to the next."""


def committed(hand: Hand, of_amount: int, more: int = 0) -> Sequence[Subject]:
    """Write a transaction, and in its commit move the projection by so many times its amount, and a little more."""
    hand.need("transactions.commit_ns", "wallet_balances.commit_ns")
    after = hand.tables.commits_after_ns
    if after is None:
        message = "this source does not tell which commit wrote a row"
        raise NotHereError(message)
    hand.telling.commits_after_ns = after
    account = hand.newcomer()
    projection = account.projection or {}
    hand.telling.revisions.append({**projection, "commit_ns": after})
    commit = after + (hand.turn + 1) * SPACED
    row = hand.deposit(account, applied=False, commit_ns=commit)
    moved = of_amount * row["amount"] + more * hand.unit(account.currency)
    hand.move(account, moved, row["created_at"])
    projection["commit_ns"] = commit
    if moved:
        hand.telling.revisions.append(dict(projection))
    return [(str(row["transaction_id"]),)]


COMMITS = tuple(
    Fault("projections_move_with_ledgers", says, plant, "commits")
    for says, plant in (
        ("a commit that left the projection out", partial(committed, of_amount=0)),
        ("a commit one unit apart", partial(committed, of_amount=1, more=1)),
        ("a commit that moved it twice", partial(committed, of_amount=2)),
        ("a commit that moved it the other way", partial(committed, of_amount=-1)),
    )
)

"""Faults of who wrote a transaction, and of adjustments, which only admins may write."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from pipelines.selftest.fault import Fault, NotHereError, Subject
from pipelines.selftest.ground import Account
from pipelines.selftest.hand import Hand
from pipelines.selftest.plants_transfers import transfer
from pipelines.selftest.tables import Row

REASON = "Goodwill for a late delivery"


def _named(*rows: Row) -> Sequence[Subject]:
    return [(str(row["transaction_id"]),) for row in rows]


def unknown_creator(hand: Hand, who: str) -> Sequence[Subject]:
    """Write a row by somebody who is nobody."""
    hand.need("transactions.created_by", "users")
    account = hand.real()
    by = {"new": hand.mint("users"), "wallet": account.wallet_id, "capital": (hand.authorised() or "").upper()}[who]
    if by in hand.mapping.creators.authorised or (who == "capital" and by == hand.authorised()):
        message = "no authorised creator could be spelled otherwise"
        raise NotHereError(message)
    return _named(hand.deposit(account, by=by))


def unauthorised_credit(hand: Hand, kind: str, who: str = "owner") -> Sequence[Subject]:
    """Credit a wallet by its own owner, or by a user who is no admin."""
    hand.need("transactions.created_by", "users.is_admin")
    account = hand.newcomer()
    amount, about = hand.part(account), hand.entity()
    if kind in ("PAYOUT", "ESCROW_RELEASE", "REFUND"):
        hand.post(account, "ESCROW_HOLD", -amount, **about)
    if who == "login":
        hand.need("users.login_id")
    by = {"owner": account.owner, "login": (account.user or {}).get("login_id")}.get(who) or hand.user()["user_id"]
    more: dict[str, Any] = {"reason": REASON} if kind == "ADJUSTMENT" else {}
    return _named(hand.post(account, kind, amount, by=by, **about, **more))


def debit_by_another(hand: Hand, who: str) -> Sequence[Subject]:
    """Let somebody else send a user's money away."""
    hand.need("transactions.created_by", "users")
    source, target = hand.real(), hand.newcomer(hand.currency())
    by = {"payee": target.owner, "stranger": str(hand.user()["user_id"])}[who]
    legs = transfer(hand, (source, -hand.part(source)), (target, hand.part(source)), by=by)
    return _named(legs[0])


def adjustment_by(hand: Hand, who: str, way: int = 1) -> Sequence[Subject]:
    """Adjust a balance in somebody's name who is no admin."""
    account = hand.newcomer()
    by = {"system": hand.authorised(), "user": hand.user()["user_id"]}[who]
    if who == "system" and by not in hand.mapping.creators.authorised:
        message = "the configuration authorises no creator by name"
        raise NotHereError(message)
    return _named(_adjusted(hand, account, str(by), way, REASON))


def adjustment_saying(hand: Hand, reason: str) -> Sequence[Subject]:
    """Adjust a balance for no reason worth the name."""
    hand.need("transactions.description")
    characters, words = hand.mapping.rules.reason_characters, hand.mapping.rules.reason_words
    text = {"short": "fix it", "word": "x" * (characters + 10), "nothing": "", "spaces": f"a{' ' * 30}b"}[reason]
    said = " ".join(text.split())
    if len(said) >= characters and len(said.split()) >= words:
        message = "the configuration asks no more of a reason"
        raise NotHereError(message)
    return _named(_adjusted(hand, hand.newcomer(), _admin(hand), 1, text))


def adjustment_of(hand: Hand, related: str) -> Sequence[Subject]:
    """Adjust a balance on account of nothing, or of itself."""
    hand.need("transactions.related_id")
    row = _adjusted(hand, hand.newcomer(), _admin(hand), 1, REASON)
    row["related_id"] = row["idempotency_key"] if related == "key" else None
    if related == "key":
        hand.need("transactions.idempotency_key")
    return _named(row)


def self_serving(hand: Hand, way: int) -> Sequence[Subject]:
    """Let an admin adjust a wallet of their own."""
    hand.need("transactions.created_by", "users.is_admin")
    account = hand.newcomer(admin=True)
    return _named(_adjusted(hand, account, account.owner, way, REASON))


def _admin(hand: Hand) -> str:
    return str(hand.user(admin=True)["user_id"])


def _adjusted(hand: Hand, account: Account, by: str, way: int, reason: str) -> Row:
    """Adjust a balance on account of a charge, in the name of somebody."""
    about, amount = hand.entity(), hand.part(account)
    if way > 0 and about:
        hand.withdraw(account, amount, **about)
    return hand.post(account, "ADJUSTMENT", way * amount, by=by, reason=reason, **about)


CREATORS = (
    Fault("creators_are_known", "a creator nobody knows", partial(unknown_creator, who="new")),
    Fault("creators_are_known", "a wallet as creator", partial(unknown_creator, who="wallet")),
    Fault("creators_are_known", "an authorised one in capitals", partial(unknown_creator, who="capital")),
    Fault("credits_are_authorised", "a deposit by the owner", partial(unauthorised_credit, kind="DEPOSIT")),
    Fault(
        "credits_are_authorised",
        "a deposit under the owner's login",
        partial(unauthorised_credit, kind="DEPOSIT", who="login"),
    ),
    Fault("credits_are_authorised", "a deposit by a user", partial(unauthorised_credit, kind="DEPOSIT", who="user")),
    Fault("credits_are_authorised", "a refund by the owner", partial(unauthorised_credit, kind="REFUND")),
    Fault("credits_are_authorised", "a payout by the owner", partial(unauthorised_credit, kind="PAYOUT")),
    Fault("credits_are_authorised", "a release by the owner", partial(unauthorised_credit, kind="ESCROW_RELEASE")),
    Fault(
        "credits_are_authorised", "an adjustment by a user", partial(unauthorised_credit, kind="ADJUSTMENT", who="user")
    ),
    Fault("debits_are_by_owners", "a transfer by its payee", partial(debit_by_another, who="payee")),
    Fault("debits_are_by_owners", "a transfer by a stranger", partial(debit_by_another, who="stranger")),
    Fault("adjustments_name_an_admin", "a credit in the system's name", partial(adjustment_by, who="system")),
    Fault("adjustments_name_an_admin", "a debit in the system's name", partial(adjustment_by, who="system", way=-1)),
    Fault("adjustments_name_an_admin", "a credit in a user's name", partial(adjustment_by, who="user")),
    Fault("adjustments_give_a_reason", "a short reason", partial(adjustment_saying, reason="short")),
    Fault("adjustments_give_a_reason", "one long word", partial(adjustment_saying, reason="word")),
    Fault("adjustments_give_a_reason", "no reason at all", partial(adjustment_saying, reason="nothing")),
    Fault("adjustments_give_a_reason", "two letters far apart", partial(adjustment_saying, reason="spaces")),
    Fault("adjustments_name_an_entity", "an adjustment of nothing", partial(adjustment_of, related="nothing")),
    Fault("adjustments_name_an_entity", "an adjustment of its own key", partial(adjustment_of, related="key")),
    Fault("adjustments_are_not_self_serving", "an admin's own credit", partial(self_serving, way=1)),
    Fault("adjustments_are_not_self_serving", "an admin's own debit", partial(self_serving, way=-1)),
)

"""Users, their wallets, and the two balances that Gigsy keeps of them, as documents of a Convex export.

Transactions are not here, and neither is any decision on who does what.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final

from pipelines.demo.hours import DAY, LAST

# How a float64 near 1.7e12 is spelled: its fraction is a multiple of 1/4096, written as short as it can be.
FRACTIONS: Final = tuple(repr(1.7e12 + step / 4096).partition(".")[2] for step in range(4096))


@dataclass(slots=True, eq=False)
class User:
    """Someone with wallets; `acts_as` is what the application writes into createdBy for them."""

    user_id: str
    clerk: str
    name: str
    acts_as: str
    born: int
    roles: tuple[str, ...] = ("user", "freelancer")
    deleted: int | None = None
    cached: dict[str, int] = field(default_factory=dict)
    """The cache, by currency; a currency without an entry has none."""
    caching: bool = True
    """Whether anything is ever written into the cache."""


@dataclass(slots=True, eq=False)
class Wallet:
    """A wallet and what is known of its money, in minor units; instants in ms."""

    wallet_id: str
    user: User
    currency: str
    born: int = 0
    settled: int = 0
    """What the ledger says: the sum of settled amounts."""
    recorded: int = 0
    """What the projection says."""
    last: int = 0
    """When the last settled row was written; 0: never."""
    touched: int = 0
    """When the last row of any status was written; 0: never."""
    active: bool = True
    projected: bool = True
    """Whether the wallet has a projection at all."""
    updated: int = 0
    """When the projection was last updated, where that is not with the last settled row."""
    total: int | None = None
    """What the wallet's own balance says, where that is not the ledger."""
    closed: int = 0
    """When the wallet itself was last updated, where that does not follow from its rows."""


@dataclass(frozen=True, slots=True)
class Projection:
    """One row of walletBalances."""

    projection_id: str
    wallet_id: str
    currency: str
    balance: int
    born: int
    updated: int
    moved: bool = True
    """Whether a transaction ever moved it."""


def user_document(user: User, fraction: str) -> str:
    """Return the line of a user: cache, roles, and the personal data that must never leave the export."""
    tail = user.user_id[-10:]
    handle = user.name.lower().replace(" ", ".")
    updated = float(user.deleted or user.born)
    document = {
        "_creationTime": float(f"{user.born}.{fraction}"),
        "_id": user.user_id,
        "avatarUrl": f"https://img.example.invalid/private-{tail}.png",
        "balances": [
            {"amount": float(amount), "currency": currency, "isActive": True, "lastUpdated": updated}
            for currency, amount in user.cached.items()
        ],
        "clerkId": user.clerk,
        "createdBy": f"clerk:{user.clerk}",
        "email": f"private-{handle}.{tail}@example.invalid",
        "name": f"private-{user.name}",
        "profile": {
            "bio": f"private-bio of {user.name}",
            "experienceLevel": "intermediate",
            "location": {"city": "القاهرة", "country": "EG", "timezone": "Africa/Cairo"},
            "skills": ["design", "copywriting"],
        },
        "roles": list(user.roles),
        "slug": f"private-{handle}-{tail}",
        "updatedAt": updated,
    }
    if user.deleted is not None:
        document["deletedAt"] = float(user.deleted)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def wallet_document(wallet: Wallet, fraction: str) -> str:
    """Return the line of a wallet; its own balance is the ledger's unless a fault says otherwise."""
    touched = wallet.touched or wallet.born
    updated = wallet.closed or (touched if wallet.active else min(touched + DAY, LAST))
    total = wallet.settled if wallet.total is None else wallet.total
    return (
        f'{{"_creationTime":{wallet.born}.{fraction},"_id":"{wallet.wallet_id}","balance":{total}.0,'
        f'"currency":"{wallet.currency}","isActive":{"true" if wallet.active else "false"},"metadata":{{}},'
        f'"updatedAt":{updated}.0,"userId":"{wallet.user.user_id}"}}\n'
    )


def projection_document(projection: Projection, fraction: str) -> str:
    """Return the line of a projection."""
    moved = f'"lastTransactionAt":{projection.updated}.0,' if projection.moved else ""
    return (
        f'{{"_creationTime":{projection.born}.{fraction},"_id":"{projection.projection_id}",'
        f'"balance":{projection.balance}.0,"currency":"{projection.currency}",{moved}'
        f'"lastUpdated":{projection.updated}.0,"walletId":"{projection.wallet_id}"}}\n'
    )

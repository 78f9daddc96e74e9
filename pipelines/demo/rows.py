"""How Gigsy spells a transaction after its currency: description, key, entity, status, type."""

from __future__ import annotations


def key(idempotency_key: str) -> str:
    """Return the member of an idempotency key."""
    return f',"idempotencyKey":"{idempotency_key}"'


def entity(related_id: str, related_type: str = "gig") -> str:
    """Return the members of a related entity."""
    return f',"relatedEntityId":"{related_id}","relatedEntityType":"{related_type}"'


def tail(kind: str, text: str, members: str = "", status: str = "COMPLETED") -> str:
    """Return the members after the currency; `members` are those of `key` and `entity`, in this order.

    `text` is the description, escaped for JSON where it must be.
    """
    return f',"description":"{text}"{members},"status":"{status}","type":"{kind}"'


def funding(user_id: str, clerk: str, ms: int, currency: str) -> tuple[str, str]:
    """Return the creator and the tail of a wallet's initial funding."""
    idempotency_key = key(f"user-init-{clerk}-{ms - 900}-{currency}")
    about = entity(f"user-{user_id}", "system")
    return f"system:wallet-init:{user_id}", tail("DEPOSIT", "Initial wallet funding", idempotency_key + about)


def adjustment_key(block: int, row: int, ms: int) -> str:
    """Return the key of an admin adjustment: nine letters that no other adjustment has."""
    number = (block << 24 | row) * 48_271_690_577 % 36**9
    letters = ""
    for _ in range(9):
        number, digit = divmod(number, 36)
        letters += "0123456789abcdefghijklmnopqrstuvwxyz"[digit]
    return f"admin_adj_{ms}_{letters}"

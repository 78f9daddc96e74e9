"""Faults of adjustments: who makes them, for what reason, in whose name, for whom."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pipelines.demo.accusations import rows
from pipelines.demo.amounts import money
from pipelines.demo.breaks import Fault
from pipelines.demo.rows import adjustment_key, entity
from pipelines.demo.stage import Draft

if TYPE_CHECKING:
    from pipelines.demo.people import Wallet
    from pipelines.demo.stage import Stage


def _ticket(stage: Stage) -> str:
    return entity(f"ticket-{stage.block.index}-{stage.block.rows}", "ticket")


def _returnable(stage: Stage, wallet: Wallet) -> tuple[int, str]:
    """Let a wallet be charged in an entity's name; return how much may be given back, and that entity."""
    about = entity(f"cashout-{stage.block.index}-{stage.block.rows}", "cashout")
    charged = stage.write(wallet, -(wallet.settled // 3), Draft("WITHDRAWAL", about=about))
    return -charged.amount, about


def by_the_system(stage: Stage) -> Fault:
    """Adjust as Gigsy's code does: the row is the system's, and the admin's name is lost."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    posted = stage.adjust(wallet, -(wallet.settled // 6), Draft("ADJUSTMENT", "system", about=_ticket(stage)))
    story = (
        f"Adjustment {posted.transaction_id} of wallet {wallet.wallet_id} by {money(posted.amount, 'EGP')} is the "
        "system's; no admin stands for it."
    )
    breaks = rows("adjustments_name_an_admin", posted)
    return Fault("adjustment_by_the_system", "an adjustment without an admin", story, breaks)


def by_a_user(stage: Stage) -> Fault:
    """Let a user without the admin role give another's money back."""
    wallet, user = stage.wallet("USD"), stage.wallet("USD").user
    stage.past(wallet)
    amount, about = _returnable(stage, wallet)
    posted = stage.adjust(wallet, amount, Draft("ADJUSTMENT", user.acts_as, about=about))
    story = (
        f"Adjustment {posted.transaction_id} of {money(amount, 'USD')} to wallet {wallet.wallet_id} is by user "
        f"{user.user_id}, who is no admin."
    )
    breaks = rows("adjustments_name_an_admin", posted) + rows("credits_are_authorised", posted)
    return Fault("adjustment_by_a_user", "an adjustment by a user", story, breaks)


def _self_serving(stage: Stage, name: str, currency: str, roles: tuple[str, ...]) -> Fault:
    """Let somebody give themselves back what they were charged."""
    wallet = stage.wallet(currency, stage.user(roles=roles))
    stage.past(wallet)
    amount, about = _returnable(stage, wallet)
    posted = stage.adjust(wallet, amount, Draft("ADJUSTMENT", wallet.user.acts_as, about=about))
    story = (
        f"Adjustment {posted.transaction_id} of {money(amount, currency)} was made by user {wallet.user.user_id} "
        "in their own favour."
    )
    breaks = rows("adjustments_are_not_self_serving", posted) + rows("credits_are_authorised", posted)
    if "admin" not in roles:
        breaks += rows("adjustments_name_an_admin", posted)
    return Fault(name, "an adjustment in one's own favour", story, breaks)


def _reason(stage: Stage, name: str, currency: str, reason: str) -> Fault:
    """Adjust for a reason that says nothing."""
    wallet = stage.wallet(currency)
    stage.past(wallet)
    posted = stage.adjust(wallet, -(wallet.settled // 7), Draft("ADJUSTMENT", text=reason, about=_ticket(stage)))
    story = (
        f"Adjustment {posted.transaction_id} of wallet {wallet.wallet_id} by {money(posted.amount, currency)} says "
        f"why in these words only: '{reason}'."
    )
    breaks = rows("adjustments_give_a_reason", posted)
    return Fault(name, "an adjustment without a reason", story, breaks)


def of_its_own_key(stage: Stage) -> Fault:
    """Adjust as Gigsy's code does: the adjustment's own key stands where its entity should."""
    wallet = stage.wallet("EUR")
    stage.past(wallet)
    own = adjustment_key(stage.block.index, stage.block.rows, stage.now)
    posted = stage.adjust(wallet, stage.price("EUR"), Draft("ADJUSTMENT", own=own, about=f',"relatedEntityId":"{own}"'))
    story = f"Adjustment {posted.transaction_id} of wallet {wallet.wallet_id} names only its own key, {own}."
    breaks = rows("adjustments_name_an_entity", posted)
    return Fault("adjustment_of_its_own_key", "an adjustment that names itself", story, breaks)


def of_nothing(stage: Stage) -> Fault:
    """Adjust in nobody's name, under a key of another kind: only the description tells that it is one."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    posted = stage.adjust(wallet, stage.price("EGP"), Draft("ADJUSTMENT", own=stage.key("manual")))
    given = money(posted.amount, "EGP")
    story = f"Adjustment {posted.transaction_id} of {given} to wallet {wallet.wallet_id} names no entity."
    breaks = rows("adjustments_name_an_entity", posted)
    return Fault("adjustment_of_nothing", "an adjustment without an entity", story, breaks)


PLAYS = (
    by_the_system,
    by_a_user,
    partial(_self_serving, name="self_serving_admin", currency="EUR", roles=("user", "admin")),
    partial(_self_serving, name="self_serving_user", currency="EGP", roles=("user",)),
    partial(_reason, name="reason_too_short", currency="EGP", reason="Admin adjustment: fix it"),
    partial(_reason, name="reason_of_one_word", currency="USD", reason="Admin adjustment: compensation"),
    partial(_reason, name="reason_of_blanks", currency="EUR", reason="Admin adjustment:            "),
    partial(_reason, name="reason_without_prefix", currency="EGP", reason="oops"),
    of_its_own_key,
    of_nothing,
)

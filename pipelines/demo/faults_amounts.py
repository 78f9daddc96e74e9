"""Faults of a single amount: nothing moves, too much does, or it moves the wrong way."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pipelines.demo.accusations import rows
from pipelines.demo.amounts import money
from pipelines.demo.breaks import Fault
from pipelines.demo.hours import BORDER, DAY
from pipelines.demo.stage import Draft

if TYPE_CHECKING:
    from pipelines.demo.stage import Stage

_OTHERS = 5
"""How many other rows a wallet has before an amount is measured by them."""
_LIMIT = 50


def zero_deposit(stage: Stage) -> Fault:
    """Write a deposit of nothing."""
    wallet = stage.wallet("USD")
    stage.past(wallet)
    posted = stage.write(wallet, 0, Draft("DEPOSIT"))
    story = f"Deposit {posted.transaction_id} of wallet {wallet.wallet_id} is of 0.00 USD."
    return Fault("zero_deposit", "a deposit of nothing", story, rows("amounts_are_not_zero", posted))


def zero_attempt(stage: Stage) -> Fault:
    """Leave a pending withdrawal of nothing, at the first instant of a month."""
    wallet = stage.wallet("EGP")
    stage.now = BORDER - 20 * DAY
    stage.past(wallet)
    draft = Draft("WITHDRAWAL", wallet.user.acts_as, status="PENDING")
    posted = stage.write(wallet, 0, draft, BORDER)
    story = f"PENDING withdrawal {posted.transaction_id} of wallet {wallet.wallet_id} is of 0.00 EGP."
    return Fault("zero_attempt", "an attempt to move nothing", story, rows("amounts_are_not_zero", posted))


def _over_limit(stage: Stage, name: str, currency: str, ordinary: int) -> Fault:
    """Pay in just over the limit; another wallet is right at it, and a third has one row too few."""
    wallet, at_it, young = (stage.wallet(currency) for _ in range(3))
    amount = ordinary or stage.price(currency)
    for one, others in ((wallet, _OTHERS), (at_it, _OTHERS), (young, _OTHERS - 1)):
        for _ in range(others):
            stage.deposit(one, amount)
    posted = stage.deposit(wallet, _LIMIT * amount + 1)
    stage.deposit(at_it, _LIMIT * amount)
    stage.deposit(young, 2 * _LIMIT * amount)
    story = (
        f"Deposit {posted.transaction_id} of {money(posted.amount, currency)} is over {_LIMIT} times "
        f"{money(amount, currency)}, the median of wallet {wallet.wallet_id}."
    )
    label = f"an amount beyond its wallet's custom, in {currency}"
    return Fault(name, label, story, rows("amounts_are_within_limits", posted))


def in_and_out(stage: Stage) -> Fault:
    """Let much more than a wallet's custom pass through it, over a border of months."""
    wallet, amount = stage.wallet("USD"), stage.price("USD")
    stage.now = BORDER - 20 * DAY
    for _ in range(_OTHERS):
        stage.deposit(wallet, amount)
    much = 2 * _LIMIT * amount
    out = Draft("WITHDRAWAL", wallet.user.acts_as)
    posted = stage.post(wallet, much, "DEPOSIT", ms=BORDER - 1), stage.write(wallet, -much, out, BORDER)
    story = (
        f"Deposit {posted[0].transaction_id} and withdrawal {posted[1].transaction_id} took {money(much, 'USD')} "
        f"through wallet {wallet.wallet_id}, whose median is {money(amount, 'USD')}."
    )
    breaks = rows("amounts_are_within_limits", *posted)
    return Fault("over_limit_in_and_out", "amounts beyond a wallet's custom, in and out", story, breaks)


def _wrong_sign(stage: Stage, name: str, kind: str, currency: str) -> Fault:
    """Take a credit out of a wallet, by the hand that ought to have given it."""
    wallet = stage.wallet(currency)
    stage.past(wallet)
    posted = stage.write(wallet, -(wallet.settled // 5) - 1, Draft(kind, stage.creator()))
    story = (
        f"{kind} {posted.transaction_id} of wallet {wallet.wallet_id} is of {money(posted.amount, currency)}, "
        "and ought to be a credit."
    )
    return Fault(name, f"a {kind} that takes", story, rows("signs_follow_types", posted))


PLAYS = (
    zero_deposit,
    zero_attempt,
    partial(_over_limit, name="over_limit", currency="EGP", ordinary=0),
    partial(_over_limit, name="over_limit_by_a_cent", currency="EUR", ordinary=1),
    in_and_out,
    partial(_wrong_sign, name="negative_deposit", kind="DEPOSIT", currency="EUR"),
    partial(_wrong_sign, name="negative_refund", kind="REFUND", currency="EGP"),
)

"""Faults of authorship: nobody known wrote a row, or somebody who may not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pipelines.demo.accusations import rows
from pipelines.demo.amounts import money
from pipelines.demo.breaks import Fault
from pipelines.demo.hours import BORDER, DAY
from pipelines.demo.rows import entity
from pipelines.demo.stage import Draft

if TYPE_CHECKING:
    from pipelines.demo.stage import Stage

_DONE = "COMPLETED"


def unknown_creator(stage: Stage) -> Fault:
    """Let somebody who is no user, any more or ever, pay in."""
    wallet, nobody = stage.wallet("EGP"), stage.nobody()
    stage.past(wallet)
    posted = stage.write(wallet, stage.price("EGP"), Draft("DEPOSIT", nobody.acts_as))
    story = f"Deposit {posted.transaction_id} of wallet {wallet.wallet_id} is by {nobody.acts_as}, who is no user."
    return Fault("unknown_creator", "a row by nobody known", story, rows("creators_are_known", posted))


def unknown_job(stage: Stage) -> Fault:
    """Let a job that nobody authorised write a withdrawal and leave an attempt, at a border of months."""
    wallet = stage.wallet("EUR")
    stage.now = BORDER - 20 * DAY
    stage.past(wallet)
    draft = Draft("WITHDRAWAL", "system:wallet-sweep:nightly")
    posted = (
        stage.write(wallet, -(wallet.settled // 3), draft, BORDER - 1),
        stage.write(wallet, -1, Draft("WITHDRAWAL", draft.by, status="FAILED"), BORDER),
    )
    story = (
        f"Withdrawals {posted[0].transaction_id} and {posted[1].transaction_id} of wallet {wallet.wallet_id} "
        f"are by {draft.by}, which nobody authorised."
    )
    return Fault("unknown_job", "rows by an unauthorised job", story, rows("creators_are_known", *posted))


def deposit_by_the_owner(stage: Stage) -> Fault:
    """Let owners credit their own wallet; that they tried before breaks nothing."""
    wallet = stage.wallet("EGP")
    stage.past(wallet)
    draft = Draft("DEPOSIT", wallet.user.acts_as)
    stage.write(wallet, stage.price("EGP"), Draft("DEPOSIT", draft.by, status="PENDING"))
    posted = stage.write(wallet, stage.price("EGP"), draft)
    story = (
        f"Deposit {posted.transaction_id} of {money(posted.amount, 'EGP')} into wallet {wallet.wallet_id} was "
        "written by the wallet's own owner."
    )
    return Fault("deposit_by_the_owner", "owners credit themselves", story, rows("credits_are_authorised", posted))


def deposit_by_an_owning_admin(stage: Stage) -> Fault:
    """Let an admin credit their own wallet, by a single minor unit."""
    wallet = stage.wallet("USD", stage.user(roles=("user", "admin")))
    stage.past(wallet)
    posted = stage.write(wallet, 1, Draft("DEPOSIT", wallet.user.acts_as))
    story = f"Deposit {posted.transaction_id} into wallet {wallet.wallet_id} was written by its owner, an admin."
    breaks = rows("credits_are_authorised", posted)
    return Fault("deposit_by_an_owning_admin", "an admin credits themselves", story, breaks)


def refund_by_a_stranger(stage: Stage) -> Fault:
    """Let a user without the admin role refund another."""
    wallet, stranger = stage.wallet("EUR"), stage.wallet("EUR")
    stage.past(wallet)
    stage.past(stranger)
    posted = stage.write(wallet, stage.price("EUR"), Draft("REFUND", stranger.user.acts_as))
    story = (
        f"Refund {posted.transaction_id} of {money(posted.amount, 'EUR')} to wallet {wallet.wallet_id} was "
        f"written by user {stranger.user.user_id}, who is no admin."
    )
    return Fault("refund_by_a_stranger", "a refund by another user", story, rows("credits_are_authorised", posted))


def payout_by_the_worker(stage: Stage) -> Fault:
    """Let workers pay themselves out of escrow."""
    client, worker = stage.payable("EGP")
    about = entity(f"gig-{stage.block.index}-own")
    hold = stage.write(client, -(client.settled // 3), Draft("ESCROW_HOLD", about=about))
    posted = stage.write(worker, -hold.amount, Draft("PAYOUT", worker.user.acts_as, about=about))
    story = (
        f"Payout {posted.transaction_id} of {money(posted.amount, 'EGP')} to wallet {worker.wallet_id} was "
        "written by the worker it pays."
    )
    return Fault("payout_by_the_worker", "workers pay themselves", story, rows("credits_are_authorised", posted))


def _taken(stage: Stage, name: str, currency: str, *, by_the_payee: bool) -> Fault:
    """Let somebody else give a user's money away; an admin and the system may, and do before."""
    source, target = stage.payable(currency)
    for by in (stage.staff.admins[1].acts_as, "system"):
        stage.legs((source, -1, _DONE), (target, 1, _DONE), by=by)
    taker = target.user if by_the_payee else stage.wallet(currency).user
    amount = source.settled // 4
    legs = stage.legs((source, -amount, _DONE), (target, amount, _DONE), by=taker.acts_as)
    story = (
        f"Transfer {legs[0].transaction_id} took {money(amount, currency)} out of wallet {source.wallet_id} "
        f"by the hand of user {taker.user_id}, whose wallet it is not."
    )
    return Fault(name, "a transfer out of another's wallet", story, rows("debits_are_by_owners", legs[0]))


PLAYS = (
    unknown_creator,
    unknown_job,
    deposit_by_the_owner,
    deposit_by_an_owning_admin,
    refund_by_a_stranger,
    partial(_taken, name="transfer_by_the_payee", currency="EGP", by_the_payee=True),
    partial(_taken, name="transfer_by_a_stranger", currency="USD", by_the_payee=False),
)
MODEL_ONLY = (payout_by_the_worker,)

"""What creators break: who they are, and what they may not do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.pipelines.demo_oracle.world import PREFIX, Creator, Row, World, entity, kind, settled

if TYPE_CHECKING:
    from tests.pipelines.demo_oracle.world import Found

CREDITS = {"DEPOSIT", "REFUND", "ADJUSTMENT", "PAYOUT", "ESCROW_RELEASE"}


def of_creators(world: World) -> Found:
    for row in world.rows:
        one, creator = (row["_id"],), world.creator(row)
        known = creator.user_id is not None
        if not known and not creator.authorised:
            yield "creators_are_known", one
        if settled(row) and known and kind(row) in CREDITS and _unauthorised(world, row, creator):
            yield "credits_are_authorised", one
        may = creator.user_id == world.owner(row) or creator.admin or creator.authorised
        if kind(row) == "TRANSFER" and row["amount"] < 0 and not may:
            yield "debits_are_by_owners", one
        if kind(row) == "ADJUSTMENT":
            yield from ((rule, one) for rule in _of_an_adjustment(world, row, creator))


def _unauthorised(world: World, row: Row, creator: Creator) -> bool:
    """Say whether a credit is its owner's or no admin's; a debit of these kinds must be in order either way."""
    broken = creator.user_id == world.owner(row) or not creator.admin
    assert row["amount"] > 0 or not broken or kind(row) == "PAYOUT", row
    return broken and row["amount"] > 0


def _of_an_adjustment(world: World, row: Row, creator: Creator) -> list[str]:
    broken = []
    assert creator.user_id or creator.authorised, row
    if not creator.admin:
        broken.append("adjustments_name_an_admin")
    reason = row["description"].removeprefix(PREFIX).strip()
    if len(reason) < 10 or len(reason.split()) < 2:
        broken.append("adjustments_give_a_reason")
    if not entity(row):
        broken.append("adjustments_name_an_entity")
    if creator.user_id and creator.user_id == world.owner(row):
        broken.append("adjustments_are_not_self_serving")
    return broken

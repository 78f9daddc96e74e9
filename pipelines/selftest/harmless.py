"""Changes that are in order, each close to something that is not: no rule may find anything of them."""

from collections.abc import Callable
from functools import partial

from pipelines.selftest.ground import DAY, SECOND
from pipelines.selftest.hand import Hand
from pipelines.selftest.plants_creators import REASON
from pipelines.selftest.plants_transfers import transfer


def ordinary_transfer(hand: Hand) -> None:
    """Pay somebody half of what there is."""
    source = hand.real()
    amount = 2 * hand.part(source)
    transfer(hand, (source, -amount), (hand.real(source.currency), amount))


def spent_to_nothing(hand: Hand) -> None:
    """Take out all there is, to the last unit."""
    account = hand.real()
    hand.withdraw(account, hand.ledger(account))


def held_and_settled(hand: Hand, days: int) -> None:
    """Hold money for an entity, and release all of it."""
    account = hand.newcomer()
    about, amount = hand.entity(needed=True), hand.part(account)
    hold = hand.post(account, "ESCROW_HOLD", -amount, by=account.owner, **about)
    hand.post(hand.newcomer(account.currency), "ESCROW_RELEASE", amount, hold["created_at"] + days * DAY, **about)


def held_lately(hand: Hand) -> None:
    """Hold money a minute less than is too long."""
    hand.need("transactions.related_id")
    account = hand.newcomer()
    at = max(hand.cut - hand.mapping.rules.stale_escrow_days * DAY + 60 * SECOND, account.now)
    entity = hand.mint("transactions", "related_id")
    hand.post(account, "ESCROW_HOLD", -hand.part(account), at, by=account.owner, related_id=entity)


def charged_and_refunded(hand: Hand) -> None:
    """Give back all that was held."""
    account = hand.newcomer()
    about, amount = hand.entity(needed=True), hand.part(account)
    hand.post(account, "ESCROW_HOLD", -amount, by=account.owner, **about)
    hand.post(account, "REFUND", amount, **about)


def like_deposits(hand: Hand) -> None:
    """Deposit the same again a second after that would be a repetition."""
    account = hand.newcomer()
    amount, pause = hand.price(account.currency), (hand.mapping.rules.repeat_seconds + 1) * SECOND
    first = hand.deposit(account, amount)
    hand.deposit(account, amount, first["created_at"] + pause)


def dated_ahead(hand: Hand) -> None:
    """Date a row as far after the cut as is allowed."""
    hand.deposit(hand.newcomer(), None, hand.cut + hand.mapping.rules.date_grace * SECOND)


def at_one_instant(hand: Hand) -> None:
    """Spend at the instant at which more comes in, out of what was there before."""
    account = hand.newcomer()
    at = account.now + DAY
    hand.withdraw(account, hand.ledger(account), at)
    hand.deposit(account, None, at)


def at_the_border(hand: Hand) -> None:
    """Write the last row of a month and the first of the next."""
    account = hand.newcomer()
    hand.deposit(account, None, hand.month_border() - SECOND)
    hand.deposit(account, None, hand.month_border())


def failed_attempt(hand: Hand) -> None:
    """Try a deposit that does not settle."""
    hand.deposit(hand.newcomer(), status=hand.unsettled_status())


def two_currencies(hand: Hand) -> None:
    """Open a second wallet for a user, in another currency."""
    account = hand.newcomer()
    if account.user:
        hand.newcomer(hand.another_currency(account.currency), account.user)


def never_used(hand: Hand) -> None:
    """Open a wallet for which nothing was ever written."""
    account = hand.newcomer()
    held = hand.ledger(account)
    for row in list(hand.of("transactions", account.wallet_id)):
        hand.drop("transactions", row)
    hand.move(account, -held)


def adjusted_rightly(hand: Hand) -> None:
    """Let an admin adjust somebody else's balance, for a reason and on account of a charge."""
    account = hand.newcomer()
    about = hand.entity()
    hand.withdraw(account, hand.part(account), **about)
    by = str(hand.user(admin=True)["user_id"])
    hand.post(account, "ADJUSTMENT", hand.unit(account.currency), by=by, reason=REASON, **about)


def closed_wallet(hand: Hand) -> None:
    """Close a wallet at the instant of its last row."""
    hand.need("wallets.is_active", "wallets.updated_at")
    account = hand.newcomer()
    account.wallet |= {"is_active": False, "updated_at": account.now}


def left_with_nothing(hand: Hand) -> None:
    """Delete a user who took out everything."""
    hand.need("users.deleted_at")
    account = hand.newcomer()
    hand.withdraw(account, hand.ledger(account))
    for table in ("users", "user_balances"):
        for row in hand.of(table, account.owner):
            row["deleted_at"] = account.now + DAY


HARMLESS: tuple[tuple[str, Callable[[Hand], None]], ...] = (
    ("an ordinary transfer", ordinary_transfer),
    ("spent to nothing", spent_to_nothing),
    ("held and released", partial(held_and_settled, days=3)),
    ("held for almost too long", held_lately),
    ("held and refunded", charged_and_refunded),
    ("the same deposit a little later", like_deposits),
    ("dated just before too late", dated_ahead),
    ("spent as more came in", at_one_instant),
    ("the last second of a month", at_the_border),
    ("an attempt that failed", failed_attempt),
    ("a user with two currencies", two_currencies),
    ("a wallet never used", never_used),
    ("an adjustment by an admin", adjusted_rightly),
    ("a wallet closed", closed_wallet),
    ("a user who left with nothing", left_with_nothing),
)

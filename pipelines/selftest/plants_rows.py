"""Faults of single transactions: their amount, currency, type, sign, wallet, date and key."""

from collections.abc import Sequence
from functools import partial
from statistics import median
from typing import Any

from pipelines.selftest.fault import Fault, NotHereError, Subject
from pipelines.selftest.ground import DAY, SECOND
from pipelines.selftest.hand import Hand
from pipelines.selftest.tables import Row
from pipelines.selftest.wording import ordinary

HOUR = 3_600 * SECOND


def _named(*rows: Row) -> Sequence[Subject]:
    return [(str(row["transaction_id"]),) for row in rows]


def zero(hand: Hand, *, last: bool = False) -> Sequence[Subject]:
    """Write a row that moves nothing."""
    account = hand.real()
    return _named(hand.post(account, "DEPOSIT", 0, hand.cut if last else None))


def over_the_median(hand: Hand, times: int) -> Sequence[Subject]:
    """Write an amount far beyond all others of a wallet."""
    most = hand.mapping.rules.median_multiple
    if not most:
        message = "the configuration asks for no multiple of the median"
        raise NotHereError(message)
    account = hand.real(rows=10) if times > 1 else hand.newcomer()
    amounts = [abs(row["amount"]) for row in hand.of("transactions", account.wallet_id, account.currency)]
    unit = hand.unit(account.currency)
    usual = max(int(median(amounts)), *sorted(amounts)[: len(amounts) // 2 + 2])
    return _named(hand.deposit(account, (usual * most // unit * times + 1) * unit))


def over_the_limit(hand: Hand, way: int) -> Sequence[Subject]:
    """Write an amount one unit over what the configuration allows."""
    for currency, largest in hand.mapping.rules.largest_amounts.items():
        if currency in hand.currencies():
            account, unit = hand.newcomer(currency), hand.unit(currency)
            amount = (largest // unit + 1) * unit
            if way < 0:
                hand.deposit(account, amount)
            return _named(hand.deposit(account, amount) if way > 0 else hand.withdraw(account, amount))
    message = "the configuration sets no largest amount for a currency of the ledger"
    raise NotHereError(message)


def unknown_currency(hand: Hand, spelled: str) -> Sequence[Subject]:
    """Write a row in a currency that is none."""
    account = hand.real()
    currency = {"lower": account.currency.lower(), "spaced": account.currency + " "}.get(spelled, spelled)
    column = hand.mapping.present()["transactions"].present()["amount"]
    if currency in hand.mapping.currencies:
        message = f"the configuration knows the currency {currency!r}"
        raise NotHereError(message)
    if column.unit == "major":
        message = "major units of an unknown currency cannot be read: the gate schemas_match refuses them"
        raise NotHereError(message)
    return _named(hand.deposit(account, currency=currency))


def unknown_type(hand: Hand, spelled: str) -> Sequence[Subject]:
    """Write a row of a type that is none."""
    account = hand.real()
    row = hand.deposit(account)
    row["type"] = hand.mint("transactions", "type") if spelled == "new" else str(row["type"]).lower()
    if any(row["type"] in policy.types for policy in hand.mapping.kinds.values()):
        message = f"the configuration knows the type {row['type']!r}"
        raise NotHereError(message)
    return _named(row)


def wrong_sign(hand: Hand, kind: str) -> Sequence[Subject]:
    """Write a row of a kind with the sign it must not have."""
    account = hand.newcomer()
    policy = hand.mapping.kinds.get(ordinary(hand.mapping, kind))
    sign = policy.sign if policy else "either"
    if kind == "FEE" and sign == "either" and hand.mapping.rules.system_wallets:
        sign = "debit"
    if sign == "either":
        message = f"the configuration allows {kind} either sign"
        raise NotHereError(message)
    amount = hand.part(account) * (1 if sign == "debit" else -1)
    return _named(hand.post(account, kind, amount, **hand.entity()))


def unknown_wallet(hand: Hand, spelled: str) -> Sequence[Subject]:
    """Write a row of a wallet that does not exist."""
    account = hand.real()
    wallet_id = {
        "new": hand.mint("wallets"),
        "spaced": account.wallet_id + " ",
        "other case": account.wallet_id.swapcase(),
    }[spelled]
    column = hand.mapping.present()["transactions"].present()["wallet_id"]
    if spelled != "new" and (column.type != "string" or wallet_id == account.wallet_id):
        message = "ids of wallets are no texts that could be spelled otherwise"
        raise NotHereError(message)
    return _named(hand.deposit(account, applied=False, wallet_id=wallet_id))


def another_currency(hand: Hand, place: str) -> Sequence[Subject]:
    """Write a row in another known currency than its wallet's."""
    account = hand.real()
    at = {"first": hand.first_instant() - DAY, "last": hand.cut}.get(place)
    return _named(hand.deposit(account, None, at, currency=hand.another_currency(account.currency)))


def implausible_date(hand: Hand, way: str) -> Sequence[Subject]:
    """Date a row after the cut, or apart from its creation."""
    account, grace = hand.newcomer(), hand.mapping.rules.date_grace * SECOND
    if way == "future":
        return _named(hand.deposit(account, None, hand.cut + grace + 2 * SECOND))
    hand.need("transactions.source_created_at")
    row = hand.deposit(account)
    row["source_created_at"] += grace + SECOND if way == "before" else -(grace + HOUR)
    return _named(row)


def repeated_key(hand: Hand, way: str) -> Sequence[Subject]:
    """Use an idempotency key again."""
    hand.need("transactions.idempotency_key")
    account = hand.real()
    status: dict[str, Any] = {"status": hand.unsettled_status()} if way == "attempt" else {}
    first = hand.deposit(account, **status)
    key: dict[str, Any] = {"idempotency_key": first["idempotency_key"]}
    if way == "other wallet":
        return _named(first, hand.deposit(hand.real(account.currency), **key))
    return _named(first, *(hand.deposit(account, **key) for _ in range(2 if way == "thrice" else 1)))


def no_key(hand: Hand, *, last: bool = False) -> Sequence[Subject]:
    """Write a row without an idempotency key."""
    hand.need("transactions.idempotency_key")
    return _named(hand.deposit(hand.real(), None, hand.cut if last else None, idempotency_key=None))


def repeated_reference(hand: Hand, way: str) -> Sequence[Subject]:
    """Credit a payment provider's reference twice."""
    hand.need("transactions.external_reference")
    account = hand.real()
    reference: dict[str, Any] = {"external_reference": hand.mint("transactions", "external_reference")}
    first = hand.deposit(account, **reference)
    other = account if way == "same wallet" else hand.real(account.currency)
    return _named(first, hand.deposit(other, **reference))


def repetition(hand: Hand, seconds: Sequence[int] = (), kind: str = "DEPOSIT") -> Sequence[Subject]:
    """Do the same again shortly after, under another key; the longest pause allowed stands for none given."""
    most = hand.mapping.rules.repeat_seconds
    if not most:
        message = "the configuration asks for no repetitions"
        raise NotHereError(message)
    account = hand.newcomer()
    amount = hand.price(account.currency) * (1 if kind == "DEPOSIT" else -1)
    rows = [hand.post(account, kind, amount)]
    for pause in seconds or (most,):
        rows.append(hand.post(account, kind, amount, rows[-1]["created_at"] + min(pause, most) * SECOND))
    return _named(*rows)


def funded_again(hand: Hand, *, other_wallet: bool = False) -> Sequence[Subject]:
    """Fund a user twice in one currency."""
    account = hand.newcomer()
    first = hand.post(account, "INITIAL_FUNDING", hand.price(account.currency))
    other = hand.newcomer(account.currency, account.user) if other_wallet and account.user else account
    return _named(first, hand.post(other, "INITIAL_FUNDING", hand.price(account.currency), account.now + DAY))


ROWS = (
    Fault("amounts_are_not_zero", "a deposit of nothing", zero),
    Fault("amounts_are_not_zero", "a deposit of nothing at the cut", partial(zero, last=True)),
    Fault("amounts_are_within_limits", "one unit over the multiple of the median", partial(over_the_median, times=1)),
    Fault("amounts_are_within_limits", "a thousand times over it", partial(over_the_median, times=1_000)),
    Fault("amounts_are_within_limits", "a credit one unit over the limit", partial(over_the_limit, way=1)),
    Fault("amounts_are_within_limits", "a debit one unit over the limit", partial(over_the_limit, way=-1)),
    Fault("currencies_are_known", "a currency nobody has", partial(unknown_currency, spelled="XTS")),
    Fault("currencies_are_known", "a known currency in small letters", partial(unknown_currency, spelled="lower")),
    Fault("currencies_are_known", "a known currency and a space", partial(unknown_currency, spelled="spaced")),
    Fault("currencies_are_known", "an empty currency", partial(unknown_currency, spelled="")),
    Fault("types_are_known", "an invented type", partial(unknown_type, spelled="new")),
    Fault("types_are_known", "a known type in small letters", partial(unknown_type, spelled="lower")),
    Fault("signs_follow_types", "a negative deposit", partial(wrong_sign, kind="DEPOSIT")),
    Fault("signs_follow_types", "a positive withdrawal", partial(wrong_sign, kind="WITHDRAWAL")),
    Fault("signs_follow_types", "a hold that credits", partial(wrong_sign, kind="ESCROW_HOLD")),
    Fault("signs_follow_types", "a release that debits", partial(wrong_sign, kind="ESCROW_RELEASE")),
    Fault("signs_follow_types", "a refund that debits", partial(wrong_sign, kind="REFUND")),
    Fault("signs_follow_types", "a fee credited to an ordinary wallet", partial(wrong_sign, kind="FEE")),
    Fault("wallets_exist", "a wallet nobody has", partial(unknown_wallet, spelled="new")),
    Fault("wallets_exist", "a wallet's id and a space", partial(unknown_wallet, spelled="spaced")),
    Fault("wallets_exist", "a wallet's id in other letters", partial(unknown_wallet, spelled="other case")),
    Fault("currencies_match_wallets", "another currency amid the ledger", partial(another_currency, place="amid")),
    Fault("currencies_match_wallets", "another currency in the first row", partial(another_currency, place="first")),
    Fault("currencies_match_wallets", "another currency in the last row", partial(another_currency, place="last")),
    Fault("dates_are_plausible", "a row of the future", partial(implausible_date, way="future")),
    Fault("dates_are_plausible", "a row created a moment too late", partial(implausible_date, way="before")),
    Fault("dates_are_plausible", "a row created before its date", partial(implausible_date, way="after")),
    Fault("idempotency_keys_are_unique", "a key twice in one wallet", partial(repeated_key, way="twice")),
    Fault("idempotency_keys_are_unique", "a key three times", partial(repeated_key, way="thrice")),
    Fault("idempotency_keys_are_unique", "a key in two wallets", partial(repeated_key, way="other wallet")),
    Fault("idempotency_keys_are_unique", "the key of an unsettled attempt", partial(repeated_key, way="attempt")),
    Fault("idempotency_keys_are_present", "a row without a key", no_key),
    Fault("idempotency_keys_are_present", "the last row without a key", partial(no_key, last=True)),
    Fault("external_references_are_unique", "a reference twice", partial(repeated_reference, way="same wallet")),
    Fault("external_references_are_unique", "one in two wallets", partial(repeated_reference, way="other wallet")),
    Fault("transactions_are_not_repeated", "a deposit again after 30 seconds", partial(repetition, seconds=[30])),
    Fault("transactions_are_not_repeated", "again at the end of the time", repetition),
    Fault("transactions_are_not_repeated", "three of them, a second apart", partial(repetition, seconds=[1, 1])),
    Fault("transactions_are_not_repeated", "a withdrawal again", partial(repetition, seconds=[10], kind="WITHDRAWAL")),
    Fault("initial_funding_is_once", "a wallet funded twice", funded_again),
    Fault("initial_funding_is_once", "a user funded in two wallets", partial(funded_again, other_wallet=True)),
)

"""The sample as one JSON document that names all it was drawn from, with the proof of every row.

What goes in: its form and what it says of itself. What stays out: the sheet that is filled in (evaluation).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets.errors import RefusedError
from reports.archive.verifier.breaks import sha256
from reports.sampling.factors import EXPANSION, factors
from reports.sampling.sealed import Prover, SealedMonth, balances_of_month
from reports.sampling.selection import Balance, Selection, Terms, seed_of, select

LONGEST = 1_000
HOW = (
    (
        "The seed of a currency is SHA-256 of the 32 bytes of the sealed root of closings, the nonce in UTF-8 "
        "and the currency in UTF-8, one after another. The start is its first 8 bytes as an unsigned "
        "big-endian number, modulo the interval; all 32 bytes where the interval is over 2**48."
    ),
    (
        "Balances above zero are ordered by wallet id (by code point) and cumulated; each that holds one of "
        "the units start, start + interval, ... is selected, units being counted from 0. A balance of the "
        "interval or more is a key item, selected for certain."
    ),
    (
        "Each row is proved under the sealed root of its table: hash 0x00 and the line, then with each hash "
        "of the path (RFC 9162, section 2.1.3). 'python3 data/verify.py --sample sample.json', from the bag, "
        "does it for all rows."
    ),
    (
        "Monetary units find overstatement. What is owed to wallet holders may rather be understated, so "
        "balances that are zero, below zero or under 1 % of the interval are drawn at random: those with the "
        "smallest SHA-256 of the seed followed by the wallet's id. Receipts at the bank traced to the ledger "
        "are the other half of that test, and are not in it: a wallet that was never recorded cannot be "
        "drawn."
    ),
)


@dataclass(frozen=True)
class Sample:
    """The sample of a sealed month."""

    month: SealedMonth
    nonce: str
    confidence: int
    decimals: Mapping[str, int]
    selections: tuple[Selection, ...]

    @property
    def name(self) -> str:
        """Return the name of its folder: the nonce may be any text, its digest is a name."""
        return sha256(self.nonce.encode())[:16]


def draw(month: SealedMonth, nonce: str, terms: Mapping[str, Terms], otherwise: Terms) -> Sample:
    """Draw the sample of every currency; raise RefusedError for a nonce or terms that cannot be used."""
    if not nonce.strip() or len(nonce) > LONGEST or any("\ud800" <= each <= "\udfff" for each in nonce):
        message = f"the nonce must be a text of 1 to {LONGEST:,} characters that the auditor chose after the sealing."
        raise RefusedError(message)
    found = balances_of_month(month)
    if unknown := sorted(terms.keys() - found.keys()):
        message = f"{month.bag.name} holds no balance in {unknown[0]}; its currencies are {', '.join(found)}."
        raise RefusedError(message)
    root = month.root("closings")
    selections = tuple(
        select(currency, balances, seed_of(root, nonce, currency), terms.get(currency, otherwise))
        for currency, balances in found.items()
    )
    return Sample(month, nonce, otherwise.confidence, month.decimals(), selections)


def document_of(sample: Sample) -> dict[str, Any]:
    """Return all there is to say of a sample; amounts are text in minor units."""
    month = sample.month
    drawn = [each for part in sample.selections for each in (*(item.balance for item in part.items), *part.low)]
    proofs = {
        "closings": Prover(month, "closings").prove(each.row for each in drawn if each.row is not None),
        "wallet_keys": Prover(month, "wallet_keys").prove(each.key_row for each in drawn),
    }
    return {
        "form": "tieout-sample/v1",
        "entity": month.said["entity"],
        "month": month.said["month"],
        "bag": month.said["name"],
        "seal": month.seal,
        "roots": {name: month.root(name) for name in proofs},
        "nonce": sample.nonce,
        "confidence": str(sample.confidence),
        "R0": str(factors(sample.confidence, 0)[0]),
        "expansionFactor": str(float(EXPANSION[sample.confidence])),
        "how": list(HOW),
        "transactions": [str(file.relative_to(month.bag)) for file in month.files("transactions")],
        "currencies": [_currency(each, sample.decimals, proofs) for each in sample.selections],
    }


def text_of_document(document: dict[str, Any]) -> str:
    """Write the document in its one form."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _currency(part: Selection, decimals: Mapping[str, int], proofs: Mapping[str, Any]) -> dict[str, Any]:
    items = [
        {
            **_balance(each.balance, part.currency, proofs),
            "cumulated": str(each.cumulated),
            "hits": str(each.hits),
            "key": each.key,
        }
        for each in part.items
    ]
    low: Sequence[dict[str, Any]] = [_balance(each, part.currency, proofs) for each in part.low]
    return {
        "currency": part.currency,
        "decimals": decimals.get(part.currency),
        "book": str(part.book),
        "positiveBalances": str(part.positive),
        "tolerable": str(part.tolerable),
        "expected": str(part.expected),
        "interval": str(part.interval),
        "seed": part.seed,
        "start": str(part.start),
        "items": items,
        "low": {"population": str(part.low_population), "items": low},
    }


def _balance(balance: Balance, currency: str, proofs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "wallet_id": balance.wallet,
        "currency": currency,
        "book": str(balance.book),
        "transactions": str(balance.transactions),
        "proofs": {
            "closings": None if balance.row is None else proofs["closings"][balance.row],
            "wallet_keys": proofs["wallet_keys"][balance.key_row],
        },
    }

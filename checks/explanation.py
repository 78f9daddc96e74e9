"""All that a home knows of a wallet or a user: every side of each balance, and why and where the sides part.

What goes in: gathering it from the newest audited export. What stays out: whom it is about (subjects), how causes are
found (causes) and told (cause_words), and layout. Nothing is read from the source.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.audit import Audit
from assets.engines import View, duckdb_engine
from assets.kept_files import read_rows
from assets.mapping import Mapping
from checks.cause_words import (
    HOPS,
    THINGS,
    cause_sentence,
    divergence_sentence,
    evidence_sentence,
    writer_sentence,
)
from checks.causes import Asked, causes_of
from checks.named_findings import Finding, findings_about
from checks.past_drift import drift_files
from checks.sentences import Teller
from checks.subjects import Subject, newest_audited, subject_of

FOLDER = Path(__file__).parent / "explain_sql"
TEXTS = {name: (FOLDER / f"{name}.sql").read_text() for name in ("sides", "lowest", "latest", "caches")}
LATEST = 10
HISTORY = ["wallet_id", "currency", "ledger", "recorded", "drift"]
Row = dict[str, Any]


@dataclass(frozen=True)
class Cause:
    """Why one stored balance is not what it should be."""

    thing: str
    hop: str
    sentence: str
    evidence: str
    first_divergence: str
    row: Row
    """The row of the table of causes."""


@dataclass(frozen=True)
class Balance:
    """Every side of one wallet's money in one currency."""

    sides: Row
    cached: int | None
    """What the owner is shown, of all wallets of this currency together."""
    hop_at_fault: str | None
    lowest: int | None
    lowest_at: datetime | None
    latest: list[Row]
    history: list[Row]
    causes: list[Cause]
    writer: str | None


@dataclass(frozen=True)
class Wallet:
    """A wallet with its balances and the findings that name it."""

    about: Row
    balances: list[Balance]
    findings: list[Finding]


@dataclass(frozen=True)
class Cache:
    """What a user was shown in one currency, beside what is recorded for all wallets of the user."""

    row: Row
    causes: list[Cause]


@dataclass(frozen=True)
class Explanation:
    """What is known of a wallet or a user at the cut of one export."""

    audit: Audit
    unjudged: tuple[str, ...]
    """Newer exports that were not audited."""
    users: tuple[str, ...]
    wallets: list[Wallet]
    caches: list[Cache]


def explain(audit: Audit, subject: Subject, unjudged: tuple[str, ...] = ()) -> Explanation:
    """Explain these wallets and the caches of who owns them."""
    wallets = subject.wallets.to_pylist()
    ids = tuple(each["wallet_id"] for each in wallets)
    found = _asked(audit, subject)
    found["causes"] = causes_of(audit, Asked(ids, subject.users)).to_pylist()
    found["history"] = _history(audit, ids)
    findings = findings_about(audit, ids, subject.users)
    told = [
        Wallet(each, _balances(audit.mapping, each, found), findings.get(each["wallet_id"], [])) for each in wallets
    ]
    teller = Teller(audit.mapping.currencies)
    caches = [
        Cache(row, [_told(teller, each) for each in found["causes"] if _is_of(each, row)]) for row in found["caches"]
    ]
    return Explanation(audit, unjudged, subject.users, told, caches)


def _asked(audit: Audit, subject: Subject) -> dict[str, list[Row]]:
    """Return the rows of every text about these wallets."""
    exported = audit.home.views(audit.export)
    names = ("transactions", "wallets", "wallet_balances", "user_balances")
    views: dict[str, View] = {name: exported[name] for name in names}
    views["chosen"] = subject.wallets.select(["wallet_key", "wallet_id"])
    views["owners"] = pa.table({"user_id": pa.array(subject.users, pa.string())})
    views["open_statuses"] = pa.table({"status": pa.array(_open_statuses(audit.mapping), pa.string())})
    views["asked"] = pa.table({"latest": [LATEST]})
    with duckdb_engine(views) as query:
        found = {name: query(text).to_pylist() for name, text in TEXTS.items()}
    return found if audit.mapping.has("user_balances") else {**found, "caches": []}


def _open_statuses(mapping: Mapping) -> list[str]:
    """Return the unsettled statuses whose debits may still settle: all, unless the configuration says which."""
    settled = set(mapping.statuses.settled)
    settling = [before for before, after in mapping.rules.mutable_statuses.items() if settled & set(after)]
    return settling or list(mapping.statuses.unsettled)


def _balances(mapping: Mapping, about: Row, found: dict[str, list[Row]]) -> list[Balance]:
    teller = Teller(mapping.currencies)
    balances = []
    for sides in (row for row in found["sides"] if row["wallet_id"] == about["wallet_id"]):
        key, cache = _key(sides), {"user_id": about["user_id"], "currency": sides["currency"]}
        own = {row["stored"]: row for row in found["causes"] if _key(row) == key or _is_of(row, cache)}
        shown = [row["cached"] for row in found["caches"] if cache.items() <= row.items()]
        lowest = next((row for row in found["lowest"] if _key(row) == key), {})
        faults = [row["layer"] for row in own.values()]
        balances.append(
            Balance(
                sides=sides,
                cached=next(iter(shown), None),
                hop_at_fault=next((hop for layer, hop in HOPS.items() if layer in faults), None),
                lowest=lowest.get("lowest"),
                lowest_at=lowest.get("lowest_at"),
                latest=[row for row in found["latest"] if _key(row) == key],
                history=[row for row in found["history"] if _key(row) == key],
                causes=[_told(teller, row) for row in own.values()],
                writer=writer_sentence(own, about, sides) if mapping.entity == "Gigsy" else None,
            )
        )
    return balances


def _told(teller: Teller, row: Row) -> Cause:
    return Cause(
        thing=THINGS[row["stored"]],
        hop=HOPS[row["layer"]],
        sentence=cause_sentence(teller, row),
        evidence=evidence_sentence(teller, row),
        first_divergence=divergence_sentence(teller, row),
        row=row,
    )


def _key(row: Row) -> tuple[str, str]:
    return row["wallet_id"], row["currency"]


def _is_of(cause: Row, cache: Row) -> bool:
    return cause["stored"] == "cache" and all(cause[name] == cache[name] for name in ("user_id", "currency"))


def _history(audit: Audit, wallets: tuple[str, ...]) -> list[Row]:
    """Return what was recorded and in the ledger at the cut of each export that is kept and was audited."""
    history = []
    for export in audit.home.exports():
        files = [file for file in drift_files(audit.home, export) if export.sequence <= audit.export.sequence]
        for file in files[:1] if wallets else ():
            rows = read_rows(file, HISTORY, filters=[("wallet_id", "in", list(wallets))]).to_pylist()
            history += [{"export": export.export_id, "cut": export.certificate.cut.at, **row} for row in rows]
    return history


__all__ = ["Explanation", "explain", "newest_audited", "subject_of"]

"""Which sealed months may go, which stay, and why; and letting go of those that may.

What goes in: dates, legal holds, and the order of deletion: written down first, then removed. What stays out: exports
and reports of the home, which this never touches. The day is told by the caller.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from assets.errors import RefusedError
from assets.mapping import Retention
from reports.archive.folder import Archive
from reports.archive.keys import SealingKey, require_both
from reports.archive.month import reported_months
from reports.archive.retention_dates import kept_until, month_end
from reports.archive.verifier.log import Entry, Seal, read_log
from reports.archive.verify import bag_breaks

EVERY = "all"


@dataclass(frozen=True)
class Standing:
    """Whether a month may go."""

    name: str
    month: str
    may_go: bool
    why: str


def standings(archive: Archive, retention: Retention, older_than: date, today: date) -> list[Standing]:
    """Return every month that was over when a day began, and whether it may go; nothing is removed."""
    log = read_log(archive.path, require_both)
    if log.breaks:
        message = f"the archive does not verify ({log.breaks[0].line()}); nothing may go before it does."
        raise RefusedError(message)
    held, gone = holds(archive), log.deleted()
    found = [
        _standing(archive, seal, retention, held, today)
        for seal in log.seals
        if seal.name not in gone and month_end(seal.entry["month"]) <= older_than
    ]
    sealed = {seal.entry["month"] for seal in log.seals}
    unsealed = [month for month in reported_months(archive.home) if month not in sealed]
    found += [
        Standing(month, month, may_go=False, why="stays: it was never sealed")
        for month in unsealed
        if month_end(month) <= older_than
    ]
    return sorted(found, key=lambda each: each.name)


def _standing(archive: Archive, seal: Seal, retention: Retention, held: dict[str, Entry], today: date) -> Standing:
    until = _until(seal, retention)
    hold = held.get(str(seal.entry["month"])) or held.get(EVERY)
    if hold:
        why = f"held since {hold['at'][:10]}: {hold['reason']}"
    elif today < until:
        why = f"stays until {until}"
    elif breaks := bag_breaks(archive.path, seal):
        why = f"stays: it does not verify ({breaks[0].line()})"
    else:
        return Standing(seal.name, seal.entry["month"], may_go=True, why=f"may go since {until}")
    return Standing(seal.name, seal.entry["month"], may_go=False, why=why)


def _until(seal: Seal, retention: Retention) -> date:
    """Return the later of the day that was sealed and the day of today's configuration: no change shortens it."""
    said = (seal.statement or {}).get("predicate", {})
    until = date.fromisoformat(said.get("retentionUntil", "9999-12-31"))
    if said.get("retentionClass") in retention.classes:
        until = max(until, kept_until(retention, said["retentionClass"], str(seal.entry["month"])))
    return until


def let_go(archive: Archive, key: SealingKey, going: Iterable[Standing]) -> list[str]:
    """Remove the bags of months that may go, each written down first; seals, sign-offs and the log stay."""
    seals = {entry["name"]: entry for entry in archive.present()}
    gone = []
    for each in going:
        if each.may_go and each.name in seals:
            seal = seals[each.name]
            archive.add(
                key,
                {"event": "deleted", "name": each.name, "month": each.month, "seal": seal["seal"], "why": each.why},
            )
            gone.append(each.name)
    archive.settle()
    return gone


def holds(archive: Archive) -> dict[str, Entry]:
    """Return the legal holds that stand, by month; `all` holds every month."""
    found: dict[str, Entry] = {}
    for entry in archive.entries():
        if entry["event"] == "held":
            found[entry["month"]] = entry
        elif entry["event"] == "lifted":
            found.pop(entry["month"], None)
    return found


def hold(archive: Archive, key: SealingKey, month: str, reason: str) -> None:
    """Hold a month, or all, whatever its date."""
    archive.add(key, {"event": "held", "month": month, "reason": reason})


def lift(archive: Archive, key: SealingKey, month: str, reason: str) -> None:
    """Lift a hold; raise RefusedError where there is none."""
    if month not in holds(archive):
        message = f"{month} is not held."
        raise RefusedError(message)
    archive.add(key, {"event": "lifted", "month": month, "reason": reason})

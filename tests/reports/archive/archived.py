"""Small homes with an archive, made in this process: a ledger of four months, three of them closed and reported.

What goes in: making them. What stays out: what must hold of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from assets.audit import Audit
from assets.balances import compute_balances, second_balances
from assets.calendar import periods
from assets.closed_months import close_months, closed_months
from assets.creators import compute_creators
from assets.drift import compute_drift
from assets.escrow import compute_open_escrow
from assets.exposure import compute_exposure
from assets.forensics import compute_flags
from assets.mapping import Mapping
from assets.movements import compute_months
from assets.store import Home
from checks.exceptions import register_exceptions
from checks.judge import judge
from checks.rules import RULES
from checks.scopes import cut_scope
from reports.archive.folder import Archive
from reports.archive.keys import SealingKey, make_key
from reports.archive.seal import Sealed, due_months, seal_months
from reports.archive.sealed_months import compare_sealed
from reports.archive.verify import Asked, Verification, verify
from reports.months import report_month
from tests.assets.ledgers import INT64_MAPPING, Ledger, Row, documents, export, mapping_of, write_snapshot

MONTHS = ("2025-01", "2025-02", "2025-03")
AT = ("2025-01-05T10:00:00", "2025-02-07T11:30:00.001", "2025-03-31T23:59:59.999", "2025-04-01T00:00:00")
WALLETS = ("w1", "w2", "w3", "w4")
ROWS = tuple(Row(f"t{i:02}", WALLETS[i % 3], 7 * i % 100 - 45, at=AT[i % 4]) for i in range(40))


JUDGED = (
    "months_stay_closed",
    "openings_equal_closings",
    "balances_never_were_negative",
    "balances_are_not_negative",
    "wallets_exist",
    "types_are_known",
)
FEW = tuple(rule for rule in RULES if rule.severity == "gate" or rule.name in JUDGED)
"""The rules of these homes: every gate, and some of each scope."""


@dataclass(frozen=True)
class Place:
    """A home with its mapping and the key that seals it."""

    home: Home
    mapping: Mapping
    key: SealingKey

    @property
    def archive(self) -> Archive:
        return Archive(self.home)

    def seal(self, *months: str) -> list[Sealed]:
        """Seal these months, or all that are due."""
        with without_waiting(), self.home.writing():
            self.archive.bring_key(self.key, self.mapping.entity)
            return seal_months(self.home, self.mapping, months or due_months(self.home), self.key, silent)

    def verify(self, *names: str, **more: object) -> Verification:
        return verify(self.archive, Asked(names, **more), silent)  # type: ignore[arg-type]

    def broken(self, *names: str, **more: object) -> set[str]:
        return {each.file for each in self.verify(*names, **more).breaks}


def silent(_what: str, _done: int, _of: int) -> None:
    """Tell nobody how far it is."""


@contextmanager
def without_waiting() -> Iterator[None]:
    """Leave out what takes long and is tested elsewhere: most rules, Great Expectations, charts, waiting for disks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("checks.judge.enforce", lambda *_: {"left out": "here"})
        for module in ("checks.judge", "checks.months", "reports.archive.bag"):
            patch.setattr(f"{module}.OF_THE_EXPORT", FEW)
        patch.setattr("reports.months.RENDERINGS", {"report.html": lambda _: b"<p>left out here</p>\n"})
        patch.setattr("os.fsync", lambda _: None)
        yield


def reported(folder: Path, rows: tuple[Row, ...] = ROWS, more: str = "", name: str = "snapshot.zip") -> Place:
    """Export a ledger, judge it at its cut, and report its closed months; nothing is sealed yet."""
    mapping = mapping_of(folder, INT64_MAPPING + more)
    place = Place(Home(folder / "home"), mapping, make_key(folder / "key"))
    audited(place, folder, rows, name)
    return place


def audited(place: Place, folder: Path, rows: tuple[Row, ...], name: str = "snapshot.zip") -> Audit:
    """Do what an audit does, without Dagster."""
    snapshot = write_snapshot(folder / name, documents(Ledger(list(rows), {"w1": 500}, [("w1", "EGP", 1)])))
    audit = Audit(place.home, place.mapping, export(place.home, place.mapping, snapshot))
    with without_waiting(), place.home.writing():
        audit.forget_outcomes()
        months = compute_months(place.home, audit.export, place.mapping, silent)
        audit.keep_months(months)
        audit.keep("creators", compute_creators(place.home, audit.export, place.mapping))
        audit.keep("balances", compute_balances(place.home, audit.export, months[-1]))
        audit.keep("balances_again", second_balances(place.home, audit.export))
        audit.keep("drift", compute_drift(place.home, audit.export, audit.table("balances")))
        audit.keep("exposure", compute_exposure(audit.view("drift")))
        audit.keep("open_escrow", compute_open_escrow(place.home, audit.export, place.mapping))
        audit.keep("adjustment_flags", compute_flags(audit))
        audit.keep("sealed_months", compare_sealed(audit, silent))
        audit.keep("closed_months", closed_months(audit)[0])
        close_months(audit)
        judge(place.home, cut_scope(audit), FEW)
        register_exceptions(audit)
        for period in periods(audit.export.certificate):
            if period.complete:
                report_month(audit, months, period)
    return audit

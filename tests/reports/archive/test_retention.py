"""What may go, what stays and why; and that nothing else ever goes."""

from datetime import date
from pathlib import Path

import pytest

from assets.errors import RefusedError
from assets.mapping import Retention, RetentionClass
from reports.archive.retention import hold, let_go, lift, standings
from reports.archive.retention_dates import kept_until, month_end
from tests.reports.archive.archived import Place

DEFAULT = Retention()
OLDER = date(2025, 4, 1)


def told(place: Place, today: date, retention: Retention = DEFAULT, older: date = OLDER) -> dict[str, str]:
    return {each.name: each.why for each in standings(place.archive, retention, older, today)}


def test_seven_years_and_ninety_days_from_the_end_of_the_month() -> None:
    assert kept_until(DEFAULT, "ledger", "2025-01") == date(2032, 5, 1)
    assert kept_until(DEFAULT, "ledger", "2025-12") == date(2033, 4, 1)
    short = Retention(classes={"ledger": RetentionClass(years=0, days=0)})
    assert kept_until(short, "ledger", "2024-02") == month_end("2024-02") == date(2024, 3, 1)
    with pytest.raises(ValueError, match=r"not among retention\.classes"):
        Retention(sealed_as="other")


def test_a_month_may_go_on_its_day_and_not_before(sealed: Place) -> None:
    assert told(sealed, date(2032, 4, 30))["2025-01-v1"] == "stays until 2032-05-01"
    assert told(sealed, date(2032, 5, 1))["2025-01-v1"] == "may go since 2032-05-01"
    assert told(sealed, date(2032, 5, 1))["2025-02-v1"] == "stays until 2032-05-30"
    assert set(told(sealed, date(2032, 5, 1), older=date(2025, 3, 1))) == {"2025-01-v1", "2025-02-v1"}
    assert set(told(sealed, date(2032, 5, 1), older=date(2025, 2, 28))) == {"2025-01-v1"}


def test_a_configuration_makes_it_longer_and_never_shorter(sealed: Place) -> None:
    longer, shorter = (Retention(classes={"ledger": RetentionClass(years=years)}) for years in (10, 1))
    assert told(sealed, date(2032, 5, 1), longer)["2025-01-v1"] == "stays until 2035-05-02"
    assert told(sealed, date(2032, 4, 30), shorter)["2025-01-v1"] == "stays until 2032-05-01"


def test_only_what_is_sealed_verified_past_its_date_and_not_held_goes(copied: Place) -> None:
    later = date(2040, 1, 1)
    (copied.archive.path / "2025-02-v1" / "data" / "VERIFY.md").write_text("x")
    with copied.home.writing():
        hold(copied.archive, copied.key, "2025-03", "case 7")
        found = standings(copied.archive, DEFAULT, OLDER, later)
        assert let_go(copied.archive, copied.key, found) == ["2025-01-v1"]
    why = {each.name: each.why for each in found}
    assert why["2025-02-v1"].startswith("stays: it does not verify (2025-02-v1/data/VERIFY.md: ")
    assert why["2025-03-v1"].startswith("held since 20")
    assert why["2025-03-v1"].endswith(": case 7")
    assert sorted(each.name for each in copied.archive.path.glob("*-v1")) == ["2025-02-v1", "2025-03-v1"]
    assert copied.archive.entries()[-1]["event"] == "deleted"
    assert (copied.archive.path / "2025-01-v1.seal.json").exists(), "the chain of seals stays whole"
    assert {name.partition("/")[0] for name in copied.broken()} == {"2025-02-v1"}
    assert "2025-01-v1" not in told(copied, later)
    assert copied.seal() == [], "what went is not sealed again"


def test_a_hold_on_all_holds_all_until_it_is_lifted(copied: Place) -> None:
    later = date(2040, 1, 1)
    with copied.home.writing():
        hold(copied.archive, copied.key, "all", "the regulator asked")
        assert not any(each.may_go for each in standings(copied.archive, DEFAULT, OLDER, later))
        with pytest.raises(RefusedError, match="2025-01 is not held"):
            lift(copied.archive, copied.key, "2025-01", "no")
        lift(copied.archive, copied.key, "all", "settled")
    assert all(each.may_go for each in standings(copied.archive, DEFAULT, OLDER, later))


def test_a_month_that_was_never_sealed_stays_and_a_broken_log_lets_nothing_go(copied: Place, tmp_path: Path) -> None:
    report = copied.home.path / "reports" / "2024-12" / "v1"
    report.mkdir(parents=True)
    (report / "report.json").write_text("{}")
    assert told(copied, date(2040, 1, 1))["2024-12"] == "stays: it was never sealed"
    (copied.archive.path / "2025-01-v1.seal.json").rename(tmp_path / "gone")
    with pytest.raises(RefusedError, match=r"does not verify \(2025-01-v1\.seal\.json: the file is gone\)"):
        told(copied, date(2040, 1, 1))

"""Which exports stay, and that letting go of the others takes nothing that a kept one names."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from assets.errors import TieoutError
from assets.keeping import kept_exports, let_go
from assets.mapping import Keep
from assets.movements import compute_months
from assets.store import Export, Home
from tests.assets.ledgers import Bench, Ledger, Row, documents, export, write_snapshot
from tests.assets.test_export import kept, paths

START = datetime(2025, 4, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def snapshot_at(work: Bench, at: datetime, rows: list[Row]) -> Export:
    name = f"snapshot_brave-otter-123_{int(at.timestamp()) * 10**9}.zip"
    made = export(work.home(), work.mapping, write_snapshot(work.folder / name, documents(Ledger(rows))))
    with work.home().writing():
        compute_months(work.home(), made, work.mapping, lambda *_: None)
    return made


def hourly(work: Bench, instants: list[datetime]) -> list[Export]:
    """Export at each instant a ledger that gained one row."""
    rows = [Row("t0", "w1", 1)]
    exports = []
    for number, at in enumerate(instants, 1):
        rows.append(Row(f"t{number}", "w1", number, at=f"{at - HOUR:%Y-%m-%dT%H:%M:%S}"))
        exports.append(snapshot_at(work, at, rows))
    return exports


def cuts(exports: list[Export]) -> list[str]:
    return [f"{export.certificate.cut.at:%m-%d %H}" for export in exports]


def test_the_last_of_each_day_for_a_while_and_of_each_month_stays(work: Bench) -> None:
    hours = [-900, -850, -800, -60, -59, -26, -25, -2, -1, 0]
    exports = hourly(work, [START + HOUR * hour for hour in hours])
    staying = kept_exports(exports, Keep(days=3), exports[-1].export_id)
    assert cuts(staying) == ["02-26 16", "03-30 23", "03-31 23", "04-01 00"]
    assert cuts(kept_exports(exports, Keep(days=0), exports[-1].export_id)) == ["02-26 16", "03-31 23", "04-01 00"]
    assert cuts(kept_exports(exports, Keep(days=0, months=1), exports[0].export_id)) == ["02-22 12", "04-01 00"]


def test_letting_go_takes_only_what_no_kept_export_names(work: Bench) -> None:
    exports = hourly(work, [START + HOUR * hour for hour in (-3, -2, -1)])
    home = work.home()
    with home.writing():
        gone = let_go(home, Keep(), exports[-1].export_id)
    assert [each.export for each in gone] == exports[:2]
    assert home.exports() == exports[2:]
    assert home.intact(exports[2])
    assert paths(exports[2].certificate) <= kept(home)
    left = {path for path in kept(home) if "/movements/" not in path and "/closings/" not in path}
    assert left == paths(exports[2].certificate)
    lines = [json.loads(line) for line in (home.path / "journal.jsonl").read_text().splitlines()]
    assert [(line["event"], line["export"]) for line in lines] == [
        *(("committed", each.export_id) for each in exports),
        *(("let go", each.export_id) for each in exports[:2]),
    ]
    removed = {file for line in lines[3:] for file in line["files"]}
    named = paths(exports[0].certificate) | paths(exports[1].certificate)
    assert removed == named - paths(exports[2].certificate)


def test_numbers_are_not_given_twice_and_history_goes_on(work: Bench) -> None:
    exports = hourly(work, [START + HOUR * hour for hour in (-3, -2)])
    home = work.home()
    with home.writing():
        let_go(home, Keep(), exports[-1].export_id)
    later = snapshot_at(work, START, [Row("t0", "w1", 1)])
    assert later.sequence == 3
    assert later.certificate.history.state == "compared"
    assert later.certificate.tables["ledger_changes"].written == 2


def test_letting_go_that_was_killed_is_ended_by_the_next(work: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    exports = hourly(work, [START + HOUR * hour for hour in (-3, -2, -1)])
    home = work.home()

    def killed(*_: object) -> None:
        message = "killed"
        raise TieoutError(message)

    with monkeypatch.context() as patched, home.writing():
        patched.setattr("assets.keeping._remove", killed)
        with pytest.raises(TieoutError):
            let_go(home, Keep(), exports[-1].export_id)
    assert home.lost_exports() == []
    with home.writing():
        let_go(home, Keep(), exports[-1].export_id)
    assert Home(home.path).exports() == exports[2:]
    lines = [json.loads(line)["event"] for line in (home.path / "journal.jsonl").read_text().splitlines()]
    assert lines.count("let go") == 2

"""Whole audits in this process: what a run leaves, what the next reuses, and what a changed configuration restates."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from assets.errors import MappingError, RefusedError, SourceError, TieoutError
from assets.export import export_source
from assets.mapping_file import load_mapping
from assets.sources.convex.snapshot_zip import ConvexZip
from assets.sources.protocol import Snapshot
from assets.store import Home
from assets.workplace import Workplace
from checks.rules import OF_THE_EXPORT, OPERATIONS
from pipelines.answer import answer
from pipelines.audit import Audited, run_audit
from pipelines.cli import main
from pipelines.demo.write import DemoPlan, write_demo
from pipelines.schedules import hourly_reconciliation, monthly_report
from pipelines.settings import dagster_home

Audit = Callable[..., Audited]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("audits")


@pytest.fixture(scope="module")
def audit(folder: Path) -> Audit:
    made = write_demo(DemoPlan(transactions=1_000), folder / "demo", lambda _done, _of: None)

    def run(config: Path | None = None, month: str | None = None) -> Audited:
        workplace = Workplace(
            home=str(folder / "home"), config=str(config) if config else None, source=str(made.snapshot)
        )
        return run_audit(workplace, month)

    return run


@pytest.fixture(scope="module")
def first(audit: Audit) -> Audited:
    return audit()


def test_the_document_for_scripts_has_the_promised_shape(first: Audited) -> None:
    document = json.loads(answer(first))
    assert document["verdict"] == "BROKEN"
    assert document["export"] == first.audit.export.export_id
    assert document["transactions"] == sum(total["count"] for total in document["control_totals"]) == 1_000
    assert {"rule", "result", "severity", "examined", "offenders", "sentence", "rows"} <= document["rules"][0].keys()
    assert all(Path(rule["rows"]).is_file() for rule in document["rules"] if rule["offenders"])
    assert {"currency", "balances", "gross", "net", "largest"} <= document["drift"][0].keys()
    assert [month["complete"] for month in document["months"]] == [True] * 6 + [False]
    names = ("json", "html", "pdf", "xlsx")
    assert all(Path(month[name]).is_file() for month in document["months"] for name in names)
    assert all(Path(month["pdf"]).read_bytes().startswith(b"%PDF-1.7") for month in document["months"])


def test_a_second_audit_of_the_same_snapshot_makes_nothing_anew(first: Audited, audit: Audit, folder: Path) -> None:
    def made() -> dict[str, int]:
        kept = ("exports", "tables", "reports", "months")
        return {str(f): f.stat().st_ino for k in kept for f in (folder / "home" / k).rglob("*") if f.is_file()}

    before = made()
    again = audit()
    assert made() == before
    said, said_again = json.loads(answer(first)), json.loads(answer(again))
    assert len(said.pop("operations")) == len(said_again.pop("operations")) == len(OPERATIONS)
    assert said_again == said


def test_a_report_that_lacks_a_rendering_gets_it_from_its_own_json(first: Audited, audit: Audit) -> None:
    home, lacking = first.audit.home.path, first.reports[0]
    kept = {name: (home / lacking.folder / name).read_bytes() for name in ("report.pdf", "workpapers.xlsx")}
    for name in kept:
        (home / lacking.folder / name).unlink()
    again = audit()
    assert [report.folder for report in again.reports] == [report.folder for report in first.reports]
    assert {name: (home / lacking.folder / name).read_bytes() for name in kept} == kept


def test_a_report_that_says_less_than_reports_do_now_is_made_again(
    first: Audited, folder: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(first.audit.home.path, home)
    for report in (first.reports[0], first.reports[-1]):
        older = json.loads((home / report.json).read_text())
        del older["glossary"]
        (home / report.json).write_text(json.dumps(older))
        (home / report.pdf).unlink()
    (source,) = (folder / "demo").glob("*.zip")
    after = run_audit(Workplace(home=str(home), source=str(source)), None)
    assert after.failure is None
    assert after.reports[0].folder == Path("reports/2025-01/v2")
    said = json.loads((after.audit.home.path / after.reports[0].json).read_text())["provenance"]
    assert (said["replaces"], said["reason"]) == ("v1", "reports say more than they did")
    assert after.reports[-1].folder == first.reports[-1].folder
    assert "glossary" in json.loads((after.audit.home.path / after.reports[-1].json).read_text())


def test_one_month_can_be_asked_for_and_a_month_without_rows_is_refused(first: Audited, audit: Audit) -> None:
    assert [report.month for report in audit(month="2025-03").reports] == ["2025-03"]
    with pytest.raises(RefusedError, match=r"2024-12 has no transactions; the ledger has 2025-01 to 2025-07\."):
        audit(month="2024-12")
    assert first.reports


def test_a_closed_month_is_sealed_verified_and_computed_again_from_its_bag(first: Audited, folder: Path) -> None:
    assert first.reports
    home = ["--home", str(folder / "home")]
    key = ["--key", str(folder / "key")]
    assert main(["keys", str(folder / "key")]) == 0
    assert main(["archive", "--month", "2025-02", *home, *key]) == 0
    assert main(["drill", *home, *key]) == 0
    assert main(["verify", "--rows", *home]) == 0
    assert len(list((folder / "home/archive/2025-02-v1/data/answers").glob("*/*.json"))) == len(OF_THE_EXPORT)


def test_a_changed_configuration_restates_the_closed_months(first: Audited, audit: Audit, folder: Path) -> None:
    config = folder / "tieout.toml"
    config.write_text("[rules]\ndrift_tolerance = 3\n")
    restated = audit(config, "2025-01")
    assert (restated.failure, restated.verdict) == (None, "BROKEN")
    report = json.loads((folder / "home" / restated.reports[0].json).read_text())
    assert restated.reports[0].folder == Path("reports/2025-01/v2")
    assert (first.audit.home.path / "reports/2025-01/v1/report.json").is_file()
    assert (report["provenance"]["replaces"], report["provenance"]["reason"]) == ("v1", "the configuration changed")
    assert restated.audit.export.export_id == first.audit.export.export_id


def test_a_step_refuses_an_export_made_under_another_configuration(first: Audited, folder: Path) -> None:
    config = folder / "unsettled.toml"
    config.write_text('[statuses]\nsettled = ["COMPLETED", "PENDING"]\nunsettled = ["FAILED", "CANCELLED"]\n')
    changed = Workplace(home=str(folder / "home"), config=str(config))
    with pytest.raises(TieoutError, match="the configuration changed since export"):
        changed.audit("another run", first.audit.export.export_id)


def test_a_source_that_changes_while_it_is_read_is_refused(audit: Audit, tmp_path: Path) -> None:
    assert audit

    class Replaced(ConvexZip):
        def snapshot(self) -> Snapshot:
            self.asked = getattr(self, "asked", 0) + 1
            return replace(super().snapshot(), sha256=str(self.asked))

    made = write_demo(DemoPlan(transactions=1_000), tmp_path, lambda _done, _of: None)
    home = Home(tmp_path / "home")
    with home.writing(), pytest.raises(SourceError, match="changed while it was read"):
        export_source(home, load_mapping(None), Replaced(made.snapshot), lambda _what, _done, _of: None)
    assert home.exports() == []
    assert list((home.path / "tables").rglob("*.parquet")) == []


def test_an_interrupted_rule_is_never_read_from_an_earlier_run(
    first: Audited, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        message = "the rule could not run"
        raise RuntimeError(message)

    monkeypatch.setattr("checks.judge.judged", fail)
    failed = audit()
    assert failed.verdict == "NOT VERIFIED"
    assert "the rule could not run" in str(failed.failure)
    assert {outcome.result for outcome in failed.outcomes} == {"not verified"}
    assert first.verdict == "BROKEN"


def test_the_schedules_fail_without_a_source_and_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with dg.DagsterInstance.from_config(str(dagster_home(tmp_path))) as instance:
        for schedule in (hourly_reconciliation, monthly_report):
            assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
            resources = {"workplace": Workplace(home=str(tmp_path))}
            with (
                dg.build_schedule_context(instance=instance, resources=resources) as context,
                pytest.raises(MappingError, match="no source is given"),
            ):
                schedule(context)

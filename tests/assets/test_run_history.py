"""The history of reconciliations as rules read it: every run but the present, and drift in the order of cuts."""

from assets.audit import Audit
from assets.balances import compute_balances
from assets.drift import compute_drift
from assets.movements import compute_months
from assets.run_history import gross_drift, keep_history
from assets.runs import Concluded
from tests.assets.ledgers import Bench, Ledger, Row


def reconciled(work: Bench, day: int, recorded: int) -> Audit:
    """Export a ledger of so many days, and compute its drift."""
    rows = [Row("t1", "w1", 100), *(Row(f"d{each}", "w2", 5, at=f"2025-02-0{each}T00:00:00") for each in range(1, day))]
    made = work.export(Ledger(rows, recorded=[("w1", "EGP", recorded)]))
    audit = Audit(work.home(), work.mapping, made)
    months = compute_months(audit.home, made, audit.mapping, lambda *_: None)
    audit.keep("drift", compute_drift(audit.home, made, compute_balances(audit.home, made, months[-1])))
    return audit


def conclude(audit: Audit, run_id: str) -> None:
    certificate = audit.export.certificate
    audit.home.runs.begin(run_id)
    said = Concluded("BROKEN", audit.export.export_id, certificate.cut.at, gross_drift(audit))
    audit.home.runs.conclude(run_id, said)


def test_each_export_is_one_point_as_it_was_judged_last(work: Bench) -> None:
    audits = {day: reconciled(work, day, recorded) for day, recorded in ((2, 90), (4, 103), (3, 101))}
    for day in (2, 4, 3, 3):
        conclude(audits[day], f"run-{day}-{len(audits[day].home.runs.all())}")
    audits[2].home.runs.fail("no use", "SourceError")
    latest = reconciled(work, 5, 99)
    latest.home.runs.begin("present")
    tables = keep_history(latest, "present")
    points = tables["drift_history"].to_pylist()
    assert [(row["sequence"], row["currency"], row["gross"]) for row in points] == [
        (1, "EGP", 10),
        (2, "EGP", 1),
        (3, "EGP", 3),
        (4, "EGP", 1),
    ]
    runs = tables["run_history"].to_pylist()
    assert [row["succeeded"] for row in runs] == [True] * 4 + [False]
    assert "present" not in [row["run_id"] for row in runs]
    assert tables["asked"]["asked_at"][0].as_py() == latest.home.runs.all()["present"].began_at


def test_what_was_cut_later_is_no_past(work: Bench) -> None:
    early, late = reconciled(work, 2, 90), reconciled(work, 4, 103)
    conclude(late, "late")
    points = keep_history(early, "present")["drift_history"].to_pylist()
    assert [(row["sequence"], row["gross"]) for row in points] == [(1, 10)]

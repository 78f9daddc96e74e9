"""What stands behind `tieout audit`, `tieout demo` and `tieout selftest`.

What goes in: from the words of a call to what is printed. What stays out: parsing the call (cli).
"""

import sys
from pathlib import Path

from assets.errors import HomeError
from assets.kept_files import read_rows
from assets.workplace import PROGRESS, Workplace
from checks.outcome import Verdict
from pipelines.answer import answer
from pipelines.audit import Audited, run_audit
from pipelines.demo.breaks import SUBJECTS, Break
from pipelines.demo.write import Demo, DemoPlan, write_demo
from pipelines.selftest.run import run_selftest
from pipelines.selftest.shown import show_matrix
from pipelines.terminal import progress, show_audit, shown

DEMOS = Path(".tieout-demo")


def audit(workplace: Workplace, month: str | None, *, as_json: bool) -> Verdict:
    """Audit a source, tell the result, and return the verdict."""
    with progress():
        audited = run_audit(workplace, month)
    _tell(audited, as_json=as_json)
    return audited.verdict


def demo(plan: DemoPlan, home: Path | None, *, as_json: bool) -> int:
    """Write a demo ledger, audit it, and return 0 if the auditor found exactly what was planted."""
    cleanly = "-clean" if plan.clean else ""
    home = home or DEMOS / f"{plan.flavour}-{plan.seed}-{plan.transactions}{cleanly}"
    with progress():
        made = _written(plan, home)
        audited = run_audit(Workplace(home=str(home), source=str(made.snapshot)), None)
    _tell(audited, as_json=as_json)
    found = found_breaks(audited)
    exact = found == made.breaks and not audited.failure
    if not as_json:
        sys.stdout.write(_conclusion(made, found, home))
    return 0 if exact else 1


def selftest(workplace: Workplace, seed: int, *, as_json: bool) -> int:
    """Try the rules on planted faults, tell the matrix, and return 0 if all was caught and nothing else said."""
    with progress():
        matrix, kept = run_selftest(workplace, seed)
    if as_json:
        sys.stdout.write(matrix.text())
    else:
        show_matrix(matrix, kept)
    return 0 if matrix.is_perfect else 1


def _written(plan: DemoPlan, home: Path) -> Demo:
    try:
        return write_demo(plan, home / "demo", _writing)
    except OSError as error:
        message = f"{home} cannot be written ({error.strerror}); give another --home."
        raise HomeError(message) from error


def _writing(done: int, of: int) -> None:
    PROGRESS.get()("writing the demo ledger", done, of)


def _tell(audited: Audited, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(answer(audited) + "\n")
    else:
        show_audit(audited)


def found_breaks(audited: Audited) -> frozenset[Break]:
    """Return every (rule, offender) that the audit found; how tieout and the application run is no part of a demo."""
    found = set()
    for outcome in audited.outcomes:
        if outcome.offenders and outcome.rows and not outcome.operations:
            subject = list(SUBJECTS.get(outcome.rule, ("rule",)))
            rows = read_rows(audited.audit.home.path / outcome.rows)
            known = [name for name in subject if name in rows.column_names]
            found |= {Break(outcome.rule, tuple(map(str, row.values()))) for row in rows.select(known).to_pylist()}
    return frozenset(found)


def _conclusion(made: Demo, found: frozenset[Break], home: Path) -> str:
    planted = len(made.breaks)
    return (
        f"Demo: {planted} breaks were planted ({shown(made.planted.absolute())}); "
        f"{len(found & made.breaks)} of them were found, {len(found - made.breaks)} others.\n"
        f"Look around: tieout ui --home {shown(home.absolute())}\n"
    )

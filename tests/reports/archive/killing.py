"""A process that seals months, or lets go of them, in many homes, and is killed -9 in each after some flush to disk.

Started as `python -m tests.reports.archive.killing FOLDER`. It forks for all work, so that it starts no thread itself;
it prints one JSON line a home: its name, and whether its writer was killed.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import checks.judge
import checks.months
import reports.archive.bag
from assets.mapping_file import load_mapping
from assets.store import Home
from reports.archive.keys import find_key
from reports.archive.retention import let_go, standings
from reports.archive.seal import due_months, seal_months
from tests.assets.killing import dying
from tests.reports.archive.archived import FEW, Place, reported, silent

LATER = date(2040, 1, 1)
STEP, LAST = 110, 4


def place_of(folder: Path, name: str) -> Place:
    """Return one of the homes that were made here."""
    made = folder / "made"
    return Place(Home(folder / name), load_mapping(made / "tieout.toml"), find_key(made / "key"))


def seal(place: Place) -> None:
    """Seal all that is due, flushes and all."""
    checks.judge.enforce = lambda *_: {"left out": "here"}
    for module in (checks.judge, checks.months, reports.archive.bag):
        module.OF_THE_EXPORT = FEW  # type: ignore[attr-defined]
    with place.home.writing():
        place.archive.bring_key(place.key, place.mapping.entity)
        seal_months(place.home, place.mapping, due_months(place.home)[:2], place.key, silent)


def go(place: Place) -> None:
    """Let go of the first month."""
    with place.home.writing():
        found = standings(place.archive, place.mapping.retention, LATER, LATER)
        let_go(place.archive, place.key, found[:1])


def main(folder: Path) -> None:
    """Build a home once, then kill its writers."""
    _forked(lambda: reported(folder / "made") and None)
    for what, begin, work in (("sealing", "made/home", seal), ("letting go", "undisturbed sealing", go)):
        shutil.copytree(folder / begin, folder / f"undisturbed {what}")
        flushes = folder / f"flushes {what}"
        _forked(
            lambda what=what, work=work, to=flushes: _counted(to, lambda: work(place_of(folder, f"undisturbed {what}")))
        )
        count = len(flushes.read_bytes())
        for n in sorted({*range(0, count, STEP), *range(max(0, count - LAST), count)}):
            name = f"{what} at flush {n}"
            shutil.copytree(folder / begin, folder / name)
            killed = _forked(lambda n=n, name=name, work=work: dying(n, lambda: work(place_of(folder, name))))
            sys.stdout.write(json.dumps({"home": name, "killed": killed}) + "\n")


def _forked(work: Callable[[], None]) -> bool:
    """Do the work in a child, and tell whether it died of SIGKILL."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the child has nobody else to tell
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        sys.exit("the writer failed by itself")
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _counted(flushes: Path, work: Callable[[], None]) -> None:
    def counted(_: int) -> None:
        with flushes.open("ab") as file:
            file.write(b".")

    os.fsync = counted  # type: ignore[assignment]
    work()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

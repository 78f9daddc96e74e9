"""One audited demo for all tests that only need some audited home.

What goes in: making it once, whichever process of the tests asks first. What stays out: writing into it; who must
write takes a copy.
"""

import fcntl
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.workplace import Workplace
from pipelines.audit import run_audit
from pipelines.demo.write import FEWEST, DemoPlan, write_demo

PLAN = DemoPlan("gigsy", 5, FEWEST)


@dataclass(frozen=True)
class AuditedDemo:
    """The home and what was planted; its source is gone, so nothing can be read from there again."""

    home: Path
    faults: dict[str, Any]

    def copy(self, home: Path) -> "AuditedDemo":
        """Return the same with a home of its own."""
        shutil.copytree(self.home, home)
        return AuditedDemo(home, self.faults)


def audited_demo(temporary: Path) -> AuditedDemo:
    """Return the demo, made now or found as another process made it, below the folder all of them share."""
    shared = temporary.parent if "PYTEST_XDIST_WORKER" in os.environ else temporary
    folder, planted = shared / "audited-demo", shared / "audited-demo" / "faults.json"
    with (shared / "audited-demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not planted.exists():
            shutil.rmtree(folder, ignore_errors=True)
            made = write_demo(PLAN, folder, lambda *_: None)
            assert run_audit(Workplace(home=str(folder / "home"), source=str(made.snapshot)), None).failure is None
            made.snapshot.unlink()
            made.planted.rename(planted)
    return AuditedDemo(folder / "home", {each["name"]: each for each in json.loads(planted.read_text())["faults"]})

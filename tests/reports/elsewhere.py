"""The same rendering in other processes, with another hash seed, time zone and language.

What goes in: starting them. What stays out: what they must give (the tests).
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import hashlib
from reports.build import build_report
from tests.reports.stories import broken
{importing}
print(hashlib.sha256(render(build_report(*broken()))).hexdigest())
"""


def digests_elsewhere(importing: str) -> set[str]:
    """Return the digests of the story `broken` as `render`, which `importing` imports, gives it elsewhere."""
    digests = set()
    for seed, zone, language in (("1", "Asia/Tokyo", "C"), ("2", "America/Lima", "C.UTF-8")):
        here = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM.format(importing=importing)],
            env={**os.environ, **here},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(done.stdout.strip())
    return digests

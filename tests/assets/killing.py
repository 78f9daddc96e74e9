"""A process that exports one source into many homes and is killed -9 in each, told apart by when.

Started as `python -m tests.assets.killing SOURCE CONFIG FOLDER [DELAYS [STEP]]`; forks a writer for each home, so that
importing costs once. Prints one JSON line a home: its name, and whether its writer was killed.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from assets.export import export_source
from assets.mapping_file import load_mapping
from assets.sources.opening import open_source
from assets.store import Home

DELAYS = 6
LAST_FLUSHES = 4


def main(source: str, config: Path, folder: Path, delays: int = DELAYS, step: int = 5) -> None:
    """Kill a writer after some of its flushes to disk, then at instants spread over its work."""
    mapping = load_mapping(config)

    def write(home: Path) -> None:
        with Home(home).writing():
            opened = open_source(source, Path(), mapping.connection, config.parent, Home(home).arriving)
            export_source(Home(home), mapping, opened, lambda *_: None)

    flushes = folder / "flushes"
    began = time.monotonic()
    _told(folder / "undisturbed", _killed(lambda: _counting(flushes, lambda: write(folder / "undisturbed"))))
    took = time.monotonic() - began
    count = len(flushes.read_bytes())
    for n in sorted({*range(0, count, step), *range(count - LAST_FLUSHES, count)}):
        home = folder / f"at flush {n} of {count}"
        _told(home, _killed(lambda n=n, home=home: dying(n, lambda: write(home))))  # type: ignore[misc]
    draw = random.Random(11)  # noqa: S311 - instants, no secret
    for delay in sorted(draw.random() for _ in range(delays)):
        home = folder / f"after {delay:.5f} of its time"
        _told(home, _killed(lambda home=home: write(home), delay * took))  # type: ignore[misc]


def _told(home: Path, killed: bool) -> None:  # noqa: FBT001 - what is told
    sys.stdout.write(json.dumps({"home": home.name, "killed": killed}) + "\n")


def _killed(work: Callable[[], None], delay: float | None = None) -> bool:
    """Do the work in a child, kill it after the delay, and tell whether it died of SIGKILL."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        sys.exit("the writer failed by itself")
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _counting(flushes: Path, work: Callable[[], None]) -> None:
    flush = os.fsync

    def counted(handle: int) -> None:
        with flushes.open("ab") as file:
            file.write(b".")
        flush(handle)

    os.fsync = counted
    work()


def dying(flushes: int, work: Callable[[], None]) -> None:
    """Do the work, and be killed at the flush after so many."""
    done = [0]

    def deadly(_: int) -> None:
        if done[0] == flushes:
            os.kill(os.getpid(), signal.SIGKILL)
        done[0] += 1

    os.fsync = deadly  # type: ignore[assignment]
    work()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), *(int(number) for number in sys.argv[4:]))

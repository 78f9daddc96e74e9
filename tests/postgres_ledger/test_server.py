"""The server can be crashed and restarted, and is stopped whatever happens."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.postgres_ledger import programs
from tests.postgres_ledger.server import Server, running_postgres

KILLED = """
import os, sys
from tests.postgres_ledger.server import running_postgres
with running_postgres() as server:
    sys.stdout.write(f"{server.folder}\\n{server.pid}")
    sys.stdout.flush()
    os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_postgres() as server:
        yield server


def test_what_was_committed_survives_a_crash_and_a_restart(server: Server) -> None:
    dsn = server.dsn("postgres")
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    with psycopg.connect(dsn) as connection:
        connection.execute("INSERT INTO kept VALUES (2)")
        server.kill()
        with pytest.raises(psycopg.OperationalError, match="server closed the connection"):
            connection.execute("SELECT 1")
        with pytest.raises(psycopg.OperationalError, match="Connection refused"):
            psycopg.connect(dsn)
    for begin in (server.start, server.restart):
        begin()
        with psycopg.connect(dsn) as connection:
            assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]


def test_only_who_knows_the_password_gets_in(server: Server) -> None:
    url = server.url("postgres", server.superuser)
    assert server.password not in url
    psycopg.connect(url, password=server.password).close()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url, password="another")  # noqa: S106 - a wrong one
    assert server.password not in repr(server)


def test_a_server_that_does_not_start_says_why() -> None:
    nonsense = running_postgres(settings={"shared_buffers": "1TB", "dynamic_shared_memory_type": "nonsense"})
    with pytest.raises(RuntimeError, match="nonsense"), nonsense:
        pass


def test_a_server_does_not_outlive_a_killed_test_run() -> None:
    run = [sys.executable, "-c", KILLED]
    killed = subprocess.run(run, cwd=Path(__file__).parents[2], check=False, capture_output=True, text=True)
    folder, pid = killed.stdout.split()
    give_up = time.monotonic() + 10
    while (Path(folder) / "data" / "postmaster.pid").exists():
        assert time.monotonic() < give_up
        time.sleep(0.01)
    shutil.rmtree(folder)
    assert not psutil.pid_exists(int(pid)) or psutil.Process(int(pid)).status() == psutil.STATUS_ZOMBIE


@pytest.mark.skipif(os.geteuid() != 0, reason="a server runs as this user, who reaches everything")
def test_programs_out_of_the_servers_reach_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_reachable", lambda path: path.name != "bin")
    with running_postgres() as server:
        assert server.programs.is_relative_to(server.folder)
        psycopg.connect(server.dsn("postgres")).close()


@pytest.mark.skipif(os.geteuid() != 0, reason="a server runs as this user, who reaches everything")
def test_a_folder_out_of_the_servers_reach_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PermissionError, match="only root can reach"), running_postgres(tmp_path):
        pass

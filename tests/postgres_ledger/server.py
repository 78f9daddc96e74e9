"""A real PostgreSQL to test against: started in a folder of its own, crashed at will, and always stopped."""

import contextlib
import os
import pwd
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import psutil
from psycopg.conninfo import make_conninfo

from tests.postgres_ledger.programs import programs, unprivileged

HOST = "127.0.0.1"
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "50",
    "shared_buffers": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
UNSAFE = {"fsync": "off", "full_page_writes": "off"}
"""What a crash of the machine would lose data by; a crash of the server does not."""
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})
START_SECONDS = STOP_SECONDS = 60
GUARD = 'read -r _; kill -INT "$1"'
"""Stops the server when the pipe from this process closes, so that a killed test run leaves no server."""


@contextlib.contextmanager
def running_postgres(
    folder: Path | None = None, *, fsync: bool = False, settings: Mapping[str, str] = NO_SETTINGS
) -> Iterator["Server"]:
    """Give a running server, stopped afterwards.

    Without a folder it makes one in the system's temporary folder and removes it. A folder of pytest's (tmp_path) does
    not do for root: only root can reach into it, and PostgreSQL does not run as root.
    """
    with contextlib.ExitStack() as stack:
        folder = (folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postgres-")))).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        user = unprivileged(folder)
        server = Server(folder, programs(folder, user), user)
        server.initialise({**SETTINGS, **({} if fsync else UNSAFE), **settings})
        stack.callback(server.stop)
        server.start()
        yield server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A server and what it takes to reach it."""

    folder: Path
    programs: Path
    user: pwd.struct_passwd | None
    """Whom it runs as, where that is not this process's user."""
    host: str = HOST
    port: int = field(default_factory=_free_port)
    superuser: str = "postgres"
    password: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(12) + " @:/%'\\?#")
    """Unlike any other text, to be looked for in what must not hold it; and awkward to quote."""
    _process: subprocess.Popen[bytes] | None = None
    _guard: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def pid(self) -> int | None:
        """The postmaster's, while it runs."""
        return self._process and self._process.pid

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def url(self, database: str, user: str) -> str:
        """Return a URL without a password."""
        return f"postgresql://{quote(user)}@{self.host}:{self.port}/{quote(database)}"

    def dsn(self, database: str, user: str | None = None, password: str | None = None) -> str:
        """Return a connection string with the password; the superuser's by default."""
        who = {"user": user or self.superuser, "password": password or self.password}
        return make_conninfo(host=self.host, port=self.port, dbname=database, **who)

    def initialise(self, settings: Mapping[str, str]) -> None:
        secret = self.folder / "password"
        secret.write_text(self.password + "\n")
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
            os.chown(secret, self.user.pw_uid, self.user.pw_gid)
        command = [self.programs / "initdb", "-D", self.data, "-U", self.superuser, f"--pwfile={secret}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"]
        command += [f"--set={name}={value}" for name, value in settings.items()]
        done = subprocess.run(command, check=False, capture_output=True, text=True, **self._as_user())
        secret.unlink()
        if done.returncode:
            raise RuntimeError(done.stderr)

    def start(self) -> None:
        """Start it and wait until it accepts connections; after a crash, until it has recovered."""
        command = [self.programs / "postgres", "-D", self.data, "-p", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, **self._as_user())
        guard = ["/bin/sh", "-c", GUARD, "guard", str(self._process.pid)]
        self._guard = subprocess.Popen(guard, stdin=subprocess.PIPE, **self._as_user())
        give_up = time.monotonic() + START_SECONDS
        while not self._ready(self._process.pid):
            if self._process.poll() is not None or time.monotonic() > give_up:
                self.stop()
                raise RuntimeError(self.log.read_text())
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop it, closing every connection; what is stopped stays stopped."""
        if self._process:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self._forget()

    def restart(self) -> None:
        """Stop and start it on the same port."""
        self.stop()
        self.start()

    def kill(self) -> None:
        """Crash it: SIGKILL the postmaster and every backend, as none may be left for `start` to stumble on."""
        if self._process:
            postmaster = psutil.Process(self._process.pid)
            postmaster.suspend()
            backends = postmaster.children()
            for process in (*backends, postmaster):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            self._process.wait()
            while not all(_gone(process) for process in backends):
                time.sleep(0.005)
        self._forget()

    def _forget(self) -> None:
        if self._guard:
            self._guard.kill()
            self._guard.communicate()
        self._process = self._guard = None

    def _ready(self, pid: int) -> bool:
        """Tell whether the server says so itself; a crash leaves the file of the process before."""
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        return lines[0] == str(pid) and "ready" in (line.strip() for line in lines[7:])

    def _as_user(self) -> dict[str, Any]:
        """Return how to start a program: away from this terminal's ^C, as the unprivileged user if there is one."""
        user = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        return {"cwd": self.folder, "env": {"LC_ALL": "C"}, "start_new_session": True, **user}


def _gone(process: psutil.Process) -> bool:
    """Tell whether it ended, also where nobody has fetched its status."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True

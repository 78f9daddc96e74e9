"""Dagster's instance of a home, its log of runs kept open: a database opened and closed for every event is dear.

What goes in: one connection for the log of a run, and one for what is known across runs, as long as the instance is
open. What stays out: what is written down, and where; both are Dagster's own, and its UI reads them as ever. A home
whose dagster.yaml names a storage of its own is opened as that says.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import dagster as dg
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from pipelines.settings import dagster_home, stores_elsewhere

CONNECT_ARGS = {"timeout": 30, "check_same_thread": False}
"""How long to wait for another process, as Dagster does; any thread may have the one connection, by Dagster's lock."""
UNHURRIED = "PRAGMA synchronous = NORMAL"
"""No wait for the disk after every event: a killed run loses none, and a power cut at most the last ones."""


def instance_of(home: Path) -> dg.DagsterInstance:
    """Open the Dagster instance of a home, made ready on first use."""
    folder = dagster_home(home)
    if stores_elsewhere(folder):
        return dg.DagsterInstance.from_config(str(folder))
    log = {"module": __name__, "class": KeptOpen.__name__, "config": {"base_dir": str(folder / "history" / "runs")}}
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(folder), overrides={"event_log_storage": log}))


class KeptOpen(SqliteEventLogStorage):
    """Dagster's log in SQLite, whose connections stay open: that of the index, and that of one run."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:  # noqa: ANN401 - Dagster's own
        """Begin with nothing open."""
        self._kept: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Mapping[str, Any]) -> Self:  # noqa: ANN401 - likewise
        """Make it as Dagster asks for it."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        """Lend the connection of a shard for one transaction."""
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._kept:
            if shard != INDEX_SHARD_NAME:
                self._close(*self._kept.keys() - {INDEX_SHARD_NAME})
            made = create_engine(
                f"sqlite:///{self.path_for_shard(shard)}", poolclass=StaticPool, connect_args=CONNECT_ARGS
            )
            event.listen(made, "connect", lambda opened, _: opened.execute(UNHURRIED).close())
            self._kept[shard] = made
        return self._kept[shard]

    def _close(self, *shards: str) -> None:
        for shard in shards:
            self._kept.pop(shard).dispose()

    def dispose(self) -> None:
        """Close what is open, with all else that Dagster closes."""
        super().dispose()
        self._close(*tuple(self._kept))

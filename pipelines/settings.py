"""Where tieout runs and how: the environment it reads, its Dagster instance, and the executor.

Stays out: what an audit means; that is the configuration (assets/mapping).
"""

from pathlib import Path

import dagster as dg
import yaml

from assets.errors import MappingError

HOME = "TIEOUT_HOME"
CONFIG = "TIEOUT_CONFIG"
EXECUTOR = "TIEOUT_EXECUTOR"
STORAGES = ("storage", "run_storage", "event_log_storage", "schedule_storage")
"""The settings of an instance that say where it stores; 'tieout' itself writes none of them."""

_INSTANCE = {
    "telemetry": {"enabled": False},
    "nux": {"enabled": False},
    "concurrency": {"runs": {"max_concurrent_runs": 1}},
}


def executor_of(name: str) -> dg.ExecutorDefinition:
    """Return the executor of that name: in_process (one process a run) or multiprocess (one a step)."""
    executors = {"in_process": dg.in_process_executor, "multiprocess": dg.multiprocess_executor}
    if name not in executors:
        message = f"{EXECUTOR} is {name!r}; it can be {' or '.join(executors)}."
        raise MappingError(message)
    return executors[name]


def dagster_home(home: Path) -> Path:
    """Return the folder of the home's Dagster instance, made ready on first use; its telemetry is off."""
    folder = home.absolute() / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "dagster.yaml"
    if not settings.exists():
        settings.write_text(yaml.safe_dump(_INSTANCE))
    return folder


def stores_elsewhere(folder: Path) -> bool:
    """Tell whether somebody gave the home's instance a storage of its own, such as a PostgreSQL."""
    named = yaml.safe_load((folder / "dagster.yaml").read_text()) or {}
    return any(storage in named for storage in STORAGES)

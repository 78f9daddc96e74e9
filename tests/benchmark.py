"""How long an audit takes and how much memory, beside bare DuckDB over the same rows; prints a table.

    .venv/bin/python -m tests.benchmark --transactions 10000000 --folder /tmp/tieout-benchmark

Every figure is of a whole process, measured by the operating system. Absolute times are the machine's; compare the
ratios, which come from one run. The start-up of an empty audit is shown, and taken off before dividing.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from pipelines.demo.write import DemoPlan, write_demo

REPOSITORY = Path(__file__).parents[1]

BARE_QUERY = """
import duckdb, sys
home = sys.argv[1]
connection = duckdb.connect()
connection.execute("SET memory_limit = '1GB'")
print(len(connection.sql(f'''
    WITH ledger AS (
        SELECT wallet_id, currency, SUM(amount) AS ledger
        FROM read_parquet('{home}/tables/transactions/*/*.parquet', hive_partitioning = false)
        WHERE settled GROUP BY wallet_id, currency
    )
    SELECT wallet_id, currency, ledger, recorded
    FROM ledger FULL OUTER JOIN read_parquet('{home}/tables/wallet_balances/*.parquet') USING (wallet_id, currency)
    WHERE recorded IS DISTINCT FROM ledger
''').fetchall()))
"""

TYPED_READ = """
import duckdb, shutil, sys, zipfile
snapshot, folder = sys.argv[1:]
texts = ("_id", "walletId", "currency", "type", "status", "createdBy", "idempotencyKey", "description")
columns = dict.fromkeys((*texts, "relatedEntityType", "relatedEntityId"), "VARCHAR")
columns |= dict.fromkeys(("_creationTime", "amount", "createdAt"), "DOUBLE")
with zipfile.ZipFile(snapshot) as archive, archive.open("transactions/documents.jsonl") as rows:
    with open(f"{folder}/rows.jsonl", "wb") as file:
        shutil.copyfileobj(rows, file, 1 << 20)
connection = duckdb.connect()
connection.execute("SET memory_limit = '1GB'; SET preserve_insertion_order = false")
source = f"read_json('{folder}/rows.jsonl', format = 'newline_delimited', auto_detect = false, columns = {columns})"
connection.execute(f"COPY (SELECT * FROM {source}) TO '{folder}/rows.parquet' (FORMAT parquet)")
"""

JUDGING = """
import sys
from pathlib import Path

from assets.audit import Audit
from assets.mapping_file import load_mapping
from assets.store import Home
from checks.judge import judged
from checks.rules import OF_THE_EXPORT
from checks.scopes import cut_scope

home = Home(Path(sys.argv[1]))
print(len(list(judged(home, cut_scope(Audit(home, load_mapping(None), home.newest())), OF_THE_EXPORT))))
"""

SMALL = 1_000
"""Transactions of the ledger whose audit is held to be start-up alone."""
RATIOS = {
    "audit from the ZIP": ("start-up: an empty audit", "unzip and typed read"),
    "audit from the ready export": ("start-up: an empty audit", "bare DuckDB query"),
    "all rules, the export ready": ("start-up: all rules", "bare DuckDB query"),
}
"""What is divided by what, after which start-up is taken off."""


@dataclass(frozen=True)
class Cost:
    """What one process took: seconds of wall and processor, and the peak of its memory in MB."""

    wall: float
    cpu: float
    peak: float


def cost_of(command: list[str]) -> Cost:
    """Run a command to its end, and return what the operating system says of it."""
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=REPOSITORY) as process:
        errors = process.stderr.read().decode() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{' '.join(command[:6])} ... ended with {process.returncode}: {errors}")
    return Cost(time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transactions", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/tieout-benchmark"))  # noqa: S108 - a default
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--clean", action="store_true", help="plant no faults")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    plan = DemoPlan(transactions=asked.transactions, clean=asked.clean)
    small = write_demo(replace(plan, transactions=SMALL), asked.folder / "small", _quiet).snapshot
    large = write_demo(plan, asked.folder / "large", _quiet).snapshot
    costs: dict[str, list[Cost]] = {}
    for _ in range(asked.runs):
        for what, cost in _round(asked.folder, small, large):
            costs.setdefault(what, []).append(cost)
    _print(asked.transactions, {what: _median(each) for what, each in costs.items()})


def _round(folder: Path, small: Path, large: Path) -> list[tuple[str, Cost]]:
    homes = {"small": folder / "small-home", "large": folder / "large-home"}
    for home in homes.values():
        shutil.rmtree(home, ignore_errors=True)
    cost_of(_audit(small, homes["small"]))
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return [
        ("start-up: an empty audit", cost_of(_audit(small, homes["small"]))),
        ("unzip and typed read", cost_of([sys.executable, "-c", TYPED_READ, str(large), str(scratch)])),
        ("audit from the ZIP", cost_of(_audit(large, homes["large"]))),
        ("bare DuckDB query", cost_of([sys.executable, "-c", BARE_QUERY, str(homes["large"])])),
        ("audit from the ready export", cost_of(_audit(large, homes["large"]))),
        ("start-up: all rules", cost_of([sys.executable, "-c", JUDGING, str(homes["small"])])),
        ("all rules, the export ready", cost_of([sys.executable, "-c", JUDGING, str(homes["large"])])),
    ]


def _audit(snapshot: Path, home: Path) -> list[str]:
    return [sys.executable, "-m", "pipelines.cli", "audit", str(snapshot), "--home", str(home)]


def _quiet(_done: int, _of: int) -> None:
    """Say nothing while a ledger is written."""


def _median(costs: list[Cost]) -> Cost:
    return Cost(*(median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "peak")))


def _print(transactions: int, costs: dict[str, Cost]) -> None:
    sys.stdout.write(f"{transactions:,} transactions, {os.cpu_count()} processors\n\n")
    sys.stdout.write("| whole process | wall s | cpu s | peak MB | less start-up, wall | ratio wall | ratio cpu |\n")
    sys.stdout.write("| --- | --- | --- | --- | --- | --- | --- |\n")
    for what, cost in costs.items():
        row = f"| {what} | {cost.wall:.1f} | {cost.cpu:.1f} | {cost.peak:,.0f} |"
        if what in RATIOS:
            start, base = (costs[each] for each in RATIOS[what])
            wall, cpu = cost.wall - start.wall, cost.cpu - start.cpu
            row += f" {wall:.1f} | {wall / base.wall:.1f} x {RATIOS[what][1]} | {cpu / base.cpu:.1f} x |"
        sys.stdout.write(row + "\n")


if __name__ == "__main__":
    main()

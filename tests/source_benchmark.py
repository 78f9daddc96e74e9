"""What reading PostgreSQL costs, beside the server's own COPY, and what an hourly run costs beside a full one.

    .venv/bin/python -m tests.source_benchmark --small 2000000 --large 20000000 --ledger 10000000

Starts a real PostgreSQL on this machine. Every figure is of a whole process; start-up is taken off before dividing.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psycopg

from tests.assets.sources.database import CONFIG
from tests.benchmark import Cost, cost_of
from tests.postgres_ledger.fill import fill
from tests.postgres_ledger.ledger import Ledger, create_ledger
from tests.postgres_ledger.server import Server, running_postgres

COLUMNS = "id, wallet, value, currency, entry_type, state, posted_at, author, idem_key, note, related_kind, related_ref"
COPY = f"""
import psycopg, sys
with psycopg.connect(sys.argv[1]) as connection, connection.cursor() as cursor:
    with cursor.copy("COPY (SELECT {COLUMNS} FROM ledger_entries) TO STDOUT (FORMAT binary)") as rows:
        for _ in rows:
            pass
"""
READ = """
import sys
from pathlib import Path
from assets.mapping_file import load_mapping
from assets.sources.opening import open_source
url, config, folder, what = sys.argv[1:]
mapping = load_mapping(Path(config))
tables = {name: table if name in ("transactions", "wallets") else False for name, table in mapping.tables.items()}
only = mapping.model_copy(update={"tables": tables})
source = open_source(url, Path(), mapping.connection, Path(), Path(folder))
if what == "read":
    source.read(only, None, Path(folder), lambda *_: None)
else:
    source.snapshot()
"""
EXPORT = """
import sys
from pathlib import Path
from assets.export import export_source
from assets.mapping_file import load_mapping
from assets.sources.opening import open_source
from assets.store import Home
url, config, folder = sys.argv[1:]
mapping, home = load_mapping(Path(config)), Home(Path(folder))
with home.writing():
    source = open_source(url, Path(), mapping.connection, Path(), home.arriving)
    export_source(home, mapping, source, lambda *_: None, full=True)
"""
COMPARE = """
import sys
from pathlib import Path
from types import SimpleNamespace
from assets.history import _compared
from assets.mapping_file import load_mapping
from assets.store import Home
home = Home(Path(sys.argv[1]))
before, after = home.exports()[-2:]
if len(sys.argv) > 3:
    arrival = SimpleNamespace(mapping=load_mapping(Path(sys.argv[2])))
    changes, rows = _compared(home, arrival, before, after.certificate.files("transactions"), lambda *_: None)
    print(changes.num_rows, rows)
"""
NEW_ROWS = 10_000
DEPOSITS = """
    WITH chosen AS (SELECT id, currency, row_number() OVER (ORDER BY id) AS n FROM wallets LIMIT 1000),
    added AS (
        INSERT INTO ledger_entries (id, wallet, value, currency, entry_type, state, author, idem_key)
        SELECT gen_random_uuid(), chosen.id, 1, currency, 'DEPOSIT', 'COMPLETED', 'system', gen_random_uuid()::text
        FROM chosen, generate_series(1, %s) AS each
    )
    UPDATE balances SET held = held + %s, changed_at = now() WHERE wallet IN (SELECT id FROM chosen)
"""
CACHE = """
    UPDATE member_balances SET shown = held FROM (
        SELECT owner, balances.currency, sum(held) AS held FROM balances
            JOIN wallets ON wallets.id = wallet GROUP BY owner, balances.currency
    ) AS sums WHERE member = owner AND member_balances.currency = sums.currency
"""


def main() -> None:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=2_000_000)
    parser.add_argument("--large", type=int, default=20_000_000)
    parser.add_argument("--ledger", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    settings = {"max_wal_size": "8GB", "shared_buffers": "512MB"}
    with TemporaryDirectory() as folder:
        for rows in (asked.small, asked.large):
            with running_postgres(settings=settings) as server:
                _reading(server, rows, Path(folder) / str(rows), asked.runs)
        with running_postgres(settings=settings) as server:
            _hourly(server, asked.ledger, Path(folder) / "hourly")


def _ledger(server: Server, rows: int, folder: Path) -> tuple[Ledger, Path]:
    """Fill a ledger, and write the configuration of its auditor."""
    folder.mkdir()
    ledger = create_ledger(server, "benchmark")
    fill(ledger.dsn, rows, max(rows // 50, 6), 1)
    (folder / "password").write_text(ledger.auditor_password)
    config = folder / "tieout.toml"
    config.write_text(CONFIG.read_text() + f"\n[connection]\npassword_file = '{folder / 'password'}'\n")
    return ledger, config


def _reading(server: Server, rows: int, folder: Path, runs: int) -> None:
    ledger, config = _ledger(server, rows, folder)
    costs: dict[str, list[Cost]] = {}
    for run in range(runs):
        staged = folder / f"staged-{run}"
        staged.mkdir()
        read = [sys.executable, "-c", READ, ledger.auditor_url, str(config), str(staged)]
        costs.setdefault("COPY (FORMAT binary) to nowhere", []).append(
            cost_of([sys.executable, "-c", COPY, ledger.dsn])
        )
        costs.setdefault("start-up: a connection", []).append(cost_of([*read, "connect"]))
        costs.setdefault("PostgreSQL to Parquet", []).append(cost_of([*read, "read"]))
    found = {what: _median(each) for what, each in costs.items()}
    base, start = found["COPY (FORMAT binary) to nowhere"], found["start-up: a connection"]
    _head(f"{rows:,} rows of PostgreSQL, {os.cpu_count()} processors shared with the server")
    for what, cost in found.items():
        ratio = f"{(cost.wall - start.wall) / base.wall:.1f} x" if "Parquet" in what else ""
        _row(what, cost, ratio)


def _hourly(server: Server, rows: int, folder: Path) -> None:
    ledger, config = _ledger(server, rows, folder)
    small, small_config = _small(server, folder)
    audit = [sys.executable, "-m", "pipelines.cli", "audit"]

    def audited(url: str, configured: Path, home: str) -> Cost:
        return cost_of([*audit, url, "--config", str(configured), "--home", str(folder / home)])

    audited(small.auditor_url, small_config, "small")
    start = audited(small.auditor_url, small_config, "small")
    full = audited(ledger.auditor_url, config, "large")
    with psycopg.connect(ledger.dsn) as connection:
        connection.execute(DEPOSITS, (NEW_ROWS // 1000, NEW_ROWS // 1000))
        connection.execute(CACHE)
    hourly = audited(ledger.auditor_url, config, "large")
    with psycopg.connect(ledger.dsn) as connection:
        connection.execute(
            "UPDATE ledger_entries SET note = 'x' WHERE id IN (SELECT DISTINCT ON (date_trunc('month', posted_at)) id "
            "FROM ledger_entries ORDER BY date_trunc('month', posted_at))"
        )
    again = cost_of([sys.executable, "-c", EXPORT, ledger.auditor_url, str(config), str(folder / "large")])
    compare = [sys.executable, "-c", COMPARE, str(folder / "large"), str(config)]
    compared = Cost(*(a - b for a, b in zip(_values([*compare, "all"]), _values(compare), strict=True)))
    verdicts = [json.loads(line)["export"] for line in (folder / "large" / "journal.jsonl").read_text().splitlines()]
    _head(f"a ledger of {rows:,} rows in PostgreSQL, source to verdict; {len(set(verdicts))} exports")
    _row("start-up: an hourly run of a small ledger", start, "")
    _row("full", full, "")
    _row(
        f"hourly, {NEW_ROWS:,} new rows", hourly, f"{(hourly.wall - start.wall) / (full.wall - start.wall):.1%} of full"
    )
    _row("a full export, in which every month differs from the one before", again, "")
    _row("of that, the comparison of every row", compared, f"{compared.wall / again.wall:.1%} of it")


def _small(server: Server, folder: Path) -> tuple[Ledger, Path]:
    small = create_ledger(server, "small")
    small.open_wallets(8)
    return small, folder / "tieout.toml"


def _values(command: list[str]) -> tuple[float, float, float]:
    cost = cost_of(command)
    return cost.wall, cost.cpu, 0.0


def _median(costs: list[Cost]) -> Cost:
    return Cost(*(median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "peak")))


def _head(what: str) -> None:
    sys.stdout.write(
        f"\n{what}\n\n| whole process | wall s | cpu s | peak MB | less start-up |\n| --- | --- | --- | --- | --- |\n"
    )


def _row(what: str, cost: Cost, ratio: str) -> None:
    sys.stdout.write(f"| {what} | {cost.wall:.1f} | {cost.cpu:.1f} | {cost.peak:,.0f} | {ratio} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

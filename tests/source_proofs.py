"""The full counts of what the suite shows on a fixed seed: exports under load, and kills at random instants.

    .venv/bin/python -m tests.source_proofs --exports 200 --kills 300

Prints a line for each proof; ends with 1 if any of them failed.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from assets.mapping_file import load_mapping
from assets.store import Home
from pipelines.demo.write import DemoPlan, write_demo
from tests.assets.sources.converting import documents_of
from tests.assets.sources.database import CONFIG, drifting, exported, source
from tests.assets.sources.every_source import gigsy_in_convex, gigsy_in_postgres
from tests.assets.sources.surviving import survivors
from tests.postgres_ledger.fill import fill
from tests.postgres_ledger.ledger import Ledger, create_ledger
from tests.postgres_ledger.server import Server, running_postgres
from tests.postgres_ledger.writers import Writers

TORN_TRIES, PACE, SERIES = 20, 10, 50


def main() -> int:
    """Run every proof."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exports", type=int, default=200)
    parser.add_argument("--kills", type=int, default=300)
    asked = parser.parse_args()
    with running_postgres() as server, TemporaryDirectory() as folder:
        held = [under_load(server, Path(folder), asked.exports), kills(server, Path(folder), asked.kills)]
    return 0 if all(held) else 1


def under_load(server: Server, folder: Path, exports: int) -> bool:
    """Reconcile again and again while writers work at full speed; then the same without the shared snapshot.

    A new ledger takes over after every series: writers fill one faster than a small machine could export it for long.
    """
    drifted, rows, commits, began = 0, 0, 0, time.monotonic()
    for first in range(0, exports, SERIES):
        ledger = create_ledger(server, f"under_load_{first}")
        ledger.open_wallets(200)
        with Writers(ledger.dsn) as writers:
            home, database = Home(folder / f"load {first}"), source(ledger, folder)
            for number in range(first, min(first + SERIES, exports)):
                made = exported(home, database, full=number % 10 == 0)
                drifted += drifting(home, made).num_rows
                if (number + 1) % PACE == 0:
                    sys.stderr.write(f"{number + 1} exports, {drifted} balances drifted\n")
            rows += made.certificate.tables["transactions"].written
            shown = torn(ledger, folder) if first + SERIES >= exports else []
        commits += writers.counts.commits
    sys.stdout.write(
        f"{exports} exports and reconciliations while writers committed {commits:,} transactions in "
        f"{time.monotonic() - began:.0f} s, {rows:,} rows in all: {drifted} balances drifted\n"
        f"without the shared snapshot {sum(map(bool, shown))} of {TORN_TRIES} showed drift, in {sum(shown)} balances\n"
    )
    return not drifted and any(shown)


def torn(ledger: Ledger, folder: Path) -> list[int]:
    """Export without the shared snapshot while writers work, and count the balances that drift each time."""
    reader, home = source(ledger, folder, share_snapshot=False), Home(folder / "torn")
    return [drifting(home, exported(home, reader, full=True)).num_rows for _ in range(TORN_TRIES)]


def kills(server: Server, folder: Path, every: int) -> bool:
    """Kill a writer of each kind of source at random instants; the next run must end as if nothing had happened."""
    held = True
    with sources(server, folder) as named:
        for what, (address, config) in named.items():
            place = folder / f"killed {what}"
            place.mkdir()
            killed, wrong = survivors(address, config, place, every // len(named))
            held &= bool(killed) and not wrong
            sys.stdout.write(f"{what}: {killed} writers killed, {len(wrong)} homes differ afterwards {wrong[:3]}\n")
            sys.stdout.flush()
    return held


@contextmanager
def sources(server: Server, folder: Path) -> Iterator[dict[str, tuple[str, Path]]]:
    """Give an address and a configuration for each kind of source."""
    snapshot = write_demo(DemoPlan(transactions=4_000), folder / "demo", lambda *_: None).snapshot
    gigsy = documents_of(snapshot, load_mapping(None))
    filled = create_ledger(server, "killed")
    fill(filled.dsn, 20_000, 500, 1)
    secret = folder / "secret"
    secret.write_text(filled.auditor_password)
    reference, preset = folder / "reference.toml", folder / "preset.toml"
    connection = f"\n[connection]\npassword_file = '{secret}'\n"
    reference.write_text(CONFIG.read_text() + connection)
    with gigsy_in_convex(gigsy, folder) as convex:
        preset.write_text(f"[connection]\npassword_file = '{secret}'\ndeploy_key_file = '{convex.key_file}'\n")
        yield {
            "ZIP": (str(snapshot), preset),
            "PostgreSQL": (filled.auditor_url, reference),
            "PostgreSQL in Gigsy's schema": (gigsy_in_postgres(server, gigsy), preset),
            "Convex data sync": (convex.address, preset),
        }


if __name__ == "__main__":
    sys.exit(main())

"""From what arrived to the tables of an export, one pass a table.

What goes in: keys, months, kinds, and the merging of what came with what stands. What stays out: how a source is
read (sources), what the reader saw (witness), what changed since the export before (history), and when an export
exists (export).
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from assets.arrival import Arrival
from assets.certificate import ControlTotal, Cut, DataFile
from assets.engines import literal
from assets.errors import SourceError
from assets.promises import MAPPED
from assets.schemas import ORDERS, TABLES
from assets.sources.protocol import Progress
from assets.store import Home

SQL = Path(__file__).parent / "sql"
AT_ONCE = 2
"""Months that are written at once: while one is sorted, another is written."""
KEYS_IN_USE = """
    SELECT wallet_key, wallet_id, wallet_key IN (SELECT wallet_key FROM wallets) AS known
    FROM every_key
    SEMI JOIN (
        SELECT DISTINCT wallet_key FROM transactions
        UNION
        SELECT wallet_key FROM wallets
        UNION
        SELECT wallet_key FROM wallet_balances
    ) AS used USING (wallet_key)
    ORDER BY wallet_id
"""
Files = dict[str, list[DataFile]]


def press_tables(home: Home, arrival: Arrival, progress: Progress) -> Files:
    """Write the ledger, its wallets, projections, caches and keys, show them to SQL, and return their files."""
    arrival.connection.execute(f"CREATE TABLE every_key AS {_text('wallet_keys')}")
    _refuse_colliding_keys(arrival)
    files = {"transactions": _press_months(home, arrival, progress)}
    for name in (name for name in MAPPED if name != "transactions"):
        files[name] = [_kept(home, arrival, name)]
    for name in MAPPED:
        arrival.view(name, home.view(name, [file for file in files[name] if file.rows]))
    files["wallet_keys"] = [home.keep("wallet_keys", arrival.batches(KEYS_IN_USE))]
    return files


def cut_of(arrival: Arrival) -> Cut:
    """Return the instant shown: the source's own, unless it is not proven and a row was created after it.

    Only the source's own time of creation speaks of the cut: a business time may lie in the future.
    """
    snapshot = arrival.reading.snapshot
    created = " UNION ALL ".join(f"SELECT max(source_created_at) AS t FROM {name}" for name in MAPPED)
    latest = arrival.scalar(f"SELECT max(t) FROM ({created})")
    told = snapshot.cut_at if snapshot.proof == "proven" or not latest else max(snapshot.cut_at or latest, latest)
    told = told if told == snapshot.cut_at else None
    if snapshot.proof == "declared" and not told:
        message = (
            f"the configuration declares that the source shows {snapshot.cut_at:%Y-%m-%d %H:%M:%S %Z}, and a row was "
            f"created at {latest:%Y-%m-%d %H:%M:%S %Z}; correct connection.cut."
        )
        raise SourceError(message)
    seen = latest or latest_created_at(arrival) or datetime(1970, 1, 1, tzinfo=UTC)
    return Cut(
        at=told or seen.astimezone(UTC),
        bound="exact" if told else "lower",
        proof=snapshot.proof,
        evidence=dict(snapshot.evidence),
        commits_after_ns=arrival.reading.commits_after_ns,
    )


def latest_created_at(arrival: Arrival) -> datetime | None:
    """Return the latest business time of a written transaction."""
    latest = arrival.scalar("SELECT max(created_at) FROM transactions")
    return latest.astimezone(UTC) if latest else None


def control_totals(arrival: Arrival) -> tuple[ControlTotal, ...]:
    """Return count, sum and absolute sum of each currency, over the written rows of any status."""
    return tuple(
        ControlTotal(
            currency=row["currency"],
            count=row["transactions"],
            sum=str(row["amount"]),
            absolute_sum=str(row["absolute_amount"]),
        )
        for row in arrival.table(_text("control_totals")).to_pylist()
    )


def _press_months(home: Home, arrival: Arrival, progress: Progress) -> list[DataFile]:
    """Write each month that has new rows or lost some; the file of every other month stands."""
    standing = {
        str(file.month): file
        for file in (arrival.earlier.certificate.files("transactions") if arrival.earlier else ())
        if not arrival.whole("transactions")
    }
    found = arrival.table("SELECT DISTINCT month FROM fresh_transactions")["month"].to_pylist()
    fresh = {str(month) for month in found}
    due = fresh | (arrival.touched_months if standing else set())

    def written(month: str) -> DataFile:
        return _kept(home, arrival, "transactions", month)

    files = [file for month, file in standing.items() if month not in due]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done, file in enumerate(pool.map(written, sorted(due)), 1):
            progress("writing months", done, len(due))
            files.append(file)
    return sorted((file for file in files if file.rows), key=lambda file: str(file.month))


def _kept(home: Home, arrival: Arrival, name: str, month: str | None = None) -> DataFile:
    """Write what came together with what stands, in the order of the table.

    The two are brought together on disk first: DuckDB sorts a file in bounded memory, and a union it does not.
    """
    columns, where = ", ".join(TABLES[name].names), f"WHERE month = '{month}'" if month else ""
    came = f"WITH staged AS (SELECT * FROM fresh_{name} {where}) SELECT {columns} FROM ({_text(name)})"
    if arrival.whole(name):
        return home.keep(name, arrival.batches(f"{came} ORDER BY {ORDERS[name]}"), month)
    with home.workshop() as folder:
        both = folder / "both.parquet"
        arrival.copy(f"{came} UNION ALL SELECT {columns} FROM kept_{name} {where}", both)
        sorted_sql = f"SELECT {columns} FROM read_parquet({literal(str(both))}) ORDER BY {ORDERS[name]}"
        return home.keep(name, arrival.batches(sorted_sql), month)


def _refuse_colliding_keys(arrival: Arrival) -> None:
    collisions = arrival.table(
        "SELECT min(wallet_id) AS a, max(wallet_id) AS b FROM every_key GROUP BY wallet_key HAVING count(*) > 1"
    )
    for pair in collisions.slice(0, 1).to_pylist():
        message = f"wallets {pair['a']!r} and {pair['b']!r} share one wallet_key; tieout cannot tell them apart."
        raise SourceError(message)


def _text(name: str) -> str:
    return (SQL / f"{name}.sql").read_text()

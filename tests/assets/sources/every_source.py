"""The demo ledger in the live places a ledger can be: a PostgreSQL database and a Convex deployment.

What goes in: filling them from the documents of a snapshot. What stays out: loose files (converting), and what must
come of them all.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.assets.sources.converting import Documents, columns_of
from tests.convex_double.deployment import Deployment
from tests.convex_double.server import ConvexDouble
from tests.postgres_ledger.ledger import AUDITOR, create_ledger
from tests.postgres_ledger.server import Server

TYPES = {bool: "boolean", float: "double precision", int: "bigint", str: "text", list: "jsonb", dict: "jsonb"}


@dataclass(frozen=True)
class InConvex:
    """A deployment that holds a ledger: what names it to tieout, and the file of its key."""

    address: str
    key_file: Path
    double: ConvexDouble


@contextmanager
def gigsy_in_convex(ledger: dict[str, Documents], folder: Path) -> Iterator[InConvex]:
    """Serve a deployment with these documents; transactions of one instant and author are one commit, as written."""
    deployment = Deployment()
    deployment.load({table: documents for table, documents in ledger.items() if table != "transactions"})
    deployment.load({"transactions": []})
    commits: dict[tuple[float, str], Documents] = {}
    for document in ledger["transactions"]:
        commits.setdefault((document["createdAt"], document["createdBy"]), []).append(document)
    for _, documents in sorted(commits.items()):
        deployment.mutate([("transactions", document["_id"], document) for document in documents])
    with ConvexDouble(deployment) as double:
        key_file = folder / f"key-{uuid.uuid4().hex}"
        key_file.write_text(double.key + "\n")
        yield InConvex(f"convex+{double.url}", key_file, double)


def gigsy_in_postgres(server: Server, ledger: dict[str, Documents]) -> str:
    """Write the documents into a database, a table each and a column for each field, and return its URL."""
    create_ledger(server, f"for_the_role_{uuid.uuid4().hex[:8]}")
    name = f"gigsy_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    with psycopg.connect(server.dsn(name)) as connection:
        for table, documents in ledger.items():
            _write(connection, table, documents)
        connection.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}").format(sql.Identifier(AUDITOR)))
    return server.url(name, AUDITOR)


def _write(connection: psycopg.Connection, table: str, documents: Documents) -> None:
    names = columns_of(documents)
    columns = [sql.SQL("{} {}").format(sql.Identifier(each), sql.SQL(_type(each, documents))) for each in names]
    create = sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(table), sql.SQL(", ").join(columns))
    connection.execute(create)
    with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
        for document in documents:
            copy.write_row([_value(document.get(each)) for each in names])


def _type(name: str, documents: Sequence[dict[str, Any]]) -> str:
    kinds = {TYPES[type(document[name])] for document in documents if document.get(name) is not None}
    return kinds.pop() if len(kinds) == 1 else "text"


def _value(value: object) -> object:
    return Jsonb(value) if isinstance(value, list | dict) else value

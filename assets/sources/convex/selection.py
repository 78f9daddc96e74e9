"""What of a deployment is asked for, and whether no more than that comes.

What goes in: the mapped tables and columns, and nothing else of a user. What stays out: how it is asked for. A
deployment that sends what was not selected is refused, before anything of it is kept: old ones overlooked the
selection, and an unselected column may be personal data.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from assets import mapping
from assets.columns import Table
from assets.errors import SourceError
from assets.promises import ENTRY_COLUMNS
from assets.sources.convex.client import ConvexClient
from assets.sources.convex.refusals import KEY_REFUSED, RefusedByConvexError

Selected = Mapping[tuple[str, str], frozenset[str]]
"""Columns by component and table."""
Found = Mapping[tuple[str, str], Mapping[str, str]]
"""Type of each column, empty where it is not told, by component and table."""
ALWAYS = frozenset({"_id", "_creationTime"})
TIMESTAMP = "_ts"
"""The field a document gets from its entry: the time of the commit."""


def selected_of(wanted: mapping.Mapping) -> Selected:
    """Return the tables and columns that the mapping reads; two tables of ours may be read from one."""
    selected: dict[tuple[str, str], frozenset[str]] = {}
    for table in wanted.present().values():
        key = (table.component, table.name)
        selected[key] = selected.get(key, ALWAYS) | set(_fields(table))
    return selected


def selection_of(selected: Selected) -> dict[str, Any]:
    """Return the selection as both interfaces take it."""
    said: dict[str, Any] = {"_other": "excluded"}
    for (component, table), columns in sorted(selected.items()):
        tables = said.setdefault(component, {"_other": "excluded"})
        tables[table] = {"_other": "excluded", **dict.fromkeys(sorted(columns), "included")}
    return said


def refuse_unselected(selected: Selected, table: tuple[str, str], columns: Iterable[str]) -> None:
    """Raise SourceError for a row of another table, or with another column."""
    if table not in selected:
        message = (
            f"the deployment sends rows of table {_spelled(table)}, which was not selected: it is too old to be read "
            "this way; set connection.interface = 'zip'."
        )
        raise SourceError(message)
    more = sorted(column for column in columns if column not in selected[table] and not column.startswith("_"))
    if more:
        message = (
            f"the deployment sends the column {more[0]!r} of table {_spelled(table)}, which was not selected: it is "
            "too old to be read this way; set connection.interface = 'zip'."
        )
        raise SourceError(message)


def refuse_missing_tables(client: ConvexClient, selected: Selected) -> None:
    """Raise SourceError if a selected table is not there: a deployment answers a misspelt name with no rows."""
    found = tables_there(client)
    missing = sorted(selected.keys() - found.keys()) if found is not None else []
    if found is not None and missing:
        names = ", ".join(sorted(map(_spelled, found))) or "no tables"
        message = f"{client.address.name} has no table {_spelled(missing[0])}; it has {names}."
        raise SourceError(message)


def tables_there(client: ConvexClient) -> Found | None:
    """Return the tables of a deployment, or nothing where its plan or its age keeps it from telling."""
    said = _told(client, "/api/get_table_column_names")
    try:
        return {
            (component, table["name"]): dict.fromkeys(table["columns"], "")
            for component, tables in said["byComponent"].items()
            for table in tables
        }
    except (KeyError, TypeError, AttributeError):
        return None


def typed(client: ConvexClient, found: Found) -> Found:
    """Return the tables with the types of their columns, as far as the deployment tells them."""
    said = _told(client, "/api/json_schemas?byComponent=true&format=export_json")
    return {
        (component, table): {column: _type(said, (component, table, "properties", column)) for column in columns}
        for (component, table), columns in found.items()
    }


def _type(schemas: Any, way: Iterable[str]) -> str:  # noqa: ANN401 - any JSON
    """Return what stands at the end of a way through schemas, empty where they do not lead there."""
    for name in way:
        schemas = schemas.get(name) if isinstance(schemas, dict) else None
    if not isinstance(schemas, dict):
        return ""
    return str(schemas.get("$description") or schemas.get("type") or "one of several")


def _told(client: ConvexClient, path: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return client.get(path).said
    except RefusedByConvexError as refusal:
        if refusal.code in KEY_REFUSED:
            raise
        return None


def _fields(table: Table) -> Iterable[str]:
    """Yield the fields of a document that are read; the columns of an entry stand in the one that is the list."""
    if table.list:
        yield table.list
    for ours, column in table.present().items():
        if column.name != TIMESTAMP and not (table.list and ours in ENTRY_COLUMNS):
            yield column.name


def _spelled(table: tuple[str, str]) -> str:
    component, name = table
    return repr(f"{component}/{name}" if component else name)

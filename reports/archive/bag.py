"""Write a closed month as a bag: BagIt 1.0 (RFC 8493), with a description of its tables (Data Package 2).

What goes in: which files a bag has and what each holds. What stays out: signing (seal). The same export,
configuration and history give the same bytes: no clock, no host, no run id and no signature is in a bag.

    data/tables/<view>/part-0000.parquet     every table a rule of the month may name
    data/rules/<rule>.sql  views.sql         the question of every rule, and the tables by the names it uses
    data/answers/<scope>/<rule>.json         what each rule said, all offenders in Parquet beside it
    data/marks/<table>.bin                   eight bytes of each row's hash, by which a changed row is named
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.engines import literal
from assets.errors import HomeError
from assets.mapping import UNJUDGED, Mapping
from assets.mapping_file import effective_toml
from assets.parquet import digest, write_rows
from checks.rules import OF_THE_EXPORT, REGISTER
from reports.archive.bundle import verifier_text
from reports.archive.folder import flush_tree
from reports.archive.manifests import write_manifests
from reports.archive.month import ClosedMonth
from reports.archive.rows import Root, table_root

GUIDE = Path(__file__).parent / "VERIFY.md"
LIBRARIES = ("duckdb", "great-expectations", "pyarrow", "polars")
FIELD_TYPES = {"text": "string", "flag": "boolean", "time": "datetime", "bytes": "string"}
HASHED = 64


@dataclass(frozen=True)
class Wrapper:
    """What a bag says of itself that its month does not: the seal before, what it replaces, and how long it is kept."""

    previous_seal: str | None
    replaces: str | None
    retention_class: str
    retention_until: str


def write_bag(month: ClosedMonth, wrapper: Wrapper, bag: Path) -> dict[str, dict[str, Any]]:
    """Write the bag into a new folder, to the disk, and return what its seal says of each table."""
    data = bag / "data"
    data.mkdir(parents=True)
    files: dict[str, list[Path]] = {**_tables(month, data), **_answers(month, data)}
    tables = {name: _described(name, bag, parts) for name, parts in sorted(files.items())}
    for name, text in _texts(month, tables).items():
        made = data / name
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(text, encoding="utf-8", newline="")
    shutil.copytree(month.report, data / "report")
    write_manifests(bag, _info(month, wrapper))
    flush_tree(bag)
    return tables


def _tables(month: ClosedMonth, data: Path) -> dict[str, list[Path]]:
    made: dict[str, list[Path]] = {}
    for name, view in month.views.items():
        folder = data / "tables" / name
        folder.mkdir(parents=True)
        if isinstance(view, pa.Table):
            made[name] = [folder / "part-0000.parquet"]
            write_rows(made[name][0], view.schema, view.to_batches())
        else:
            made[name] = [folder / f"part-{place:04d}.parquet" for place in range(len(view))]
            for kept, part in zip(view, made[name], strict=True):
                _copy(kept, part)
    return made


def _copy(kept: Path, made: Path) -> None:
    """Copy a file of the home; raise HomeError where it is not the one that its name says."""
    shutil.copyfile(kept, made)
    if len(kept.stem) == HASHED and digest(made) != kept.stem:
        message = f"{kept} is damaged; restore it, nothing is sealed from the rest."
        raise HomeError(message)


def _answers(month: ClosedMonth, data: Path) -> dict[str, list[Path]]:
    """Write what each rule said, its offenders, and what Great Expectations said of it."""
    made = {}
    for outcome in month.outcomes:
        scope, kept = month.folder_of(outcome)
        folder = data / "answers" / scope
        folder.mkdir(parents=True, exist_ok=True)
        rows = folder / f"{outcome.rule}.parquet"
        if outcome.rows:
            _copy(kept / f"{outcome.rule}.parquet", rows)
            made[f"answers/{scope}/{outcome.rule}"] = [rows]
        told = outcome.model_copy(update={"rows": str(rows.relative_to(data)) if outcome.rows else None})
        rows.with_suffix(".json").write_text(told.model_dump_json(indent=1) + "\n", encoding="utf-8")
        expected = data / "great_expectations" / scope / f"{outcome.rule}.json"
        expected.parent.mkdir(parents=True, exist_ok=True)
        _copy(kept / "great_expectations" / f"{outcome.rule}.json", expected)
    return made


def _described(name: str, bag: Path, files: list[Path]) -> dict[str, Any]:
    """Return the identity of a table's rows, its marks written beside it."""
    marks = bag / "data" / "marks" / f"{name}.bin"
    marks.parent.mkdir(parents=True, exist_ok=True)
    with marks.open("wb") as opened:
        root: Root = table_root(name, files, opened)
    return {
        "files": [str(file.relative_to(bag)) for file in files],
        "marks": str(marks.relative_to(bag)),
        "rows": str(root.rows),
        "root": root.root,
        "columns": [list(column) for column in root.columns],
    }


def _texts(month: ClosedMonth, tables: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {
        **{f"rules/{rule.name}.sql": rule.text for rule in OF_THE_EXPORT},
        "views.sql": "".join(_view_lines(month, tables)),
        "configuration.toml": effective_toml(judged_part(month.audit.mapping)),
        "waivers-at-cut.json": _pretty(month.waivers_at_cut()),
        "certificate.json": month.audit.export.certificate.text(),
        "environment.json": _pretty({"rules": REGISTER, **{name: version(name) for name in ("tieout", *LIBRARIES)}}),
        "datapackage.json": _pretty(_package(month, tables)),
        "verify.py": verifier_text(),
        "VERIFY.md": GUIDE.read_text(encoding="utf-8"),
    }


def judged_part(mapping: Mapping) -> Mapping:
    """Return the configuration without where the source is, how it is reached, and what is kept."""
    return mapping.model_copy(
        update={name: Mapping.model_fields[name].get_default(call_default_factory=True) for name in UNJUDGED}
    )


def _view_lines(month: ClosedMonth, tables: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield "-- The tables by the names that the rules use; for DuckDB, started in the folder data.\n"
    for name in month.views:
        parts = ", ".join(literal(file.removeprefix("data/")) for file in tables[name]["files"])
        yield f"CREATE VIEW {name} AS FROM read_parquet([{parts}], hive_partitioning = false);\n"


def _package(month: ClosedMonth, tables: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"ledger-{month.name}",
        "title": f"{month.audit.mapping.entity}, {month.month.month}",
        "resources": [_resource(name, told) for name, told in tables.items()],
    }


def _resource(name: str, told: dict[str, Any]) -> dict[str, Any]:
    paths = [file.removeprefix("data/") for file in told["files"]]
    fields = [{"name": column, "type": FIELD_TYPES.get(kind, kind)} for column, kind in told["columns"]]
    return {
        "name": name.replace("_", "-").lower(),
        "path": paths[0] if len(paths) == 1 else paths,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": {"fields": fields},
        "x-table": name,
        "x-rows": told["rows"],
        "x-root": told["root"],
    }


def _info(month: ClosedMonth, wrapper: Wrapper) -> list[tuple[str, str]]:
    """Return what bag-info.txt says; there is no date of bagging, since the same month is the same bag."""
    said: list[tuple[str, str | None]] = [
        ("Source-Organization", month.audit.mapping.entity),
        ("External-Identifier", month.name),
        ("External-Description", f"Ledger of {month.month.month}, audited; verdict {month.said['verdict']['word']}"),
        ("Bag-Software-Agent", f"tieout {version('tieout')}"),
        ("Export", month.audit.export.export_id),
        ("Previous-Seal", wrapper.previous_seal),
        ("Replaces", wrapper.replaces),
        ("Retention-Class", wrapper.retention_class),
        ("Retention-Until", wrapper.retention_until),
    ]
    return [(label, " ".join(value.split())) for label, value in said if value]


def _pretty(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"

"""One ledger in every form it may lie in: from the documents of a snapshot to its ZIP, its folder, and loose files.

What goes in: writing what a team would export. What stays out: what must come of it.
"""

import gzip
import json
import zipfile
from collections.abc import Mapping as Named
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assets.mapping import Mapping

Documents = list[dict[str, Any]]
ENDINGS = (".parquet", ".csv", ".csv.gz", ".jsonl", ".jsonl.gz")
FORMS = ("zip", "folder", *ENDINGS)


def write_form(form: str, folder: Path, ledger: Named[str, Documents], name: str = "snapshot") -> Path:
    """Write a ledger in one form, and return what names it to tieout."""
    folder.mkdir(parents=True)
    if form == "zip":
        path = folder / f"{name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for table, documents in ledger.items():
                archive.writestr(f"{table}/documents.jsonl", json_lines(documents))
        return path
    for table, documents in ledger.items():
        path = folder / name / table / "documents.jsonl" if form == "folder" else folder / f"{table}{form}"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_table(path, documents)
    return folder


def write_table(path: Path, documents: Documents) -> Path:
    """Write one table in the format that the ending names."""
    if path.suffix == ".parquet":
        pq.write_table(arrow_table(documents), path)
        return path
    text = csv_text(documents) if ".csv" in path.name else json_lines(documents)
    path.write_bytes(gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode())
    return path


def documents_of(snapshot: Path, mapping: Mapping) -> dict[str, Documents]:
    """Read the documents of the mapped tables of a snapshot ZIP, by Python alone."""
    with zipfile.ZipFile(snapshot) as archive:
        return {
            table.name: [json.loads(line) for line in archive.open(f"{table.name}/documents.jsonl")]
            for table in mapping.present().values()
        }


def json_lines(documents: Documents) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


def columns_of(documents: Documents) -> list[str]:
    return list(dict.fromkeys(name for document in documents for name in document))


def arrow_table(documents: Documents) -> pa.Table:
    """Return typed columns, each of the type of its values; Parquet has no type for an object without fields."""
    columns = {name: pa.array([each.get(name) for each in documents]) for name in columns_of(documents)}
    return pa.table({name: values for name, values in columns.items() if values.type != pa.struct([])})


def csv_text(documents: Documents) -> str:
    """Return a CSV in which nothing is an empty field, and every text is in quotes, the empty one too."""
    names = columns_of(documents)
    lines = [names, *([document.get(name) for name in names] for document in documents)]
    return "".join(",".join(map(_field, line)) + "\n" for line in lines)


def _field(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    text = json.dumps(value)
    return _field(text) if isinstance(value, list | dict) else text

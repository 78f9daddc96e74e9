"""The snapshot archive: which entries it has, in which order, and what is in them.

What stays out: asking for one. The container is that of `zipfile`; Convex writes other, wider headers.
"""

import io
import zipfile
from collections.abc import Iterator

from tests.convex_double.deployment import Deployment
from tests.convex_double.log import Tablet
from tests.convex_double.values import Form, text_of

README = "# A snapshot of a Convex deployment\n\nEach table's documents are in `<table>/documents.jsonl`.\n"


def archive(deployment: Deployment, ts: int, *, include_storage: bool = False) -> bytes:
    """Return the ZIP of all user tables as of a timestamp."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as zipped:
        for name, lines in _entries(deployment, ts, include_storage=include_storage):
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            zipped.writestr(entry, "".join(lines), compresslevel=1)
    return held.getvalue()


def _entries(deployment: Deployment, ts: int, *, include_storage: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield names and lines: what tables there are, the tables from small to large, and that no files are stored."""
    tablets = deployment.catalogue.active(ts)
    folders = sorted({"", *(_folder(tablet) for tablet in tablets)})
    yield "README.md", [README]
    for folder in folders:
        yield f"{folder}_tables/documents.jsonl", _numbers([one for one in tablets if _folder(one) == folder])
    tables = [(_folder(tablet) + tablet.name, _lines(deployment, tablet, ts)) for tablet in tablets]
    for table, lines in sorted(tables, key=lambda one: sum(map(len, one[1]))):
        yield f"{table}/documents.jsonl", lines
        yield f"{table}/generated_schema.jsonl", ['"uniform"\n']
    if include_storage:
        yield from ((f"{folder}_storage/documents.jsonl", []) for folder in folders)


def _folder(tablet: Tablet) -> str:
    """Return where a component's tables are; a component's path is one of names."""
    return "".join(f"_components/{name}/" for name in tablet.component.split("/") if name)


def _numbers(tablets: list[Tablet]) -> list[str]:
    named = sorted((tablet.number, tablet.name) for tablet in tablets)
    return [f'{{"name":{text_of(name, Form.EXPORT)},"id":{number}}}\n' for number, name in named]


def _lines(deployment: Deployment, tablet: Tablet, ts: int) -> list[str]:
    log = deployment.log
    return [f"{log.texts[position]}\n" for position in tablet.documents(log.texts, log.end(ts))]

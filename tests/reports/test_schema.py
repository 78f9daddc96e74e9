"""The published schema: kept true, every field explained, and obeyed by every report."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import reports.model
from reports.build import build_report
from reports.model import published_schema, report_json, schema_text
from tests.reports.stories import STORIES

PUBLISHED = Path(reports.model.__file__).with_name("report.schema.json")


def test_the_published_file_is_the_schema_of_the_model() -> None:
    rewrite = "python -c 'from reports.model import schema_text; print(schema_text(), end=\"\")'"
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text(), f"write it again: {rewrite}"


def test_every_field_is_explained() -> None:
    schema = published_schema()
    explained = {f"#/$defs/{name}" for name, part in schema["$defs"].items() if part.get("description")}
    bare = [
        name for name, field in _fields(schema) if "description" not in field and field.get("$ref") not in explained
    ]
    assert bare == []


def _fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for owner in (schema, *schema["$defs"].values()):
        for name, field in owner["properties"].items():
            yield f"{owner['title']}.{name}", field


@pytest.mark.parametrize("name", STORIES)
def test_every_report_obeys_it(name: str) -> None:
    Draft202012Validator(published_schema()).validate(json.loads(report_json(build_report(*STORIES[name]()))))

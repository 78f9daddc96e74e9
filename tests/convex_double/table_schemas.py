"""json_schemas: what the documents of each table look like, told from the documents themselves.

What stays out: declared schemas, which the double has none of.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tests.convex_double.answers import Answer, RefusalError, json_answer
from tests.convex_double.deployment import Deployment
from tests.convex_double.log import Tablet
from tests.convex_double.values import FORMS, Document, Form, decode_id, decoded

Schema = dict[str, Any]
DELTA_FIELDS = {
    "_table": {"type": "string"},
    "_component": {"type": "string"},
    "_ts": {"type": "integer"},
    "_deleted": {"type": "boolean"},
}
PLAIN = {type(None): {"type": "null"}, bool: {"type": "boolean"}, float: {"type": "number"}}
WRAPPED_INT64 = {"$integer": {"$description": "int64 -> little-endian -> base64", "type": "string"}}


def json_schemas(deployment: Deployment, query: Mapping[str, str]) -> Answer:
    """Answer `GET /api/json_schemas`."""
    name = query.get("format", Form.CLEAN.value)
    if name not in FORMS:
        raise RefusalError(400, "BadFormat", f"There is no format {name!r}")
    active = deployment.catalogue.active(deployment.head)
    tables = Tables({tablet.number: tablet.name for tablet in active}, FORMS[name])
    by_component: dict[str, dict[str, Schema]] = {"": {}}
    for tablet in sorted(active, key=lambda one: one.key):
        schema = tables.schema(tablet, deployment.log.texts)
        if query.get("deltaSchema") == "true":
            schema["properties"] |= DELTA_FIELDS
        by_component.setdefault(tablet.component, {})[tablet.name] = schema
    flat = {name: schema for schemas in by_component.values() for name, schema in schemas.items()}
    said = by_component if query.get("byComponent") == "true" else flat
    return json_answer(json.dumps(said, separators=(",", ":")))


class Tables:
    """Schemas in one encoding; ids are told by the numbers of the tables there are."""

    def __init__(self, names: Mapping[int, str], form: Form) -> None:
        """Take the tables' names by number, and the encoding."""
        self._names = names
        self._form = form

    def schema(self, tablet: Tablet, texts: list[str | None]) -> Schema:
        """Return the schema of a table."""
        documents = [decoded(str(texts[position])) for position in tablet.documents(texts, len(texts))]
        empty = {"_id": _id(tablet.name), "_creationTime": {"type": "number"}}
        found = self._object(documents) if documents else _object(empty, empty)
        return found | {"$schema": "http://json-schema.org/draft-07/schema#"}

    def _object(self, documents: list[Document]) -> Schema:
        names = sorted({name for document in documents for name in document})
        fields = {name: self._any_of([one[name] for one in documents if name in one]) for name in names}
        return _object(fields, [name for name in names if all(name in document for document in documents)])

    def _any_of(self, values: list[Any]) -> Schema:
        objects = [value for value in values if isinstance(value, dict)]
        found = [self._object(objects)] if objects else []
        lists = [value for value in values if isinstance(value, list)]
        if lists:
            found.append({"type": "array", "items": self._any_of([item for items in lists for item in items])})
        for value in values:
            schema = self._scalar(value)
            if schema and schema not in found:
                found.append(schema)
        return found[0] if len(found) == 1 else {"anyOf": found}

    def _scalar(self, value: object) -> Schema | None:
        if isinstance(value, str):
            return self._string(value)
        if isinstance(value, bytes):
            return {"$description": "base64 bytes", "type": "string" if self._form is Form.CLEAN else "object"}
        return self._int64() if type(value) is int else PLAIN.get(type(value))

    def _int64(self) -> Schema:
        if self._form is Form.CLEAN:
            return {"$description": "int64 represented as base10 string", "type": "string"}
        if self._form is Form.EXPORT:
            return {"$description": "int64", "type": "number"}
        return {"$description": "int64", "type": "object", "properties": WRAPPED_INT64}

    def _string(self, text: str) -> Schema:
        try:
            return _id(self._names[decode_id(text)[0]])
        except (ValueError, KeyError):
            return {"type": "string"}


def _id(table: str) -> Schema:
    return {"$description": f"Id({table})", "type": "string"}


def _object(fields: Mapping[str, Schema], required: Iterable[str]) -> Schema:
    return {
        "type": "object",
        "properties": dict(fields),
        "additionalProperties": False,
        "required": sorted(required),
    }

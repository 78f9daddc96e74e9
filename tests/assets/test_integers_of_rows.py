"""The integers that stand beside texts in every row of an export: equal exactly where the texts are."""

from itertools import combinations, product
from typing import Any

import pyarrow.parquet as pq

from tests.assets.ledgers import Ledger, Row, bench, documents, export, millis, write_snapshot

KEYS = ("k1", "k1-credit", "k2", None)
ENTITIES = ("k1", "k2", "", None)


def exported_rows() -> list[dict[str, Any]]:
    """Export transfers of every key, entity, currency and status, each created a little after its business time."""
    kinds = list(product(KEYS, ENTITIES, ("EGP", "USD"), ("COMPLETED", None)))
    rows = [
        Row(f"t{i}", "w1", 5, currency=currency, status=status, type="TRANSFER")
        for i, (_, _, currency, status) in enumerate(kinds)
    ]
    tables = documents(Ledger(rows))
    for i, (document, (key, entity, _, _)) in enumerate(zip(tables["transactions"], kinds, strict=True)):
        document.pop("idempotencyKey")
        document.update({"idempotencyKey": key} if key is not None else {})
        document.update({"relatedEntityId": entity} if entity is not None else {})
        document["_creationTime"] = millis(rows[i].at) + i
    with bench() as work:
        made = export(work.home(), work.mapping, write_snapshot(work.folder / "snapshot.zip", tables))
        return [row for path in work.home().views(made)["transactions"] for row in pq.read_table(path).to_pylist()]


def test_the_integers_of_two_rows_are_equal_where_their_texts_are() -> None:
    rows = exported_rows()
    assert len(rows) == len(KEYS) * len(ENTITIES) * 2 * 2
    for one, other in combinations(rows, 2):
        same_transfer = one["transfer_id"] == other["transfer_id"]
        same_terms = same_transfer and one["currency"] == other["currency"] and one["status"] == other["status"]
        assert (one["transfer_hash"] == other["transfer_hash"]) is same_transfer
        assert (one["terms_hash"] == other["terms_hash"]) is same_terms
        same_entity = (one["related_id"] or "") == (other["related_id"] or "")
        assert (one["related_hash"] == other["related_hash"]) is same_entity


def test_a_row_says_whether_it_names_itself_and_how_late_it_was_created() -> None:
    for row in exported_rows():
        texts = (row["related_id"], row["idempotency_key"])
        assert row["names_itself"] is (None if None in texts else texts[0] == texts[1])
        assert (row["related_hash"] is None) is (not row["related_id"])
        assert row["delay_us"] == int(row["transaction_id"][1:]) * 1000

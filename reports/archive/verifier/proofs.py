"""Check that a row is under a sealed root, from the row's text and one hash a level (RFC 9162, section 2.1.3).

What goes in: recomputing a root from a leaf and its path. What stays out: making paths, which needs every row.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reports.archive.verifier.breaks import Break
from reports.archive.verifier.tree import leaf_hash


def proof_holds(proof: dict[str, Any], root: str) -> bool:
    """Tell whether a proof leads from its row to this root; whatever is no proof does not."""
    try:
        place, last = int(proof["leaf"]), int(proof["leaves"]) - 1
        node, path = leaf_hash(str(proof["line"]).encode()), [bytes.fromhex(each) for each in proof["path"]]
    except (KeyError, TypeError, ValueError):
        return False
    if not 0 < place <= last:
        return False
    for each in path:
        if not last:
            return False
        if place & 1 or place == last:
            node = hashlib.sha256(b"\1" + each + node).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + each).digest()
        place, last = place >> 1, last >> 1
    return not last and node.hex() == root


def sample_breaks(file: Path, name: str, tables: dict[str, Any]) -> Iterator[Break]:
    """Yield every row of a sample.json that is not in the sealed tables of this bag."""
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        if said["bag"] != name:
            yield Break(file.name, f"it is a sample of {said['bag']}, not of {name}")
        items = [each for part in said["currencies"] for each in (*part["items"], *part["low"]["items"])]
        for item in items:
            yield from _item_breaks(file.name, item, tables)
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Break(file.name, f"it cannot be read as a sample ({type(error).__name__})")


def _item_breaks(file: str, item: dict[str, Any], tables: dict[str, Any]) -> Iterator[Break]:
    """Hold the proofs to the roots, and what is said of the wallet to the rows that are proved."""
    wallet, balance = item["proofs"]["wallet_keys"], item["proofs"]["closings"]
    for table, proof in (("wallet_keys", wallet), ("closings", balance)):
        if proof is not None and not proof_holds(proof, tables[table]["root"]):
            yield Break(file, f"{item['wallet_id']}: its row of {table} is not under the sealed root", table)
    key, called = _values(wallet, tables["wallet_keys"], "wallet_key", "wallet_id")
    if called != item["wallet_id"]:
        yield Break(file, f"{item['wallet_id']}: the proved row names another wallet", "wallet_keys")
    if balance is None:
        return
    of, currency, closing = _values(balance, tables["closings"], "wallet_key", "currency", "closing")
    if (of, currency, closing) != (key, item["currency"], item["book"]):
        yield Break(file, f"{item['wallet_id']}: the proved row has another wallet, currency or balance", "closings")


def _values(proof: dict[str, Any], sealed: dict[str, Any], *names: str) -> list[str]:
    """Return values of a row's text by the names of their columns, as they were before they were escaped."""
    columns = [column for column, _ in sealed["columns"]]
    values = str(proof["line"]).split("\t")
    return [_unescaped(values[columns.index(name)]) for name in names]


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"t": "\t", "n": "\n", "r": "\r"}.get(found[1], found[1]), text)

"""Every sampled row is proved under its sealed root, and nothing else is."""

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from assets.errors import RefusedError
from reports.archive.verifier.proofs import proof_holds, sample_breaks
from reports.archive.verifier.tree import leaf_hash, root_of
from reports.sampling.document import document_of, draw, text_of_document
from reports.sampling.sealed import levels_of, path_of
from reports.sampling.selection import Terms
from tests.reports.sampling.drawing import month_of


def by_definition(line: bytes, place: int, size: int, path: list[bytes]) -> bytes:
    """Return the root by the recursive definition of RFC 9162, section 2.1.3.1, from the outermost hash inwards."""
    if size == 1:
        assert not path
        return hashlib.sha256(b"\0" + line).digest()
    half = 1 << (size - 1).bit_length() - 1
    if place < half:
        return hashlib.sha256(b"\1" + by_definition(line, place, half, path[:-1]) + path[-1]).digest()
    return hashlib.sha256(b"\1" + path[-1] + by_definition(line, place - half, size - half, path[:-1])).digest()


def test_every_row_of_every_size_is_proved_and_no_other() -> None:
    for size in range(2, 66):
        leaves = [leaf_hash(str(each).encode()) for each in range(size)]
        levels, root = levels_of(leaves), root_of(leaves)
        assert levels[-1] == [root]
        for place in range(1, size):
            path = path_of(levels, place)
            assert by_definition(str(place).encode(), place, size, path) == root
            proof = {"leaf": str(place), "leaves": str(size), "line": str(place), "path": [each.hex() for each in path]}
            assert proof_holds(proof, root.hex())
            for wrong in (
                {"line": f"{place}0"},
                {"leaf": str(place % (size - 1) + 1)} if size > 2 else {"leaf": "0"},
                {"path": [*proof["path"], "00" * 32]},
                {"path": proof["path"][:-1]},
                {"leaf": "-1"},
                {"path": ["zz"]},
            ):
                assert not proof_holds({**proof, **wrong}, root.hex()), (size, place, wrong)
    assert not proof_holds({}, "")


@pytest.fixture
def drawn(tmp_path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    balances = [(f"w\t{place}", "EGP", place * 37 % 500) for place in range(90)] + [("odd\\", "XTS", 9)]
    month = month_of(tmp_path, balances, still=(("still", "EGP"),))
    sample = draw(month, "n", {}, Terms(tolerable=3000, low=5))
    return document_of(sample), month.said["tables"]


def told(tmp_path: Path, document: dict[str, Any], tables: dict[str, Any]) -> list[str]:
    (tmp_path / "sample.json").write_text(text_of_document(document))
    return [each.said for each in sample_breaks(tmp_path / "sample.json", tmp_path.name, tables)]


def test_a_sample_is_held_to_the_rows_it_names(tmp_path: Path, drawn: tuple[dict[str, Any], dict[str, Any]]) -> None:
    document, tables = drawn
    assert told(tmp_path, document, tables) == []
    for change, said in (
        ({"book": "1"}, "another wallet, currency or balance"),
        ({"wallet_id": "w 1"}, "names another wallet"),
        ({"currency": "USD"}, "another wallet, currency or balance"),
    ):
        wrong = copy.deepcopy(document)
        wrong["currencies"][0]["items"][0].update(change)
        assert any(said in each for each in told(tmp_path, wrong, tables))
    wrong = copy.deepcopy(document)
    wrong["currencies"][0]["items"][0]["proofs"]["closings"]["line"] += "0"
    assert any("not under the sealed root" in each for each in told(tmp_path, wrong, tables))
    assert "it is a sample of" in told(tmp_path, {**document, "bag": "other"}, tables)[0]
    assert told(tmp_path, {"bag": tmp_path.name}, tables) == ["it cannot be read as a sample (KeyError)"]


def test_wallets_that_never_moved_are_zero_and_have_no_closing(tmp_path: Path) -> None:
    month = month_of(tmp_path, [("a", "EGP", 5)], still=(("b", "EGP"), ("a", "EGP"), ("b", "USD")))
    document = document_of(draw(month, "n", {}, Terms()))
    low = {part["currency"]: [each["wallet_id"] for each in part["low"]["items"]] for part in document["currencies"]}
    assert low == {"EGP": ["b"], "USD": ["b"]}
    assert document["currencies"][0]["low"]["items"][0]["proofs"]["closings"] is None
    assert document["currencies"][1]["items"] == []
    assert document["currencies"][1]["interval"] == "0"
    assert json.loads(text_of_document(document)) == document
    assert told(tmp_path, document, month.said["tables"]) == []


@pytest.mark.parametrize("nonce", ["", " \t", "n" * 1001, "\ud800"])
def test_a_nonce_that_says_nothing_is_refused(tmp_path: Path, nonce: str) -> None:
    with pytest.raises(RefusedError, match="the auditor chose after the sealing"):
        draw(month_of(tmp_path, [("a", "EGP", 5)]), nonce, {}, Terms())


def test_strange_nonces_are_used_as_they_are_and_name_a_plain_folder(tmp_path: Path) -> None:
    sample = draw(month_of(tmp_path, [("a", "EGP", 5)]), "../\x00é\n=1", {}, Terms())
    assert sample.name == hashlib.sha256("../\x00é\n=1".encode()).hexdigest()[:16]
    with pytest.raises(RefusedError, match="holds no balance in USD; its currencies are EGP"):
        draw(sample.month, "n", {"USD": Terms()}, Terms())


def test_rows_that_are_not_those_of_the_root_are_refused(tmp_path: Path) -> None:
    month = month_of(tmp_path, [("a", "EGP", 5)])
    month.said["tables"]["closings"]["root"] = "00" * 32
    with pytest.raises(RefusedError, match="are not those that were sealed"):
        document_of(draw(month, "n", {}, Terms()))

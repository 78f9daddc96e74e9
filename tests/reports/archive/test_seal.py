"""What a sealed month is: the same bytes everywhere, valid to others' tools, and never overwritten."""

import base64
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import bagit
import pyarrow.parquet as pq
import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from assets.errors import RefusedError
from assets.parquet import digest
from reports.archive.folder import Archive
from reports.archive.keys import find_key, make_key, require_both
from reports.archive.rows import table_root
from reports.archive.verifier.envelopes import key_id, read_envelope
from tests.reports.archive.archived import ROWS, Place, audited, reported

ROOT = Path(__file__).parents[3]
MAKE = """
import sys
from pathlib import Path
from tests.reports.archive.archived import reported
reported(Path(sys.argv[1])).seal()
"""


def tree(archive: Path) -> dict[str, str]:
    return {str(file.relative_to(archive)): digest(file) for file in archive.glob("*/**/*") if file.is_file()}


def test_another_process_with_other_seed_zone_and_locale_gives_the_same_bags(sealed: Place, tmp_path: Path) -> None:
    surroundings = {"PYTHONHASHSEED": "77", "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONUTF8": "0"}
    command = [sys.executable, "-c", MAKE, str(tmp_path)]
    subprocess.run(command, cwd=ROOT, env=os.environ | surroundings, check=True, capture_output=True)
    assert tree(tmp_path / "home" / "archive") == tree(sealed.archive.path)


def test_bagit_validates_every_bag(sealed: Place) -> None:
    for bag in sealed.archive.path.glob("*-v1"):
        opened = bagit.Bag(str(bag))
        opened.validate()
        assert opened.version_info == (1, 0)
        assert opened.info["External-Identifier"] == bag.name


def test_securesystemslib_verifies_the_ed25519_signature(sealed: Place) -> None:
    public = sealed.key.public["ed25519"]
    key = SSlibKey(key_id(public), "ed25519", "ed25519", {"public": public.hex()})
    text = (sealed.archive.path / "2025-02-v1.seal.json").read_text()
    envelope = Envelope.from_dict(json.loads(text))
    assert envelope.payload_type == "application/vnd.in-toto+json"
    assert set(envelope.verify([key], 1)) == {key_id(public)}


def test_an_envelope_needs_both_signatures_the_right_type_and_its_own_payload(sealed: Place) -> None:
    text = (sealed.archive.path / "2025-02-v1.seal.json").read_bytes()
    said = json.loads(text)
    require_both(read_envelope(text, sealed.key.public), sealed.key.public)
    payload = base64.b64encode(base64.b64decode(said["payload"]).replace(b"2025-02", b"2025-03")).decode()
    for change in (
        {"signatures": said["signatures"][:1]},
        {"signatures": [said["signatures"][0], {**said["signatures"][1], "sig": said["signatures"][0]["sig"]}]},
        {"payloadType": "text/plain"},
        {"payload": payload},
    ):
        changed = json.dumps({**said, **change}, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        with pytest.raises(ValueError, match=r"sign|tieout"):
            require_both(read_envelope(changed, sealed.key.public), sealed.key.public)


def test_each_seal_names_the_one_before_and_so_does_its_bag(sealed: Place) -> None:
    seals = sealed.archive.sealed()
    statements = [sealed.archive.statement(entry)["predicate"] for entry in seals]
    assert [said["previousSeal"] for said in statements] == [None, *(entry["seal"] for entry in seals[:-1])]
    info = (sealed.archive.path / "2025-02-v1" / "bag-info.txt").read_text()
    assert f"Previous-Seal: {seals[0]['seal']}\n" in info
    assert seals[1]["seal"] not in info
    assert "Retention-Until: 2032-05-30\n" in info


def test_rows_written_again_by_another_engine_have_the_sealed_root(sealed: Place, tmp_path: Path) -> None:
    said = sealed.archive.statement(sealed.archive.sealed()[0])["predicate"]["tables"]
    for name in ("transactions", "closings", "movements", "wallets"):
        rows = pq.read_table(sealed.archive.path / "2025-01-v1" / said[name]["files"][0])
        pq.write_table(rows, tmp_path / name, compression="brotli", version="1.0", coerce_timestamps="us")
        assert table_root(name, [tmp_path / name]).root == said[name]["root"], name


def test_a_sealed_month_is_not_sealed_again_and_a_corrected_one_names_what_it_replaces(
    copied: Place, tmp_path: Path
) -> None:
    before = tree(copied.archive.path)
    assert [each.now for each in copied.seal("2025-02")] == [False]
    assert copied.seal() == []
    assert tree(copied.archive.path) == before
    place = replace(copied, mapping=copied.mapping)
    late = replace(ROWS[1], transaction_id="late", amount=1)
    audited(place, tmp_path, (*ROWS, late))
    assert [each.name for each in place.seal()] == ["2025-02-v2", "2025-03-v2"]
    assert {name: now for name, now in tree(place.archive.path).items() if name in before} == before
    assert "Replaces: 2025-02-v1\n" in (place.archive.path / "2025-02-v2" / "bag-info.txt").read_text()
    assert place.verify(all_rows=True).breaks == ()


def test_a_month_that_is_not_closed_or_no_longer_stands_is_refused(tmp_path: Path) -> None:
    place = reported(tmp_path)
    with pytest.raises(RefusedError, match="2025-04 has no report of a complete month"):
        place.seal("2025-04")
    rules = place.mapping.rules.model_copy(update={"drift_tolerance": 9})
    other = replace(place, mapping=place.mapping.model_copy(update={"rules": rules}))
    with pytest.raises(RefusedError, match="another configuration; run 'tieout audit' first"):
        other.seal("2025-01")
    file = next((place.home.path / "tables/transactions/2025-01").iterdir())
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(RefusedError, match="damaged or gone"):
        place.seal("2025-01")
    assert Archive(place.home).sealed() == []


def test_a_key_is_for_its_owner_only_never_overwritten_and_never_told(tmp_path: Path) -> None:
    key = make_key(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert find_key(None, {"TIEOUT_KEY_FILE": str(tmp_path / "key")}).public == key.public
    assert find_key(None, {"TIEOUT_KEY": (tmp_path / "key").read_text()}).public == key.public
    assert "object" not in repr(key)
    with pytest.raises(RefusedError, match="a key is never overwritten"):
        make_key(tmp_path / "key")
    with pytest.raises(RefusedError, match="make one with 'tieout keys FILE'"):
        find_key(None, {})
    secret = (tmp_path / "key").read_text().splitlines()[1]
    (tmp_path / "half").write_text((tmp_path / "key").read_text()[:150])
    with pytest.raises(RefusedError, match="holds no key of tieout") as refused:
        find_key(tmp_path / "half")
    assert secret not in str(refused.value)
    assert refused.value.__context__ is None or secret not in str(refused.value.__context__)


def test_another_key_seals_only_when_it_is_told_to(copied: Place, tmp_path: Path) -> None:
    other = make_key(tmp_path / "other")
    with pytest.raises(RefusedError, match="say --new-key, and tell your auditor"):
        copied.archive.bring_key(other, "Gigsy")
    with copied.home.writing():
        copied.archive.bring_key(other, "Gigsy", succeed=True)
    assert copied.verify().breaks == ()
    old = base64.b64encode(copied.key.public["ed25519"]).decode()
    (found,) = copied.verify(key=old).breaks
    assert "not by the key that was given" in found.said

"""Whatever is done to an archive is detected and named; the command of mutations.py does it thousands of times."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets.errors import HomeError
from reports.archive.folder import Archive, public_name
from reports.archive.keys import make_key
from reports.archive.verifier.log import CHECKPOINT, LOG, parsed
from tests.reports.archive.archived import Place, reported
from tests.reports.archive.mutations import MUTATIONS, missed


def test_an_untouched_archive_holds(sealed: Place) -> None:
    found = sealed.verify(all_rows=True, key=public_name(sealed.key))
    assert (found.breaks, found.bags) == ((), ("2025-01-v1", "2025-02-v1", "2025-03-v1"))


def test_no_mutation_is_missed(copied: Place, tmp_path: Path) -> None:
    done, left = missed(copied, make_key(tmp_path / "other"), mutations=200, seed=2)
    assert left == []
    assert sum(done.values()) == 200
    assert set(done) == {mutation.__name__ for mutation in MUTATIONS}


def test_an_older_log_that_was_put_back_misses_the_bags_sealed_since(tmp_path: Path) -> None:
    place = reported(tmp_path)
    place.seal("2025-01")
    log, checkpoint = ((place.archive.path / name).read_bytes() for name in (LOG, CHECKPOINT))
    place.seal("2025-02")
    kept_by_the_auditor = (place.archive.path / CHECKPOINT).read_text()
    (place.archive.path / LOG).write_bytes(log)
    (place.archive.path / CHECKPOINT).write_bytes(checkpoint)
    assert place.broken() == {"2025-02-v1", "2025-02-v1.seal.json"}
    for gone in ("2025-02-v1", "2025-02-v1.seal.json"):
        (place.archive.path / gone).rename(tmp_path / gone)
    assert place.broken() == set(), "nobody who holds only the archive can know"
    (found,) = place.verify(checkpoint=kept_by_the_auditor).breaks
    assert (
        found.line() == "log.jsonl: the log was truncated: it has 2 entries, and had 3 at the checkpoint that was kept"
    )


def test_rows_are_named_where_the_bag_was_made_valid_again(copied: Place) -> None:
    file = copied.archive.path / "2025-02-v1/data/tables/transactions/part-0000.parquet"
    rows = pq.read_table(file)
    plain = rows.to_pylist()
    plain[3]["amount"] += 1
    pq.write_table(pa.Table.from_pylist(plain, schema=rows.schema), file)
    said = [each.line() for each in copied.verify().breaks if each.table]
    changed = f"the row is not the one that was sealed (transaction_id {plain[3]['transaction_id']})"
    assert said == [f"2025-02-v1/data/tables/transactions/part-0000.parquet (table transactions, row 4): {changed}"]


def test_a_writer_adds_nothing_to_a_log_that_does_not_hold(copied: Place) -> None:
    entries, _ = parsed(copied.archive.path)
    text = (copied.archive.path / LOG).read_text()
    (copied.archive.path / LOG).write_text(text.replace(entries[1]["seal"], "0" * 64))
    with pytest.raises(HomeError, match=r"does not hold .* restore it before anything is added"):
        Archive(copied.home).entries()

"""The register of exceptions from export to export, against an oracle in plain Python; and which registers stay."""

import shutil
from collections.abc import Mapping as Named
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.audit import Audit
from assets.errors import DamagedError, TieoutError
from assets.exceptions import FOUND, counted, keep_exceptions, register_of, roll_forward
from assets.keeping import let_go
from assets.mapping import Keep
from assets.store import Export, Home
from tests.assets.ledgers import Bench, Ledger, Row, documents, export, mapping_of, quick, write_snapshot

START = datetime(2025, 4, 1, tzinfo=UTC)
HOURS = (0, 30, 24 * 20, 24 * 60)
Found = Named[tuple[str, str], tuple[int | None, str | None]]
"""Rule and wallet of each offender, with its amount and its waiver."""


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bench, list[Export]]:
    """Give a home of four exports, each of which goes on from the one before."""
    folder = tmp_path_factory.mktemp("chain")
    work = Bench(folder, mapping_of(folder))
    made, rows = [], [Row("t0", "w1", 1)]
    for number, hours in enumerate(HOURS, 1):
        at = START + timedelta(hours=hours)
        rows.append(Row(f"t{number}", "w1", number, at=f"{at - timedelta(hours=1):%Y-%m-%dT%H:%M:%S}"))
        name = f"snapshot_brave-otter-123_{int(at.timestamp()) * 10**9}.zip"
        made.append(export(work.home(), work.mapping, write_snapshot(folder / name, documents(Ledger(rows)))))
    return work, made


def fresh(chain: tuple[Bench, list[Export]], folder: Path) -> list[Audit]:
    """Return an audit of each export, in a home where none was made yet."""
    work, exports = chain
    shutil.rmtree(folder / "home", ignore_errors=True)
    for part in ("exports", "journal.jsonl"):
        here, there = work.home().path / part, folder / "home" / part
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(here, there) if here.is_dir() else shutil.copy(here, there)
    return [Audit(Home(folder / "home"), work.mapping, each) for each in exports]


def offenders(found: Found) -> pa.Table:
    rows = [
        {
            "rule": rule,
            "subject": f'{{"wallet_id":"{wallet}"}}',
            "wallet_id": wallet,
            "currency": "EGP",
            "amount": None if amount is None else Decimal(amount),
            "waiver": waiver,
        }
        for (rule, wallet), (amount, waiver) in found.items()
    ]
    return pa.Table.from_pylist(rows, schema=FOUND)


def states(audit: Audit) -> dict[tuple[str, str], tuple[str, str, int, int]]:
    """Return of each exception its state, the export it was first seen in, how often and how many days ago."""
    rows = pq.read_table(register_of(audit)).to_pylist()
    told = {
        (row["rule"], row["wallet_id"]): (row["state"], row["first_seen"], row["exports"], row["days"]) for row in rows
    }
    assert len(told) == len(rows)
    return told


AMOUNT = st.one_of(st.none(), st.integers(-50, 50))
OFFENDERS = st.dictionaries(
    st.tuples(st.sampled_from(["a_b", "c_d"]), st.sampled_from(["w1", "w2", "w3"])),
    st.tuples(AMOUNT, st.sampled_from([None, None, "known"])),
)
AUDITS = st.lists(st.tuples(OFFENDERS, st.sampled_from([(), (), ("a_b",)])), min_size=4, max_size=4)


def expected(
    audit: Audit, found: Found, unjudged: tuple[str, ...], before: dict[Any, tuple[str, str, int, int]]
) -> dict[Any, tuple[str, str, int, int]]:
    """Tell what becomes of each exception, in the words of the catalogue."""
    first_cuts = {each.export_id: each.certificate.cut.at for each in audit.home.exports()}
    standing = {name: told for name, told in before.items() if told[0] != "cured"}
    register = {}
    for name in {*found, *standing}:
        state, first, exports, _ = standing.get(name, ("new", audit.export.export_id, 0, 0))
        if name in found:
            state = "waived" if found[name][1] else "persisting" if name in standing else "new"
        elif name[0] not in unjudged:
            state = "cured"
        elif state != "waived":
            state = "persisting"
        days = (audit.export.certificate.cut.at - first_cuts[first]).days
        register[name] = (state, first, exports + (name in found), days)
    return register


@quick(15)
@given(drawn=AUDITS)
def test_exceptions_are_recognised_from_export_to_export(
    chain: tuple[Bench, list[Export]], tmp_path: Path, drawn: list[tuple[Found, tuple[str, ...]]]
) -> None:
    before: dict[Any, Any] = {}
    closing: dict[str, tuple[int, int]] = {}
    for audit, (every, unjudged) in zip(fresh(chain, tmp_path), drawn, strict=True):
        found = {name: told for name, told in every.items() if name[0] not in unjudged}
        rows = keep_exceptions(audit, offenders(found), unjudged)
        assert states(audit) == (before := expected(audit, found, unjudged, before))
        assert sum(counted(rows).values()) == rows.num_rows == len(before)
        lines = {line["rule"]: line for line in roll_forward(audit)}
        for rule, line in lines.items():
            amount = {name: int(line["amounts"][0][name]) if line["amounts"] else 0 for name in AMOUNTS}
            assert line["opening"] + line["raised"] - line["closed"] == line["closing"]
            assert line["week"] + line["month"] + line["quarter"] + line["older"] == line["closing"]
            assert line["new"] + line["persisting"] + line["waived"] == line["closing"]
            assert amount["opening"] + amount["raised"] - amount["closed"] + amount["changed"] == amount["closing"]
            assert closing.get(rule, (0, 0)) == (line["opening"], amount["opening"])
            if rule not in unjudged:
                own = [abs(told[0] or 0) for name, told in found.items() if name[0] == rule]
                assert (len(own), sum(own)) == (line["closing"], amount["closing"])
        assert {rule for rule, (number, _) in closing.items() if number} <= lines.keys()
        closing = {rule: (line["closing"], _closing(line)) for rule, line in lines.items()}


AMOUNTS = ("opening", "raised", "closed", "changed", "closing")


def _closing(line: dict[str, Any]) -> int:
    return sum(int(each["closing"]) for each in line["amounts"])


def test_the_same_audit_again_gives_the_same_register(chain: tuple[Bench, list[Export]], tmp_path: Path) -> None:
    first, second, *_ = fresh(chain, tmp_path)
    keep_exceptions(first, offenders({("a_b", "w1"): (5, None)}), ())
    made = []
    for _ in range(3):
        keep_exceptions(second, offenders({("a_b", "w1"): (7, None), ("a_b", "w2"): (1, None)}), ())
        made.append(register_of(second).read_bytes())
    assert made[0] == made[1] == made[2]
    assert states(second)["a_b", "w1"] == ("persisting", first.export.export_id, 2, 1)
    assert len(list(register_of(second).parent.iterdir())) == 1


def test_a_register_rolls_forward_from_its_own_configuration_or_else_from_the_last_one(
    chain: tuple[Bench, list[Export]], tmp_path: Path
) -> None:
    first, second, *_ = fresh(chain, tmp_path)

    def under(audit: Audit, entity: str) -> Audit:
        return Audit(audit.home, audit.mapping.model_copy(update={"entity": entity}), audit.export)

    for entity, wallet in (("one", "w1"), ("two", "w2"), ("three", "w3"), ("one", "w1")):
        keep_exceptions(under(first, entity), offenders({("a_b", wallet): (5, None)}), ())
    for entity, wallet in (("one", "w1"), ("two", "w2"), ("four", "w3")):
        keep_exceptions(under(second, entity), offenders({}), ())
        assert states(under(second, entity)).keys() == {("a_b", wallet)}


def test_an_export_without_a_register_is_passed_over(chain: tuple[Bench, list[Export]], tmp_path: Path) -> None:
    first, _, third, fourth = fresh(chain, tmp_path)
    keep_exceptions(first, offenders({("a_b", "w1"): (5, None)}), ())
    with pytest.raises(TieoutError, match=r"the exceptions of 000003-.* were not computed; run 'tieout audit' first"):
        register_of(third)
    keep_exceptions(third, offenders({("a_b", "w1"): (5, None)}), ())
    assert states(third)["a_b", "w1"] == ("persisting", first.export.export_id, 2, 20)
    keep_exceptions(fourth, offenders({}), ())
    assert states(fourth)["a_b", "w1"] == ("cured", first.export.export_id, 2, 60)


def test_a_damaged_register_is_told_and_can_be_removed(chain: tuple[Bench, list[Export]], tmp_path: Path) -> None:
    first, second, *_ = fresh(chain, tmp_path)
    keep_exceptions(first, offenders({("a_b", "w1"): (5, None)}), ())
    register_of(first).write_bytes(b"PAR1 no more")
    with pytest.raises(DamagedError, match="is damaged: restore it, or remove it, and its exceptions count as new"):
        keep_exceptions(second, offenders({}), ())
    register_of(first).unlink()
    assert counted(keep_exceptions(second, offenders({("a_b", "w1"): (5, None)}), ()))["new"] == 1


def test_the_register_that_a_kept_export_rolls_forward_from_stays(
    chain: tuple[Bench, list[Export]], tmp_path: Path
) -> None:
    audits = fresh(chain, tmp_path)
    home = audits[0].home
    for audit in audits:
        keep_exceptions(audit, offenders({("a_b", "w1"): (5, None)}), ())
    told = states(audits[-1])
    with home.writing():
        let_go(home, Keep(days=0, months=1), audits[-1].export.export_id)
    assert home.exports() == [audits[-1].export]
    left = sorted(folder.name for folder in (home.path / "exceptions").iterdir())
    assert left == [audit.export.export_id for audit in audits[-2:]]
    keep_exceptions(audits[-1], offenders({("a_b", "w1"): (5, None)}), ())
    assert states(audits[-1]) == told


def test_exports_follow_each_other(chain: tuple[Bench, list[Export]]) -> None:
    for before, after in pairwise(chain[1]):
        assert after.certificate.history.predecessor == before.export_id

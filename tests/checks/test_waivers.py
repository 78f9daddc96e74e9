"""Waivers: what they match, when they lapse, what is counted apart, and every way to write one wrongly."""

import fnmatch
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import MappingError
from assets.mapping import Mapping
from assets.mapping_file import effective_toml, load_mapping
from assets.schemas import SUM, TABLES
from assets.store import Home
from assets.waivers import Waiver
from checks.judge import judge
from checks.offenders import columns_of
from checks.outcome import Outcome
from checks.rule import Rule
from checks.scopes import Scope
from checks.waiving import refuse_wrong_waivers, told, uses_of, waive
from tests.assets.ledgers import quick
from tests.checks.judging import FOLDER, PRESET, REGISTER, judged
from tests.checks.ledger_text import Case, cases, views
from tests.kept_engine import kept_session

DRIFTS = {"w1": 5, "w2": -7, "w3": 100, "x1": 1}
WHOLE = """
[[waiver]]
id = "known"
rule = "projections_do_not_drift"
where = { wallet_id = "w%" }
owner = "finance"
reason = "known since June"
most = 3
expires = 2026-03-31
"""


def waiver(**said: object) -> Waiver:
    usual = {"id": "known", "rule": "projections_do_not_drift", "owner": "finance", "reason": "known", "most": 9}
    where = {} if {"wallet", "transaction", "user", "where"} & said.keys() else {"where": {"wallet_id": "%"}}
    return Waiver.model_validate({**usual, "expires": date(2026, 3, 31), **where, **said})


def drifting(home: Path, waivers: list[Waiver], cut: str = "2026-01-01", drifts: dict[str, int] = DRIFTS) -> Outcome:
    tables = {
        "transactions": [
            {"transaction_id": f"t-{wallet}", "wallet_id": wallet, "amount": "1000"} for wallet in sorted(drifts)
        ],
        "wallet_balances": [{"wallet_id": wallet, "recorded": str(1000 + off)} for wallet, off in drifts.items()],
    }
    rule = REGISTER["projections_do_not_drift"]
    shown = views(Case(rule.name, "drifts", keeps=False, tables=tables), rule.views)
    at = datetime.fromisoformat(cut).replace(tzinfo=UTC)
    shown["source_cut"] = pa.Table.from_pylist([{"cut_at": at}], schema=TABLES["source_cut"])
    mapping = PRESET.model_copy(update={"waivers": tuple(waivers)})
    scope = Scope(FOLDER, mapping, {name: lambda table=table: table for name, table in shown.items()})
    (made,) = judge(Home(home), scope, [rule])
    return made


def rows(home: Path, outcome: Outcome) -> dict[str, str | None]:
    table = pq.read_table(home / str(outcome.rows))
    return dict(zip(table["wallet_id"].to_pylist(), table["waiver"].to_pylist(), strict=True))


def test_waived_rows_are_kept_and_counted_apart_from_those_that_break(tmp_path: Path) -> None:
    found = drifting(tmp_path, [waiver(where={"wallet_id": "w%"})])
    assert (found.result, found.offenders, found.waived, found.waived_amounts) == ("broken", 1, 3, {"EGP": "112"})
    assert rows(tmp_path, found) == {"w1": "known", "w2": "known", "w3": "known", "x1": None}
    assert found.sentence.startswith("Wallet x1 is recorded at 10.01 EGP")
    assert found.sentence.endswith("Waived: 3 rows.")


def test_a_rule_all_of_whose_offenders_are_waived_is_held(tmp_path: Path) -> None:
    found = drifting(tmp_path, [waiver()])
    assert (found.result, found.offenders, found.waived, found.sentence) == ("held", 0, 4, "Waived: 4 rows.")
    said = json.loads((tmp_path / FOLDER / "great_expectations" / "projections_do_not_drift.json").read_text())
    assert (said["success"], said["results"][0]["result"]["unexpected_count"]) == (False, 4)


@pytest.mark.parametrize(
    ("said", "cut", "told_as", "waived"),
    [
        ({"most": 4}, "2026-01-01", "stands", 4),
        ({"most": 3}, "2026-01-01", "passed its cap: it matches 4 rows, and may match 3.", 0),
        ({"most_amount": {"EGP": 113}}, "2026-01-01", "stands", 4),
        ({"most_amount": {"EGP": 99}}, "2026-01-01", "passed its cap: it matches 1.13 EGP, and may match 0.99 EGP.", 0),
        ({"most_amount": {"USD": 99}}, "2026-01-01", "passed its cap: it matches 1.13 EGP, and may match 0.00 EGP.", 0),
        ({}, "2026-03-31T23:59:59.999", "stands", 4),
        ({}, "2026-04-01", "expired on 2026-03-31; it matches 4 rows.", 0),
        ({"wallet": "nobody"}, "2026-01-01", "matches nothing", 0),
        ({"wallet": "w%"}, "2026-01-01", "matches nothing", 0),
        ({"wallet": "w1", "where": {"currency": "USD"}}, "2026-01-01", "matches nothing", 0),
        ({"wallet": "w1", "where": {"currency": "EGP"}}, "2026-01-01", "stands", 1),
    ],
)  # fmt: skip
def test_a_waiver_stands_until_its_cap_or_its_last_day_is_passed(
    tmp_path: Path, said: dict[str, Any], cut: str, told_as: str, waived: int
) -> None:
    found = drifting(tmp_path, [waiver(**said)], cut)
    assert (found.waived, found.offenders) == (waived, 4 - waived)
    assert found.result == ("held" if waived == 4 else "broken")
    if found.waivers[0].lapsed:
        assert found.sentence.endswith(f"Waiver known {told_as}")
    else:
        assert found.waivers[0].standing == told_as


def test_the_last_day_is_one_of_the_zone_of_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.checks.test_waivers.PRESET", PRESET.model_copy(update={"zone": "Africa/Cairo"}))
    assert drifting(tmp_path, [waiver()], "2026-03-31T21:59:59").waived == 4
    assert drifting(tmp_path, [waiver()], "2026-03-31T22:00:00").waived == 0


def test_a_row_is_waived_by_the_first_waiver_that_stands(tmp_path: Path) -> None:
    waivers = [
        waiver(id="lapsed", most=1),
        waiver(id="first", where={"wallet_id": "w%"}),
        waiver(id="second", where={"wallet_id": "%1"}),
        waiver(id="other", rule="wallets_exist"),
    ]
    found = drifting(tmp_path, waivers)
    assert rows(tmp_path, found) == {"w1": "first", "w2": "first", "w3": "first", "x1": "second"}
    assert [(use.id, use.matched) for use in found.waivers] == [("lapsed", 4), ("first", 3), ("second", 2)]


def test_what_a_waiver_did_is_told_of_every_waiver(tmp_path: Path) -> None:
    waivers = (waiver(), waiver(id="vain", wallet="nobody"), waiver(id="unseen", rule="wallets_exist"))
    mapping = PRESET.model_copy(update={"waivers": waivers})
    uses = uses_of(mapping, [drifting(tmp_path, list(waivers))])
    assert [use.standing for use in uses] == ["stands", "matches nothing", "not examined"]
    vain = "Waiver vain of projections_do_not_drift matches nothing: remove it."
    assert [told(mapping, use) for use in uses] == [None, vain, None]


DRIFT = REGISTER["projections_do_not_drift"]
TEXTS = st.text("ab%_.\\*\n", max_size=4)


def named(waivers: list[Waiver], cut: date, drifts: dict[str, int]) -> dict[str, str | None]:
    """Return the waiver of each offender, without the rest of a judgement."""
    offending = {wallet: off for wallet, off in drifts.items() if off}
    columns = {"wallet_id": pa.string(), "currency": pa.string(), "drift": SUM}
    values = (list(offending), ["EGP"] * len(offending), list(map(Decimal, offending.values())))
    arrays = [pa.array(each, kind) for each, kind in zip(values, columns.values(), strict=True)]
    offenders = pa.Table.from_arrays(arrays, names=list(columns))
    scope = Scope(FOLDER, PRESET.model_copy(update={"waivers": tuple(waivers)}), {})
    vars(scope)["cut_day"] = cut
    every, _ = waive(scope, DRIFT, offenders, kept_session())
    return dict(zip(every["wallet_id"].to_pylist(), every["waiver"].to_pylist(), strict=True))


@quick(120)
@given(pattern=TEXTS, texts=st.lists(TEXTS, min_size=1, max_size=6, unique=True))
def test_only_the_percent_sign_stands_for_any_text(pattern: str, texts: list[str]) -> None:
    shell = "".join("*" if sign == "%" else f"[{sign}]" if sign == "*" else sign for sign in pattern)
    expected = {text for text in texts if fnmatch.fnmatchcase(text, shell)}
    found = named([waiver(where={"wallet_id": pattern})], date(2026, 1, 1), dict.fromkeys(texts, 3))
    assert {wallet for wallet, name in found.items() if name} == expected
    exact = named([waiver(wallet=pattern)], date(2026, 1, 1), dict.fromkeys(texts, 3)) if pattern.strip() else {}
    assert {wallet for wallet, name in exact.items() if name} == {pattern} & exact.keys()


@quick(60)
@given(
    drifts=st.dictionaries(st.sampled_from(["w1", "w2", "w3", "x1", "x2"]), st.integers(-9, 9)),
    most=st.integers(1, 4),
    most_amount=st.integers(0, 20),
    day=st.integers(29, 31),
)
def test_caps_and_days_against_an_oracle(drifts: dict[str, int], most: int, most_amount: int, day: int) -> None:
    matched = {wallet: off for wallet, off in drifts.items() if off and wallet.startswith("w")}
    stands = len(matched) <= most and sum(map(abs, matched.values())) <= most_amount and day <= 30
    where, last = {"wallet_id": "w%"}, date(2026, 1, 30)
    one = waiver(where=where, most=most, most_amount={"EGP": most_amount}, expires=last)
    found = named([one], date(2026, 1, day), drifts)
    assert {wallet for wallet, name in found.items() if name} == (set(matched) if stands else set())
    assert len(found) == sum(off != 0 for off in drifts.values())


def configured(folder: Path, text: str, name: str = "waivers.toml") -> Mapping:
    (folder / "waivers.toml").write_text(text)
    (folder / "tieout.toml").write_text(f'waivers = "{name}"\n')
    mapping = load_mapping(folder / "tieout.toml")
    refuse_wrong_waivers(mapping)
    return mapping


def test_waivers_are_part_of_the_configuration_and_not_of_an_export(tmp_path: Path) -> None:
    mapping = configured(tmp_path, WHOLE)
    assert mapping.digest() != configured(tmp_path, WHOLE.replace("June", "July")).digest() != PRESET.digest()
    assert mapping.export_digest() == PRESET.export_digest()
    (tmp_path / "printed.toml").write_text(effective_toml(mapping))
    assert load_mapping(tmp_path / "printed.toml") == mapping


def test_a_file_of_waivers_is_read_only_where_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(tmp_path, WHOLE)
    (tmp_path / "tieout.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    assert load_mapping(None).waivers == load_mapping(tmp_path / "tieout.toml").waivers == ()


@pytest.mark.parametrize(
    ("old", "new", "told_as"),
    [
        ('owner = "finance"\n', "", "waiver 'known': owner is missing: say who answers for it."),
        ('reason = "known since June"\n', "", "waiver 'known': reason is missing: say why it is waived."),
        ("expires = 2026-03-31\n", "", "waiver 'known': expires is missing: say the last day it stands."),
        ("most = 3\n", "", "waiver 'known': most is missing: say how many rows it may match."),
        ('id = "known"\n', "", "waiver 1: id is missing."),
        ('owner = "finance"', 'owner = " "', "waiver 'known': owner is empty."),
        ("2026-03-31", "2026-03-31T00:00:00Z", "is 2026-03-31 00:00:00+00:00, which is no day such as 2026-03-31."),
        ("2026-03-31", "20260331", "waiver 'known': expires is 20260331, which is no day such as 2026-03-31."),
        ("2026-03-31", '"2026-02-31"', "waiver 'known': expires is 2026-02-31, which is no day such as 2026-03-31."),
        ("most = 3", "most = 0", "waiver 'known': most: input should be greater than or equal to 1."),
        ("most = 3", "most = 3\nat_least = 3", "is no key of a waiver; it knows id, rule,"),
        ("most = 3", "most = 3\nmost_amount = { EGP = -1 }", "most_amount has an amount of EGP below zero."),
        ('where = { wallet_id = "w%" }\n', "", "say which rows: wallet, transaction, user, or where = { wallet_id"),
        ("[[waiver]]", "[waiver]", "waivers stand in tables of their own, each under [[waiver]]."),
        ("[[waiver]]", "[[waivers]]", "waivers is no key of a file of waivers; it holds [[waiver]] tables."),
        ("[[waiver]]", WHOLE + "[[waiver]]", "two waivers have the id 'known'; give each a name of its own."),
        ("projections_do_not_drift", "projections_do_not_drif", "did you mean 'projections_do_not_drift'?"),
        ("projections_do_not_drift", "engines_agree", "names engines_agree, a gate: no gate can be waived"),
        ("wallet_id", "user_id", "user_id is no text of the offenders of projections_do_not_drift; it can match"),
        ("wallet_id", "drift", "drift is no text of the offenders of projections_do_not_drift; it can match"),
        ("[[waiver]]", "[[waiver", "not a TOML file"),
    ],
)  # fmt: skip
def test_every_mistake_is_told(tmp_path: Path, old: str, new: str, told_as: str) -> None:
    with pytest.raises(MappingError) as caught:
        configured(tmp_path, WHOLE.replace(old, new, 1))
    assert told_as in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_named_and_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"elsewhere\.toml: the configuration cannot be read"):
        configured(tmp_path, WHOLE, "elsewhere.toml")


def test_no_name_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"waivers names no file; name one, or leave the key out\."):
        configured(tmp_path, WHOLE, "")


def test_a_cap_on_what_has_no_amount_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    one = waiver(rule="wallets_exist", most_amount={"EGP": 1})
    refuse_wrong_waivers(PRESET.model_copy(update={"waivers": (one,)}))
    monkeypatch.setattr("checks.offenders.WORTH", ("drift",))
    with pytest.raises(MappingError, match="offenders of wallets_exist have no amount; leave most_amount out"):
        refuse_wrong_waivers(PRESET.model_copy(update={"waivers": (one,)}))


@pytest.mark.parametrize("rule", [rule for rule in REGISTER.values() if rule.severity != "gate"], ids=lambda r: r.name)
def test_the_columns_of_offenders_are_known_beforehand(tmp_path: Path, rule: Rule) -> None:
    columns = columns_of(rule, PRESET)
    case = next((case for case in cases(rule.name) if not case.keeps), None)
    if columns is not None and case is not None:
        found = judged(tmp_path, case)
        assert pq.read_schema(tmp_path / str(found.rows)).names == [*columns.names, "waiver"]


@pytest.mark.parametrize(("waived", "result"), [(False, "broken"), (True, "not verified")])
def test_what_could_not_be_examined_stays_so_when_what_could_is_waived(
    tmp_path: Path,
    waived: bool,  # noqa: FBT001 - a table of cases
    result: str,
) -> None:
    rule = REGISTER["refunds_have_originals"]
    tables = {
        "wallets": [{"wallet_id": "w1", "user_id": "u1"}],
        "transactions": [
            {"transaction_id": "t1", "wallet_id": "w1", "amount": "100", "kind": "REFUND", "related_id": "e1"},
            {"transaction_id": "t2", "wallet_id": "w1", "amount": "50", "kind": "REFUND", "related_id": "-"},
        ],
    }
    shown = views(Case(rule.name, "refunds", keeps=False, tables=tables), rule.views)
    cut = {"cut_at": datetime(2026, 1, 1, tzinfo=UTC)}
    shown["source_cut"] = pa.Table.from_pylist([cut], schema=TABLES["source_cut"])
    given = (waiver(rule=rule.name, where={"wallet_id": "w1"}),) if waived else ()
    scope = Scope(
        FOLDER,
        PRESET.model_copy(update={"waivers": given}),
        {name: lambda table=table: table for name, table in shown.items()},
    )
    (made,) = judge(Home(tmp_path), scope, [rule])
    assert (made.result, made.waived, made.offenders) == (result, int(waived), int(not waived))
    assert ("1 row says too little to be examined." in (made.problem or "")) is waived

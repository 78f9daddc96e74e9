"""Three audits of one ledger in this process: exceptions live, waivers stand, lapse and are shown to everybody."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assets.errors import MappingError
from assets.workplace import Workplace
from pipelines.answer import answer
from pipelines.audit import Audited, run_audit
from pipelines.terminal import show_audit
from tests.assets.ledgers import INT64_MAPPING, Ledger, Row, documents, write_snapshot

ROWS = [
    Row("t1", "w1", 1000),
    Row("t2", "w2", 1000),
    Row("t3", "w3", 1000),
    Row("t4", "w1", 10, at="2025-01-15T10:00:00", type="BONUS"),
    Row("t5", "w1", 10, at="2025-02-01T00:00:00"),
]
DRIFTS: tuple[dict[str, int], ...] = ({"w1": 5, "w2": -7}, {"w1": 6, "w3": 1}, {"w1": 6, "w3": 1})
CUTS = ("2025-02-02", "2025-02-20", "2025-03-02")
WAIVERS = """
[[waiver]]
id = "bonus"
rule = "types_are_known"
transaction = "t4"
owner = "finance"
reason = "a campaign that is over"
most = 1
most_amount = { EGP = 10 }
expires = 2025-03-01

[[waiver]]
id = "first wallet"
rule = "projections_do_not_drift"
where = { wallet_id = "w1%" }
owner = "platform"
reason = "rebuilt in March"
most = 9
expires = 2025-12-31

[[waiver]]
id = "vain"
rule = "wallets_exist"
wallet = "w9"
owner = "nobody"
reason = "none"
most = 1
expires = 2025-12-31
"""
Audit = Callable[[int], Audited]


@pytest.fixture(scope="module")
def audits(tmp_path_factory: pytest.TempPathFactory) -> list[Audited]:
    """Audit the ledger at three cuts; from the second on, with waivers."""
    folder = tmp_path_factory.mktemp("waived")
    (folder / "plain.toml").write_text(INT64_MAPPING)
    (folder / "waived.toml").write_text(f'waivers = "reviewed/waivers.toml"\n{INT64_MAPPING}')
    (folder / "reviewed").mkdir()
    (folder / "reviewed" / "waivers.toml").write_text(WAIVERS)
    made = []
    for place in (0, 1, 1, 2):
        at = datetime.fromisoformat(CUTS[place]).replace(tzinfo=UTC)
        held = {"w1": 1020, "w2": 1000, "w3": 1000}
        recorded = [(wallet, "EGP", held[wallet] + DRIFTS[place].get(wallet, 0)) for wallet in held]
        file = folder / f"snapshot_brave-otter-123_{int(at.timestamp()) * 10**9}.zip"
        snapshot = write_snapshot(file, documents(Ledger(ROWS, recorded=recorded)))
        config = folder / ("waived.toml" if made else "plain.toml")
        made.append(run_audit(Workplace(home=str(folder / "home"), config=str(config), source=str(snapshot)), None))
        assert made[-1].failure is None
    return made


def told(audited: Audited) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(answer(audited))
    return document


def rule(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in document["rules"] if each["rule"] == name)
    return found


def rolled(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in document["exceptions"]["rules"] if each["rule"] == name)
    return found


def test_waived_rows_are_counted_apart_and_leave_a_rule_held(audits: list[Audited]) -> None:
    first, second = told(audits[0]), told(audits[1])
    assert [rule(each, "types_are_known")["result"] for each in (first, second)] == ["broken", "held"]
    bonus, drift = rule(second, "types_are_known"), rule(second, "projections_do_not_drift")
    assert (bonus["offenders"], bonus["waived"], bonus["waived_amounts"]) == (0, 1, {"EGP": "10"})
    assert (drift["result"], drift["offenders"], drift["waived"]) == ("broken", 1, 1)
    assert (first["coverage"]["waived_rows"], second["coverage"]["waived_rows"]) == (0, 2)
    assert second["coverage"]["waived_rules"] == 2
    counts = second["coverage"]
    parts = ("broken", "not_verified", "not_applicable", "nothing_to_examine", "held")
    assert sum(counts[part] for part in parts) == len(second["rules"])
    assert [each["systemic"] for each in second["drift"]] == [False]
    standing = {each["id"]: (each["standing"], each["matched"]) for each in second["waivers"]}
    assert standing == {"bonus": ("stands", 1), "first wallet": ("stands", 1), "vain": ("matches nothing", 0)}


def test_exceptions_have_a_life(audits: list[Audited]) -> None:
    first, second, third = told(audits[0]), told(audits[1]), told(audits[3])
    drift = [rolled(each, "projections_do_not_drift") for each in (first, second, third)]
    counts = [[each[name] for name in ("opening", "raised", "closed", "closing", "waived")] for each in drift]
    assert counts == [[0, 2, 0, 2, 0], [2, 1, 1, 2, 1], [2, 0, 0, 2, 1]]
    named = ("opening", "raised", "closed", "changed", "closing", "waived")
    worth = [[int(each["amounts"][0][name]) for name in named] for each in drift]
    assert worth == [[0, 12, 0, 0, 12, 0], [12, 1, 7, 1, 7, 6], [7, 0, 0, 0, 7, 6]]
    assert [each["oldest_days"] for each in drift] == [0, 18, 28]
    assert first["exceptions"]["new"] == sum(each["raised"] for each in first["exceptions"]["rules"])
    assert Path(first["exceptions"]["rows"]).is_file()


def test_the_same_audit_again_says_the_same(audits: list[Audited]) -> None:
    again, before = (json.loads(answer(audits[place])) for place in (2, 1))
    assert again | {"operations": None} == before | {"operations": None}, "only the history of runs goes on"


def test_an_expired_waiver_waives_nothing_and_closed_months_are_told_so(audits: list[Audited]) -> None:
    second, third = audits[1], audits[3]
    bonus = rule(told(third), "types_are_known")
    assert (bonus["result"], bonus["waived"]) == ("broken", 0)
    assert bonus["sentence"].endswith("Waiver bonus expired on 2025-03-01; it matches 1 row.")
    reports = [json.loads((each.audit.home.path / each.reports[0].json).read_text()) for each in (second, third)]
    assert [each["period"]["month"] for each in reports] == ["2025-01", "2025-01"]
    assert [each["verdict"]["counts"]["waived_rows"] for each in reports] == [1, 0]
    assert reports[1]["provenance"]["reason"] == "the lapsed waivers changed"
    results = [next(r["result"] for r in each["rules"] if r["rule"] == "types_are_known") for each in reports]
    assert results == ["held", "broken"]


def test_auditors_see_waivers_and_exceptions_in_the_report(audits: list[Audited]) -> None:
    path = audits[1].audit.home.path
    report = json.loads((path / audits[1].reports[-1].json).read_text())
    waivers = {each["waiver"]: each for each in report["waivers"]}
    assert waivers["first wallet"]["owner"] == "platform"
    assert waivers["first wallet"]["amounts"] == [{"currency": "EGP", "amount": "6"}]
    assert (waivers["bonus"]["most_amount"], waivers["vain"]["most_amount"]) == (
        [{"currency": "EGP", "amount": "10"}],
        None,
    )
    table = next(each for each in report["exceptions"] if each["rule"] == "projections_do_not_drift")
    place = [column["name"] for column in table["columns"]].index("waiver")
    assert [row[place] for row in table["rows"]] == [None, "first wallet"]
    assert report["exception_register"]["foots"]
    page = (path / audits[1].reports[-1].html).read_text()
    for said in ("rebuilt in March", "first wallet", report["exception_register"]["sentence"], "2025-12-31"):
        assert said in page
    assert report["verdict"]["counts"]["sentence"] in page


def test_the_terminal_says_what_the_verdict_rests_on(audits: list[Audited], capsys: pytest.CaptureFixture[str]) -> None:
    show_audit(audits[1])
    said = " ".join(capsys.readouterr().out.split())
    counts = told(audits[1])["coverage"]
    assert f"{counts['held']} held; 2 rows of 2 rules waived; 5 transactions up to the cut" in said
    assert "Exceptions since the export before: new " in said
    assert "Waiver vain of wallets_exist matches nothing: remove it." in said
    show_audit(audits[3])
    assert "Waiver bonus expired on 2025-03-01; it matches 1 row." in " ".join(capsys.readouterr().out.split())


def test_a_wrong_waiver_is_refused_before_anything_is_exported(tmp_path: Path) -> None:
    (tmp_path / "waivers.toml").write_text(WAIVERS.replace("types_are_known", "types_are_unknown"))
    (tmp_path / "tieout.toml").write_text('waivers = "waivers.toml"\n')
    with pytest.raises(MappingError, match="names the rule 'types_are_unknown', which does not exist"):
        run_audit(Workplace(home=str(tmp_path / "home"), config=str(tmp_path / "tieout.toml"), source="x.zip"), None)
    assert not (tmp_path / "home").exists()

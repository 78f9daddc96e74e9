"""What `tieout.toml` may say: sentences for what is wrong, merging over the preset, and what its digests tell apart."""

from pathlib import Path

import pytest

from assets.configuration import SETTINGS, configuration_tables
from assets.errors import MappingError
from assets.mapping import Mapping
from assets.mapping_file import effective_toml, load_mapping


def amount_as(spelling: str, **more: str) -> str:
    """Return a configuration that maps the amount so."""
    return column_as("amount", spelling, more)


def created_as(spelling: str, **more: str) -> str:
    """Return a configuration that maps the time of a transaction so."""
    return column_as("created_at", spelling, more)


def column_as(ours: str, spelling: str, more: dict[str, str]) -> str:
    said = "".join(f', {key} = "{value}"' for key, value in more.items())
    return f'[tables.transactions.columns]\n{ours} = {{ name = "x", type = "{spelling}"{said} }}'


WRONG = {
    "[rules]\nlargest_amounts = { EGP = -1 }": "rules.largest_amounts.EGP: input should be greater than or equal to 1",
    "[tables.users.columns]\nis_admin = { contains = '' }": "tables.users.columns.is_admin.contains: string",
    "[creators]\nauthorised = ['']": "creators.authorised.0: string should have at least 1 character",
    "[rules]\nsystem_wallets = ['']": "rules.system_wallets.0: string should have at least 1 character",
    "[currencies]\n'' = 2": "currencies..[key]: string should have at least 1 character",
    'entty = "x"': "entty is no key of the configuration; did you mean 'entity'?",
    "nothing_like_it = 1": "nothing_like_it is no key of the configuration.",
    "[rules]\ndrift_tolerence = 5": "rules.drift_tolerence is no key of the configuration; "
    "did you mean 'drift_tolerance'?",
    '[tables.wallets]\nnmae = "x"': "tables.wallets.nmae is no key of the configuration; did you mean 'name'?",
    "[rules]\ndrift_tolerance = 0": "rules.drift_tolerance: input should be greater than or equal to 1, found 0.",
    "[rules]\ntransfer_legs = 1": "rules.transfer_legs: a transfer has two legs or more; 0 asks for no number of them.",
    "[rules]\ndrift_tolerance = 1.5": "rules.drift_tolerance: input should be a valid integer, found 1.5.",
    '[rules]\nshared_transfer_keys = "yes"': "rules.shared_transfer_keys: input should be a valid boolean, "
    "found 'yes'.",
    "entity = 7": "entity: input should be a valid string, found 7.",
    'entity = ""': "entity: string should have at least 1 character, found ''.",
    'zone = "Cairo"': "zone: 'Cairo' is no IANA time zone such as 'UTC' or 'Africa/Cairo'.",
    "[currencies]\nEGP = 19": "currencies: currency EGP has 19 decimals; 0 to 18 are possible.",
    '[currencies]\nEGP = "2"': "currencies.EGP: input should be a valid integer, found '2'.",
    '[statuses]\nsettled = ["A"]\nunsettled = ["A"]': "statuses: status 'A' is listed as settled and as unsettled.",
    '[statuses]\nsettled = ["A"]': "statuses.unsettled is missing.",
    '[kinds]\nFEE = { types = ["FEE"], sign = "minus", flow = "external" }': "kinds.FEE.sign: "
    "input should be 'credit', 'debit' or 'either', found 'minus'.",
    "[tables]\ntransactions = false": "tables.transactions is needed: there is no audit without it.",
    "[tables]\nwallets = false": "tables.wallets is needed: there is no audit without it.",
    '[tables.escrows]\nname = "escrows"\ncolumns = {}': "tables.escrows is no table of tieout; it knows transactions",
    '[tables.wallets.columns]\nowner = "owner"': "tables.wallets.columns.owner is no column of tieout; "
    "wallets has wallet_id, user_id",
    "[tables.wallets.columns]\nwallet_id = false": "tables.wallets.columns.wallet_id is needed: "
    "say which column of the source it is.",
    '[tables.transactions.columns]\namount = { name = "amount", type = "string" }': "tables.transactions.columns."
    "amount is string, and can be decimal or float64 or int64.",
    '[tables.wallets.columns]\nuser_id = { name = "userId", type = "text" }': "tables.wallets.columns.user_id.type: "
    "input should be 'string', 'uuid', 'float64', 'int64', 'decimal', 'boolean', 'array', 'timestamptz' or "
    "'timestamp', found 'text'.",
    amount_as("decimal"): "tables.transactions.columns.amount is decimal: say unit = 'minor' or unit = 'major'.",
    amount_as(
        "float64", unit="major"
    ): "tables.transactions.columns.amount: a float64 cannot hold major units exactly; map a decimal or an integer.",
    amount_as("int64", unit="ms"): "tables.transactions.columns.amount: unit 'ms' is not for it; "
    "it can be major or minor.",
    amount_as("int64", unit="cents"): "tables.transactions.columns.amount.unit: input should be 'minor', 'major', ",
    amount_as("int64", zone="UTC"): "tables.transactions.columns.amount: a timestamp needs its zone, "
    "such as zone = 'UTC', and no other type has one.",
    created_as("int64", unit="major"): "tables.transactions.columns.created_at: unit 'major' is not for it; "
    "it can be ms or ns or s or us.",
    created_as("timestamptz", unit="ms"): "tables.transactions.columns.created_at: unit 'ms' is not for it; "
    "a timestamptz has none.",
    created_as("timestamp"): "tables.transactions.columns.created_at: a timestamp needs its zone, such as",
    created_as("timestamp", zone="Cairo"): "tables.transactions.columns.created_at: 'Cairo' is no IANA time zone",
    created_as("decimal"): "tables.transactions.columns.created_at is decimal, and can be "
    "float64 or int64 or timestamp or timestamptz.",
    '[rules]\nexpect_kinds = ["GIFT"]': "rules.expect_kinds names kind 'GIFT', "
    "which is not among [kinds] (say 'corrections = []' for none).",
    '[[corrections]]\nkind = "GIFT"\ntypes = ["FEE"]\ncreated_by = "x"': "corrections.0 names kind 'GIFT', "
    "which is not among [kinds] (say 'corrections = []' for none).",
    '[[corrections]]\nkind = "FEE"\ntypes = ["FEE"]': "corrections.0: a correction says when it applies: "
    "idempotency_key, description or created_by.",
    'preset = "shop"': "there is no preset 'shop'; there is gigsy.",
    "entity = ": "not a TOML file: ",
}
TWO_KINDS = """
[kinds]
A = { types = ["DEPOSIT"], sign = "credit", flow = "external" }
B = { types = ["DEPOSIT"], sign = "debit", flow = "external" }
"""
DIGESTS = ("identity", "export_digest", "digest")
CHANGES = {
    'entity = "Berka"': {"identity", "digest"},
    '[tables.wallets]\nname = "accounts"': {"identity", "export_digest", "digest"},
    "[tables]\nuser_balances = false": {"identity", "export_digest", "digest"},
    'zone = "Africa/Cairo"': {"export_digest", "digest"},
    '[statuses]\nsettled = ["DONE"]\nunsettled = []': {"export_digest", "digest"},
    '[[corrections]]\nkind = "FEE"\ntypes = ["DEPOSIT"]\ncreated_by = "bank"': {"export_digest", "digest"},
    "[currencies]\nEGP = 3": {"digest"},
    "[rules]\ndrift_tolerance = 2": {"digest"},
    '[creators]\nauthorised = ["bank"]': {"digest"},
    'source = "snapshot.zip"': set(),
    "[connection]\nreaders = 4": set(),
    "[keep]\ndays = 7": set(),
    '[tables.transactions.columns]\namount = { name = "amount", type = "decimal", unit = "major" }': {
        "identity",
        "export_digest",
        "digest",
    },
    'preset = "gigsy"': set(),
}


def mapping(folder: Path, text: str) -> Mapping:
    file = folder / "tieout.toml"
    file.write_text(text)
    return load_mapping(file)


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_file_is_one_sentence_with_the_place(tmp_path: Path, text: str) -> None:
    with pytest.raises(MappingError) as refused:
        mapping(tmp_path, text)
    said = str(refused.value)
    assert said.startswith(f"{tmp_path / 'tieout.toml'}: {WRONG[text]}")
    assert "\n" not in said
    assert said.endswith((".", "?", "more)"))
    assert refused.value.exit_code == 3


def test_a_type_of_two_kinds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="type 'DEPOSIT' is listed for kind A and for kind B"):
        mapping(tmp_path, TWO_KINDS)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.toml", tmp_path):
        with pytest.raises(MappingError, match="the configuration cannot be read") as refused:
            load_mapping(path)
        assert str(refused.value).startswith(str(path))
    (tmp_path / "latin.toml").write_bytes('entity = "Gr\xfcn"'.encode("latin-1"))
    with pytest.raises(MappingError, match="not a TOML file"):
        load_mapping(tmp_path / "latin.toml")


def test_the_preset_alone_holds_where_no_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    preset = load_mapping(None)
    assert (preset.entity, preset.zone, sorted(preset.currencies)) == ("Gigsy", "UTC", ["EGP", "EUR", "USD"])
    assert load_mapping(None) == mapping(tmp_path, "")
    (tmp_path / "tieout.toml").write_text('entity = "Here"')
    assert load_mapping(None).entity == "Here"


def test_a_column_is_renamed_and_keeps_its_type(tmp_path: Path) -> None:
    columns = '[tables.transactions.columns]\namount = "betrag"\n[tables.wallets.columns]\nopening = "start"'
    made = mapping(tmp_path, columns)
    assert made.present()["transactions"].present()["amount"].model_dump(exclude_none=True) == {
        "name": "betrag",
        "type": "float64",
    }
    assert made.present()["wallets"].present()["opening"].model_dump(exclude_none=True) == {
        "name": "start",
        "type": "float64",
    }
    assert made.present()["transactions"].present()["currency"].name == "currency"


def test_tables_and_columns_are_laid_over_the_preset_and_can_be_absent(tmp_path: Path) -> None:
    text = "[tables]\nuser_balances = false\n[tables.transactions.columns]\nstatus = false"
    made, preset = mapping(tmp_path, text), mapping(tmp_path, "")
    assert set(preset.present()) - set(made.present()) == {"user_balances", "users"}
    columns = [each.present()["transactions"].present() for each in (preset, made)]
    assert columns[0].keys() - columns[1].keys() == {"status"}
    has = [made.has(need) for need in ("user_balances", "transactions.status", "wallets", "wallets.user_id")]
    assert has == [False, False, True, True]


def test_lists_of_meanings_are_replaced_whole_and_rules_key_by_key(tmp_path: Path) -> None:
    text = "[currencies]\nKWD = 3\n[rules]\ntransfer_legs = 0"
    made, preset = mapping(tmp_path, text), mapping(tmp_path, "")
    assert made.currencies == {"KWD": 3}
    assert made.rules == preset.rules.model_copy(update={"transfer_legs": 0})
    assert mapping(tmp_path, "corrections = []").corrections == ()
    assert made.statuses == preset.statuses


OTHER_MEANINGS = """
source = "a.zip"
corrections = []
[tables]
user_balances = false
[tables.wallets.columns]
opening = { name = "start", type = "int64" }
[kinds]
MOVE = { types = ["IN", "OUT"], sign = "either", flow = "external" }
"""


@pytest.mark.parametrize("text", ["", OTHER_MEANINGS])
def test_the_effective_file_says_everything(tmp_path: Path, text: str) -> None:
    made = mapping(tmp_path, text)
    again = mapping(tmp_path, effective_toml(made))
    assert again == made
    assert effective_toml(again) == effective_toml(made)
    assert {digest: getattr(again, digest)() for digest in DIGESTS} == {d: getattr(made, d)() for d in DIGESTS}


@pytest.mark.parametrize("text", CHANGES)
def test_a_digest_changes_with_what_it_stands_for_and_nothing_else(tmp_path: Path, text: str) -> None:
    preset, made = mapping(tmp_path, ""), mapping(tmp_path, text)
    assert {name for name in DIGESTS if getattr(preset, name)() != getattr(made, name)()} == CHANGES[text]


def test_the_configuration_reaches_sql_as_tables(tmp_path: Path) -> None:
    text = (
        '[currencies]\nKWD = 3\n[statuses]\nsettled = ["DONE"]\nunsettled = ["OPEN"]\n[rules]\nsystem_wallets = ["s"]'
    )
    tables = {name: table.to_pylist() for name, table in configuration_tables(mapping(tmp_path, text)).items()}
    assert tables["currencies"] == [{"currency": "KWD", "decimals": 3}]
    assert tables["statuses"] == [{"status": "DONE", "settled": True}, {"status": "OPEN", "settled": False}]
    assert tables["system_wallets"] == [{"wallet_id": "s"}]
    (settings,) = tables["settings"]
    assert settings.keys() == SETTINGS.keys()
    assert (settings["drift_tolerance"], settings["escrow_pool"]) == (1, "implicit")
    assert tables["authorised_creators"] == [{"pattern": "system"}, {"pattern": "system:wallet-init:%"}]
    assert {"kind": "TRANSFER", "sign": "either", "flow": "transfer"} in tables["kinds"]
    assert {row["type"] for row in tables["types"]} >= {"DEPOSIT", "PAYOUT"}
    assert "INITIAL_FUNDING" not in {row["type"] for row in tables["types"]}

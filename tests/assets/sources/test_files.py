"""Loose files: which belong to a table, the same rows from every format, and what is refused in one sentence."""

import gzip
import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given

from assets.errors import SourceError
from assets.mapping import Connection, Mapping
from assets.sources.convex.snapshot_folder import ConvexFolder
from assets.sources.convex.snapshot_zip import ConvexZip
from assets.sources.files.csv_files import BLOCK
from assets.sources.files.data_files import DataFile, data_files
from assets.sources.files.source import Files
from assets.sources.files.staging import stage_csv
from assets.sources.opening import open_source
from assets.sources.protocol import Reading, Source
from tests.assets.ledgers import INT64_MAPPING, Ledger, documents, ledgers, mapping_of, quick
from tests.assets.sources.converting import ENDINGS, FORMS, write_form
from tests.assets.sources.snapshots import BALANCE, PRESET, TRANSACTION, USER, WALLET

LEDGER = {"transactions": [TRANSACTION], "wallets": [WALLET], "walletBalances": [BALANCE], "users": [USER]}
HEADER = "_id,walletId,amount,currency,type,createdAt\n"
AMID = "a quote stands amid a field on line 3; quotes inside a quoted field are doubled"
LINE = "t1,w1,100.0,EGP,DEPOSIT,1735689600000.0\n"


def reading(source: Source, folder: Path, mapping: Mapping = PRESET) -> Reading:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return source.read(mapping, None, folder, lambda *_: None)


def rows(made: Reading, table: str = "transactions") -> list[dict[str, Any]]:
    files = sorted(made.staged[table].folder.rglob("*.parquet"))
    whole = [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]
    assert len(whole) == made.staged[table].received
    return sorted(({name: row[name] for name in row if name != "fields"} for row in whole), key=repr)


def files(folder: Path, *, cut: datetime | None = None) -> Files:
    return Files(folder, Connection(cut=cut))


def laid_out(folder: Path, **files: str) -> Path:
    """Write a ledger as CSV files, with others in their place; an empty one is left out."""
    write_form(".csv", folder, LEDGER)
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode(errors="surrogateescape"))
    return folder


def refusal(folder: Path, named: Path | None = None, mapping: Mapping = PRESET) -> str:
    source = files(named or folder)
    with pytest.raises(SourceError) as refused:
        reading(source, folder.parent / "staged", mapping)
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert "staged" not in sentence
    return sentence.replace(str(folder), "*")


def written(ledger: Ledger, form: str, folder: Path) -> Source:
    return open_source(str(write_form(form, folder, documents(ledger))), Path(), Connection(), Path(), Path())


@quick(3)
@given(ledger=ledgers().filter(lambda ledger: ledger.recorded))
def test_one_ledger_is_the_same_rows_in_every_form(tmp_path_factory: pytest.TempPathFactory, ledger: Ledger) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    mapping = mapping_of(folder, INT64_MAPPING + "\n[tables.user_balances]\nname='users'\nlist='balances'\n")
    seen = {}
    for form in FORMS:
        made = reading(written(ledger, form, folder / form), folder / f"{form}.staged", mapping)
        seen[form] = {table: rows(made, table) for table in mapping.present() if table != "user_balances"}
    assert {form: seen[form] for form in FORMS} == dict.fromkeys(FORMS, seen["zip"])
    assert [row["refused_column"] for row in seen["zip"]["transactions"]] == [None] * len(ledger.rows)


@pytest.mark.parametrize("ending", ENDINGS)
def test_lists_stand_in_every_format(tmp_path: Path, ending: str) -> None:
    cache = [{"amount": 100.0, "currency": "EGP"}, {"amount": -5.0, "currency": "USD"}]
    ledger = LEDGER | {"users": [USER | {"balances": cache}, {"_id": "u2", "_creationTime": 1.5, "balances": []}]}
    made = reading(files(write_form(ending, tmp_path / "files", ledger)), tmp_path / "staged")
    assert [(row["user_id"], row["currency"], row["cached"]) for row in rows(made, "user_balances")] == [
        ("u1", "EGP", 100),
        ("u1", "USD", -5),
        ("u2", None, None),
    ]


def test_a_folder_of_parts_is_one_table(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    parts = {"transactions/2025/06/part-1.csv": "t2", "transactions/part-0.CSV": "t3", "transactions/_SUCCESS": ""}
    laid_out(folder)
    (folder / "transactions.csv").unlink()
    for name, row in parts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(HEADER + LINE.replace("t1", row) if row else "")
    (folder / "README.md").write_text("about")
    (folder / "transactions/2025/07").mkdir()
    moved = "createdAt,amount,walletId,type,_id,currency,createdBy\n1735689600000.0,7,w1,FEE,t4,EGP,app\n"
    (folder / "transactions/2025/07/other-order.csv").write_text(moved)
    made = reading(files(folder), tmp_path / "staged")
    assert [(row["transaction_id"], row["amount"], row["created_by"]) for row in rows(made)] == [
        ("t2", 100, None),
        ("t3", 100, None),
        ("t4", 7, "app"),
    ]


def test_a_pattern_names_the_files(tmp_path: Path) -> None:
    folder = laid_out(tmp_path / "2025-06", **{"notes.csv": "a\n"})
    assert len(rows(reading(files(folder / "*.csv"), tmp_path / "staged"))) == 1
    (folder / "walletBalances.csv").rename(folder / "balances.txt")
    assert refusal(folder, folder / "*.csv") == (
        "*/*.csv has no table 'walletBalances' (no walletBalances.csv or the like, and no folder walletBalances); "
        "it has notes, transactions, users, wallets."
    )
    assert refusal(folder, folder / "*.parquet").startswith("*/*.parquet has no Parquet, CSV or JSON Lines file")
    assert refusal(folder, folder / "wallets.csv").startswith("*/wallets.csv has no table 'transactions'")
    assert refusal(folder, folder / "x.csv") == "*/x.csv cannot be read: No such file or directory."


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            "transactions__a.csv",
            "* holds table 'transactions' twice (transactions.csv and transactions/a.csv); leave one",
        ),
        (
            "transactions.parquet",
            "* holds table 'transactions' twice (transactions.csv and transactions.parquet); leave",
        ),
        ("transactions.csv.gz", "* holds table 'transactions' twice (transactions.csv and transactions.csv.gz); leave"),
        (
            "transactions__a.bak",
            "*: transactions/a.bak is no Parquet, CSV or JSON Lines file; move it out of the table's",
        ),
        ("transactions___delta_log", "*/transactions is a table whose log (_delta_log) says which of its files count;"),
    ],
)
def test_a_table_that_cannot_be_told_is_refused(tmp_path: Path, more: str, said: str) -> None:
    assert refusal(laid_out(tmp_path / "files", **{more: HEADER})).startswith(said)


def test_links_are_followed_but_for_loops_and_twins(tmp_path: Path) -> None:
    folder, elsewhere = laid_out(tmp_path / "files"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "transactions.csv").rename(elsewhere / "a.csv")
    (folder / "transactions").symlink_to(elsewhere)
    assert len(rows(reading(files(folder), tmp_path / "staged"))) == 1
    (elsewhere / "again").symlink_to(elsewhere)
    assert refusal(folder) == "*/transactions/again is a loop of symbolic links; remove the link."
    (elsewhere / "again").unlink()
    (elsewhere / "b.csv").hardlink_to(elsewhere / "a.csv")
    assert (
        refusal(folder) == "*: transactions/a.csv and transactions/b.csv are one and the same file; leave one of them."
    )
    (elsewhere / "b.csv").unlink()
    (elsewhere / "b.csv").symlink_to("nowhere")
    assert refusal(folder) == "*/transactions/b.csv cannot be read: No such file or directory."
    (elsewhere / "b.csv").unlink()
    os.mkfifo(elsewhere / "b.csv")
    assert refusal(folder) == "*/transactions/b.csv is no regular file; give files that can be read twice."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", " has no header; a CSV file"),
        ("\n\r\n", " has no header; a CSV file"),
        (
            "_id,amount\nt1,1\n",
            " has no column 'walletId' (tables.transactions.columns.wallet_id); it has _id, amount;",
        ),
        (HEADER.replace("type", "_id"), " names the column '_id' twice; name each once"),
        (HEADER + LINE + "t2,w1,1\n", ", row 3: it has 3 fields, and the header has 6"),
        (HEADER + LINE + LINE[:-1] + ",\n", ", row 3: it has 7 fields, and the header has 6"),
        (HEADER + LINE + LINE.replace("w1", "\udcff"), ", row 3: it is not valid UTF-8"),
        (HEADER.replace("type", "\udcff"), ": it is not valid UTF-8"),
        (HEADER + LINE + 't2,w1,1,EGP,FEE,"17\n', ": it ends inside a quoted field"),
        (HEADER + LINE + 't2,w1,1,EGP,FEE,"', ": it ends inside a quoted field"),
        (HEADER + LINE + 't2,"w"1,1,EGP,FEE,1\n', f": {AMID}"),
        (HEADER + LINE + 't2,"w \\"1\\" x",1,EGP,FEE,1\n', f": {AMID}"),
        (HEADER + LINE + 't2,w"1,1,EGP,FEE,1\n', f": {AMID}"),
        (HEADER + LINE.replace("w1", "x" * (2 * BLOCK)), ": a line is longer than 4 MiB"),
    ],
)
def test_csv_that_is_no_csv_is_refused(tmp_path: Path, text: str, said: str) -> None:
    again = (
        "; export the file again.",
        " begins with the names of its columns.",
        " or export the table whole.",
        " name each once.",
    )
    sentence = refusal(laid_out(tmp_path / "files", **{"transactions.csv": text}))
    assert sentence.startswith(f"*/transactions.csv{said}")
    assert sentence.endswith(again)


QUOTED = 't1,"w, ""1""\r\n",100.0,"EGP",DEPOSIT,1735689600000.0'


@pytest.mark.parametrize(
    "text",
    [
        HEADER + QUOTED,
        "\ufeff" + HEADER + QUOTED + "\n\n",
        (HEADER + QUOTED.replace("\r\n", "|")).replace("\n", "\r\n").replace("|", "\r\n"),
        (HEADER + QUOTED).replace(",", ";").replace('"w;', '"w,'),
        (HEADER + QUOTED).replace(",", "\t").replace('"w\t', '"w,'),
        "\ufeff" + ",".join(f'"{name}"' for name in HEADER.strip().split(",")) + "\n" + QUOTED + "\n",
    ],
)
def test_csv_of_any_program_is_read(tmp_path: Path, text: str) -> None:
    folder = laid_out(tmp_path / "files", **{"transactions.csv": text})
    assert [(row["wallet_id"], row["amount"]) for row in rows(reading(files(folder), tmp_path / "staged"))] == [
        ('w, "1"\r\n', 100)
    ]


def test_an_empty_field_is_null_and_an_empty_text_is_empty(tmp_path: Path) -> None:
    text = (
        "_id,walletId,amount,currency,type,createdAt,description\n"
        + LINE[:-1]
        + ',""\n'
        + LINE.replace("t1", "t2")[:-1]
        + ",\n"
    )
    folder = laid_out(tmp_path / "files", **{"transactions.csv": text})
    assert {row["description"] for row in rows(reading(files(folder), tmp_path / "staged"))} == {"", None}


def test_quotes_are_judged_across_the_blocks_of_a_file(tmp_path: Path) -> None:
    line = LINE[:-1] + ',"said ""so"""\n'
    text = (
        HEADER[:-1]
        + ",description\n"
        + "".join(line.replace("t1", f"t{n}") for n in range(3 * BLOCK // 2 // len(line)))
    )
    folder = laid_out(tmp_path / "files", **{"transactions.csv": text})
    made = rows(reading(files(folder), tmp_path / "staged"))
    assert {row["description"] for row in made} == {'said "so"'}
    assert len(made) == 3 * BLOCK // 2 // len(line)
    (folder / "transactions.csv").write_text(text + 't,w,1,EGP,FEE,1,"a"b\n')
    assert f"on line {len(made) + 2};" in refusal(folder)


@pytest.mark.parametrize("ending", [".csv.gz", ".jsonl.gz"])
def test_a_torn_or_damaged_gzip_is_refused(tmp_path: Path, ending: str) -> None:
    folder = write_form(ending, tmp_path / "files", LEDGER)
    path = folder / f"transactions{ending}"
    whole = path.read_bytes()
    for damaged in (
        whole[:-1],
        whole[: len(whole) // 2],
        whole[:-6] + bytes([whole[-6] ^ 1]) + whole[-5:],
        b"x" + whole,
    ):
        path.write_bytes(damaged)
        assert refusal(folder).startswith(f"*/transactions{ending}")
    path.write_bytes(gzip.compress(b"") + whole)
    assert len(rows(reading(files(folder), tmp_path / "staged"))) == 1


def test_a_torn_parquet_file_is_refused_by_its_name(tmp_path: Path) -> None:
    folder = write_form(".parquet", tmp_path / "files", LEDGER)
    whole = (folder / "transactions.parquet").read_bytes()
    for damaged in (b"", whole[:-9], whole[9:], b"PAR1"):
        (folder / "transactions.parquet").write_bytes(damaged)
        assert re.fullmatch(
            r"\*/transactions.parquet is no whole Parquet file \(.*\); write or copy it again.", refusal(folder)
        )
    pages = bytearray(whole)
    pages[4:40] = bytes(36)
    (folder / "transactions.parquet").write_bytes(pages)
    assert refusal(folder).startswith("*/transactions.parquet ")


@pytest.mark.parametrize("damage", [(b"DEPOSIT", b"DEP\xffSIT"), (b"{", b"["), (b"}", b",}")])
def test_a_line_that_is_no_json_is_named_with_its_file(tmp_path: Path, damage: tuple[bytes, bytes]) -> None:
    folder = write_form(".jsonl", tmp_path / "files", LEDGER)
    line = (folder / "transactions.jsonl").read_bytes()
    (folder / "transactions").mkdir()
    (folder / "transactions.jsonl").rename(folder / "transactions/1.jsonl")
    (folder / "transactions/2.ndjson").write_bytes(line.replace(b"t1", b"t2") + line.replace(*damage))
    assert refusal(folder).startswith("*/transactions/2.ndjson, line 2: not valid ")


def test_a_parquet_column_of_another_type_in_one_file_is_refused_there_and_only_there(tmp_path: Path) -> None:
    folder = write_form(".parquet", tmp_path / "files", LEDGER)
    (folder / "transactions").mkdir()
    first = pq.read_table(folder / "transactions.parquet")
    (folder / "transactions.parquet").rename(folder / "transactions/1.parquet")
    pq.write_table(
        first.set_column(first.column_names.index("amount"), "amount", pa.array(["100"])),
        folder / "transactions/2.parquet",
    )
    turned = first.select(first.column_names[::-1]).drop_columns(["createdBy"])
    pq.write_table(turned, folder / "transactions/3.parquet")
    made = reading(files(folder), tmp_path / "staged")
    assert made.staged["transactions"].source_rows == 3
    assert {(row["amount"], row["created_by"], row["refused_reason"]) for row in rows(made)} == {
        (None, "u1", "is not spelled as float64"),
        (100, "u1", None),
        (100, None, None),
    }
    pq.write_table(first.drop_columns(["type"]), folder / "transactions/4.parquet")
    assert refusal(folder).startswith(
        "*/transactions/4.parquet has no column 'type' (tables.transactions.columns.type)"
    )


def test_a_decimal_wider_than_38_digits_is_not_read_as_a_float(tmp_path: Path) -> None:
    folder = write_form(".parquet", tmp_path / "files", LEDGER)
    first = pq.read_table(folder / "transactions.parquet")
    wide = pa.array([100]).cast(pa.decimal256(50, 2))
    pq.write_table(
        first.set_column(first.column_names.index("amount"), "amount", wide), folder / "transactions.parquet"
    )
    (row,) = rows(reading(files(folder), tmp_path / "staged"))
    assert row["refused_reason"] == "is not spelled as float64"


def test_the_files_are_named_by_their_digest_and_their_cut_is_declared(tmp_path: Path) -> None:
    folder, cut = laid_out(tmp_path / "files"), datetime(2025, 6, 30, 23, 59, 59, tzinfo=UTC)
    said, declared = files(folder).snapshot(), files(folder, cut=cut).snapshot()
    assert (said.kind, said.deployment, said.cut_at, said.proof) == ("files", None, None, "absent")
    assert (declared.cut_at, declared.proof, declared.sha256) == (cut, "declared", said.sha256)
    assert said.bytes == sum(file.stat().st_size for file in folder.iterdir())
    (folder / "wallets.csv").rename(folder / "purses.csv")
    assert files(folder).snapshot().sha256 != said.sha256


def test_files_that_change_while_they_are_read_are_refused(tmp_path: Path) -> None:
    folder = laid_out(tmp_path / "files")
    source, staged = files(folder), tmp_path / "staged"
    staged.mkdir()

    def meddle(*_: object) -> None:
        (folder / "wallets.csv").write_text("_id,currency\nw1,USD\n")

    with pytest.raises(SourceError, match="changed while it was read"):
        source.read(PRESET, None, staged, meddle)


@pytest.mark.parametrize("ending", ENDINGS)
def test_progress_tells_bytes_and_rows(tmp_path: Path, ending: str) -> None:
    told: list[tuple[str, int, int]] = []
    (tmp_path / "staged").mkdir()
    source = files(write_form(ending, tmp_path / "files", LEDGER))
    source.read(PRESET, None, tmp_path / "staged", lambda *said: told.append(said))
    size = (tmp_path / "files" / f"transactions{ending}").stat().st_size
    assert [said for said in told if "transactions" in said[0]][-1] == ("reading transactions, 1 rows", size, size)


def test_a_survey_tells_what_is_there_without_reading_rows(tmp_path: Path) -> None:
    parquet = files(write_form(".parquet", tmp_path / "parquet", LEDGER)).survey(PRESET)
    found = {table.name: table for table in parquet.tables}
    assert (parquet.kind, found["transactions"].rows) == ("files", 1)
    assert found["transactions"].columns["amount"] == "float64"
    assert parquet.notes == ("4 loose files; no cut is declared (connection.cut)",)
    texts = {table.name: table for table in files(laid_out(tmp_path / "csv")).survey(PRESET).tables}
    assert (texts["wallets"].rows, texts["wallets"].columns["currency"]) == (None, "text")
    lines = {
        table.name: table for table in files(write_form(".jsonl", tmp_path / "json", LEDGER)).survey(PRESET).tables
    }
    assert (lines["users"].rows, lines["users"].columns) == (None, {})


def test_what_a_user_names_is_opened_as_what_it_is(tmp_path: Path) -> None:
    def opened(named: Path | str) -> type:
        return type(open_source(str(named), tmp_path, Connection(), Path(), Path()))

    for form in FORMS:
        write_form(form, tmp_path / f"form{form}", LEDGER)
    assert opened("formzip/snapshot.zip") is ConvexZip
    assert opened(tmp_path / "formfolder") is ConvexFolder
    assert opened("formfolder/snapshot") is ConvexFolder
    assert {opened(f"form{ending}") for ending in ENDINGS} == {Files}
    assert opened("form.csv/*.csv") is Files
    assert opened("form.csv/wallets.csv") is Files
    assert opened("nowhere/*.csv") is Files
    for named in ("nowhere", "nowhere.csv", "nowhere.zip"):
        with pytest.raises(SourceError, match=f"{named} is not there: name a snapshot, a folder, a file or a URL"):
            opened(named)


def test_a_part_without_the_status_the_others_have_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "transactions"
    folder.mkdir()
    (folder / "a.csv").write_text("_id,walletId,amount,currency,type,createdAt,status\nt1,w1,1.0,EGP,FEE,0.0,FAILED\n")
    (folder / "b.csv").write_text("_id,walletId,amount,currency,type,createdAt\nt2,w1,1.0,EGP,FEE,0.0\n")
    files = (DataFile("a.csv", folder / "a.csv"), DataFile("b.csv", folder / "b.csv"))
    with pytest.raises(SourceError, match=r"b\.csv has no column 'status', and other files of the table have"):
        stage_csv(files, "transactions", PRESET, tmp_path / "staged", lambda *_: None)


@pytest.mark.parametrize("hidden", ["_part-2.csv", ".part-2.csv"])
def test_a_hidden_data_file_is_not_left_out(tmp_path: Path, hidden: str) -> None:
    folder = tmp_path / "transactions"
    folder.mkdir()
    for name in ("part-1.csv", hidden):
        (folder / name).write_text("_id\nt1\n")
    with pytest.raises(SourceError, match="has a hidden name and would be left out"):
        data_files(tmp_path)


def test_a_column_that_is_only_written_otherwise_is_not_overlooked(tmp_path: Path) -> None:
    file = tmp_path / "transactions.csv"
    file.write_text("_id,walletId,amount,currency,type,createdAt,Status\nt1,w1,1.0,EGP,FEE,0.0,FAILED\n")
    with pytest.raises(SourceError, match="has no column 'status'"):
        stage_csv((DataFile(file.name, file),), "transactions", PRESET, tmp_path / "staged", lambda *_: None)

"""The PDF: it says what the JSON says and carries it, is made for archives and for all readers, and never changes."""

import hashlib
import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from reports.build import build_report
from reports.model import Report, report_json
from reports.pages import pages
from reports.pdf import MOST_OWED, render_pdf
from reports.printed import MOST_ROWS
from reports.roll_forward_pages import roll_forward
from reports.wording import amount
from tests.reports.amounts import amounts
from tests.reports.elsewhere import digests_elsewhere
from tests.reports.pdf_text import text_of
from tests.reports.stories import STORIES
from tests.reports.strange import crowded, with_texts


def pages_of(report: Report) -> list[str]:
    return text_of(render_pdf(report))


def flat(text: str) -> str:
    """Text without the places where lines end."""
    return re.sub(r"[\s\u200b]+", "", text)


@pytest.mark.parametrize("name", STORIES)
def test_every_amount_and_sentence_of_the_json_is_in_the_text(name: str) -> None:
    report = build_report(*STORIES[name]())
    decimals = {each.currency: each.decimals for each in report.basis.currencies}
    pages = pages_of(report)
    shown, words = set("\n".join(pages).splitlines()), flat("".join(pages))
    for minor, currency in amounts(report):
        text = amount(minor, decimals.get(currency))
        assert text in shown or flat(f"{text} {currency}") in words, (minor, currency)
    for rule in report.rules:
        assert flat(rule.rule) in words
        assert flat(rule.statement) in words
        assert f"{rule.examined:,}" in shown
    for sentence in (report.verdict.sentence, report.cut.sentence, report.period.sentence, report.drift.sentence):
        assert flat(sentence) in words
    for term in report.glossary:
        assert flat(term.meaning) in words


@pytest.mark.parametrize("name", STORIES)
def test_page_one_is_whole(name: str) -> None:
    report = build_report(*STORIES[name]())
    first = flat(pages_of(report)[0])
    assert report.verdict.word.replace(" ", "") in first
    assert flat(report.verdict.sentence) in first
    assert flat(report.cut.sentence) in first
    for group in report.coverage:
        deciding = sum(rule.counts_for_verdict for rule in group.rules)
        assert f"{deciding}{flat(group.state)}" in first
    for owed in report.liabilities:
        assert owed.currency in first
    for sentence in report.not_tested:
        assert flat(sentence) in first
    assert f"Page1of{len(pages_of(report))}" in first
    for found in report.findings:
        assert flat(found.next_step) in first


def test_findings_that_page_one_has_no_room_for_are_on_the_next() -> None:
    report = crowded()
    pages = [flat(page) for page in pages_of(report)]
    more = re.search(r"(\d+)morefindingsfollowpageone", pages[0])
    assert more
    assert "Findings,continued" in pages[1]
    everywhere = "".join(pages[: next(n for n, page in enumerate(pages) if "Controltotals" in page) + 1])
    assert everywhere.count("Next:") == len(report.findings)
    assert pages[0].count("Next:") + int(more[1]) == len(report.findings)
    assert flat(report.not_tested[-1]) in pages[0]
    assert f"{MOST_OWED}of30currenciesshown" in pages[0]


def test_a_table_too_long_for_paper_says_how_many_rows_there_are() -> None:
    text = flat("".join(pages_of(crowded())))
    assert f"{MOST_ROWS}of20,000rowsshown,allinexports/7-4be1d90c2f6a/rules/" in text


def test_every_page_names_the_month_and_every_section_its_number() -> None:
    report = build_report(*STORIES["clean"]())
    sheets = pages_of(report)
    for number, page in enumerate(sheets, 1):
        assert f"Page {number} of {len(sheets)}" in page
        assert report.provenance.export_id in page
        assert report.period.name in page
        assert f"Version {report.provenance.version}" in page
    lines = "\n".join(sheets).splitlines()
    for section in pages(report):
        place = lines.index(section.title)
        assert lines[place - 1] == section.number
    assert flat("Restatement, version 2. A settled status was missing in the configuration.") in flat(sheets[0])


def opened(pdf: bytes) -> Any:  # noqa: ANN401 - pikepdf's document
    return pikepdf.open(io.BytesIO(pdf))


@pytest.mark.parametrize("name", STORIES)
def test_it_is_made_for_archives_and_for_all_readers_and_carries_its_json(name: str) -> None:
    report = build_report(*STORIES[name]())
    document = opened(render_pdf(report))
    with document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["pdfuaid:part"] == "1"
    assert document.Root.MarkInfo.Marked
    assert document.Root.StructTreeRoot
    assert document.Root.Lang == "en"
    assert document.Root.ViewerPreferences.DisplayDocTitle
    assert document.Root.OutputIntents[0].S == "/GTS_PDFA1"
    assert report.verdict.word in str(document.docinfo.Title)
    assert [str(each.UF) for each in document.Root.AF] == ["report.json"]
    assert document.Root.AF[0].AFRelationship == "/Source"
    attached = document.attachments["report.json"].get_file()
    assert attached.mime_type == "application/json"
    assert attached.read_bytes().decode() == report_json(report)
    assert json.loads(attached.read_bytes())["verdict"]["word"] == report.verdict.word


@pytest.mark.parametrize("name", STORIES)
def test_every_font_is_embedded_and_is_one_of_ours(name: str) -> None:
    document = opened(render_pdf(build_report(*STORIES[name]())))
    fonts = [each for each in document.objects if isinstance(each, pikepdf.Dictionary) and "/FontDescriptor" in each]
    assert fonts
    assert {str(font.BaseFont).partition("+")[2].partition("-")[0].rstrip("0123456789") for font in fonts} <= {
        "TieoutSans",
        "TieoutMono",
    }
    assert all({"/FontFile2", "/FontFile3"} & set(font.FontDescriptor.keys()) for font in fonts)


def test_figures_have_words_for_those_who_do_not_see_them() -> None:
    document = opened(render_pdf(build_report(*STORIES["broken"]())))
    figures = [
        each for each in document.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
    ]
    alternatives = [str(figure.get("/Alt") or figure.A.get("/Alt", "")) for figure in figures]
    assert len([each for each in alternatives if each.startswith("Waterfall: ")]) == 4
    assert all(alternatives)


STRANGE = (
    "مرحبا",
    "\U0001f600",
    "a\u0301",
    "\u200b\u202e",
    "漢字",
    "#set page()",
    "*b* _i_ $x$ @y <z> \\ // `c`",
    "k" * 3000,
    "",
)


def test_texts_that_no_font_can_show_and_texts_that_look_like_markup_are_only_text() -> None:
    words = flat("".join(pages_of(with_texts(STRANGE))))
    for text in (
        "\u2039U+0645\u203a",
        "\u2039U+1F600\u203a",
        "a\u2039U+0301\u203a",
        "\u2039U+202E\u203a",
        "\u2039U+6F22\u203a",
    ):
        assert text in words
    assert "#setpage()" in words
    assert flat("*b* _i_ $x$ @y <z> \\ // `c`") in words
    assert "k" * 3000 in words


def test_its_dates_are_those_of_the_cut() -> None:
    document = opened(render_pdf(build_report(*STORIES["broken"]())))
    assert {str(document.docinfo[name]) for name in ("/CreationDate", "/ModDate")} == {"D:20250717090000Z"}


def test_the_same_report_gives_the_same_bytes_everywhere() -> None:
    expected = hashlib.sha256(render_pdf(build_report(*STORIES["broken"]()))).hexdigest()
    assert digests_elsewhere("from reports.pdf import render_pdf as render") == {expected}


def test_amounts_of_thirty_digits_do_not_stand_in_each_others_way() -> None:
    tables = roll_forward(crowded()).tables
    assert len(tables) > 10
    assert all(len(table.columns) <= 4 for table in tables)
    assert {table.columns[-1].currency for table in tables} <= {f"C{place:02}" for place in range(30)}


@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf (Debian: qpdf) is not installed; it did not check the file")
@pytest.mark.parametrize("name", STORIES)
def test_qpdf_finds_nothing_wrong_with_the_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(render_pdf(build_report(*STORIES[name]())))
    found = subprocess.run(["qpdf", "--check", "report.pdf"], cwd=tmp_path, check=False, capture_output=True, text=True)  # noqa: S607 - any qpdf
    assert (found.returncode, found.stderr) == (0, "")

"""The page: it says what the JSON says, hides nothing, runs nothing, and is the same every time."""

import hashlib
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from reports.build import build_report
from reports.html import render_html
from reports.model import report_json
from reports.wording import amount
from tests.reports.amounts import amounts
from tests.reports.months import HOSTILE
from tests.reports.stories import STORIES

ROOT = Path(__file__).parents[2]
SKIPPED = {"style", "script", "svg"}
CELLS = {"td", "th"}


class Text(HTMLParser):
    """The text a reader sees, the elements' names, and the embedded JSON."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags, self.data, self.inside = "", list[str](), "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in SKIPPED:
            self.inside = "json" if ("type", "application/json") in attrs else tag

    def handle_endtag(self, tag: str) -> None:
        if tag in SKIPPED:
            self.inside = ""
        if tag in CELLS:
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.text += data
        elif self.inside == "json":
            self.data += data


def page_of(name: str) -> tuple[dict[str, Any], str, Text]:
    report = build_report(*STORIES[name]())
    page = render_html(report)
    return json.loads(report_json(report)), page, Text(page)


@pytest.mark.parametrize("name", STORIES)
def test_every_figure_of_the_json_is_on_the_page(name: str) -> None:
    report, _, read = page_of(name)
    decimals = {each["currency"]: each["decimals"] for each in report["basis"]["currencies"]}
    shown = set(re.findall(r"\(?[\d,]+(?:\.\d+)?(?: minor)?\)?", read.text))
    held = list(amounts(build_report(*STORIES[name]())))
    assert len(held) > 30 or name == "empty"
    assert {amount(value, decimals.get(currency)) for value, currency in held} <= shown
    for part in ("verdict", "period", "cut", "drift"):
        assert report[part]["sentence"] in read.text
    assert report["verdict"]["word"] in read.text
    for sentence in report["not_tested"]:
        assert sentence in read.text
    for rule in report["rules"]:
        assert rule["rule"] in read.text
        assert rule["statement"] in read.text
    for finding in report["findings"]:
        assert finding["sentence"] in read.text
        assert finding["next_step"] in read.text


@pytest.mark.parametrize("name", STORIES)
def test_the_page_holds_the_whole_report(name: str) -> None:
    report, _, read = page_of(name)
    assert json.loads(read.data) == report


@pytest.mark.parametrize("name", STORIES)
def test_the_page_asks_the_network_for_nothing(name: str) -> None:
    _, page, read = page_of(name)
    addresses = set(re.findall(r"https?://[^\s\"'<>)]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"""(?:src|href)=["'](?!#)|@import|url\((?!data:font/woff2)""", page)
    assert "link" not in read.tags
    assert read.tags.count("script") == 2
    assert read.tags.count("style") == 1
    assert not re.search(r"\sstyle=|\son[a-z]+=", page.split("</style>")[1].split("<script")[0])


def test_what_comes_from_data_cannot_become_markup() -> None:
    _, page, read = page_of("broken")
    assert "<script>alert" not in page
    assert HOSTILE[0] in read.text
    assert HOSTILE[2] in read.text
    assert HOSTILE[4] in read.text
    assert "\u202e" not in read.text
    assert "\u2039U+202E\u203a" in read.text
    assert "\u2039U+0007\u203a" in read.text


def test_brackets_mean_below_zero_and_exceptions_use_their_currency() -> None:
    _, _, read = page_of("broken")
    assert "(99.99)" in read.text
    assert "(1.250)" in read.text
    assert "100 of 260 rows shown, all in exports/7-4be1d90c2f6a/rules/idempotency_keys_are_unique.parquet" in read.text


def test_an_unknown_currency_is_shown_in_minor_units_that_say_so() -> None:
    _, _, read = page_of("unverified")
    assert "1,180,591,620,717,411,303,424 minor" in read.text
    assert "POINTS not configured" in read.text


def test_a_restatement_says_what_it_replaces_and_why() -> None:
    _, _, read = page_of("clean")
    assert "Restatement, version 2. A settled status was missing" in read.text
    assert "replaced by this one, and kept as it was" in read.text
    assert "not part of this verdict" in read.text


def test_the_same_report_gives_the_same_bytes_everywhere() -> None:
    program = (
        "import hashlib\n"
        "from reports.build import build_report\nfrom reports.html import render_html\n"
        "from reports.model import report_json\nfrom tests.reports.stories import broken\n"
        "report = build_report(*broken())\n"
        "print(hashlib.sha256((report_json(report) + render_html(report)).encode()).hexdigest())\n"
    )
    here = build_report(*STORIES["broken"]())
    expected = hashlib.sha256((report_json(here) + render_html(here)).encode()).hexdigest()
    for seed, zone, language in (("1", "Asia/Tokyo", "C"), ("2", "America/Lima", "C.UTF-8")):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LC_ALL": language,
            "PYTHONPATH": str(ROOT),
        }
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == expected

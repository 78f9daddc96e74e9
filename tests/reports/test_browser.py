"""The page in a real browser: the policy is kept, every width fits, links and filter work."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reports.build import build_report
from reports.html import render_html
from tests.reports.stories import STORIES

CHROMIUM = Path(os.environ.get("TIEOUT_CHROMIUM", "/usr/bin/chromium"))
CALM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        message = f"there is no Chromium at {CHROMIUM}; the page was not opened in a browser"
        if os.environ.get("TIEOUT_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not needed where there is no browser

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CALM)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    written = {name: folder / f"{name}.html" for name in STORIES}
    for name, path in written.items():
        path.write_text(render_html(build_report(*STORIES[name]())), encoding="utf-8")
    return written


@pytest.mark.parametrize("name", STORIES)
def test_the_page_opens_without_complaint_and_fits(browser: Any, pages: dict[str, Path], name: str) -> None:  # noqa: ANN401
    complaints: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: None if _own(asked.url) else complaints.append(asked.url))
    page.goto(pages[name].as_uri())
    for width, scheme in ((1440, "light"), (820, "dark"), (360, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".verdict .word").inner_text() in {"CLEAN", "BROKEN", "NOT VERIFIED"}
    assert page.evaluate("document.fonts.check('600 16px \"Tieout Sans\"')")
    assert complaints == []
    page.close()


def _own(address: str) -> bool:
    return address.startswith(("file:", "data:"))


def test_the_filter_hides_what_does_not_match(browser: Any, pages: dict[str, Path]) -> None:  # noqa: ANN401
    page = browser.new_page()
    page.goto(pages["broken"].as_uri())
    page.get_by_label("Filter by any id").fill("ORDER-7-")
    assert page.locator("#matches").inner_text() == "2 of 112 rows shown here match"
    assert page.locator(".exception tbody tr:visible").count() == 2
    page.get_by_label("Filter by any id").fill("")
    assert page.locator(".exception tbody tr:visible").count() == 112
    page.close()


def test_every_link_leads_somewhere(browser: Any, pages: dict[str, Path]) -> None:  # noqa: ANN401
    page = browser.new_page()
    page.goto(pages["broken"].as_uri())
    dead = "[...document.querySelectorAll('a')].filter(a => !document.getElementById(a.hash.slice(1))).length"
    assert page.evaluate(dead) == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.close()


def test_a_line_of_ink_changes_with_the_mode(browser: Any, pages: dict[str, Path]) -> None:  # noqa: ANN401
    inks = []
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto(pages["broken"].as_uri())
        inks.append(page.evaluate("getComputedStyle(document.querySelector('.waterfalls text')).fill"))
        page.close()
    assert inks[0] != inks[1]

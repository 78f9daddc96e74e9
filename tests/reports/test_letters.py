"""What the fonts can show, how wide it is, and how columns share a page."""

import pytest

from reports.columns import GUTTER, NARROWEST_ID, Measured, breakable, fitted, lines, measured
from reports.letters import FACES, face, font_file, legible
from reports.wording import amount

PAGE = 500.0


def test_every_face_has_what_reports_are_written_with() -> None:
    for use in FACES:
        assert font_file(FACES[use]).startswith(b"\x00\x01\x00\x00")
        assert set("ABCXYZabcxyz0123456789()-.,:;_|/\\ \u00a0\u2013\u2026\u2039\u203a\u00b7\u00e9\u20ac") <= set(
            face(use).advances
        )
    assert legible("Caf\u00e9 \u2013 \u20ac5") == "Caf\u00e9 \u2013 \u20ac5"
    assert legible("\u0645\u202e") == "\u2039U+0645\u203a\u2039U+202E\u203a"


def test_figures_are_all_as_wide_as_each_other() -> None:
    for use in FACES:
        assert len({face(use).advances[digit] for digit in "0123456789"}) == 1
    assert len({round(each, 6) for name, each in face("id").advances.items() if name.isprintable()}) == 1


def test_a_page_is_shared_out_whole() -> None:
    for columns in (
        [Measured(30, 30), Measured(50, 40)],
        [Measured(900, 60), Measured(50, 50), Measured(300, 60)],
        [Measured(600, 600), Measured(600, 600)],
    ):
        fit = fitted(columns, PAGE)
        assert sum(fit.widths) + GUTTER * (len(columns) - 1) == pytest.approx(PAGE)
        assert fit.scale <= 1
        assert all(width >= column.least * fit.scale for width, column in zip(fit.widths, columns, strict=True))


def test_figures_are_never_broken_and_ids_are_cut_into_lines_that_fit() -> None:
    figures = [amount("-123456789012345678901234567890", 2), "0.00"]
    money = measured("money", "Amount", figures)
    assert money.least >= face("text").width(figures[0], 7.8)
    cut = lines("k57f3a9c" * 24, 100)
    assert "".join(cut) == "k57f3a9c" * 24
    assert all(face("id").width(line, 6.9) <= 100 for line in cut)
    assert lines("", 100) == [""]
    assert measured("id", "Id", ["x" * 500]).least < face("id").width("0", 6.9) * (NARROWEST_ID + 1)


def test_only_words_wider_than_their_column_may_end_a_line_anywhere() -> None:
    assert breakable("a short sentence", 100) == "a short sentence"
    assert breakable("see " + "w" * 100, 100) == "see " + "\u200b".join("w" * 100)

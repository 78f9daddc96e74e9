"""The sheet in which an auditor evaluates a sample: yellow cells to fill in, formulas that project what was found.

What goes in: which cells there are and what follows from what. What stays out: selecting, and proofs (document).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from reports.sampling.document import HOW, Sample
from reports.sampling.factors import allowances, factors
from reports.sampling.selection import Selection
from reports.sheets import ASKED, DIGITS, WIDEST, Looks, Sheet, cell_name, exact, money_format, text_of
from reports.wording import amount, month_bounds, month_name
from reports.workbook import OPTIONS

ITEMS = ("No.", "Wallet", "Selected as", "Book value", "Audited value", "Difference", "Taint", "Projected")
ORDERED = ("Taint, largest first", "R step less 1", "Allowance")
LOW = ("No.", "Wallet", "Book value", "Audited value", "Difference")
FIGURE = 20
"""The width of a column of figures."""
SHARE, COUNT = "0.0000", "0"
USE = (
    "Fill in the yellow cells, in major units; all else follows. A balance found larger than its book value is counted "
    "as understatement, and lowers nothing."
)
TOO_LONG = (
    "These amounts have more digits than a spreadsheet keeps, so they are text and nothing here is computed from them: "
    "evaluate this currency from sample.json, in minor units."
)
NOTHING = "No balance is above zero, so there is nothing to select by monetary units; see the low balances."


def render_evaluation(sample: Sample) -> bytes:
    """Render the sheets; the same sample always gives the same bytes."""
    import xlsxwriter  # noqa: PLC0415 - only a sample needs it

    held = BytesIO()
    book = xlsxwriter.Workbook(held, OPTIONS)
    _, over = month_bounds(str(sample.month.said["month"]))
    made = datetime(over.year, over.month, over.day, tzinfo=UTC).replace(tzinfo=None)
    title = text_of(f"{sample.month.said['entity']}, {month_name(sample.month.said['month'])}: sample")
    book.set_properties({"title": title, "created": made})
    looks = Looks(book)
    _about(Sheet(book.add_worksheet("Sample"), looks, sample.decimals), sample, title)
    for number, part in enumerate(sample.selections, 1):
        named = re.sub(r"[\[\]:*?/\\']", " ", text_of(part.currency))[:16].strip()
        places = sample.decimals.get(part.currency)
        _Page(Sheet(book.add_worksheet(f"{number} {named}"), looks, sample.decimals), part, places).items(sample)
        _Page(Sheet(book.add_worksheet(f"{number} {named} low"), looks, sample.decimals), part, places).low()
    book.close()
    return held.getvalue()


def _about(sheet: Sheet, sample: Sample, title: str) -> None:
    sheet.line(title, bold=True, font_size=16)
    sheet.row += 1
    month = sample.month
    facts = [("Bag", month.bag.name), ("Seal", month.seal), ("Sealed root of closings", month.root("closings"))]
    facts += [("Nonce", sample.nonce), ("Confidence", f"{sample.confidence} %")]
    for name, value in facts:
        sheet.sheet.write_string(sheet.row, 0, name, sheet.looks.look(font_color="#5a6673"))
        sheet.sheet.write_string(sheet.row, 1, text_of(value), sheet.looks.look())
        sheet.row += 1
    sheet.row += 1
    for sentence in (USE, *HOW):
        sheet.say(sentence)
    sheet.widths = {0: 30, 1: WIDEST}
    sheet.finish()


@dataclass
class _Page:
    """A sheet of one currency; `decimals` is none where the currency is not configured."""

    sheet: Sheet
    part: Selection
    decimals: int | None

    @property
    def numeric(self) -> bool:
        """Tell whether a spreadsheet keeps every digit of what is computed here."""
        part = self.part
        return all(len(str(abs(each))) < DIGITS for each in (part.book, part.tolerable, part.interval * 4))

    def items(self, sample: Sample) -> None:
        """Write the monetary units and how what is found in them is projected."""
        part, sheet = self.part, self.sheet
        sheet.line(f"{part.currency}: monetary units", bold=True, font_size=14)
        sheet.say(NOTHING if not part.items else USE if self.numeric else TOO_LONG)
        sheet.row += 1
        sampled = sum(not each.key for each in part.items)
        first = sheet.row + 18
        where = self._facts(sample)
        if part.items and self.numeric:
            self._evaluated(sample, where, first, sampled)
        sheet.row = first - 1
        if part.items:
            self._head((*ITEMS, *ORDERED) if self.numeric else ITEMS[:5])
        steps = allowances(sample.confidence, sampled) if sampled else []
        ordered = [*(each for each in part.items if not each.key), *(each for each in part.items if each.key)]
        for rank, each in enumerate(ordered):
            self._text(0, str(rank + 1))
            self._text(1, each.balance.wallet)
            self._text(2, "key item" if each.key else "unit")
            self._money(3, each.balance.book)
            sheet.sheet.write_blank(sheet.row, 4, None, self._look(bg_color=ASKED))
            if self.numeric:
                self._projected(each.key, where["Interval"])
                if rank < sampled:
                    self._allowed(rank, steps[rank], first, sampled, where["Interval"])
            sheet.row += 1
        self._finish()

    def low(self) -> None:
        """Write the low balances, in which understatement is looked for."""
        part, sheet = self.part, self.sheet
        sheet.line(f"{part.currency}: low balances, for understatement", bold=True, font_size=14)
        sheet.say(f"{len(part.low):,} of {part.low_population:,} balances that are zero, below zero or low, at random.")
        sheet.say(HOW[-1])
        sheet.row += 1
        self._head(LOW)
        for number, each in enumerate(part.low, 1):
            self._text(0, str(number))
            self._text(1, each.wallet)
            self._money(2, each.book)
            sheet.sheet.write_blank(sheet.row, 3, None, self._look(bg_color=ASKED))
            if exact(str(each.book), self.decimals) is not None:
                book, audited = cell_name(sheet.row, 2), cell_name(sheet.row, 3)
                self._formula(4, f"=IF(ISNUMBER({audited}),ROUND({book}-{audited},{self._places}),0)")
            sheet.row += 1
        self._finish()

    def _facts(self, sample: Sample) -> dict[str, str]:
        """Write what the sample rests on, and return the cell of each figure."""
        part, where = self.part, dict[str, str]()
        amounts = {
            "Book value": part.book,
            "Tolerable misstatement": part.tolerable,
            "Expected misstatement": part.expected,
            "Interval": part.interval,
            "Start": part.start,
            "Not examined whole": part.below,
        }
        for name, value in amounts.items():
            self._text(0, name)
            where[name] = f"$D${self.sheet.row + 1}"
            self._money(3, value)
            self.sheet.row += 1
        self._text(0, f"R at {sample.confidence} % without misstatement")
        where["R"] = f"$D${self.sheet.row + 1}"
        look = self.sheet.looks.look(num_format="0.000000")
        self.sheet.sheet.write_number(self.sheet.row, 3, float(factors(sample.confidence, 0)[0]), look)
        self.sheet.row += 1
        return where

    def _evaluated(self, sample: Sample, where: dict[str, str], first: int, sampled: int) -> None:
        """Write what follows from the audited values, as long as none is filled in."""
        last = first + len(self.part.items)
        precision = factors(sample.confidence, 0)[0] * self.part.interval if sampled else Decimal(0)
        basic = float(round(precision.scaleb(-self._places), self._places))
        told = {
            "Items still to be audited": (f"={len(self.part.items)}-COUNT(E{first + 1}:E{last})", len(self.part.items)),
            "Projected misstatement": (f"=ROUND(SUM(H{first + 1}:H{last}),{self._places})", 0),
            "Basic precision": (f"=ROUND({where['R']}*{where['Interval']},{self._places})" if sampled else "=0", basic),
            "Incremental allowance": (f"=ROUND(SUM(K{first + 1}:K{last}),{self._places})", 0),
        }
        start = self.sheet.row + 1
        for name, (formula, value) in told.items():
            self._text(0, name)
            self._formula(3, formula, value, COUNT if name.startswith("Items") else None)
            self.sheet.row += 1
        self._text(0, "Upper misstatement limit")
        total = f"=ROUND(D{start + 1}+D{start + 2}+D{start + 3},{self._places})"
        self._formula(3, total, basic)
        self.sheet.row += 1
        self._text(0, "Understatement found, not netted")
        self._formula(3, f'=ROUND(SUMIF(F{first + 1}:F{last},"<0"),{self._places})', 0)
        self.sheet.row += 1
        self._text(0, "Conclusion")
        limit, tolerable = f"D{start + 4}", where["Tolerable misstatement"]
        said = f'=IF(D{start}>0,"not complete",IF({limit}<={tolerable},"within tolerable","over tolerable"))'
        look = self.sheet.looks.look(bold=True, align="right")
        self.sheet.sheet.write_formula(self.sheet.row, 3, said, look, "not complete")
        self.sheet.row += 1

    def _projected(self, key: bool, interval: str) -> None:  # noqa: FBT001 - of an item
        row, places = self.sheet.row + 1, self._places
        self._formula(5, f"=IF(ISNUMBER(E{row}),ROUND(D{row}-E{row},{places}),0)")
        if key:
            self._text(6, "whole")
            self._formula(7, f"=MAX(0,F{row})")
        else:
            self._formula(6, f"=MAX(0,F{row}/D{row})", form=SHARE)
            self._formula(7, f"=ROUND(G{row}*{interval},{places})")

    def _allowed(self, rank: int, step: Decimal, first: int, sampled: int, interval: str) -> None:
        row = self.sheet.row + 1
        self._formula(8, f"=LARGE($G${first + 1}:$G${first + sampled},{rank + 1})", form=SHARE)
        look = self.sheet.looks.look(num_format="0.000000")
        self.sheet.sheet.write_number(self.sheet.row, 9, float(step), look)
        self._formula(10, f"=ROUND({interval}*I{row}*J{row},{self._places})")

    @property
    def _places(self) -> int:
        return self.decimals or 0

    def _look(self, **more: Any) -> Any:  # noqa: ANN401 - the library's own properties and format
        return self.sheet.looks.look(num_format=money_format(self.decimals), **more)

    def _formula(self, column: int, formula: str, value: float = 0, form: str | None = None) -> None:
        look = self.sheet.looks.look(num_format=form) if form else self._look()
        self.sheet.sheet.write_formula(self.sheet.row, column, formula, look, value)

    def _money(self, column: int, minor: int) -> None:
        number = exact(str(minor), self.decimals)
        if number is None:
            look = self.sheet.looks.look(align="right")
            self.sheet.sheet.write_string(self.sheet.row, column, amount(minor, self.decimals), look)
        else:
            self.sheet.sheet.write_number(self.sheet.row, column, number, self._look())

    def _text(self, column: int, value: str) -> None:
        self.sheet.sheet.write_string(self.sheet.row, column, text_of(value), self.sheet.looks.look())

    def _head(self, titles: tuple[str, ...]) -> None:
        rule = {"bold": True, "top": 2, "bottom": 1, "text_wrap": True}
        for column, title in enumerate(titles):
            asked = {"bg_color": ASKED} if title == "Audited value" else {}
            self.sheet.sheet.write_string(self.sheet.row, column, title, self.sheet.looks.look(**rule, **asked))
        self.sheet.row += 1

    def _finish(self) -> None:
        self.sheet.widths = {0: 8, 1: 40, **dict.fromkeys(range(2, len(ITEMS) + len(ORDERED)), FIGURE)}
        self.sheet.finish()
        self.sheet.sheet.hide_gridlines(2)
        self.sheet.sheet.set_landscape()
        self.sheet.sheet.fit_to_pages(1, 0)
        self.sheet.sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

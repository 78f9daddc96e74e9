"""The text of a PDF, read from its pages by their own character maps.

What goes in: what a reader or a search would see, run by run. What stays out: what must be there (the tests).
"""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf

SHOWS = {"Tj", "TJ", "'", '"'}


def text_of(pdf: bytes) -> list[str]:
    """Return the text of each page, a line a run of letters."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return ["\n".join(_runs(page.obj, page.Resources)) for page in document.pages]


def _runs(content: Any, resources: Any) -> Iterator[str]:  # noqa: ANN401 - pikepdf's objects
    maps = {name: _map(font) for name, font in resources.get("/Font", {}).items()}
    letters: dict[int, str] = {}
    line = ""
    for operands, operator in pikepdf.parse_content_stream(content):
        name = str(operator)
        if name == "Tf":
            letters = maps[str(operands[0])]
        elif name in SHOWS:
            parts = operands[0] if name == "TJ" else [operands[-1]]
            line += "".join(_shown(bytes(part), letters) for part in parts if isinstance(part, pikepdf.String))
        elif name == "ET":
            yield line
            line = ""
        elif name == "Do" and resources.XObject[str(operands[0])].get("/Subtype") == "/Form":
            form = resources.XObject[str(operands[0])]
            yield from _runs(form, form.get("/Resources", resources))


def _shown(codes: bytes, letters: dict[int, str]) -> str:
    return "".join(letters[int.from_bytes(codes[place : place + 2], "big")] for place in range(0, len(codes), 2))


def _map(font: Any) -> dict[int, str]:  # noqa: ANN401
    """Read which glyph stands for which text."""
    found: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(font.ToUnicode):
        if str(operator) == "endbfchar":
            for code, text in zip(operands[::2], operands[1::2], strict=True):
                found[int.from_bytes(bytes(code), "big")] = bytes(text).decode("utf-16-be")
        elif str(operator) == "endbfrange":
            for low, high, text in zip(operands[::3], operands[1::3], operands[2::3], strict=True):
                first = bytes(text).decode("utf-16-be")
                begin = int.from_bytes(bytes(low), "big")
                for code in range(begin, int.from_bytes(bytes(high), "big") + 1):
                    found[code] = first[:-1] + chr(ord(first[-1]) + code - begin)
    return found

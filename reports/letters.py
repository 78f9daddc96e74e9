"""What the embedded fonts can set: which characters they have, and how wide a text will be.

What goes in: the two tables of a TrueType file that tell so, and spelling out what no font has.
What stays out: laying out (columns, pdf).
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from reports.wording import spelled, visible

FACES = {"text": "tieout-sans-400", "strong": "tieout-sans-600", "id": "tieout-mono-400"}
LAST_SEGMENT = 0xFFFF
MAPPED_BY_SEGMENTS = 4


@dataclass(frozen=True)
class Face:
    """One font: the advance of each character it has, in ems."""

    advances: Mapping[str, float]

    def width(self, text: str, size: float) -> float:
        """Measure a text without kerning, in the unit of `size`; what the font lacks counts as an em."""
        return size * sum(self.advances.get(character, 1.0) for character in text)


def font_file(name: str) -> bytes:
    """Read one of the fonts that the PDF embeds."""
    return (files("reports") / "fonts" / f"{name}.ttf").read_bytes()


@cache
def face(use: str) -> Face:
    """Read how wide the characters of a font are; `use` is text, strong or id."""
    font = font_file(FACES[use])
    count = struct.unpack_from(">H", font, 4)[0]
    tables = {tag: start for tag, _, start, _ in struct.iter_unpack(">4sIII", font[12 : 12 + 16 * count])}
    em = struct.unpack_from(">H", font, tables[b"head"] + 18)[0]
    metrics = struct.unpack_from(">H", font, tables[b"hhea"] + 34)[0]
    widths = [struct.unpack_from(">H", font, tables[b"hmtx"] + 4 * place)[0] for place in range(metrics)]
    glyphs = _glyphs(font, tables[b"cmap"])
    return Face({chr(code): widths[min(glyph, metrics - 1)] / em for code, glyph in glyphs.items()})


@cache
def _every_face_has() -> frozenset[str]:
    return frozenset.intersection(*(frozenset(face(use).advances) for use in FACES))


def legible(text: str) -> str:
    """Return the text with whatever cannot be seen, or no font of ours can show, spelled out as \u2039U+0645\u203a."""
    if text.isascii() and text.isprintable():
        return text
    known = _every_face_has()
    return "".join(each if each in known else spelled(each) for each in visible(text))


def _glyphs(font: bytes, start: int) -> dict[int, int]:
    """Read which glyph shows which character, from the table of segments that every Unicode font has."""
    count = struct.unpack_from(">H", font, start + 2)[0]
    for place in range(count):
        offset = start + struct.unpack_from(">I", font, start + 4 + 8 * place + 4)[0]
        if struct.unpack_from(">H", font, offset)[0] == MAPPED_BY_SEGMENTS:
            return _segments(font, offset)
    message = "A font of this package maps its characters in a way that is not known here; install the package again."
    raise ValueError(message)


def _segments(font: bytes, start: int) -> dict[int, int]:
    double = struct.unpack_from(">H", font, start + 6)[0]

    def row(place: int, form: str) -> tuple[int, ...]:
        return struct.unpack_from(f">{double // 2}{form}", font, start + place)

    ends, begins = row(14, "H"), row(16 + double, "H")
    deltas, offsets = row(16 + 2 * double, "h"), row(16 + 3 * double, "H")
    glyphs: dict[int, int] = {}
    for place, (first, last) in enumerate(zip(begins, ends, strict=True)):
        for code in range(first, min(last, LAST_SEGMENT - 1) + 1):
            glyph = code
            if offsets[place]:
                beside = start + 16 + 3 * double + 2 * place + offsets[place] + 2 * (code - first)
                glyph = struct.unpack_from(">H", font, beside)[0]
            glyph = (glyph + deltas[place]) % 65536 if glyph or not offsets[place] else 0
            if glyph:
                glyphs[code] = glyph
    return glyphs

"""Letters as PDF, ready to be printed: left to right or right to left, with a font of our own."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fpdf import FPDF

_FONT: Final = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
_FAMILY: Final = "letter"
_MARGIN: Final = 22.0
_LINE: Final = 6.0
_QR_SIDE: Final = 26.0
_RIGHT_TO_LEFT: Final = ("R", "AL")
_DIRECTED: Final = ("L", *_RIGHT_TO_LEFT)
_NOT_ON_PAPER: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
_JOINERS: Final = "\u200c\u200d"
_MOST_MARKS: Final = 6
_MOST_UNDIRECTED: Final = 200
_FROM_THE_RIGHT: Final = ("ar", "fa", "he", "ur", "ps", "ckb", "dv", "yi")


@dataclass(frozen=True, kw_only=True)
class PrintedLetter:
    """A letter on paper. `to` are the lines of the addressee, `paragraphs` its text.

    `signed` says how many signed the call; under the text stand `name`, or a line for it. `address` is
    the page of the call, which is also in the QR code. `language` is a BCP 47 tag.
    """

    sender: str
    day: str
    to: Sequence[str]
    subject: str
    paragraphs: Sequence[str]
    name: str
    signed: str
    address: str
    language: str
    made_at: datetime


def render_letter(letter: PrintedLetter) -> bytes:
    """Return a letter as PDF for A4 paper, its font embedded; it asks for nothing from elsewhere.

    The library is imported here: a server at rest need not hold it.
    """
    from fpdf import FPDF

    pdf = FPDF(format="A4", unit="mm")
    pdf.set_creation_date(letter.made_at)
    pdf.set_title(letter.subject)
    pdf.set_author(letter.sender)
    pdf.set_lang(letter.language)
    pdf.set_margins(_MARGIN, _MARGIN, _MARGIN)
    pdf.set_auto_page_break(auto=True, margin=_MARGIN)
    pdf.add_font(_FAMILY, "", _FONT)
    pdf.add_page()
    _write(pdf, letter.sender, size=11)
    _write(pdf, letter.day, size=10, after=8)
    for line in letter.to:
        _write(pdf, line)
    pdf.ln(8)
    _write(pdf, letter.subject, size=13, after=4)
    for paragraph in letter.paragraphs:
        _write(pdf, paragraph, after=3)
    pdf.ln(6)
    _write(pdf, letter.name or "_" * 30, after=8)
    _foot(pdf, letter)
    return bytes(pdf.output())


def printable(text: str) -> str:
    """Return `text` without what nobody sees on paper and what is dear to draw.

    Marks and joiners are kept as far as scripts use them; runs without a letter of any direction are cut:
    the library works through them one call inside the other.
    """
    kept: list[str] = []
    marks = undirected = 0
    for sign in text:
        category = unicodedata.category(sign)
        if sign == "\n":
            marks = undirected = 0
        elif category in _NOT_ON_PAPER and sign not in _JOINERS:
            continue
        marks = marks + 1 if category in ("Mn", "Me") or sign in _JOINERS else 0
        undirected = 0 if unicodedata.bidirectional(sign) in _DIRECTED else undirected + 1
        if marks <= _MOST_MARKS and undirected <= _MOST_UNDIRECTED:
            kept.append(sign)
    return "".join(kept)


def is_right_to_left(text: str) -> bool:
    """Return whether a paragraph begins on the right, by its first letter with a direction (UAX 9, P2)."""
    kinds = (unicodedata.bidirectional(sign) for sign in text)
    return next((kind in _RIGHT_TO_LEFT for kind in kinds if kind in _DIRECTED), False)


def _foot(pdf: "FPDF", letter: PrintedLetter) -> None:
    """Write how many signed, and the address as text and as QR code; never torn apart by the page's end."""
    if pdf.get_y() + _QR_SIDE + 12 > pdf.h - _MARGIN:
        pdf.add_page()
    pdf.set_draw_color(120, 120, 120)
    pdf.line(_MARGIN, pdf.get_y(), pdf.w - _MARGIN, pdf.get_y())
    pdf.ln(4)
    top = pdf.get_y()
    _qr(pdf, letter.address, pdf.w - _MARGIN - _QR_SIDE, top)
    wide = pdf.w - 2 * _MARGIN - _QR_SIDE - 4
    _write(pdf, letter.signed, size=11, wide=wide)
    _write(pdf, letter.address, size=9, wide=wide)


def _qr(pdf: "FPDF", address: str, left: float, top: float) -> None:
    import segno

    rows = [list(row) for row in segno.make(address, error="m", micro=False).matrix]
    side = _QR_SIDE / len(rows)
    pdf.set_fill_color(0, 0, 0)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                pdf.rect(left + x * side, top + y * side, side, side, style="F")


def _write(pdf: "FPDF", text: str, *, size: float = 11, after: float = 0, wide: float = 0) -> None:
    """Write a paragraph in its own direction, on the side where the letter's language begins."""
    from fpdf.enums import XPos, YPos

    text = printable(text)
    turned = is_right_to_left(text)
    from_right = (pdf.lang or "").partition("-")[0] in _FROM_THE_RIGHT
    pdf.set_font(_FAMILY, size=size)
    pdf.set_text_shaping(use_shaping_engine=True, direction="rtl" if turned else "ltr")
    pdf.multi_cell(
        wide,
        _LINE * size / 11,
        text,
        align="R" if from_right else "L",
        new_x=XPos.LMARGIN,
        new_y=YPos.NEXT,
    )
    if after:
        pdf.ln(after)

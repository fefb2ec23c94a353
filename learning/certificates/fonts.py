"""The fonts of our pages, for paper: several files to a family, each with other letters, so that text is set in runs.

Where the front-end files are not installed, the fonts that come with the PDF library stand in for them.
"""

from __future__ import annotations

import io
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import reportlab
from django.conf import settings
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from foundation.woff2 import to_truetype

# Family → the package, and how its files end. The alphabets in the order in which they are looked at.
FAMILIES = {
    "sans": ("inter", "wght-normal"),
    "serif": ("source-serif-4", "wght-normal"),
    "serif-italic": ("source-serif-4", "wght-italic"),
}
ALPHABETS = ("latin", "latin-ext", "vietnamese", "cyrillic", "cyrillic-ext", "greek", "greek-ext")
LAST_RESORT = "Vera.ttf"
UNKNOWN = "\N{WHITE SQUARE}"


@cache
def _font(path: Path) -> TTFont:
    """The registered font of a file; read once per process."""
    data = path.read_bytes()
    font = TTFont(path.stem, io.BytesIO(to_truetype(data) if path.suffix == ".woff2" else data))
    pdfmetrics.registerFont(font)
    return font


def _files(family: str) -> list[Path]:
    package, ending = FAMILIES[family]
    folder = Path(settings.NPM_ROOT) / "@fontsource-variable" / package / "files"
    files = [folder / f"{package}-{alphabet}-{ending}.woff2" for alphabet in ALPHABETS]
    return [*(file for file in files if file.is_file()), Path(reportlab.__file__).parent / "fonts" / LAST_RESORT]


@lru_cache(maxsize=4096)
def _font_for(letter: str, family: str) -> TTFont | None:
    """The first font of the family that has this letter; a file is only read where those before it do not."""
    for file in _files(family):
        font = _font(file)
        if ord(letter) in font.face.charToGlyph:
            return font
    return None


def runs(text: str, family: str) -> list[tuple[str, str]]:
    """The text as (font name, part), in order. A letter that no font has is shown as an empty square."""
    found: list[tuple[str, str]] = []
    for letter in unicodedata.normalize("NFC", text):
        font = _font_for(letter, family)
        shown = letter if font else UNKNOWN
        font = font or _font(_files(family)[-1])
        # A space stays in the run it follows: every file has one, and runs should not break at words.
        if found and (found[-1][0] == font.fontName or letter == " "):
            found[-1] = (found[-1][0], found[-1][1] + shown)
        else:
            found.append((font.fontName, shown))
    return found


def width(text: str, family: str, size: float) -> float:
    """In points."""
    return sum(pdfmetrics.stringWidth(part, name, size) for name, part in runs(text, family))


def wrapped(text: str, family: str, size: float, limit: float) -> list[str]:
    """Lines no wider than `limit` points, broken at spaces; a word that is wider stands alone."""
    lines: list[str] = []
    for word in text.split():
        if lines and width(f"{lines[-1]} {word}", family, size) <= limit:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines

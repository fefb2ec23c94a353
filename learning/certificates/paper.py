"""The certificate on paper: A4 across, set from what its row says and from nothing else.

The same row gives the same bytes, today and in ten years: no clock, no random mark, no look at the module as it is now, and whoever downloads it, in whichever zone or language.
"""

from __future__ import annotations

import io
from datetime import date

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _
from django.utils.translation import override
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from learning.certificates.fonts import runs, width, wrapped
from learning.certificates.links import verify_url
from learning.certificates.models import Certificate

WIDTH, HEIGHT = landscape(A4)
MARGIN = 30.0
INK, SOFT_INK, LINE = HexColor("#1f2a30"), HexColor("#545f66"), HexColor("#d9d3c6")
BAND = 12.0
TEXT_WIDTH = 600.0
QR_SIZE = 82.0


def certificate_pdf(certificate: Certificate) -> bytes:
    """The file. A revoked certificate says so across the top."""
    with override(settings.LANGUAGE_CODE):
        return _drawn(certificate)


def _drawn(certificate: Certificate) -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(WIDTH, HEIGHT), invariant=1, lang="en", initialFontName="Helvetica")
    canvas.setTitle(f"{certificate.wording['heading']}: {certificate.title}")
    canvas.setAuthor(certificate.issuer)
    canvas.setSubject(_("%(name)s, completed %(day)s") % {"name": certificate.name, "day": _day(certificate.valid_from)})
    canvas.setKeywords(str(certificate.number))
    accent = HexColor(certificate.wording["accent"])
    _frame(canvas, accent)
    _head(canvas, certificate, accent)
    _middle(canvas, certificate, accent)
    _foot(canvas, certificate)
    if certificate.is_revoked:
        _revoked(canvas, certificate)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _frame(canvas: Canvas, accent: Color) -> None:
    """Rings that run off the corner, a band at the left, and a fine double line around."""
    canvas.saveState()
    canvas.setStrokeColor(accent)
    canvas.setLineWidth(0.6)
    canvas.setStrokeAlpha(0.13)
    for ring in range(26):
        canvas.circle(WIDTH + 20, HEIGHT + 30, 90 + ring * 9, stroke=1, fill=0)
        canvas.circle(BAND - 30, -40, 70 + ring * 9, stroke=1, fill=0)
    canvas.restoreState()
    canvas.setFillColor(accent)
    canvas.rect(0, 0, BAND, HEIGHT, stroke=0, fill=1)
    left, bottom, right, top = MARGIN + BAND, MARGIN, WIDTH - MARGIN, HEIGHT - MARGIN
    canvas.setStrokeColor(accent)
    canvas.setLineWidth(1.1)
    canvas.rect(left, bottom, right - left, top - bottom)
    canvas.setLineWidth(0.35)
    canvas.rect(left + 5, bottom + 5, right - left - 10, top - bottom - 10)


def _head(canvas: Canvas, certificate: Certificate, accent: Color) -> None:
    """The mark and who issues it at the left; what it is in the middle."""
    x, y = MARGIN + BAND + 30, HEIGHT - MARGIN - 32
    _mark(canvas, x, y - 21, 22, accent)
    _write(canvas, certificate.issuer, "sans", 12.5, x + 30, y - 15, INK)
    _centred(canvas, certificate.wording["heading"].upper(), "sans", 15, HEIGHT - 158, accent, spacing=5.5)
    middle = _middle_x()
    canvas.setStrokeColor(accent)
    canvas.setLineWidth(1.4)
    canvas.line(middle - 24, HEIGHT - 174, middle + 24, HEIGHT - 174)


def _middle(canvas: Canvas, certificate: Certificate, accent: Color) -> None:
    """The name as large as it fits, and what it is for."""
    size = 46.0
    while size > 16 and width(certificate.name, "serif", size) > TEXT_WIDTH:
        size -= 1
    # A name that no size makes fit is set in two lines and more.
    lines = wrapped(certificate.name, "serif", size, TEXT_WIDTH) if width(certificate.name, "serif", size) > TEXT_WIDTH else None
    y = HEIGHT - 246
    for line in lines or [certificate.name]:
        _centred(canvas, line, "serif", size, y, INK)
        y -= size * 1.15
    y = min(y, HEIGHT - 294) if lines is None else y
    size = 17.0
    while size > 10 and len(wrapped(certificate.wording["body"], "serif", size, TEXT_WIDTH)) > 4:
        size -= 1
    for line in wrapped(certificate.wording["body"], "serif", size, TEXT_WIDTH):
        _centred(canvas, line, "serif", size, y, INK)
        y -= size * 1.45


def _foot(canvas: Canvas, certificate: Certificate) -> None:
    """Who signs, the days, and the code that leads to the page where it can be checked."""
    left, base = MARGIN + BAND + 30, MARGIN + 46
    signed = certificate.wording["signatory"]
    if signed:
        canvas.setStrokeColor(SOFT_INK)
        canvas.setLineWidth(0.6)
        canvas.line(left, base + 30, left + 190, base + 30)
        _write(canvas, signed, "serif-italic", 14, left, base + 12, INK, limit=190)
        _write(canvas, certificate.wording["signatory_role"], "sans", 9, left, base - 2, SOFT_INK, limit=190)
    facts = [
        (_("Completed"), _day(certificate.valid_from)),
        (_("Version of"), _day(localdate(certificate.version_at, get_default_timezone()))),
    ]
    if certificate.valid_until:
        facts.insert(1, (_("Valid until"), _day(certificate.valid_until)))
    x = left + 236 if signed else left
    for label, value in facts:
        _write(canvas, label, "sans", 8.5, x, base + 13, SOFT_INK)
        _write(canvas, value, "sans", 11, x, base - 2, INK)
        x += max(width(value, "sans", 11), width(label, "sans", 8.5)) + 26
    right = WIDTH - MARGIN - 28
    _code(canvas, verify_url(certificate), right - QR_SIZE, MARGIN + 40)
    text = _("Is it good? Scan, or open %(address)s") % {"address": verify_url(certificate)}
    size = 7.5
    _write(canvas, text, "sans", size, right - width(text, "sans", size), MARGIN + 20, SOFT_INK)


def _revoked(canvas: Canvas, certificate: Certificate) -> None:
    text = _("Revoked on %(day)s. This certificate is not good any more.") % {
        "day": _day(localdate(certificate.revocation.revoked_at, get_default_timezone()))
    }
    canvas.setFillColor(HexColor("#a02c2c"))
    canvas.rect(BAND, HEIGHT - 24, WIDTH - BAND, 24, stroke=0, fill=1)
    _centred(canvas, text, "sans", 11, HEIGHT - 16, white)


def _mark(canvas: Canvas, x: float, y: float, size: float, colour: Color) -> None:
    """The mark of the site: the letter of its name, drawn on a grid of 24 units."""
    unit = size / 24
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(unit, unit)
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(2.4)
    canvas.setLineCap(1)
    path = canvas.beginPath()
    path.moveTo(5, 20)
    path.lineTo(5, 12)
    path.arcTo(5, 5, 19, 19, 180, 180)
    path.lineTo(19, 20)
    path.moveTo(12, 20)
    path.lineTo(12, 12.5)
    canvas.drawPath(path)
    canvas.restoreState()


def _code(canvas: Canvas, text: str, x: float, y: float) -> None:
    """The address as a QR code with a quarter of damage to spare."""
    code = QrCodeWidget(text, barLevel="Q", barWidth=QR_SIZE, barHeight=QR_SIZE, barBorder=0)
    drawing = Drawing(QR_SIZE, QR_SIZE)
    drawing.add(code)
    renderPDF.draw(drawing, canvas, x, y)


def _middle_x() -> float:
    return BAND + (WIDTH - BAND) / 2


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _centred(canvas: Canvas, text: str, family: str, size: float, y: float, colour: Color, *, spacing: float = 0.0) -> None:
    whole = width(text, family, size) + spacing * (len(text) - 1)
    _write(canvas, text, family, size, _middle_x() - whole / 2, y, colour, spacing=spacing)


def _write(
    canvas: Canvas,
    text: str,
    family: str,
    size: float,
    x: float,
    y: float,
    colour: Color,
    *,
    spacing: float = 0.0,
    limit: float | None = None,
) -> None:
    """One line from the left, run by run; smaller where it would be wider than `limit`."""
    if limit is not None and (wide := width(text, family, size)) > limit:
        size *= limit / wide
    line = canvas.beginText(x, y)
    line.setFillColor(colour)
    line.setCharSpace(spacing)
    for font, part in runs(text, family):
        line.setFont(font, size)
        line.textOut(part)
    canvas.drawText(line)

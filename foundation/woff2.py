"""A web font (WOFF2) unpacked into the TrueType file that a PDF needs.

The fonts of our pages come as WOFF2; what writes PDFs reads TrueType only. Unpacking them here means one set of fonts for
screen and paper and no font files of our own. Of a variable font the default weight remains.

Format: https://www.w3.org/TR/WOFF2/ (table directory §4.1, transformed glyf §5.1, transformed hmtx §5.4).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import brotli

# §4.1: tags that are written as a number.
_TAGS = (
    "cmap head hhea hmtx maxp name OS/2 post cvt_ fpgm glyf loca prep CFF_ VORG EBDT EBLC gasp hdmx kern LTSH PCLT VDMX vhea vmtx "
    "BASE GDEF GPOS GSUB EBSC JSTF MATH CBDT CBLC COLR CPAL SVG_ sbix acnt avar bdat bloc bsln cvar fdsc feat fmtx fvar gvar hsty "
    "just lcar mort morx opbd prop trak Zapf Silf Glat Gloc Feat Sill"
).replace("_", " ")
_KNOWN = [_TAGS[start : start + 4] for start in range(0, len(_TAGS), 5)]
# What a TrueType file of one weight needs; the rest (layout rules, variations) is left out.
_KEPT = ("OS/2", "cmap", "cvt ", "fpgm", "head", "hhea", "hmtx", "maxp", "name", "post", "prep")
_MORE_COMPONENTS, _HAS_INSTRUCTIONS, _ARGS_ARE_WORDS = 0x20, 0x100, 0x01
_SCALE, _SCALE_XY, _SCALE_2X2 = 0x08, 0x40, 0x80


class NotAFont(ValueError):
    """The bytes are no WOFF2 font with TrueType outlines."""


class _Stream:
    """Bytes read from front to back."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        part = self.data[self.at : self.at + count]
        if len(part) < count:
            raise NotAFont("the font ends too early")
        self.at += count
        return part

    def number(self, form: str) -> int:
        value: int = struct.unpack(">" + form, self.take(struct.calcsize(form)))[0]
        return value

    def base128(self) -> int:
        value = 0
        for _place in range(5):
            byte = self.number("B")
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                return value
        raise NotAFont("a length is too long")

    def short(self) -> int:
        """255UInt16 of §4.1: small numbers in one byte."""
        code = self.number("B")
        if code == 253:
            return self.number("H")
        if code in (254, 255):
            return self.number("B") + (506 if code == 254 else 253)
        return code


@dataclass(frozen=True)
class _Table:
    tag: str
    length: int
    transformed: bool


def to_truetype(woff2: bytes) -> bytes:
    """The TrueType file of a WOFF2 font. Raises NotAFont where there is none in it."""
    stream = _Stream(woff2)
    if stream.take(4) != b"wOF2" or stream.take(4) == b"ttcf":
        raise NotAFont("not a single WOFF2 font")
    stream.take(4)
    count = stream.number("H")
    stream.take(6)
    compressed = stream.number("I")
    stream.take(24)
    directory = [_read_entry(stream) for _table in range(count)]
    try:
        body = _Stream(brotli.decompress(stream.take(compressed)))
    except brotli.error as error:
        raise NotAFont("the font cannot be unpacked") from error
    tables = {entry.tag: (entry, body.take(entry.length)) for entry in directory}
    if not {"glyf", "head", "hhea", "hmtx", "maxp"} <= set(tables):
        raise NotAFont("the font has no TrueType outlines")
    plain = {tag: data for tag, (_entry, data) in tables.items() if tag in _KEPT}
    glyphs = _glyphs(tables["glyf"][1]) if tables["glyf"][0].transformed else None
    if glyphs is None:
        plain["glyf"], plain["loca"] = tables["glyf"][1], tables["loca"][1]
    else:
        plain["glyf"], plain["loca"] = _joined(glyphs)
        plain["head"] = plain["head"][:50] + struct.pack(">h", 1) + plain["head"][52:]  # indexToLocFormat: long
        if tables["hmtx"][0].transformed:
            plain["hmtx"] = _metrics(plain["hmtx"], struct.unpack(">H", plain["hhea"][34:36])[0], glyphs)
    return _sfnt(plain)


def _read_entry(stream: _Stream) -> _Table:
    flags = stream.number("B")
    tag = stream.take(4).decode("latin-1") if flags & 0x3F == 0x3F else _KNOWN[flags & 0x3F]
    version = flags >> 6
    transformed = version != 3 if tag in ("glyf", "loca") else version != 0
    length = stream.base128()
    return _Table(tag, stream.base128() if transformed else length, transformed)


def _glyphs(data: bytes) -> list[bytes]:
    """Every glyph as the glyf table holds it (§5.1)."""
    head = _Stream(data)
    head.take(4)
    count = head.number("H")
    head.take(2)
    sizes = [head.number("I") for _part in range(7)]
    contours, points, flags, outline, composite, boxes, instructions = (_Stream(head.take(size)) for size in sizes)
    has_box = boxes.take(4 * ((count + 31) // 32))
    found = []
    for glyph in range(count):
        box = boxes.take(8) if has_box[glyph >> 3] & 0x80 >> (glyph & 7) else b""
        parts = contours.number("h")
        if parts == 0:
            found.append(b"")
        elif parts < 0:
            found.append(struct.pack(">h", -1) + box + _components(composite, outline, instructions))
        else:
            found.append(_simple(parts, box, points, flags, outline, instructions))
    return found


def _components(composite: _Stream, outline: _Stream, instructions: _Stream) -> bytes:
    """A glyph made of others, such as a letter with its accent."""
    made, more, instructed = b"", True, False
    while more:
        start = composite.at
        flags = composite.number("H")
        composite.take(2 + (4 if flags & _ARGS_ARE_WORDS else 2))
        composite.take(2 if flags & _SCALE else 4 if flags & _SCALE_XY else 8 if flags & _SCALE_2X2 else 0)
        made += composite.data[start : composite.at]
        more, instructed = bool(flags & _MORE_COMPONENTS), instructed or bool(flags & _HAS_INSTRUCTIONS)
    if instructed:
        length = outline.short()
        made += struct.pack(">H", length) + instructions.take(length)
    return made


def _simple(contours: int, box: bytes, points: _Stream, flags: _Stream, outline: _Stream, instructions: _Stream) -> bytes:
    ends, total = [], 0
    for _contour in range(contours):
        total += points.short()
        ends.append(total - 1)
    marks, steps, x, y = bytearray(), [], 0, 0
    xs, ys = [], []
    for _point in range(total):
        flag = flags.number("B")
        marks.append(0 if flag & 0x80 else 1)
        dx, dy = _step(flag & 0x7F, outline)
        steps.append((dx, dy))
        x, y = x + dx, y + dy
        xs.append(x)
        ys.append(y)
    length = outline.short()
    code = instructions.take(length)
    if not box:
        box = struct.pack(">4h", min(xs), min(ys), max(xs), max(ys))
    return b"".join(
        (
            struct.pack(">h", contours),
            box,
            struct.pack(f">{contours}H", *ends),
            struct.pack(">H", length),
            code,
            bytes(marks),
            struct.pack(f">{total}h", *(dx for dx, _dy in steps)),
            struct.pack(f">{total}h", *(dy for _dx, dy in steps)),
        )
    )


def _step(flag: int, outline: _Stream) -> tuple[int, int]:
    """How far the next point lies from the one before (the triplets of §5.2)."""
    data = outline.take(1 if flag < 84 else 2 if flag < 120 else 3 if flag < 124 else 4)
    x_sign, y_sign = (1 if flag & 1 else -1), (1 if flag & 2 else -1)
    if flag < 10:
        return 0, x_sign * (((flag & 14) << 7) + data[0])
    if flag < 20:
        return x_sign * ((((flag - 10) & 14) << 7) + data[0]), 0
    if flag < 84:
        rest = flag - 20
        return x_sign * (1 + (rest & 0x30) + (data[0] >> 4)), y_sign * (1 + ((rest & 0x0C) << 2) + (data[0] & 0x0F))
    if flag < 120:
        rest = flag - 84
        return x_sign * (1 + (rest // 12 << 8) + data[0]), y_sign * (1 + (rest % 12 >> 2 << 8) + data[1])
    if flag < 124:
        return x_sign * ((data[0] << 4) + (data[1] >> 4)), y_sign * (((data[1] & 0x0F) << 8) + data[2])
    return x_sign * ((data[0] << 8) + data[1]), y_sign * ((data[2] << 8) + data[3])


def _joined(glyphs: list[bytes]) -> tuple[bytes, bytes]:
    """The glyf table, and loca with where each glyph begins."""
    body, places = bytearray(), [0]
    for glyph in glyphs:
        body += glyph + b"\0" * (-len(glyph) % 4)
        places.append(len(body))
    return bytes(body), struct.pack(f">{len(places)}I", *places)


def _metrics(data: bytes, widths: int, glyphs: list[bytes]) -> bytes:
    """hmtx whose left bearings were left out: they are where each glyph begins (§5.4)."""
    stream = _Stream(data)
    flags = stream.number("B")
    advances = [stream.number("H") for _glyph in range(widths)]
    lefts = [struct.unpack(">h", glyph[2:4])[0] if glyph else 0 for glyph in glyphs]
    if not flags & 1:
        lefts[:widths] = [stream.number("h") for _glyph in range(widths)]
    if not flags & 2:
        lefts[widths:] = [stream.number("h") for _glyph in range(len(glyphs) - widths)]
    both = b"".join(struct.pack(">Hh", advance, left) for advance, left in zip(advances, lefts, strict=False))
    return both + b"".join(struct.pack(">h", left) for left in lefts[widths:])


def _sfnt(tables: dict[str, bytes]) -> bytes:
    """The tables as one file."""
    count = len(tables)
    power = count.bit_length() - 1
    head = struct.pack(">IHHHH", 0x00010000, count, 16 << power, power, 16 * (count - (1 << power)))
    directory, body, at = b"", b"", 12 + 16 * count
    for tag, data in sorted(tables.items()):
        padded = data + b"\0" * (-len(data) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += tag.encode("latin-1") + struct.pack(">III", checksum, at, len(data))
        body += padded
        at += len(padded)
    return head + directory + body

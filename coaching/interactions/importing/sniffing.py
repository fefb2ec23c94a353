"""What kind of file this is: found out from its bytes, never from its name."""

from __future__ import annotations

import codecs
import gzip
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from coaching.interactions.importing.problems import ImportRefused

BLOCK = 1 << 22
DELIMITERS = ",;\t|"
NAMES = {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": "|"}
JSON_BEGINS = re.compile(r'\s*(?:\{\s*(?:"|\})|\[\s*(?:\{|\]))')


@dataclass
class Layout:
    """How the bytes of a file become rows."""

    path: Path
    kind: str  # "csv", "json" or "xlsx"
    gzip: bool = False
    encoding: str = "utf-8"
    lines: int = 0
    notes: list[str] = field(default_factory=list)


def max_line_bytes() -> int:
    return int(settings.IMPORT_MAX_LINE_BYTES)


def max_unpacked_bytes() -> int:
    return int(settings.IMPORT_MAX_UNPACKED_BYTES)


def open_bytes(layout: Layout) -> IO[bytes]:
    return gzip.open(layout.path, "rb") if layout.gzip else layout.path.open("rb")  # type: ignore[return-value]


def sniff(path: Path, encoding: str = "") -> Layout:
    """Look at the whole file once, in blocks: kind, encoding, longest line, number of lines.

    Raises ImportRefused for what is not a table: archives, old Excel files, binary data, a line
    longer than `IMPORT_MAX_LINE_BYTES`, an empty file. Memory stays at one block.
    """
    path = Path(path)
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
    except OSError as error:
        raise ImportRefused(
            _("%(path)s cannot be opened: %(why)s.") % {"path": path.name, "why": error.strerror or error}
        ) from error
    if not head:
        raise ImportRefused(_("The file is empty. Export it again."))
    if head.startswith(b"PK\x03\x04"):
        return _zip_layout(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportRefused(_("This is an old Excel file (.xls). Save it as .xlsx or CSV and import that."))
    if head.startswith(b"%PDF"):
        raise ImportRefused(_("This is a PDF, not a table. Export the cases as CSV or XLSX."))
    layout = Layout(path=path, kind="csv", gzip=head.startswith(b"\x1f\x8b"))
    if _begins_as_json(layout, encoding):
        layout.kind = "json"
    _scan(layout, encoding)
    return layout


def _begins_as_json(layout: Layout, encoding: str) -> bool:
    try:
        with open_bytes(layout) as stream:
            head = stream.read(4096)
    except (OSError, EOFError):
        return False  # said by the scan that follows
    known = encoding or _bom(head) or _utf16_without_bom(head) or "utf-8"
    try:
        return JSON_BEGINS.match(head.decode(known, "ignore")) is not None
    except LookupError:
        return False


def _zip_layout(path: Path) -> Layout:
    """An XLSX, judged by what the archive declares before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise ImportRefused(_("The file looks like an Excel file but is damaged. Export it again.")) from error
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise ImportRefused(_("This is a zip archive, not a table. Unpack it and import the CSV or XLSX inside."))
    total = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    grown = total > 10 * 1024 * 1024 and total / packed > settings.IMPORT_MAX_XLSX_RATIO
    if len(members) > 5000 or total > settings.IMPORT_MAX_XLSX_BYTES or grown:
        raise ImportRefused(
            _(
                "The Excel file would unpack to %(size)s MB in %(count)s parts, which is not what a table looks like. "
                "Save it as CSV and import that."
            )
            % {"size": f"{total // 2**20:,}", "count": len(members)}
        )
    layout = Layout(path=path, kind="xlsx")
    if path.suffix.lower() not in {".xlsx", ".xlsm", ""}:
        layout.notes.append(_("The file is named %(suffix)s but is an Excel file; it was read as one.") % {"suffix": path.suffix})
    return layout


def _scan(layout: Layout, wanted: str) -> None:
    encoding = wanted or ""
    utf8 = codecs.getincrementaldecoder("utf-8")("strict")
    valid_utf8, nuls, controls, size, since_break, last = True, 0, False, 0, 0, b""
    longest, ceiling, unpacked = max_line_bytes(), max_unpacked_bytes(), 0
    first = True
    try:
        with open_bytes(layout) as stream:
            while block := stream.read(BLOCK):
                if first:
                    encoding = encoding or _bom(block) or _utf16_without_bom(block)
                    first = False
                unpacked += len(block)
                if unpacked > ceiling:
                    raise ImportRefused(
                        _("The file unpacks to more than %(size)s MB. Split it and import the parts.")
                        % {"size": f"{ceiling // 2**20:,}"}
                    )
                if layout.kind != "json":  # an API's answer is one line; its objects are measured one by one
                    since_break = _longest_line(block, since_break, longest, layout.lines)
                layout.lines += block.count(b"\n") or block.count(b"\r")
                nuls += block.count(b"\x00")
                size += len(block)
                if valid_utf8 and not encoding:
                    try:
                        utf8.decode(block)
                    except UnicodeDecodeError:
                        valid_utf8 = False
                if not valid_utf8 and not controls:
                    controls = any(byte in block for byte in (bytes([code]) for code in range(0x80, 0xA0)))
                last = block
    except (OSError, EOFError) as error:
        raise ImportRefused(_("The gzip file is damaged or cut off. Export or copy it again.")) from error
    if not size:
        raise ImportRefused(_("The file is empty. Export it again."))
    if not last.endswith((b"\n", b"\r")):
        layout.lines += 1
    if not encoding and nuls > max(16, size // 1000):
        raise ImportRefused(_("This is not a text file. Export the cases as CSV or XLSX."))
    if not encoding:
        encoding = "utf-8" if valid_utf8 else ("cp1252" if controls else "latin-1")
        if not valid_utf8:
            layout.notes.append(
                _("The file is not UTF-8; it was read as %(name)s. If letters look wrong, set “encoding” in the mapping.")
                % {"name": "Windows-1252" if controls else "Latin-1"}
            )
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise ImportRefused(
            _("“%(name)s” is not a known encoding. Use for example utf-8, utf-16 or cp1252.") % {"name": encoding}
        ) from error
    layout.encoding = encoding


def _longest_line(block: bytes, since_break: int, longest: int, lines: int) -> int:
    """Bytes since the last line break; refuses where a line grows beyond the limit."""
    start = 0
    while True:
        # Jump as far as a line may be long: a break must lie within it.
        reach = start + longest - since_break
        if reach >= len(block):
            end = max(block.rfind(b"\n", start), block.rfind(b"\r", start))
            return len(block) - start + since_break if end < 0 else len(block) - end - 1
        end = max(block.rfind(b"\n", start, reach + 1), block.rfind(b"\r", start, reach + 1))
        if end < 0:
            raise ImportRefused(
                _("Line %(line)s is longer than %(size)s kB, so this is hardly a table. Check that the export ends its lines.")
                % {"line": lines + block.count(b"\n", 0, start) + 1, "size": f"{longest // 1024:,}"}
            )
        start, since_break = end + 1, 0


def _bom(block: bytes) -> str:
    if block.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if block.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return ""


def _utf16_without_bom(block: bytes) -> str:
    """UTF-16 shows itself by a NUL in every other byte of plain letters."""
    sample = block[:4096]
    half = max(1, len(sample) // 2)
    if sample[1::2].count(0) > 0.7 * half and sample[0::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if sample[0::2].count(0) > 0.7 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return ""

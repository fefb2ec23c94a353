"""Looking into an uploaded zip without trusting anything it says about itself.

Limits are those of goal S-20 in the security reference. What is declared is summed before anything is unpacked, so a bomb is refused
by its own table of contents; then every member is unpacked once, in pieces and into nothing, so that a size that lies
is caught by its checksum. Nothing is ever written: members are read out of the stored file, one at a time.
"""

from __future__ import annotations

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from learning.packages.content_types import extension_of, is_forbidden, is_served
from learning.packages.faults import PackageRefused

MEGABYTE = 1024**2
MOST_BYTES = 200 * MEGABYTE
MOST_MEMBERS = 5_000
MOST_UNPACKED = 1024 * MEGABYTE
MOST_MEMBER = 300 * MEGABYTE
MOST_RATIO = 100
RATIO_COUNTS_FROM = MEGABYTE  # smaller members may be packed as tightly as they like: a page of blanks is no bomb
LONGEST_NAME = 200  # bytes in UTF-8
PIECE = 256 * 1024

_END = b"PK\x05\x06"  # end of central directory
_END_64 = b"PK\x06\x06"
_DRIVE = re.compile(r"^[A-Za-z]:")


@dataclass(frozen=True)
class Contents:
    """What a checked archive holds: its files by name, and those that the content host will never serve."""

    names: frozenset[str]
    unpacked: int
    not_served: tuple[str, ...]


def check(path: Path) -> Contents:
    """The contents of an archive that keeps every rule. Raises PackageRefused, naming the first that it breaks."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise PackageRefused("too_large", _("The file is larger than %(n)d MB.") % {"n": MOST_BYTES // MEGABYTE})
    with path.open("rb") as file:
        _check_count(file, size)
        try:
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
                _check_members(members)
                _check_overlaps(archive)
                _check_bytes(archive, members)
        except PackageRefused:
            raise
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
            struct.error,
        ) as e:
            raise PackageRefused("damaged", _("The zip file is damaged: export the package again. (%(e)s)") % {"e": e}) from e
    files = [member for member in members if not member.is_dir()]
    not_served = tuple(sorted(member.filename for member in files if not is_served(member.filename)))
    return Contents(frozenset(member.filename for member in files), sum(m.file_size for m in files), not_served)


def _check_count(file: IO[bytes], size: int) -> None:
    """The number of members as the end record tells it, before a table of a million lines is read into memory."""
    tail_size = min(size, 66_000)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise PackageRefused("not_a_zip", _("This is no zip file. Choose the package as your authoring tool exported it."))
    count, table = struct.unpack("<H", tail[at + 10 : at + 12])[0], struct.unpack("<I", tail[at + 12 : at + 16])[0]
    at_64 = tail.rfind(_END_64, 0, at)
    if at_64 >= 0 and len(tail) >= at_64 + 48:
        count = max(count, struct.unpack("<Q", tail[at_64 + 32 : at_64 + 40])[0])
        table = max(table if table != 0xFFFFFFFF else 0, struct.unpack("<Q", tail[at_64 + 40 : at_64 + 48])[0])
    # A line of the table takes at least 46 bytes and a name 200 at most; extra fields rarely 100.
    if count > MOST_MEMBERS or table > MOST_MEMBERS * 1_000:
        raise _too_many()
    file.seek(0)


def _too_many() -> PackageRefused:
    return PackageRefused("too_many_files", _("The package holds more than %(n)d files.") % {"n": MOST_MEMBERS})


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS:
        raise _too_many()
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        raise PackageRefused("too_large_unpacked", _("Unpacked, the package is larger than 1 GB."))
    for member in members:
        check_name(member.orig_filename)
        _check_member(member)
    _check_names_once(member.filename for member in members)


def check_name(name: str) -> None:
    """Raises PackageRefused for a name that could lead out of the package, or mean another file elsewhere."""
    shown = name[:80].encode("unicode_escape").decode()
    if not name or "\x00" in name or any(unicodedata.category(character) == "Cc" for character in name):
        raise PackageRefused("bad_name", _("A file has a name with control characters: %(name)s") % {"name": shown})
    parts = name.rstrip("/").split("/")
    if name.startswith("/") or "\\" in name or _DRIVE.match(name) or any(part in {"", ".", ".."} for part in parts):
        raise PackageRefused("bad_path", _("A file has a path that leads out of the package: %(name)s") % {"name": shown})
    if len(name.encode("utf-8", "surrogateescape")) > LONGEST_NAME:
        raise PackageRefused("name_too_long", _("A file has a name of more than 200 bytes: %(name)s") % {"name": shown})


def _check_member(member: zipfile.ZipInfo) -> None:
    name = {"name": member.filename[:80]}
    if member.flag_bits & 0x1 or member.flag_bits & 0x40:
        raise PackageRefused("encrypted", _("A file is encrypted: %(name)s. Export the package without a password.") % name)
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise PackageRefused("packed_strangely", _("A file is packed in a way we do not read: %(name)s. Use plain zip.") % name)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise PackageRefused("link", _("A file is a link or a device: %(name)s. Packages hold plain files only.") % name)
    if member.file_size > MOST_MEMBER:
        raise PackageRefused("file_too_large", _("A file is larger than 300 MB: %(name)s") % name)
    if member.file_size > RATIO_COUNTS_FROM and member.file_size > MOST_RATIO * max(member.compress_size, 1):
        raise PackageRefused("packed_too_tightly", _("A file grows more than a hundredfold when unpacked: %(name)s") % name)
    if is_forbidden(member.filename):
        kind_of_file = {"name": member.filename[:80], "kind": extension_of(member.filename) or member.filename}
        raise PackageRefused(
            "forbidden_type", _("A file is a program or script for a server (%(kind)s): %(name)s. Take it out.") % kind_of_file
        )


def _check_names_once(names: Iterable[str]) -> None:
    """One name, one file, also where capitals or accents are written differently: else it is unclear which one is meant."""
    seen: set[str] = set()
    for name in names:
        plain = unicodedata.normalize("NFC", name.rstrip("/")).casefold()
        if plain in seen:
            raise PackageRefused("name_twice", _("Two files have the same name: %(name)s") % {"name": name[:80]})
        seen.add(plain)


def _check_overlaps(archive: zipfile.ZipFile) -> None:
    """Members that share bytes unpack to far more than the file holds; no honest tool writes them."""
    ends = 0
    for member in sorted(archive.infolist(), key=lambda m: m.header_offset):
        if member.header_offset < ends:
            raise PackageRefused(
                "overlap", _("Two files of the zip share their bytes: %(name)s") % {"name": member.filename[:80]}
            )
        ends = member.header_offset + 30 + member.compress_size
    if ends > archive.start_dir:
        raise PackageRefused("overlap", _("The files of the zip reach into its table of contents."))


def _check_bytes(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Unpack everything once into nothing: the checksum catches a size or content that is not what the table says."""
    for member in members:
        if member.is_dir():
            continue
        with archive.open(member) as file:
            read = 0
            while piece := file.read(PIECE):
                read += len(piece)
            if read != member.file_size:
                raise PackageRefused(
                    "damaged", _("A file is not as long as the zip says: %(name)s") % {"name": member.filename[:80]}
                )

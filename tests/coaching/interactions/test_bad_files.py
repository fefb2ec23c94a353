"""Files in odd shapes: read where that is safe, refused with a reason and a remedy where it is not."""

from __future__ import annotations

import gzip
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from coaching.interactions.importing.sniffing import sniff
from coaching.interactions.models import Interaction, Source
from coaching.interactions.services import ImportRefused
from tests.coaching.interactions.helpers import HEADER, MAPPING, bring, write

GOOD = f"{HEADER}\nC1,rita@example.com,2026-01-02 10:00,,5,y\nC2,Jörg,2026-01-03 10:00,2026-01-04 10:00,7,n\n"


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
def test_encodings(tmp_path: Path, encoding):
    result = bring(write(tmp_path / "a.csv", GOOD, encoding))
    assert (result.read, result.created, result.rejected) == (2, 2, 0)
    assert Interaction.objects.get(external_id="C2").handler.name == "Jörg"


@pytest.mark.django_db
def test_reading_as_latin_1_is_said(tmp_path: Path):
    result = bring(write(tmp_path / "a.csv", GOOD, "latin-1"))
    assert any("not UTF-8" in note for note in result.notes)


@pytest.mark.django_db
@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path: Path, delimiter, newline):
    text = GOOD.replace(",", delimiter).replace("\n", newline)
    assert bring(write(tmp_path / "a.csv", text)).created == 2


@pytest.mark.django_db
def test_a_wrong_delimiter_in_the_mapping_is_named(tmp_path: Path):
    with pytest.raises(ImportRefused, match="semicolon"):
        bring(write(tmp_path / "a.csv", GOOD.replace(",", ";")), MAPPING | {"delimiter": ","})
    assert not Interaction.objects.exists()


@pytest.mark.django_db
def test_gzip(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(GOOD.encode()))
    assert bring(path).created == 2
    path.write_bytes(gzip.compress(GOOD.encode() * 50)[:-20])
    with pytest.raises(ImportRefused, match="damaged or cut off"):
        bring(path)


@pytest.mark.django_db
def test_a_missing_column_is_refused_with_what_is_there(tmp_path: Path):
    with pytest.raises(ImportRefused, match=r"no column “solved”.*It has: “id”"):
        bring(write(tmp_path / "a.csv", GOOD.replace("solved", "finished")))
    assert not Interaction.objects.exists()
    assert not Source.objects.exists()


@pytest.mark.django_db
def test_an_unknown_column_is_a_warning(tmp_path: Path):
    text = GOOD.replace("answered\n", "answered,mood\n").replace(",y\n", ",y,fine\n").replace(",n\n", ",n,sad\n")
    result = bring(write(tmp_path / "a.csv", text))
    assert result.created == 2
    assert any("mood" in note for note in result.notes)


@pytest.mark.django_db
def test_a_mapped_column_that_stands_twice_is_refused(tmp_path: Path):
    with pytest.raises(ImportRefused, match="stands 2 times"):
        bring(write(tmp_path / "a.csv", GOOD.replace("answered", "agent")), MAPPING)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel"),
        (bytes(range(256)) * 40, "not a text file"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content, message):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=message):
        bring(path)


@pytest.mark.django_db
def test_a_zip_named_csv(tmp_path: Path):
    path = tmp_path / "cases.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("cases.csv", GOOD)
    with pytest.raises(ImportRefused, match=r"zip archive.*Unpack"):
        bring(path)


@pytest.mark.django_db
def test_an_excel_bomb_is_refused_by_what_it_declares(tmp_path: Path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as member:
            for _ in range(40):
                member.write(b"0" * 2**20)
    with pytest.raises(ImportRefused, match="would unpack to"):
        bring(path)


@pytest.mark.django_db
def test_an_endless_line_is_refused(tmp_path: Path, settings):
    settings.IMPORT_MAX_LINE_BYTES = 100_000
    path = write(tmp_path / "a.csv", GOOD + "C3," + "x" * 300_000)
    with pytest.raises(ImportRefused, match="Line 4 is longer than"):
        bring(path)
    assert not Interaction.objects.exists()


SNIFF = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (900 * 2**20, 900 * 2**20))
import os; os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")
import django; django.setup()
from pathlib import Path
from coaching.interactions.importing.sniffing import sniff
from coaching.interactions.importing.problems import ImportRefused
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    sniff(Path(sys.argv[1]))
except ImportRefused as refused:
    print(refused)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_one_gigabyte_of_one_line_stays_small(tmp_path: Path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as stream:
        stream.write(b"id,text\nC1,")
        stream.seek(2**30)  # sparse: a gigabyte without a line end
        stream.write(b"x")
    done = subprocess.run([sys.executable, "-c", SNIFF, str(path)], capture_output=True, text=True, check=True, timeout=300)
    message, grown = done.stdout.splitlines()[-2:]
    assert "longer than" in message
    assert int(grown) < 100
    assert resource.RLIMIT_AS


def test_xlsx_named_csv_is_read_as_what_it_is(shared_data, tmp_path: Path):
    path = tmp_path / "calls.csv"
    path.write_bytes((shared_data / "call_centre" / "calls.xlsx").read_bytes())
    assert sniff(path).kind == "xlsx"


@pytest.mark.django_db
def test_the_command_says_why_and_exits_with_2(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"%PDF-1.7")
    mapping = write(tmp_path / "m.toml", 'source = "desk"\n[interaction.columns]\nexternal_id = "id"\nopened_at = "opened"\n')
    with pytest.raises((CommandError, SystemExit)) as stopped:
        call_command("import_interactions", str(path), "--mapping", str(mapping))
    assert getattr(stopped.value, "returncode", None) == 2 or getattr(stopped.value, "code", None) == 2

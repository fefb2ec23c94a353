"""Keeping a package: the real ones, by page and command; and every fault by its name, with nothing left behind."""

from __future__ import annotations

import io
import json
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from learning.packages import archive, store
from learning.packages.faults import PackageRefused
from learning.packages.models import Package
from learning.packages.services import import_package
from people.models import AuditEntry
from tests.factories.packages import PAGE, h5p_zip, keep_package, manifest, package_zip, zipped


def files_left() -> list[str]:
    root = Path(settings.PACKAGE_ROOT)
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.PACKAGE_ROOT = tmp_path / "packages"


def run_command(path: Path) -> dict:
    out = io.StringIO()
    call_command("import_package", str(path), "--json", stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue().splitlines()[-1])


# --- Real ones ------------------------------------------------------------------------------------


def test_real_packages_are_kept_with_their_title_and_launch(db, shared_data):
    folder = shared_data / "scorm"
    expected = {
        "RuntimeBasicCalls_SCORM12.zip": ("scorm12", "Golf Explained - Run-time Basic Calls", "shared/launchpage.html", 1, True),
        "RuntimeBasicCalls_SCORM20043rdEdition.zip": (
            "scorm2004", "Golf Explained - Run-time Basic Calls", "shared/launchpage.html", 1, True,
        ),
        "ContentPackagingOneFilePerSCO_SCORM12.zip": (
            "scorm12", "Golf Explained - CP One File Per SCO", "Playing/Playing.html", 18, False,
        ),
    }  # fmt: skip
    for name, facts in expected.items():
        assert run_command(folder / name)["created"] == 1
        package = Package.objects.get(file_name=name)
        assert (package.kind, package.title, package.launch, len(package.parts), package.reports) == facts
        assert store.path_of(package.sha256).read_bytes() == (folder / name).read_bytes()
    menu = Package.objects.get(file_name="ContentPackagingOneFilePerSCO_SCORM12.zip").items
    assert [item.title for item in menu if item.depth == 0] == ["Playing the Game", "Etiquette", "Handicapping", "Having Fun"]
    assert menu[6].href == "shared/assessmenttemplate.html?questions=Playing"
    again = run_command(folder / "RuntimeBasicCalls_SCORM12.zip")
    assert (again["created"], again["unchanged"], Package.objects.count()) == (0, 1, 3)

    left = files_left()
    for name, fault in (("MalformedXml_SCORM12.zip", "bad_xml"), ("MissingLaunchUrl_SCORM12.zip", "no_launch")):
        with pytest.raises(CommandError, match=fault) as refused:
            run_command(folder / name)
        assert refused.value.returncode == 2
    assert (files_left(), Package.objects.count()) == (left, 3)


# --- Refusals -------------------------------------------------------------------------------------


def with_members(*members: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    target = io.BytesIO(package_zip())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as zipped_file:
        for info, content in members:
            zipped_file.writestr(info, content)
    return target.getvalue()


def named(*names: str) -> bytes:
    return with_members(*[(zipfile.ZipInfo(name), b"x") for name in names])


def symlink() -> bytes:
    info = zipfile.ZipInfo("link.html")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return with_members((info, b"/etc/passwd"))


def encrypted() -> bytes:
    """The flag of encryption set on a member, in the table of contents."""
    data = bytearray(package_zip())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def lying() -> bytes:
    """A member that says to be one byte longer than it is."""
    data = bytearray(package_zip())
    at = data.find(b"PK\x01\x02")
    size = struct.unpack("<I", data[at + 24 : at + 28])[0]
    data[at + 24 : at + 28] = struct.pack("<I", size + 1)
    return bytes(data)


def overlapping() -> bytes:
    """Two lines of the table that point to the same bytes."""
    data = bytearray(package_zip())
    first = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    return bytes(data)


def many() -> bytes:
    """Says that it holds 200,000 members: refused before the table is read."""
    data = bytearray(package_zip())
    at = data.rfind(b"PK\x05\x06")
    data[at + 10 : at + 12] = struct.pack("<H", 60_000)
    return bytes(data)


def bytes_of(xml: str, **files: str) -> bytes:
    return zipped({"imsmanifest.xml": xml, **files})


BOMB = zipfile.ZipInfo("bomb.txt")
BOMB.compress_type = zipfile.ZIP_DEFLATED
LZMA = zipfile.ZipInfo("packed.txt")
LZMA.compress_type = zipfile.ZIP_LZMA
WITHOUT_PAGE = '<resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="part1.html"/>'

REFUSED = {
    "not_a_zip": lambda: b"This is a letter, not a zip." * 10,
    "damaged": lying,
    "bad_path": lambda: named("../../outside.html"),
    "bad_path:absolute": lambda: named("/etc/cron.d/x.html"),
    "bad_path:drive": lambda: named("C:/x.html"),
    "bad_path:backslash": lambda: named("a\\..\\b.html"),
    "bad_name": lambda: named("a\x07b.html"),
    "name_too_long": lambda: named("x" * 201 + ".html"),
    "link": symlink,
    "packed_too_tightly": lambda: with_members((BOMB, b"0" * (3 * 1024**2))),
    "too_many_files": many,
    "name_twice": lambda: named("Part1.HTML"),
    "encrypted": encrypted,
    "overlap": overlapping,
    "packed_strangely": lambda: with_members((LZMA, b"x" * 50)),
    "forbidden_type": lambda: named("shell.php"),
    "forbidden_type:htaccess": lambda: named("a/.htaccess"),
    "no_manifest": lambda: zipped({"index.html": PAGE}),
    "manifest_not_at_root": lambda: zipped({"course/imsmanifest.xml": manifest(), "course/part1.html": PAGE}),
    "aicc": lambda: zipped({"course.au": "x", "course.crs": "x"}),
    "bad_h5p": lambda: zipped({"h5p.json": "[]", "content/content.json": "{}"}),
    "bad_h5p:json": lambda: h5p_zip(**{"H5P.Helper-1.4/library.json": "{"}),
    "bad_h5p:library": lambda: h5p_zip(**{"h5p.json": '{"preloadedDependencies": [{"machineName": "../x"}]}'}),
    "no_content": lambda: h5p_zip(**{"content/content.json": None}),
    "no_main_library": lambda: h5p_zip(**{"h5p.json": '{"mainLibrary": "H5P.Gone"}'}),
    "missing_libraries": lambda: h5p_zip(**{"H5P.Helper-1.4/library.json": None}),
    "missing_files": lambda: h5p_zip(**{"H5P.Pick-1.0/pick.js": None}),
    "forbidden_type:h5p": lambda: h5p_zip(**{"content/shell.php": "x"}),
    "dtd": lambda: bytes_of(manifest(before='<!DOCTYPE m [<!ENTITY a "aaaa">]>')),
    "bad_xml": lambda: bytes_of(manifest().replace("</title>", "", 1)),
    "bad_manifest": lambda: bytes_of("<course/>"),
    "not_scorm": lambda: bytes_of("<manifest><organizations/></manifest>"),
    "no_organization": lambda: bytes_of(manifest().replace("organization ", "other ").replace("</organization>", "</other>")),
    "missing_organization": lambda: bytes_of(manifest().replace('default="o"', 'default="gone"')),
    "nothing_to_launch": lambda: bytes_of(manifest(parts=[])),
    "missing_resource": lambda: bytes_of(manifest().replace('identifier="r1"', 'identifier="r9"')),
    "no_launch": lambda: bytes_of(manifest(parts=[{"href": ""}])),
    "missing_launch": lambda: bytes_of(manifest()),
    "missing_launch:outside": lambda: bytes_of(manifest(parts=[{"href": "../../x.html"}])),
    "launch_elsewhere": lambda: bytes_of(manifest(parts=[{"href": "https://example.com/x.html"}])),
}


@pytest.mark.parametrize("case", REFUSED)
def test_each_fault_is_named_and_leaves_nothing(case, db, now):
    with pytest.raises(PackageRefused) as refused:
        import_package(actor=None, pieces=[REFUSED[case]()], file_name="bad.zip", now=now)
    assert refused.value.fault == case.partition(":")[0]
    assert str(refused.value)
    assert (Package.objects.count(), files_left()) == (0, [])


def test_without_the_checks_the_bomb_would_be_kept(db, now, monkeypatch):
    """The control: it is the limit that refuses, not something else about the file."""
    monkeypatch.setattr(archive, "MOST_RATIO", 10**9)
    keep_package(now, REFUSED["packed_too_tightly"]())
    monkeypatch.setattr(archive, "check_name", lambda name: None)
    keep_package(now, REFUSED["bad_path"]())
    assert Package.objects.count() == 2


def test_limits_on_what_is_declared(db, now, monkeypatch):
    for name, value, fault in (
        ("MOST_BYTES", 100, "too_large"),
        ("MOST_UNPACKED", 100, "too_large_unpacked"),
        ("MOST_MEMBER", 50, "file_too_large"),
        ("MOST_MEMBERS", 1, "too_many_files"),
    ):
        with monkeypatch.context() as limits:
            limits.setattr(archive, name, value)
            with pytest.raises(PackageRefused) as refused:
                keep_package(now)
        assert refused.value.fault == fault


# --- What the manifest says -----------------------------------------------------------------------


def test_what_the_manifest_asks_for_is_kept(db, now):
    inner = "<adlcp:masteryscore>70</adlcp:masteryscore><adlcp:datafromlms>level=2</adlcp:datafromlms>"
    parts = [
        {"title": "Talk", "inner": inner, "parameters": "?mode=a"},
        {"title": "Read", "type": "asset", "href": "a page.html?x=1", "parameters": "&y=2"},
    ]
    package = keep_package(now, parts=parts, files={"notes.docx": "x", "a page.html": PAGE})
    talk, read = package.parts
    assert (talk.title, talk.is_sco, talk.mastery_score, talk.launch_data) == ("Talk", True, 70.0, "level=2")
    assert (talk.href, read.href, read.is_sco) == ("part1.html?mode=a", "a%20page.html?x=1&y=2", False)
    assert any("notes.docx" in warning for warning in package.warnings)

    sequencing = (
        "<imsss:sequencing><imsss:objectives><imsss:primaryObjective satisfiedByMeasure='true'><imsss:minNormalizedMeasure>0.6"
        "</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives></imsss:sequencing>"
        "<adlcp:completionThreshold>0.5</adlcp:completionThreshold>"
    )
    package = keep_package(now, version="2004 4th Edition", parts=[{"inner": sequencing}])
    (part,) = package.parts
    assert (package.kind, part.passing_scaled, part.completion_threshold) == ("scorm2004", 0.6, 0.5)


def sequenced(inner: str) -> dict:
    return {"version": "2004 4th Edition", "extra": f"<imsss:sequencing>{inner}</imsss:sequencing>"}


RULES = {
    "a fixed order": sequenced("<imsss:controlMode choice='false' flow='true'/>"),
    "skipped, closed or repeated": sequenced("<imsss:sequencingRules><imsss:preConditionRule/></imsss:sequencingRules>"),
    "a limit of attempts": sequenced("<imsss:limitConditions attemptLimit='1'/>"),
    "when the whole counts": sequenced("<imsss:rollupRules rollupObjectiveSatisfied='false'/>"),
    "drawn by chance": sequenced("<imsss:randomizationControls randomizationTiming='once'/>"),
    "objectives that parts share": sequenced(
        "<imsss:objectives><imsss:objective><imsss:mapInfo/></imsss:objective></imsss:objectives>"
    ),
    "(prerequisites)": {"extra": "<item identifier='x'><adlcp:prerequisites type='aicc_script'>i1</adlcp:prerequisites></item>"},
}


@pytest.mark.parametrize("named", RULES)
def test_rules_that_are_not_followed_are_named_at_upload(named, cast, sign_in):
    source = package_zip(parts=[{}, {}], **RULES[named])
    page = sign_in(cast.edda).post(reverse("package_upload"), upload(source), follow=True).content.decode()
    assert "has rules that are not followed here" in page
    assert named in page
    assert "in any order, and it is complete when every part that reports is done." in page


def test_a_package_that_asks_for_no_more_than_a_menu_is_kept_without_a_word(db, now):
    open_menu = "<imsss:controlMode choice='true' flow='true'/><imsss:deliveryControls completionSetByContent='true'/>"
    assert keep_package(now, parts=[{}, {}], **sequenced(open_menu)).warnings == []
    # With one part there is no order to keep.
    assert keep_package(now, **sequenced("<imsss:controlMode choice='false'/>")).warnings == []


def test_missing_libraries_are_named(cast, sign_in):
    source = h5p_zip(**{"H5P.Helper-1.4/library.json": None})
    page = sign_in(cast.edda).post(reverse("package_upload"), upload(source, "pick.h5p"))
    assert page.status_code == 422
    assert "does not hold the libraries it needs: H5P.Helper 1.4." in page.content.decode()
    assert (files_left(), Package.objects.count()) == ([], 0)


def test_packages_are_immutable(db, now):
    package = keep_package(now)
    package.title = "Another"
    for change in (package.save, package.delete, Package.objects.all().delete, lambda: Package.objects.update(title="x")):
        with pytest.raises(TypeError):
            change()


# --- The pages ------------------------------------------------------------------------------------


def upload(source: bytes, name: str = "course.zip") -> dict:
    return {"package": SimpleUploadedFile(name, source, content_type="application/zip")}


def test_an_editor_uploads_makes_a_module_and_exchanges_it(cast, now, sign_in):
    browser = sign_in(cast.edda)
    assert "No packages yet" in browser.get(reverse("package_list")).content.decode()
    page = browser.post(reverse("package_upload"), upload(named("x.php")))
    assert page.status_code == 422
    assert "x.php" in page.content.decode()
    assert files_left() == []

    page = browser.post(reverse("package_upload"), upload(package_zip("Calm calls")), follow=True).content.decode()
    package = Package.objects.get()
    assert "Calm calls" in page
    assert package.uploaded_by == cast.edda
    again = browser.post(reverse("package_upload"), upload(package_zip("Calm calls"), "other name.zip"), follow=True)
    assert "here already" in again.content.decode()
    assert "Calm calls" in browser.get(reverse("package_list"), {"q": "calm"}).content.decode()
    assert "No package fits" in browser.get(reverse("package_list"), {"q": "zebra"}).content.decode()

    made = browser.post(reverse("package_make_module", args=[package.pk]))
    module = package_module(package)
    assert made.url == reverse("wagtailadmin_pages:edit", args=[module.pk])
    assert (module.live, module.title) == (False, "Calm calls")
    assert browser.get(made.url).status_code == 200
    module.get_latest_revision().publish(user=cast.edda)
    module.refresh_from_db()

    newer = keep_package(now, title="Calm calls, second edition")
    form = {"module": module.pk}
    browser.post(reverse("package_exchange", args=[newer.pk]), form)
    module.refresh_from_db()
    assert module.package_digest == package.sha256, "what is published stays until somebody publishes"
    assert module.get_latest_revision_as_object().package_digest == newer.sha256
    twice = browser.post(reverse("package_exchange", args=[newer.pk]), form)
    assert (twice.status_code, "has this package already" in twice.content.decode()) == (422, True)
    verbs = set(AuditEntry.objects.filter(actor=cast.edda).values_list("verb", flat=True))
    assert {"package.upload", "module.make_of_package", "module.exchange_package"} <= verbs


def package_module(package: Package):
    return type(package)._meta.apps.get_model("learning_modules", "Module").objects.get(package_digest=package.sha256)


def test_what_was_cut_off_is_swept_after_a_day(db, now):
    root = Path(settings.PACKAGE_ROOT)
    (root / "incoming").mkdir(parents=True)
    (root / "incoming" / "abcdef").write_bytes(b"half")
    (root / ("0" * 64 + ".zip")).write_bytes(b"nobody knows it")
    kept = keep_package(now)
    assert len(files_left()) == 3, "a young file may still be on its way"
    long_after = now.replace(year=now.year + 5)
    store.sweep(long_after, [kept.sha256])
    assert files_left() == [f"{kept.sha256}.zip"]

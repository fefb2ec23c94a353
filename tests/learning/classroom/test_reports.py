"""Reports: each person once per module, in today's team; versions and hours; files that are safe to open."""

import csv
import io
from collections import Counter
from datetime import date, timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from learning.assignments.models import Assignment, PastTraining
from learning.assignments.services import withdraw_assignment
from learning.assignments.training.services import complete_by_hand
from learning.classroom.queries.matrix import by_team, matrix
from learning.modules.services import publish_module
from people import services as people_services
from people.models import AuditEntry, Role
from tests.conftest import TODAY
from tests.factories.learning import give, make_module

PAST = date(2020, 1, 1)


def text(response) -> str:
    return response.content.decode()


def body(response) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


@pytest.fixture
def learnt(cast, now):
    """Chat: Rita twice and again open, Ravi overdue, Otto done, a lead open. Tone: Rita withdrawn, Otto open."""
    chat, tone = make_module(now, "Chat"), make_module(now, "Tone")
    for _ in range(2):
        complete_by_hand(actor=cast.lena, assignment=give(cast.rita, chat, now), reason="Seen.", now=now)
    give(cast.rita, chat, now)
    give(cast.ravi, chat, now, due_on=PAST)
    complete_by_hand(actor=cast.lars, assignment=give(cast.otto, chat, now), reason="Seen.", now=now)
    give(cast.lena, chat, now)
    withdrawn = give(cast.rita, tone, now)
    withdraw_assignment(actor=cast.lena, assignment=withdrawn, reason="No.", now=now)
    give(cast.otto, tone, now)
    return {"chat": chat, "tone": tone}


def cells(viewer, module, **wish) -> dict[str, tuple[int, int, int, int]]:
    found = matrix(viewer, [module], TODAY, **wish)
    (row,) = found.rows
    names = [("own " if c.own else "") + c.team.name if c.team else "no team" for c in found.columns]
    named = dict(zip(["all", *names], [row.total, *row.cells], strict=True))
    return {name: (c.n, c.done, c.open, c.overdue) for name, c in named.items()}


def test_each_person_once_in_the_team_of_today(cast, now, learnt):
    chat = learnt["chat"]
    expected = {"all": (4, 2, 3, 1), "Harbour": (2, 1, 2, 1), "Meadow": (1, 1, 0, 0), "no team": (1, 0, 1, 0)}
    assert cells(cast.hana, chat) == expected
    assert cells(cast.hana, learnt["tone"])["all"] == (1, 0, 1, 0), "withdrawn counts nowhere"
    assert cells(cast.lena, chat) == {"all": (2, 1, 2, 1), "Harbour": (2, 1, 2, 1)}
    below = people_services.create_team(actor=None, name="Night", parent=cast.harbour, now=now)
    people_services.join_team(actor=None, person=cast.ravi, team=below, starts_on=date(2026, 1, 1), now=now)
    assert cells(cast.hana, chat)["Harbour"] == (2, 1, 2, 1), "teams below count with their team"
    assert cells(cast.hana, chat, team=cast.harbour) == {
        "all": (2, 1, 2, 1),
        "Night": (1, 0, 1, 1),
        "own Harbour": (1, 1, 1, 0),
    }
    people_services.join_team(actor=None, person=cast.ravi, team=cast.meadow, starts_on=date(2026, 2, 1), now=now)
    assert cells(cast.hana, chat)["Meadow"] == (2, 1, 1, 1), "the team of today"
    people_services.deactivate_person(actor=None, person=cast.ravi, now=now)
    assert cells(cast.hana, chat)["all"] == (3, 2, 2, 0)


def test_against_a_slow_count(cast, now, learnt):
    """Every assignment looked at one by one gives the same."""
    slow: dict[tuple[int, int | None], Counter[str]] = {}
    seen: set[tuple[str, int, int]] = set()
    for row in Assignment.objects.exclude(state="withdrawn").select_related("person"):
        member = row.person.memberships.filter(kind="member", ends_on=None).first()
        key = (row.module_id, member.team_id if member else None)
        counts = slow.setdefault(key, Counter())
        marks = {"n", "done"} if row.state == "completed" else {"n"}
        for mark in marks:
            if (mark, row.module_id, row.person_id) not in seen:
                counts[mark] += 1
                seen.add((mark, row.module_id, row.person_id))
        counts["open"] += row.is_open
        counts["overdue"] += row.is_overdue(now.date())
    fast = {(module, team): cell for module, team, cell in by_team(cast.hana, None, now.date())}
    assert {key: (c["n"], c["done"], c["open"], c["overdue"]) for key, c in slow.items()} == {
        key: (c.n, c.done, c.open, c.overdue) for key, c in fast.items()
    }


def test_the_page_is_filtered_and_stays_cheap(cast, now, sign_in, learnt, django_assert_max_num_queries):
    for number in range(25):
        give(cast.rita, make_module(now, f"Module {number:02}"), now)
    hana = sign_in(cast.hana)
    hana.get(reverse("report_teams"))
    with django_assert_max_num_queries(16):
        page = text(hana.get(reverse("report_teams")))
    assert "1–20 of 27" in page
    assert "2 of 4" in page
    assert "1 overdue" in page
    assert "Module 20" not in page
    found = text(hana.get(reverse("report_teams") + f"?q=Tone&team={cast.meadow.pk}"))
    assert "0 of 1" in found
    assert "Nothing fits this filter" in text(hana.get(reverse("report_teams") + "?q=nothing"))
    lena = text(sign_in(cast.lena).get(reverse("report_teams")))
    assert "Meadow" not in lena
    foreign = text(sign_in(cast.lena).get(reverse("report_teams") + f"?team={cast.meadow.pk}"))
    assert "2 of 4" not in foreign


def test_who_completed_which_version_when(cast, now, sign_in, learnt):
    chat = learnt["chat"]
    first = chat.live_revision_id
    chat.summary = "Better words."
    publish_module(actor=cast.edda, module=chat, now=now + timedelta(days=1))
    complete_by_hand(
        actor=cast.lena,
        assignment=Assignment.objects.open().get(person=cast.rita, module=chat),
        reason="=1+1",
        now=now + timedelta(days=2),
    )
    gone = people_services.create_person(
        actor=None, email="gone@example.com", display_name="=cmd|gone", roles=[Role.REP], now=now
    )
    complete_by_hand(actor=cast.hana, assignment=give(gone, chat, now), reason="Seen.", now=now + timedelta(days=3))
    people_services.deactivate_person(actor=None, person=gone, now=now)
    hana = sign_in(cast.hana)
    page = text(hana.get(reverse("report_completions")))
    assert "5 completions" in page
    assert f"no. {first}" in page
    assert f"no. {chat.live_revision_id}" in page
    assert "By hand, Lena Example" in page
    since = (now + timedelta(days=2)).date().isoformat()
    assert "2 completions" in text(hana.get(reverse("report_completions") + f"?since={since}"))
    assert "1 completion<" in text(hana.get(reverse("report_completions") + f"?since={since}&until={since}")).replace("\n", "")
    assert "3 completions" in text(hana.get(reverse("report_completions") + f"?team={cast.harbour.pk}"))
    assert "Nothing fits" in text(hana.get(reverse("report_completions") + "?how=learner"))
    lars = body(sign_in(cast.lars).get(reverse("report_completions_export", args=["csv"])))
    assert [row["Person"] for row in csv.DictReader(io.StringIO(lars))] == ["Otto Example"]
    rows = list(csv.DictReader(io.StringIO(body(hana.get(reverse("report_completions_export", args=["csv"]))))))
    assert rows[0]["Person"] == "'=cmd|gone"
    assert (rows[0]["Version no."], rows[0]["By hand by"]) == (str(chat.live_revision_id), "Hana Example")
    assert rows[0]["Digest of the content"] != rows[-1]["Digest of the content"]
    book = load_workbook(io.BytesIO(hana.get(reverse("report_completions_export", args=["xlsx"])).content))
    sheet = book.active
    assert (sheet.max_row, sheet["A2"].value, sheet["A2"].data_type) == (6, "'=cmd|gone", "s")
    entry = AuditEntry.objects.filter(verb="read.learning_report", actor=cast.hana).first()
    assert entry.after == {"report": "completions", "rows": 5}
    assert hana.get(reverse("report_completions_export", args=["pdf"])).status_code == 404


def test_hours_by_year_hold_imported_trainings(cast, now, sign_in, learnt):
    PastTraining.objects.create(person=cast.rita, title="Phone", completed_on=date(2025, 12, 31), minutes=90, imported_at=now)
    PastTraining.objects.create(person=cast.rita, title="Mail", completed_on=date(2026, 1, 1), minutes=30, imported_at=now)
    hana = sign_in(cast.hana)
    rows = list(csv.DictReader(io.StringIO(body(hana.get(reverse("report_hours_export", args=["csv"]) + "?year=2026")))))
    mine = next(row for row in rows if row["Person"] == "Rita Example")
    assert (mine["Modules"], mine["Other trainings"], mine["Hours elsewhere"], mine["Hours"]) == ("2", "1", "0.5", "0.5")
    old = text(hana.get(reverse("report_hours") + "?year=2025&q=rita"))
    assert "Hours learnt in 2025" in old
    assert "1 h 30 min" in old
    sheet = load_workbook(
        io.BytesIO(hana.get(reverse("report_hours_export", args=["xlsx"]) + "?year=2025&q=rita").content)
    ).active
    assert sheet["H2"].value == 1.5
    teams = load_workbook(io.BytesIO(hana.get(reverse("report_teams_export", args=["xlsx"])).content)).active
    found = {(row[0].value, row[1].value): row[2].value for row in teams.iter_rows(min_row=2)}
    assert found == {
        ("Care / Harbour", "Chat"): 2,
        ("Care / Meadow", "Chat"): 1,
        ("Care / Meadow", "Tone"): 1,
        ("no team", "Chat"): 1,
    }

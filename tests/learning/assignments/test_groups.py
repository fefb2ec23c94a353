"""Giving a module to teams and roles at once, two dates instead of one, and changing many on the lead's list."""

from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from learning.assignments.models import Assignment
from learning.modules.content import from_revision
from people import services as people_services
from people.models import AuditEntry, Role
from tests.factories.learning import give, learn_all, make_module

LATER = date(2099, 1, 1)


def text(response) -> str:
    return response.content.decode()


def test_a_whole_team_and_a_role_in_one_form(cast, now, sign_in):
    module = make_module(now)
    below = people_services.create_team(actor=None, name="Night", parent=cast.harbour, now=now)
    nora = people_services.create_person(
        actor=None, email="nora@example.com", display_name="Nora Night", roles=[Role.REP], now=now
    )
    people_services.join_team(actor=None, person=nora, team=below, starts_on=date(2025, 1, 1), now=now)
    learn_all(sign_in(cast.ravi), give(cast.ravi, module, now))
    lena = sign_in(cast.lena)
    form = text(lena.get(reverse("assign_module")))
    assert "Care / Harbour / Night" in form
    assert "Meadow" not in form, "a lead gives nothing to teams they do not lead"
    wish = {"module": module.pk, "due_on": "2099-01-01", "access_until": "2099-02-01", "because": "New policy."}
    assert "Choose at least one person, team or role." in text(lena.post(reverse("assign_module"), wish))
    early = lena.post(reverse("assign_module"), wish | {"teams": [cast.harbour.pk], "access_until": "2098-01-01"})
    assert "Choose the day it is due or a later one." in text(early)
    wish |= {"teams": [cast.harbour.pk], "roles": ["rep"]}
    first = text(lena.post(reverse("assign_module"), wish, follow=True))
    assert "Assigned to 2 people." in first
    assert "they have completed it before: Ravi Example" in first
    second = text(lena.post(reverse("assign_module"), wish, follow=True))
    assert "they already have it to do: Nora Night, Rita Example" in second
    given = Assignment.objects.filter(source="lead", due_on=LATER, access_until=date(2099, 2, 1))
    assert {row.person for row in given} == {nora, cast.rita}
    assert "Assigned to 1 person." in text(lena.post(reverse("assign_module"), wish | {"again": "on"}, follow=True))
    none = lena.post(reverse("assign_module"), wish | {"roles": ["head"]}, follow=True)
    assert "Nobody of yours is in these teams with these roles" in text(none)
    foreign = lena.post(reverse("assign_module"), wish | {"teams": [cast.meadow.pk]})
    assert foreign.status_code == 200
    assert not Assignment.objects.filter(person=cast.otto).exists()


def test_after_the_last_day_the_player_says_what_to_do(cast, now, sign_in):
    module = make_module(now)
    assignment = give(cast.rita, module, now, due_on=date(2020, 1, 1), access_until=LATER)
    rita, lena = sign_in(cast.rita), sign_in(cast.lena)
    rita.post(reverse("start_attempt", args=[assignment.pk]))
    assert rita.get(reverse("lesson", args=[assignment.pk, 1])).status_code == 200
    assert rita.post(reverse("ask_for_more_time", args=[assignment.pk])).status_code == 403, "it is not over yet"
    yesterday = timezone.localdate() - timedelta(days=1)
    Assignment.objects.filter(pk=assignment.pk).update(access_until=yesterday)
    page = text(rita.get(reverse("resume_assignment", args=[assignment.pk]), follow=True))
    assert "The last day has passed" in page
    assert "Ask for more time" in page
    assert ">Continue<" not in page
    for url in (reverse("lesson", args=[assignment.pk, 1]), reverse("quiz", args=[assignment.pk])):
        response = rita.get(url)
        assert response.status_code == 403
        assert "ask for more time" in text(response)
    sent = text(rita.post(reverse("finish_lesson", args=[assignment.pk, 1]), follow=True))
    assert "Ask for more time, or take it anew" in sent
    assert assignment.attempts.get().steps.count() == 0
    for _ in range(2):
        rita.post(reverse("ask_for_more_time", args=[assignment.pk]))
    assert AuditEntry.objects.filter(verb="assignment.ask_time").count() == 1
    assert "You asked for more time" in text(rita.get(reverse("assignment_detail", args=[assignment.pk])))
    listed = text(lena.get(reverse("learn_team") + "?state=asked"))
    assert "Asks for more time" in listed.split("<tbody>")[1]
    lena.post(reverse("change_dates", args=[assignment.pk]), {"due_on": "2099-01-01", "access_until": ""})
    assignment.refresh_from_db()
    assert (assignment.due_on, assignment.access_until, assignment.more_time_asked_at) == (LATER, None, None)
    learn_all(rita, assignment)
    assignment.refresh_from_db()
    assert assignment.state == Assignment.State.COMPLETED
    assert "Only what is still to do" in text(
        lena.post(reverse("change_dates", args=[assignment.pk]), {"due_on": "2099-02-01"}, follow=True)
    )


def test_what_is_over_can_be_taken_anew_and_the_old_one_is_kept(cast, now, sign_in):
    module = make_module(now)
    over = give(cast.rita, module, now, access_until=date(2020, 1, 1))
    rita = sign_in(cast.rita)
    assert rita.post(reverse("start_attempt", args=[over.pk]), follow=True).status_code == 403
    rita.post(reverse("choose_module", args=[module.pk]))
    over.refresh_from_db()
    assert over.state == Assignment.State.WITHDRAWN
    own = Assignment.objects.get(module=module, source="own")
    learn_all(rita, own)
    assert own.attempts.get().finished_at
    assert from_revision(own.completion.revision).title == "Listening"


def test_many_at_once_from_the_list(cast, now, sign_in):
    modules = [make_module(now, title) for title in ("Listening", "Honesty", "Tone")]
    rows = [give(cast.rita, module, now, due_on=date(2020, 1, 1), access_until=date(2098, 1, 1)) for module in modules]
    foreign = give(cast.otto, modules[0], now, due_on=date(2020, 1, 1))
    sign_in(cast.rita).post(reverse("start_attempt", args=[rows[0].pk]))
    lena = sign_in(cast.lena)
    url = reverse("learn_team_change")
    assert "Nothing was chosen" in text(lena.post(url, {"action": "dates", "assignment": [foreign.pk, "x"]}, follow=True))
    chosen = [*(row.pk for row in rows), foreign.pk]
    ask = text(lena.post(url, {"action": "dates", "assignment": chosen}))
    assert "New date for 3 assignments" in ask
    assert "Otto" not in ask
    bad = text(lena.post(url, {"action": "dates", "assignment": chosen, "confirmed": "1", "due_on": "2020-01-01"}))
    assert "This day has passed" in bad
    done = lena.post(url, {"action": "dates", "assignment": chosen, "confirmed": "1", "due_on": "2099-01-01"}, follow=True)
    assert "3 assignments have the new date." in text(done)
    for row in rows:
        row.refresh_from_db()
        assert (row.due_on, row.access_until) == (LATER, LATER), "the last day moves along where it would lie before"
    foreign.refresh_from_db()
    assert foreign.due_on == date(2020, 1, 1)
    reason = {"action": "withdraw", "assignment": chosen, "confirmed": "1"}
    assert "the learner reads the reason" in text(lena.post(url, reason))
    done = text(lena.post(url, reason | {"reason": "The tool is gone."}, follow=True))
    assert "2 assignments are withdrawn." in done
    assert "started or completed: Rita Example: Listening." in done
    assert Assignment.objects.filter(state="withdrawn", withdrawn_reason="The tool is gone.").count() == 2


def test_the_list_as_a_file_is_what_the_filter_shows_and_safe_to_open(cast, now, sign_in):
    give(cast.rita, make_module(now, "Listening"), now, because="=HYPERLINK(1)", due_on=LATER)
    give(cast.rita, make_module(now, "Tone"), now)
    give(cast.otto, make_module(now, "Honesty"), now)
    lena = sign_in(cast.lena)
    assert "export.csv?q=Listen" in text(lena.get(reverse("learn_team") + "?q=Listen"))
    response = lena.get(reverse("learn_team_export") + "?q=Listen")
    lines = text(response).splitlines()
    assert len(lines) == 2
    assert "Rita Example,rita@example.com,Listening,Not started,2099-01-01" in lines[1]
    assert "'=HYPERLINK(1)" in lines[1]
    assert "Honesty" not in text(lena.get(reverse("learn_team_export")))
    assert AuditEntry.objects.filter(verb="read.learning_list", actor=cast.lena).count() == 2

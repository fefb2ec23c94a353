"""The queue of unmatched people: suggestions with reasons, decided by hand, undone by hand, counted at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from coaching.interactions import services as interactions
from coaching.interactions.models import ChangedDay, Handler, Interaction
from coaching.metrics import services as metrics
from coaching.metrics.models import Rollup
from people.models import AuditEntry, ExternalId
from people.services import create_person
from tests.factories import interactions as make

QUEUE = "/metrics/imports/people/"


def unknown(key, cases=0, *, now, **fields):
    handler = make.handler(None, key=key)
    Handler.objects.filter(pk=handler.pk).update(**({"name": key, "email": ""} | fields))
    handler.refresh_from_db()
    for number in range(cases):
        case_of(handler, now.date() - timedelta(days=number))
    return handler


def case_of(handler, day):
    case = make.interaction(None, day, handler=handler, marked=False)
    Handler.objects.filter(external_key="nobody").delete()  # the factory's own
    return case


def cases_of(person) -> int:
    return sum(Rollup.objects.filter(person=person, definition__key="volume").values_list("denominator", flat=True))


@pytest.fixture
def desk(cast, now, time_machine):
    time_machine.move_to(now, tick=False)
    metrics.ensure_default_metrics(now=now)
    return cast


def test_most_cases_first_then_the_newest(desk, now, sign_in):
    unknown("few", 1, now=now)
    unknown("many", 3, now=now)
    old = unknown("old", now=now)
    case_of(old, now.date() - timedelta(days=30))
    page = sign_in(desk.adam).get(QUEUE).context["page"]
    assert [(row.handler.external_key, row.cases) for row in page] == [("many", 3), ("few", 1), ("old", 1)]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"key": "x1", "email": "", "name": "Rita (RITA@Example.com)"}, "The same e-mail address"),
        ({"key": "x2", "name": "example,  RITA"}, "The same name, written otherwise."),
        ({"key": "x3", "name": "Rita Exampel"}, "A similar name"),
        ({"key": "rita.example@old.example", "name": ""}, "A similar name"),
    ],
)
def test_a_suggestion_says_why_and_changes_nothing(desk, now, sign_in, fields, reason):
    handler = unknown(now=now, **fields)
    text = sign_in(desk.adam).get(QUEUE).content.decode()
    assert "Rita Example" in text
    assert reason in text
    handler.refresh_from_db()
    assert handler.person is None


def test_an_external_id_in_other_letters_is_suggested(desk, now, sign_in):
    ExternalId.objects.create(person=desk.otto, source="helpdesk", value="AGT-7")
    ExternalId.objects.create(person=desk.ravi, source="phone", value="line 9")
    unknown("agt-7", now=now)
    unknown("line 9", now=now)
    text = sign_in(desk.adam).get(QUEUE).content.decode()
    assert "Known by this name or number in this system" in text
    assert "Known as “line 9” in phone." in text


def test_nobody_like_this(desk, now, sign_in):
    unknown("Zebulon Quux", now=now)
    assert "nobody like this" in sign_in(desk.adam).get(QUEUE).content.decode()


def test_two_people_of_one_name_are_said_so_and_not_ticked(desk, now, sign_in):
    create_person(actor=None, email="other.rita@example.com", display_name="Rita Example", now=now)
    handler = unknown("Rita Example", now=now)
    client = sign_in(desk.adam)
    text = client.get(QUEUE).content.decode()
    assert "several people" in text
    assert 'type="checkbox"' not in text
    detail = client.get(f"{QUEUE}{handler.pk}/").content.decode()
    assert "other.rita@example.com" in detail
    assert detail.count("shares the name") == 2


def test_two_handlers_of_one_name_are_said_so(desk, now, sign_in):
    unknown("a1", name="Sam", now=now)
    unknown("a2", name="sam", now=now)
    assert sign_in(desk.adam).get(QUEUE).content.decode().count("two with this name here") == 2


def test_matching_counts_the_past_and_is_on_record(desk, now, sign_in, django_capture_on_commit_callbacks):
    handler = unknown("agent-7", 3, now=now)
    late = case_of(handler, date(2026, 6, 1))
    Interaction.objects.filter(pk=late.pk).update(opened_at="2026-06-01T22:30:00Z")
    assert cases_of(desk.rita) == 0
    with django_capture_on_commit_callbacks(execute=True):
        response = sign_in(desk.adam).post(f"{QUEUE}{handler.pk}/match/", {"person": desk.rita.pk}, follow=True)
    assert "agent-7 is Rita Example. 4 cases count now." in response.content.decode()
    assert cases_of(desk.rita) == 4
    assert not ChangedDay.objects.exists()
    late.refresh_from_db()
    assert late.opened_on == date(2026, 6, 2)  # half past midnight in Berlin
    entry = AuditEntry.objects.get(verb="handler.match")
    assert (entry.actor, entry.subject, entry.target_name) == (desk.adam, desk.rita, "agent-7")
    assert entry.after == {"person": desk.rita.pk, "cases": 4, "ratings": 0}


def test_a_match_is_taken_back(desk, now, sign_in, django_capture_on_commit_callbacks):
    handler = unknown("agent-7", 3, now=now)
    make.rating(None, now.date(), handler=handler, marked=False)
    Handler.objects.filter(external_key="nobody").delete()
    client = sign_in(desk.adam)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{QUEUE}{handler.pk}/match/", {"person": desk.rita.pk})
    assert not client.get(QUEUE).context["page"].object_list
    assert "Take back" in client.get(QUEUE + "?list=matched").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{QUEUE}{handler.pk}/undo/")
    assert cases_of(desk.rita) == 0
    assert not Rollup.objects.filter(person=desk.rita).exists()
    assert "agent-7" in client.get(QUEUE).content.decode()
    assert AuditEntry.objects.get(verb="handler.unmatch").subject == desk.rita


def test_chosen_suggestions_are_confirmed_together(desk, now, sign_in, django_capture_on_commit_callbacks):
    one, two = unknown("rita  example", 2, now=now), unknown("OTTO example", 1, now=now)
    left = unknown("Ravi, Example", 1, now=now)
    pairs = [f"{one.pk}:{desk.rita.pk}", f"{two.pk}:{desk.otto.pk}", "nonsense", f"{one.pk}:987654321"]
    with django_capture_on_commit_callbacks(execute=True):
        response = sign_in(desk.adam).post(QUEUE + "confirm/", {"pair": pairs}, follow=True)
    assert "2 handlers are matched. 3 cases count now." in response.content.decode()
    assert (cases_of(desk.rita), cases_of(desk.otto), cases_of(desk.ravi)) == (2, 1, 0)
    left.refresh_from_db()
    assert left.person is None


def test_what_somebody_else_matched_meanwhile_is_left_alone(desk, now, sign_in):
    handler = unknown("agent-7", 1, now=now)
    Handler.objects.filter(pk=handler.pk).update(person=desk.otto)
    response = sign_in(desk.adam).post(QUEUE + "confirm/", {"pair": f"{handler.pk}:{desk.rita.pk}"}, follow=True)
    assert "is matched already" in response.content.decode()
    handler.refresh_from_db()
    assert handler.person == desk.otto


def test_ticking_nothing_is_told(desk, sign_in):
    assert "Tick the suggestions" in sign_in(desk.adam).post(QUEUE + "confirm/", follow=True).content.decode()


def test_a_person_is_found_by_search(desk, now, sign_in):
    handler = unknown("Zebulon Quux", now=now)
    client = sign_in(desk.adam)
    assert "This is Otto Example" in client.get(f"{QUEUE}{handler.pk}/?q=otto").content.decode()
    assert "Nobody matches" in client.get(f"{QUEUE}{handler.pk}/?q=nobody-at-all").content.decode()
    assert "Choose who it is first" in client.post(f"{QUEUE}{handler.pk}/match/", follow=True).content.decode()


def test_none_of_our_people_leaves_the_queue_and_comes_back(desk, now, sign_in):
    handler = unknown("Robot 9", 2, now=now)
    client = sign_in(desk.adam)
    assert "is set aside" in client.post(f"{QUEUE}{handler.pk}/ignore/", follow=True).content.decode()
    assert "Everybody is known" in client.get(QUEUE).content.decode()
    assert "Robot 9" in client.get(QUEUE + "?list=ignored").content.decode()
    assert "waits in the queue again" in client.post(f"{QUEUE}{handler.pk}/look-again/", follow=True).content.decode()
    assert "Robot 9" in client.get(QUEUE).content.decode()
    assert set(AuditEntry.objects.filter(verb__startswith="handler.").values_list("verb", flat=True)) == {
        "handler.ignore",
        "handler.look_again",
    }


def test_matching_again_leaves_alone_who_was_set_aside(desk, now):
    handler = unknown("Rita Example", now=now)
    Handler.objects.filter(pk=handler.pk).update(ignored=True)
    assert interactions.match_handlers(actor=desk.adam, source=handler.source, now=now) == 0


def test_the_badge_on_the_imports(desk, now, sign_in):
    client = sign_in(desk.adam)
    assert "badge" not in client.get("/metrics/imports/").content.decode()
    unknown("a", now=now)
    unknown("b", now=now)
    assert ">2</span>" in client.get("/metrics/imports/").content.decode()


def test_the_head_reads_and_does_not_decide(desk, now, sign_in):
    handler = unknown("Rita Example", 1, now=now)
    client = sign_in(desk.hana)
    text = client.get(QUEUE).content.decode()
    assert "an administrator decides" in text
    assert 'type="checkbox"' not in text
    assert client.post(f"{QUEUE}{handler.pk}/match/", {"person": desk.rita.pk}).status_code == 403


def test_the_queue_costs_few_queries(desk, now, sign_in, django_assert_max_num_queries):
    for number in range(40):
        unknown(f"Rita Exampel {number}", 1, now=now)
    client = sign_in(desk.adam)
    client.get(QUEUE)
    with django_assert_max_num_queries(16):
        client.get(QUEUE)

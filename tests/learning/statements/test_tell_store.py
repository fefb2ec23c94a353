"""Evidence becomes statements, once, and reaches a record store that checks what it takes."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from learning.assignments.models import PACKAGE_STEP, Completion
from learning.assignments.services import finish_step, start_attempt
from learning.assignments.training.services import complete_by_hand
from learning.group_sessions import places
from learning.group_sessions.models import Place
from learning.modules.content import from_revision
from learning.packages.models import Launch, PartState
from learning.quizzes.marks.services import GivenMark, mark_by_person, regrade
from learning.quizzes.models import QuizSubmission
from learning.quizzes.services import submit_quiz
from learning.statements import building, gathering, schedule, services
from learning.statements.gathering import gather
from learning.statements.models import Pseudonym, RecordStore, Statement
from learning.statements.sending import MOST_ATTEMPTS, ROUNDS_TO_STOP, send_waiting, wait_after
from people.models import AuditEntry
from tests.factories.certificates import certified_module, earn, learn
from tests.factories.group_sessions import make_session
from tests.factories.learning import free_text, give, learn_all, lesson, make_module, question
from tests.factories.packages import keep_package, module_of
from tests.learning.statements.lrs import check

HOUR = timedelta(hours=1)


def finish(person, now, title="Listening"):
    """Complete a module without a quiz."""
    return learn(person, give(person, make_module(now, title, lessons=[lesson("Only")], quiz=[]), now), now)


def test_what_was_learnt_arrives_once_and_under_another_name(cast, now, on, lrs, sign_in):
    module = make_module(timezone.now(), "Listening")
    learn_all(sign_in(cast.rita), give(cast.rita, module, timezone.now()))
    later = timezone.now() + HOUR
    assert on(later).delivered == 2
    assert on(later).delivered == 0
    assert lrs.verbs() == ["completed", "passed"]
    assert len([call for call in lrs.calls if call[0] == "POST"]) == 1, "one batch, and nothing when nothing is new"
    completed, passed = sorted(lrs.held.values(), key=lambda body: body["verb"]["id"])
    completion = Completion.objects.get()
    assert completed["object"]["id"] == f"https://learn.example.com/learn/modules/{module.pk}/"
    assert completed["object"]["definition"] == {
        "name": {"en": "Listening"},
        "type": "http://adlnet.gov/expapi/activities/module",
    }
    assert completed["verb"]["id"] == "http://adlnet.gov/expapi/verbs/completed"
    assert completed["result"]["completion"] is True
    extensions = completed["context"]["extensions"]
    assert extensions["https://learn.example.com/xapi/extensions/revision"] == completion.revision_id
    assert extensions["https://learn.example.com/xapi/extensions/content-digest"] == completion.content_digest
    assert passed["verb"]["id"] == "http://adlnet.gov/expapi/verbs/passed"
    assert passed["result"]["score"] == {"scaled": 1.0, "raw": 100, "min": 0, "max": 100}
    assert passed["result"]["success"] is True
    assert passed["context"]["registration"] == completed["context"]["registration"], "one assignment"
    pseudonym = Pseudonym.objects.get()
    assert completed["actor"]["account"] == {"homePage": "https://learn.example.com", "name": str(pseudonym.name)}
    for body in lrs.held.values():
        assert "rita" not in str(body).lower()
        assert "It helps." not in str(body), "the reason of the assignment stays here"


def test_every_kind_of_evidence(cast, now, on, lrs):
    certificate = earn(cast.rita, certified_module(now, "Yearly"), now)
    by_hand = give(cast.otto, make_module(now, "By hand", lessons=[lesson("Only")], quiz=[]), now)
    complete_by_hand(actor=cast.lars, assignment=by_hand, reason="I saw it.", now=now)
    package = keep_package(now)
    attempt = start_attempt(actor=cast.ravi, assignment=give(cast.ravi, module_of(package, now), now), now=now)
    Launch.objects.create(key="k", attempt=attempt, package=package, app_origin="https://x", opened_at=now, last_used_at=now)
    PartState.objects.create(attempt=attempt, part=0, completion="completed", success="passed", score_scaled=0.85, seconds=600)
    finish_step(actor=cast.ravi, attempt=attempt, step=PACKAGE_STEP, now=now)
    session = make_session(cast.lena, now - HOUR, starts_at=now)
    places.invite(actor=cast.lena, session=session, people=[cast.rita, cast.ravi], now=now)
    place = Place.objects.get(person=cast.rita)
    places.note_attendance(actor=cast.lena, session=session, attendance={place.pk: "present"}, now=session.ends_at)
    assert on(now + timedelta(minutes=30)).refused == []
    assert "attended" not in lrs.verbs(), "a session is told once it is over"
    assert on(session.ends_at).refused == []
    assert lrs.verbs() == ["attended", "completed", "completed", "completed", "earned", "passed"]
    told = {row.kind: row.body for row in Statement.objects.all()}
    assert told["attendance"]["object"]["definition"]["type"] == "http://adlnet.gov/expapi/activities/meeting"
    assert told["attendance"]["result"]["duration"] == "P0DT01H00M00S"
    assert told["package"]["context"]["contextActivities"]["parent"][0]["id"].endswith(
        f"/learn/modules/{attempt.assignment.module_id}/"
    )
    assert told["package"]["result"]["score"]["scaled"] == 0.85
    assert told["certificate"]["context"]["extensions"]["https://learn.example.com/xapi/extensions/valid-until"] == "2027-06-15"
    assert str(certificate.number) not in str(list(lrs.held.values())), "whoever has it may open the page with the name"
    hand = [body for body in lrs.held.values() if body["object"]["definition"]["name"]["en"] == "By hand"]
    assert hand[0]["context"]["extensions"]["https://learn.example.com/xapi/extensions/recorded-by-hand"] is True
    assert "I saw it" not in str(hand)


def test_attendance_that_is_corrected_is_taken_back(cast, now, on, lrs):
    session = make_session(cast.lena, now - HOUR, starts_at=now)
    places.invite(actor=cast.lena, session=session, people=[cast.rita, cast.ravi], now=now)
    rita, ravi = Place.objects.get(person=cast.rita), Place.objects.get(person=cast.ravi)
    later = session.ends_at

    def note(place, attendance):
        places.note_attendance(actor=cast.lena, session=session, attendance={place.pk: attendance}, now=later)

    note(rita, "present")
    note(ravi, "present")
    gather(now=later)
    note(ravi, "absent")
    on(later)
    assert lrs.verbs() == ["attended"], "what was not sent yet never is"
    (first,) = lrs.held
    note(rita, "absent")
    on(later)
    on(later)
    assert lrs.verbs() == ["attended", "voided"]
    assert [body["object"]["id"] for body in lrs.held.values() if body["verb"]["id"].endswith("voided")] == [first]
    note(rita, "present")
    on(later)
    assert lrs.verbs() == ["attended", "attended", "voided"], "a voided id is used no more"


def test_markings_of_a_person_and_marking_anew(cast, now, on, lrs):
    quiz = [free_text("Tell"), question("Q1", [("yes", True), ("no", False)])]
    module = make_module(now, quiz=quiz, lessons=[lesson("One")], pass_mark=60)
    attempt = start_attempt(actor=cast.rita, assignment=give(cast.rita, module, now), now=now)
    answers = {"Tell": ["Words"], "Q1": ["Q1-no"]}
    submit_quiz(actor=cast.rita, attempt=attempt, number=1, answers=answers, now=now + HOUR)
    on(now + HOUR)
    assert lrs.verbs() == [], "nothing is known while a person has to mark it"
    mark_by_person(actor=cast.lena, submission=QuizSubmission.objects.get(), marks={"Tell": GivenMark(100, "")}, now=now + HOUR)
    on(now + 2 * HOUR)
    assert lrs.verbs() == ["failed"]
    assert next(iter(lrs.held.values()))["result"]["score"]["scaled"] == 0.5
    module.quiz = json.dumps([quiz[0], question("Q1", [("yes", False), ("no", True)])])
    module.save_revision().publish()
    module.refresh_from_db()
    changed = from_revision(module.live_revision).questions[1]
    regrade(actor=cast.edda, question=changed, module=module, reason="The key was wrong.", now=now + 2 * HOUR)
    on(now + 3 * HOUR)
    assert lrs.verbs() == ["failed", "passed", "voided"], "the older marking is taken back"
    assert "The key was wrong" not in str(lrs.held)


def test_off_means_no_call_at_all(cast, now, lrs):
    finish(cast.rita, now)
    assert schedule.tell(now) == "no record store is switched on"
    services.name_store(actor=cast.adam, endpoint=lrs.url, user_name=lrs.user, password=lrs.password, now=now)
    assert schedule.tell(now) == "no record store is switched on"
    assert gather(now=now) == 0
    assert send_waiting(clock=lambda: now).nothing_to_do
    assert not Statement.objects.exists()
    services.turn_on(actor=cast.adam, start="past", now=now)
    with time_machine.travel(now):
        assert schedule.tell(now) == "1 statements built, 1 delivered, 0 refused"
    finish(cast.ravi, now)
    gather(now=now)
    services.turn_off(actor=cast.adam, now=now)
    calls = len(lrs.calls)
    finish(cast.ravi, now, "While it is off")
    schedule.tell(now + HOUR)
    send_waiting(clock=lambda: now + HOUR)
    assert len(lrs.calls) == calls
    assert list(Statement.objects.order_by("pk").values_list("state", flat=True)) == ["delivered", "waiting"]


def test_from_today_all_the_past_or_where_it_stopped(cast, now, lrs):
    finish(cast.rita, now - timedelta(days=2), "Two days ago")
    finish(cast.rita, now - 2 * HOUR, "This morning")
    services.name_store(actor=cast.adam, endpoint=lrs.url, user_name=lrs.user, password=lrs.password, now=now)

    def titles(start, moment):
        services.turn_on(actor=cast.adam, start=start, now=moment)
        gather(now=moment)
        send_waiting(clock=lambda: moment)
        services.turn_off(actor=cast.adam, now=moment)
        return sorted(body["object"]["definition"]["name"]["en"] for body in lrs.held.values())

    assert titles("go_on", now) == ["This morning"], "where it was never on, that is today"
    finish(cast.rita, now + timedelta(days=3), "While it was off")
    assert titles("today", now + timedelta(days=5)) == ["This morning"]
    finish(cast.rita, now + timedelta(days=6), "Off again")
    assert titles("go_on", now + timedelta(days=7)) == ["Off again", "This morning"]
    assert titles("past", now + timedelta(days=7)) == ["Off again", "This morning", "Two days ago", "While it was off"]
    lrs.held.clear()
    assert titles("past", now + timedelta(days=7)) == [], "what this store took is not sent again"
    services.name_store(actor=cast.adam, endpoint=f"{lrs.url}/", user_name=lrs.user, password="", now=now)
    Statement.objects.update(sent_to="https://former.example.com/xapi")
    assert len(titles("past", now + timedelta(days=8))) == 4, "another store has it all to learn"


def test_a_lost_answer_costs_nothing(cast, now, on, lrs, monkeypatch):
    finish(cast.rita, now)
    gather(now=now)
    # The store took it, and the answer was lost.
    (row,) = Statement.objects.all()
    lrs.held[str(row.number)] = row.body
    assert on(now + HOUR).delivered == 1
    assert len(lrs.held) == 1
    # A store that says 409 to what it holds is asked what that is.
    lrs.strict = True
    Statement.objects.update(state="waiting")
    assert on(now + 2 * HOUR).delivered == 1
    assert lrs.calls[-1] == ("GET", 0)
    lrs.held[str(row.number)] = row.body | {"verb": {"id": building.FAILED}}
    Statement.objects.update(state="waiting")
    assert on(now + 3 * HOUR).refused == [row.pk]
    row.refresh_from_db()
    assert row.answer == "409 Conflict"


def test_one_that_is_refused_stops_no_other(cast, now, on, lrs):
    for n in range(9):
        finish(cast.rita, now, f"Module {n}")
    on(now + timedelta(minutes=2))
    for n in range(9):
        finish(cast.ravi, now, f"Other {n}")

    def verdict(batch):
        bad = [body for body in batch if body["object"]["definition"]["name"]["en"] == "Other 4"]
        return (400, "I do not like Other 4") if bad else None

    lrs.verdict = verdict
    sent = on(now + HOUR)
    assert sent.delivered == 8
    (row,) = Statement.objects.filter(state="refused")
    assert sent.refused == [row.pk]
    assert row.answer == "400 I do not like Other 4"
    calls = len(lrs.calls)
    on(now + 2 * HOUR)
    assert len(lrs.calls) == calls, "it is not tried again by itself"
    lrs.verdict = lambda batch: None
    services.send_again(actor=cast.adam, statement=row, now=now + 2 * HOUR)
    on(now + 2 * HOUR)
    assert len(lrs.held) == 18


def test_a_store_that_refuses_everything_is_given_up_not_each_statement(cast, now, on, lrs):
    for n in range(5):
        finish(cast.rita, now, f"Module {n}")
    lrs.verdict = lambda batch: (400, "Version 2.0.0 only")
    sent = on(now + HOUR)
    assert "Version 2.0.0 only" in sent.trouble
    assert RecordStore.objects.get().stopped_at == now + HOUR
    assert set(Statement.objects.values_list("state", flat=True)) == {"waiting"}


def test_a_store_that_is_down_is_tried_less_and_less_often_and_then_given_up(
    cast, now, on, lrs, django_capture_on_commit_callbacks
):
    for n in range(12):
        finish(cast.rita, now, f"Module {n}")
    lrs.verdict = lambda batch: (503, "Being repaired")
    moment = now
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        for _round in range(ROUNDS_TO_STOP):
            Statement.objects.update(attempts=0, next_try_at=None)  # which one was met first is chance
            assert "Being repaired" in on(moment).trouble
            calls = len(lrs.calls)
            on(moment + timedelta(seconds=30))
            assert len(lrs.calls) == calls, "not before its time"
            store = RecordStore.objects.get()
            moment = store.next_try_at or moment
    assert store.stopped_at is not None
    assert timedelta(days=1) < moment - now < timedelta(days=1.5)
    assert [letter.to for letter in mail.outbox] == [["adam@example.com"]]
    assert "Being repaired" in mail.outbox[0].body
    assert Statement.objects.filter(state="waiting").count() == 12, "nothing is lost"
    lrs.verdict = lambda batch: None
    on(moment + timedelta(days=3))
    assert lrs.held == {}
    services.try_again(actor=cast.adam, now=moment)
    assert on(moment).delivered == 12
    assert RecordStore.objects.get().last_error == ""


def test_one_at_which_the_store_breaks_is_given_up_alone(cast, now, on, lrs):
    for n in range(6):
        finish(cast.rita, now, f"Module {n}")
    poison = "Module 0"
    lrs.verdict = lambda batch: (500, "Oops") if poison in str(batch) else None
    moment = now + HOUR
    for _round in range(2 * MOST_ATTEMPTS):
        on(moment)
        moment += 2 * HOUR
    assert len(lrs.held) == 5
    row = Statement.objects.get(state="given_up")
    assert (row.attempts, row.answer) == (MOST_ATTEMPTS, "500 Oops")
    assert RecordStore.objects.get().stopped_at is None


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "does not let us in"), (403, "does not let us in"), (404, "no record store at this address"), (302, "no record store"),
     (429, "asks us to wait")],
)  # fmt: skip
def test_what_concerns_the_store_blames_no_statement(cast, now, on, lrs, status, words):
    finish(cast.rita, now)
    lrs.verdict = lambda batch: (status, "Words")
    lrs.headers = {"Location": "http://127.0.0.1:1/elsewhere", "Retry-After": "1800"}
    assert words in on(now + HOUR).trouble
    assert Statement.objects.get().state == "waiting"
    assert RecordStore.objects.get().next_try_at == now + HOUR + timedelta(minutes=30)
    assert len(lrs.calls) == 1


def test_no_address_of_our_own_network_is_called(cast, now, on, lrs, settings):
    finish(cast.rita, now)
    settings.OUTGOING_ALLOWED_HOSTS = []
    assert "is not called" in on(now + HOUR).trouble
    assert lrs.calls == []
    assert RecordStore.objects.get().stopped_at is not None
    for address in (
        "https://127.0.0.1/xapi",
        "https://169.254.169.254/xapi",
        "http://lrs.example.com/xapi",
        "ftp://x",
        "https://u:p@x.org",
    ):
        with pytest.raises(services.StoreError):
            services.tidy_endpoint(address)
    assert services.tidy_endpoint(" https://lrs.example.com/xapi/statements/ ") == "https://lrs.example.com/xapi"


def test_a_person_who_is_forgotten_is_told_of_no_more(cast, now, on, lrs):
    finish(cast.rita, now, "First")
    on(now + HOUR)
    finish(cast.rita, now + HOUR, "Second")
    gather(now=now + 2 * HOUR)
    name = str(Pseudonym.objects.get().name)
    forgotten = services.forget_person(actor=cast.adam, person=cast.rita, now=now + 2 * HOUR)
    assert (forgotten.name, forgotten.delivered) == (name, 1)
    assert services.forget_person(actor=cast.adam, person=cast.rita, now=now + 2 * HOUR) is None
    finish(cast.rita, now + 2 * HOUR, "Third")
    finish(cast.ravi, now + 2 * HOUR, "Of another")
    on(now + 3 * HOUR)
    services.turn_off(actor=cast.adam, now=now)
    services.turn_on(actor=cast.adam, start="past", now=now)
    on(now + 4 * HOUR)
    assert sorted(body["object"]["definition"]["name"]["en"] for body in lrs.held.values()) == ["First", "Of another"]
    assert name not in str(list(Pseudonym.objects.values())) + str(list(Statement.objects.values())), "nobody can look it up"
    assert name not in str(list(AuditEntry.objects.values()))
    assert services.forget_person(actor=cast.adam, person=cast.otto, now=now) is None
    finish(cast.otto, now + 4 * HOUR, "Of who was erased before")
    assert on(now + 5 * HOUR).delivered == 0
    assert not Statement.objects.filter(pseudonym__person__in=[cast.rita, cast.otto]).exclude(body={}).exists()


def test_many_are_gathered_and_sent_in_batches(cast, now, on, lrs, monkeypatch):
    monkeypatch.setattr(gathering, "CHUNK", 3)
    monkeypatch.setattr(gathering, "LOOKS_BACK", 2)
    for n in range(11):
        finish(cast.rita, now, f"Module {n}")
    assert gather(now=now + HOUR) == 11
    assert gather(now=now + HOUR) == 0
    # A row with a smaller key that is seen later, as where two transactions overlap.
    last = Statement.objects.filter(kind="completion").order_by("-evidence").first()
    last.delete()
    assert gather(now=now + HOUR) == 1
    assert on(now + HOUR).delivered == 11
    assert lrs.calls == [("POST", 11)]


def test_the_password_lies_encrypted_and_is_in_no_log(cast, now, on, lrs):
    store = RecordStore.objects.get()
    assert lrs.password not in str(RecordStore.objects.values().get())
    assert lrs.password not in str(list(AuditEntry.objects.values()))
    with pytest.raises(services.StoreError, match="another address"):
        services.name_store(actor=cast.adam, endpoint="https://other.example.com", user_name="x", password="", now=now)
    services.name_store(actor=cast.adam, endpoint=lrs.url, user_name="key", password="", now=now)
    assert RecordStore.objects.get().password == store.password


def test_two_at_once_send_once(cast, now, on, lrs):
    finish(cast.rita, now)
    gather(now=now)
    RecordStore.objects.update(claimed_until=now + timedelta(minutes=10))
    assert send_waiting(clock=lambda: now + timedelta(minutes=9)).nothing_to_do
    assert send_waiting(clock=lambda: now + timedelta(minutes=10)).delivered == 1, "a claim of somebody killed ends by itself"


@given(
    percent=st.none() | st.integers(0, 100),
    seconds=st.none() | st.integers(0, 10**7),
    passed=st.none() | st.booleans(),
    title=st.text(min_size=1, max_size=60).filter(lambda text: "null" not in text and "None" not in text),
    cycle=st.integers(1, 99),
)
@pytest.mark.no_database
def test_whatever_is_told_is_a_statement(percent, seconds, passed, title, cycle):
    site = building.Site("https://learn.example.com", "Uncommon", "en", building.uuid.UUID(int=7))
    activity = building.Activity(site.page("/learn/modules/1/"), title, building.MODULE)
    fact = building.Fact(
        building.PASSED, activity, timezone.now(), "assignment:1", 3, "ab", percent, passed, True, seconds, {"cycle": cycle}
    )
    number = site.id_of(f"quiz:{cycle}:1")
    body = building.statement(site, number, "7f", fact)
    check(body)
    assert body == building.statement(site, site.id_of(f"quiz:{cycle}:1"), "7f", fact), "the same evidence, the same statement"


def test_waits_double_up_to_an_hour():
    assert [wait_after(n).total_seconds() / 60 for n in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]

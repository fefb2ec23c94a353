"""Whatever happens while somebody plays: nothing typed is lost, nothing counts twice, and nothing that was done in time is refused."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from learning.assignments.models import Assignment, Completion, StepDone
from learning.assignments.services import AssignmentError, change_dates, finish_step, start_attempt
from learning.modules.questions.marking import MOST_FREE_TEXT
from learning.modules.services import publish_module
from learning.quizzes import papers, services
from learning.quizzes.errors import QuizError
from learning.quizzes.marks.services import GivenMark, mark_by_person, regrade
from learning.quizzes.models import QuizPaper, QuizSubmission
from learning.quizzes.queries import result_of
from people.models import Person
from tests.conftest import PASSWORD
from tests.factories.learning import free_text, give, lesson, make_module, question, questions_of

RIGHT, WRONG = {"Q1": ["Q1-yes"]}, {"Q1": ["Q1-no"]}
EVENING = datetime(2026, 6, 15, 21, 50, tzinfo=UTC)  # ten to midnight in Berlin, where everybody lives
TODAY = date(2026, 6, 15)


def text(response) -> str:
    return response.content.decode()


def one_question():
    return question("Q1", [("yes", True), ("no", False)])


def begun(person, now, quiz=None, lessons=(), access_until=None, **rules):
    fields = {f"quiz_{name}": value for name, value in rules.items()}
    module = make_module(now, quiz=quiz or [one_question()], lessons=[lesson(title) for title in lessons or ["One"]], **fields)
    return start_attempt(actor=person, assignment=give(person, module, now, access_until=access_until), now=now)


def address(attempt, name="quiz", *args):
    return reverse(name, args=[attempt.assignment_id, *args])


# --- Signed out ----------------------------------------------------------------------------------


@pytest.fixture
def by_password(client, cast):
    """A browser without scripts in which somebody signs in by the form, and comes back to where that leads."""

    def sign_in(person, to="/"):
        person.set_password(PASSWORD)
        Person.objects.filter(pk=person.pk).update(password=person.password)
        wish = {"login": person.email, "password": PASSWORD}
        return client.post(f"{reverse('account_login')}?next={to}", wish | {"next": to}, follow=True)

    return sign_in


def signed_out(client, page, sent, **wish):
    """Send what was typed after the session has ended; where the sign-in leads afterwards."""
    Session.objects.all().delete()
    lost = client.post(page, sent, **wish)
    assert lost.status_code == 302
    assert lost.url.startswith(reverse("account_login"))
    return lost.url.partition("next=")[2].replace("%3F", "?")


@pytest.mark.parametrize("name", ["quiz", "save_quiz"])
def test_what_was_sent_signed_out_is_there_after_signing_in(cast, client, by_password, name):
    attempt = begun(cast.rita, timezone.now(), [one_question(), free_text("Tell me.")])
    page = address(attempt)
    by_password(cast.rita)
    client.post(address(attempt, "save_quiz"), {"number": 1, "question-Tell me.": "First words"})
    sent = {"number": 1, "question-Q1": "Q1-yes", "question-Tell me.": "All that I had <typed>\nwithout saving"}
    back = signed_out(client, address(attempt, name), sent, headers={"referer": f"http://testserver{page}"})
    assert back == page, "an address that only takes what is sent is no place to come back to"
    shown = by_password(cast.rita, back)
    assert shown.request["PATH_INFO"] == page
    assert "All that I had &lt;typed&gt;\nwithout saving" in text(shown)
    assert 'value="Q1-yes" checked' in text(shown)
    assert "You were signed out" in text(shown)
    assert "First words" not in text(shown)
    assert QuizPaper.objects.get().saved["Tell me."] == ["First words"], "looking at a page stores nothing"
    client.post(page, sent)
    assert QuizSubmission.objects.get().answers["Tell me."] == ["All that I had <typed>\nwithout saving"]
    assert "You were signed out" not in text(client.get(page, follow=True))


def test_what_was_sent_signed_out_is_nobody_elses(cast, client, by_password):
    """The next person at this machine does not read it, and it does not outlive the hour."""
    attempt = begun(cast.rita, timezone.now(), [free_text("Tell me.")])
    page = address(attempt)
    by_password(cast.rita)
    back = signed_out(client, page, {"number": 1, "question-Tell me.": "Secret words"})
    other = by_password(cast.ravi, back)
    assert other.status_code == 404
    assert "Secret" not in text(other)
    client.logout()
    by_password(cast.rita, back)
    assert "Secret" not in text(client.get(page)), "signing out ends it"

    back = signed_out(client, page, {"number": 1, "question-Tell me.": "Secret words"})
    session = client.session
    assert session.get_expiry_age() <= 3600
    kept = session["sent_signed_out"]
    session["sent_signed_out"] = kept | {"at": (timezone.now() - timedelta(hours=2)).isoformat()}
    session.save()
    assert "Secret" not in text(by_password(cast.rita, back))


def test_only_what_asks_for_it_is_kept(cast, client, by_password):
    attempt = begun(cast.rita, timezone.now())
    signed_out(client, address(attempt, "finish_lesson", 1), {"text": "x"})
    assert "sent_signed_out" not in client.session
    signed_out(client, address(attempt), {"number": 1, "question-Q1": "x" * 200_000})
    assert "sent_signed_out" not in client.session, "nobody fills the table of sessions with it"


def test_a_lesson_finished_signed_out_leads_back_to_the_lesson(cast, client, by_password):
    attempt = begun(cast.rita, timezone.now())
    page = address(attempt, "lesson", 1)
    back = signed_out(client, address(attempt, "finish_lesson", 1), {}, headers={"referer": f"http://testserver{page}"})
    assert by_password(cast.rita, back).request["PATH_INFO"] == page
    elsewhere = signed_out(client, address(attempt, "finish_lesson", 1), {}, headers={"referer": "https://evil.example/x"})
    assert "evil" not in elsewhere


def test_line_breaks_count_once(cast, sign_in):
    """A field lets one type MOST_FREE_TEXT characters; the browser sends each line break of them as two."""
    attempt = begun(cast.rita, timezone.now(), [free_text("Tell me.")])
    longest = "ab\r\n" * (MOST_FREE_TEXT // 3)
    sign_in(cast.rita).post(address(attempt), {"number": 1, "question-Tell me.": longest})
    assert QuizSubmission.objects.get().answers["Tell me."] == [longest.replace("\r", "")]


# --- Two tabs ------------------------------------------------------------------------------------


def test_the_second_tab_is_told_that_the_try_was_handed_in(cast, sign_in):
    attempt = begun(cast.rita, timezone.now(), lessons=["One", "Two"])
    rita, page = sign_in(cast.rita), address(attempt)
    form = {"number": 1, "attempt": 1, "question-Q1": "Q1-no"}
    first = rita.post(page, form, follow=True)
    twice = rita.post(page, form, follow=True)
    second = rita.post(page, form | {"question-Q1": "Q1-yes"}, follow=True)
    assert first.redirect_chain == twice.redirect_chain == second.redirect_chain
    told = "handed in before"
    assert (told in text(first), told in text(twice), told in text(second)) == (False, False, True)
    assert QuizSubmission.objects.get().answers == WRONG


def test_a_tab_with_the_earlier_version_finishes_nothing_of_the_newer(cast, sign_in):
    now = timezone.now()
    attempt = begun(cast.rita, now)
    rita, pk = sign_in(cast.rita), attempt.assignment_id
    old = {name: text(rita.get(address(attempt, *name))) for name in (("lesson", 1), ("quiz",))}
    assert all('name="attempt" value="1"' in page for page in old.values())
    module = attempt.assignment.module
    module.summary = "Other words."
    publish_module(actor=None, module=module, now=now)
    rita.post(reverse("restart_attempt", args=[pk]))
    refused = rita.post(address(attempt, "finish_lesson", 1), {"attempt": 1}, follow=True)
    assert "You began again on a newer version" in text(refused)
    assert not StepDone.objects.exists()
    for name in ("quiz", "save_quiz"):
        refused = rita.post(address(attempt, name), {"number": 1, "attempt": 1, "question-Q1": "Q1-yes"}, follow=True)
        assert "You began again on a newer version" in text(refused)
    assert not QuizSubmission.objects.exists()
    assert not QuizPaper.objects.exists()
    rita.post(address(attempt, "finish_lesson", 1), {"attempt": 2})
    rita.post(address(attempt), {"number": 1, "attempt": 2, "question-Q1": "Q1-yes"})
    assert Completion.objects.get().attempt.number == 2


# --- The last day ends while somebody plays ------------------------------------------------------


@pytest.fixture
def at(monkeypatch):
    """The site at another time."""

    def go_to(when):
        monkeypatch.setattr(timezone, "now", lambda: when)

    return go_to


def test_a_try_against_the_clock_may_be_handed_in_after_midnight(cast, sign_in, at):
    now = EVENING
    at(now)
    attempt = begun(cast.rita, now, access_until=TODAY, time_limit_minutes=30)
    finish_step(actor=cast.rita, attempt=attempt, step="lesson:lesson-One", now=now)
    rita = sign_in(cast.rita)
    rita.post(address(attempt, "begin_quiz"))
    at(now + timedelta(minutes=15))
    assert "<fieldset" in text(rita.get(address(attempt)))
    form = {"number": 1, "question-Q1": "Q1-yes"}
    assert rita.post(address(attempt, "save_quiz"), form, headers={"X-Autosave": "1"}).status_code == 204
    at(now + timedelta(minutes=25))
    rita.post(address(attempt), form)
    assert QuizSubmission.objects.get().passed
    assert Completion.objects.get().assignment == attempt.assignment


def test_without_a_clock_what_was_typed_waits_for_more_time(cast, sign_in, at):
    now = EVENING
    at(now)
    attempt = begun(cast.rita, now, access_until=TODAY)
    rita = sign_in(cast.rita)
    assert "<fieldset" in text(rita.get(address(attempt)))
    at(now + timedelta(minutes=15))
    form = {"number": 1, "question-Q1": "Q1-yes"}
    autosaved = rita.post(address(attempt, "save_quiz"), form, headers={"X-Autosave": "1"})
    assert (autosaved.status_code, "What you typed is kept" in text(autosaved)) == (409, True)
    QuizPaper.objects.all().delete()
    told = rita.post(address(attempt), form, follow=True)
    assert told.request["PATH_INFO"] == reverse("assignment_detail", args=[attempt.assignment_id])
    assert "What you typed is kept" in text(told)
    assert not QuizSubmission.objects.exists()
    change_dates(actor=cast.lena, assignment=attempt.assignment, due_on=None, access_until=date(2026, 6, 20), now=now)
    assert 'value="Q1-yes" checked' in text(rita.get(address(attempt)))


def test_a_lesson_after_the_last_day_leads_to_the_way_on(cast, sign_in, at):
    now = EVENING
    at(now)
    attempt = begun(cast.rita, now, access_until=TODAY)
    rita = sign_in(cast.rita)
    at(now + timedelta(minutes=15))
    told = rita.post(address(attempt, "finish_lesson", 1), {}, follow=True)
    assert told.request["PATH_INFO"] == reverse("assignment_detail", args=[attempt.assignment_id])
    assert "The last day for this module has passed" in text(told)
    assert "Ask for more time" in text(told)
    assert not StepDone.objects.exists()


def test_marks_given_after_the_last_day_count_for_what_was_handed_in_before(cast, now):
    attempt = begun(cast.rita, now, [free_text("Tell me.")], access_until=TODAY)
    finish_step(actor=cast.rita, attempt=attempt, step="lesson:lesson-One", now=now)
    submission = services.submit_quiz(actor=cast.rita, attempt=attempt, number=1, answers={"Tell me.": ["So."]}, now=now)
    later = now + timedelta(days=3)
    mark_by_person(actor=cast.lena, submission=submission, marks={"Tell me.": GivenMark(100, "Well said.")}, now=later)
    assert Completion.objects.get().completed_at == later


def test_marking_anew_is_not_held_up_by_an_assignment_that_is_over(cast, now):
    attempts = [begun(cast.rita, now, access_until=TODAY)]
    module = attempts[0].assignment.module
    attempts.append(start_attempt(actor=cast.ravi, assignment=give(cast.ravi, module, now), now=now))
    for attempt in attempts:
        finish_step(actor=attempt.assignment.person, attempt=attempt, step="lesson:lesson-One", now=now)
        services.submit_quiz(actor=attempt.assignment.person, attempt=attempt, number=1, answers=WRONG, now=now)
    other_key = question("Q1", [("yes", False), ("no", True)])
    changed = make_module(now, "Other key", quiz=[other_key], lessons=[lesson("One")])
    (anew,) = questions_of(changed)
    done = regrade(actor=cast.edda, question=anew, module=module, reason="The key was wrong.", now=now + timedelta(days=3))
    assert done.passed == 2
    assert all(result_of(row).passed for row in QuizSubmission.objects.all())
    assert Completion.objects.count() == 2


# --- Clocks and zones ----------------------------------------------------------------------------


def test_the_time_limit_runs_by_the_servers_clock_through_a_change_of_clocks(cast, sign_in, at):
    """Sunday 25 October 2026 in Berlin: 03:00 is 02:00 once more. Thirty minutes stay thirty minutes."""
    begins = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    at(begins)
    attempt = begun(cast.rita, begins, time_limit_minutes=30, grace_seconds=0)
    paper = papers.begin_try(actor=cast.rita, attempt=attempt, now=begins)
    for minutes, over in ((29, False), (31, True)):
        when = begins + timedelta(minutes=minutes)
        assert paper.is_over(when) is over
        at(when)
        page = text(sign_in(cast.rita).get(address(attempt)))
        assert ("The time is over" in page) is over
        if not over:
            assert "Until 02:20" in page
            assert 'data-seconds="60"' in page


def test_moving_to_another_zone_moves_the_end_of_the_last_day_and_not_the_clock_of_a_try(cast, now):
    """Half past one at night in Berlin is still the evening before in Lisbon, and the afternoon of it in Apia's neighbour."""
    attempt = begun(cast.rita, now, access_until=TODAY, time_limit_minutes=10)
    paper = papers.begin_try(actor=cast.rita, attempt=attempt, now=now)
    night = datetime(2026, 6, 16, 0, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    for zone, open_still in (
        ("Europe/Berlin", False),
        ("Europe/Lisbon", True),
        ("Pacific/Pago_Pago", True),
        ("Pacific/Apia", False),
    ):
        Person.objects.filter(pk=cast.rita.pk).update(time_zone=zone)
        attempt.steps.all().delete()
        Assignment.objects.update(state="started")
        with timezone.override("UTC"):  # whoever else works for them: a package's report, a task
            if open_still:
                finish_step(actor=cast.rita, attempt=attempt, step="lesson:lesson-One", now=night)
            else:
                with pytest.raises(AssignmentError, match="last day"):
                    finish_step(actor=cast.rita, attempt=attempt, step="lesson:lesson-One", now=night)
        assert attempt.steps.exists() is open_still, zone
    assert not paper.is_over(now + timedelta(minutes=10))
    assert paper.is_over(now + timedelta(minutes=10, seconds=paper.grace_seconds + 1))


def test_a_server_clock_that_goes_back_breaks_nothing(cast, now):
    attempt = begun(cast.rita, now, lessons=["One", "Two"], cooldown_minutes=10, time_limit_minutes=20)
    earlier = now - timedelta(hours=2)
    finish_step(actor=cast.rita, attempt=attempt, step="lesson:lesson-One", now=now + timedelta(minutes=5))
    finish_step(actor=cast.rita, attempt=attempt, step="lesson:lesson-Two", now=earlier)
    paper = papers.begin_try(actor=cast.rita, attempt=attempt, now=earlier)
    assert paper.deadline == earlier + timedelta(minutes=20)
    services.submit_quiz(actor=cast.rita, attempt=attempt, number=1, answers=WRONG, now=earlier)
    with pytest.raises(QuizError, match="pause"):
        papers.begin_try(actor=cast.rita, attempt=attempt, now=earlier)
    papers.begin_try(actor=cast.rita, attempt=attempt, now=now)
    services.submit_quiz(actor=cast.rita, attempt=attempt, number=2, answers=RIGHT, unfinished=True, now=earlier)
    assert Completion.objects.get().seconds == 300

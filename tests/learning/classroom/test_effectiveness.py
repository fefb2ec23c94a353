"""How modules work: first tries and what learners say, of five people at least; the effect is said to be unmeasured."""

import csv
import io

import pytest
from django.urls import reverse

from learning.assignments.models import Attempt
from learning.assignments.services import start_attempt
from learning.classroom.queries.effectiveness import FirstTries, first_tries
from learning.feedback.models import ModuleFeedback
from learning.modules import effects
from learning.quizzes.models import QuizMark, QuizSubmission
from people import services as people_services
from people.models import Role
from tests.factories.learning import give, make_module, quiz_form


def main_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode().split("<main")[1]


@pytest.fixture
def taken(cast, now, sign_in):
    """Six people took the quiz: four passed at once, one at the second try, one not; five say it helped, one not."""
    module = make_module(now, "Listening")
    people = [cast.rita, cast.ravi, cast.otto]
    people += [
        people_services.create_person(actor=None, email=f"r{n}@example.com", display_name=f"R{n}", roles=[Role.REP], now=now)
        for n in range(3)
    ]
    for number, person in enumerate(people):
        assignment = give(person, module, now)
        attempt = start_attempt(actor=person, assignment=assignment, now=now)
        client = sign_in(person)
        if number >= 4:
            client.post(reverse("quiz", args=[assignment.pk]), quiz_form(module, wrong=("Q1",)))
        if number <= 4:
            client.post(reverse("quiz", args=[assignment.pk]), quiz_form(module, number=1 + (number == 4)))
        ModuleFeedback.objects.create(
            person=person, module=module, revision=attempt.revision, content_digest="d", helped=number > 0, given_at=now
        )
    return module


def test_the_page_and_the_file(cast, now, sign_in, taken, django_assert_max_num_queries):
    few = make_module(now, "Few")
    give(cast.rita, few, now)
    ModuleFeedback.objects.create(
        person=cast.rita, module=few, revision=few.live_revision, content_digest="d", helped=True, given_at=now
    )
    hana = sign_in(cast.hana)
    hana.get(reverse("report_effectiveness"))
    with django_assert_max_num_queries(13):
        page = " ".join(main_of(hana.get(reverse("report_effectiveness"))).split())
    assert "67 %" in page
    assert "30 % to 90 %, of 6" in page
    assert "83 %" in page
    assert page.count("not yet measured") == 2
    assert "too few (1)" in page
    lena = main_of(sign_in(cast.lena).get(reverse("report_effectiveness")))
    assert "of 6" in lena, "about modules: of everybody"
    answer = hana.get(reverse("report_effectiveness_export", args=["csv"]))
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[1][:3] == ["Few", "0", "too few"]
    assert rows[2][:4] == ["Listening", "6", "4", "0.6667"]
    assert rows[2][11] == "not yet measured"
    assert "Nothing fits" in main_of(hana.get(reverse("report_effectiveness") + "?q=zzz"))


def test_first_tries_by_their_newest_marking(cast, taken):
    assert first_tries([taken.pk]) == {taken.pk: FirstTries(4, 6)}
    failed = QuizSubmission.objects.filter(number=1, passed=False).first()
    QuizMark.objects.create(
        submission=failed, number=2, reason="regrade", shares={}, score_percent=100, passed=True, marked_at=failed.submitted_at
    )
    assert first_tries([taken.pk]) == {taken.pk: FirstTries(5, 6)}
    QuizSubmission.objects.filter(pk=failed.pk).update(waiting_since=failed.submitted_at)
    assert first_tries([taken.pk]) == {taken.pk: FirstTries(4, 5)}
    Attempt.objects.filter(assignment__person=cast.rita).update(number=2)
    assert first_tries([taken.pk]) == {taken.pk: FirstTries(3, 4)}, "what was begun anew is no first try"


def test_a_measured_effect_is_shown_with_its_range(cast, sign_in, taken):
    source = effects.register(lambda ids: {taken.pk: effects.MeasuredEffect(1.8, 0.9, 34)})
    try:
        page = " ".join(main_of(sign_in(cast.hana).get(reverse("report_effectiveness"))).split())
    finally:
        effects.unregister(source)
    assert "1.8 points, standard error 0.9, tried with 34 people" in page
    assert "not yet measured" not in page

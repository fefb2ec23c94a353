"""`manage.py seed_demo`: a small company from end to end, and what each home then has to show."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from coaching.interactions.models import Account, Handler, Interaction, Message, SurveyResponse
from coaching.metrics.matching.suggestions import suggest
from coaching.quality.models import Acknowledgement, Dispute, Quote, RatingCause, Review, ReviewDraw, StandardFlag
from demo.company import SIGN_IN_WORDS, build_company
from demo.history.accounts import NIGHT_DESK
from learning.assignments.models import Assignment, Completion
from learning.feedback.models import ModuleFeedback
from learning.modules.models import Module, ModuleTag
from learning.packages.models import Package
from learning.quizzes.models import QuizSubmission
from people.models import AuditEntry, Person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def sign_in_as(email: str) -> Client:
    client = Client()
    answer = client.post(reverse("account_login"), {"login": email, "password": SIGN_IN_WORDS})
    assert answer.status_code == 302, "the printed password does not sign in"
    return client


def rows() -> dict[str, int]:
    models = (Person, Interaction, Message, SurveyResponse, ReviewDraw, Review, Quote, Assignment, Completion, AuditEntry)
    return {model.__name__: model.objects.count() for model in models}


def test_seed_small_company() -> None:
    out = StringIO()
    call_command("seed_demo", size="small", stdout=out)
    company = build_company(2)
    for person in (company.with_story("slipped"), company.head, company.admin, company.editor, company.reviewers[0]):
        assert person.email in out.getvalue()
    assert SIGN_IN_WORDS in out.getvalue()

    assert Interaction.objects.count() >= 1_500
    waiting = Handler.objects.filter(person=None)
    assert set(waiting.values_list("name", flat=True)) == set(NIGHT_DESK)
    assert suggest(list(waiting.filter(name="Brückner, Jonas")))[waiting.get(name="Brückner, Jonas").pk].only is not None
    assert not Interaction.objects.filter(handler__person=None).exclude(handler__in=waiting).exists()
    assert Account.objects.count() == 40
    assert Interaction.objects.filter(account__in=Account.objects.values("external_key")).count() > 300
    assert Message.objects.filter(is_private=True).exists()
    published = Review.objects.filter(state="published")
    assert published.count() >= 30
    assert published.filter(acknowledgements=None).exists()
    assert Acknowledgement.objects.count() > 10
    assert RatingCause.objects.filter(rating__review__state="published").count() > 10
    # In a company this small not every objection finds a review that it fits, and which do depends on the day.
    assert Dispute.objects.exists()
    assert all(one.decided_by_id != one.review.reviewer_id for one in Dispute.objects.select_related("review"))
    assert not Dispute.objects.filter(raised_by__email__in=[p.email for p in company.reps if p.story]).exists()
    corrected = Dispute.objects.filter(state="accepted").select_related("review", "corrected")
    assert all(one.corrected and one.corrected.score_shown > one.review.score_shown for one in corrected)
    assert set(StandardFlag.objects.values_list("state", flat=True)) == {"open", "answered"}
    assert all(quote.excerpt in quote.message.body for quote in Quote.objects.select_related("message"))
    assert Assignment.objects.filter(source="review").exclude(because_quote="").exists()
    for state in ("open", "started", "completed"):
        assert Assignment.objects.filter(state=state).exists(), state
    assert QuizSubmission.objects.filter(passed=False).exists()
    assert set(ModuleFeedback.objects.values_list("helped", flat=True)) == {True, False}
    assert Module.objects.get(language="de").translation_of.starter_key == "a-warm-start"
    assert ModuleTag.objects.filter(tag__name="Exercises").count() == 2
    assert Assignment.objects.filter(module__package_digest=Package.objects.get().sha256, state="open").count() == 2
    for completion in Completion.objects.select_related("revision"):
        assert completion.revision.created_at <= completion.completed_at, "completed before the version was written"
    for reviewer in company.reviewers:
        assert ReviewDraw.objects.filter(reviewer__email=reviewer.email, state="waiting").exists()
    assert Review.objects.filter(state="draft").count() == len(company.reviewers)

    slipped = company.with_story("slipped")
    own = sign_in_as(slipped.email)
    newest = Review.objects.filter(reviewee__email=slipped.email, state="published").order_by("-published_at").first()
    assert newest is not None
    assert own.get(reverse("review_detail", args=[newest.pk])).status_code == 200
    assert Assignment.objects.filter(person__email=slipped.email).exists()
    for email, name in (
        (slipped.email, "today"),
        (slipped.email, "learn_home"),
        (company.lead_of("orders").email, "board"),
        (company.reviewers[0].email, "quality_queue"),
        (company.head.email, "overview"),
        (company.admin.email, "people_list"),
        (company.admin.email, "audit_log"),
    ):
        page = sign_in_as(email).get(reverse(name))
        assert page.status_code == 200, name
    board = sign_in_as(company.lead_of("orders").email).get(reverse("board")).content.decode()
    assert slipped.name in board

    before, again = rows(), StringIO()
    call_command("seed_demo", size="small", stdout=again)
    assert "nothing was changed" in again.getvalue()
    assert company.admin.email in again.getvalue()
    assert rows() == before


def test_refuses_a_database_with_other_people(cast: object) -> None:
    with pytest.raises(CommandError, match="already holds people"):
        call_command("seed_demo", size="small", stdout=StringIO())


def test_names_an_interrupted_seed() -> None:
    Person.objects.create(email="mina.adeyemi@pellgrove.example", display_name="Mina Adeyemi")
    with pytest.raises(CommandError, match="interrupted"):
        call_command("seed_demo", size="small", stdout=StringIO())

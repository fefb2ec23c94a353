"""A failed criterion brings questions on its standard into practice; a review that falls takes them back."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from cms.models import Standard
from coaching.playbook.models import RuleRun
from coaching.playbook.practice import practise_what_was_missing
from coaching.quality import services as quality
from coaching.quality.models import Criterion
from learning.practice.models import PracticeCard
from tests.coaching.quality.test_dispute import decided, outcome
from tests.factories.learning import make_module, question
from tests.factories.practice import answer, form_of, make_standard, teach
from tests.factories.quality import make_published

DAY = timedelta(days=1)


def quiz(*prompts):
    return [question(prompt, [("yes", True), ("no", False)]) for prompt in prompts]


@pytest.fixture
def standard(cast, now) -> Standard:
    standard = make_standard()
    quality.ensure_starter_scorecard(actor=None, now=now)
    Criterion.objects.filter(key="name-the-need").update(standard=standard)
    return standard


@pytest.fixture
def module(now, standard):
    teach(make_module(now, "Broad", quiz=quiz("B1")), standard, make_standard("other", "Other"))
    return teach(make_module(now, "To the point", quiz=quiz("P1", "P2", "P3", "P4")), standard)


def wanted(person):
    return sorted(card.question.partition(":")[2] for card in PracticeCard.objects.filter(person=person).in_use())


def test_what_was_missing_is_asked_at_once_with_its_because(cast, now, sign_in, module):
    """Three questions, of the module that is most to the point, although Rita never took it."""
    review = make_published(cast.vera, cast.rita, now=now, name_the_need=0)
    assert wanted(cast.rita) == ["P1", "P2", "P3"]
    assert [run.outcome for run in RuleRun.objects.all()] == ["practised"]
    practise_what_was_missing(review, now)
    assert PracticeCard.objects.count() == 3
    rita = sign_in(cast.rita)
    with time_machine.travel(now, tick=False):
        page = rita.get(reverse("practice")).content.decode()
        assert "Question 1 of 3" in page
        assert "In the review of 15 June, “Names the need” was not met" in page
        assert f'href="{reverse("review_detail", args=[review.pk])}"' in page
        done = rita.post(reverse("practice"), form_of(rita), follow=True).content.decode()
        assert "Name the need" in done


def test_another_failing_brings_what_was_practised_least(cast, now, module):
    make_published(cast.vera, cast.rita, now=now, name_the_need=0)
    for card in PracticeCard.objects.all():
        answer(card, now)
    make_published(cast.vera, cast.rita, number=2, now=now + DAY, name_the_need=0)
    assert wanted(cast.rita) == ["B1", "P1", "P2", "P3", "P4"]
    today = (now + DAY).date()
    assert PracticeCard.objects.due(today).count() == 3
    assert PracticeCard.objects.filter(answered=1, wanted_on=today).count() == 1, "earlier than it was due"


def test_a_met_criterion_and_one_that_no_module_teaches_bring_nothing(cast, now, standard):
    make_published(cast.vera, cast.rita, now=now)
    assert not RuleRun.objects.exists()
    make_published(cast.vera, cast.rita, number=2, now=now, name_the_need=0)
    assert not PracticeCard.objects.exists()
    assert RuleRun.objects.get().outcome == "not_possible"


def test_a_withdrawn_review_takes_back_what_was_not_practised(cast, now, module, sign_in):
    review = make_published(cast.vera, cast.rita, now=now, name_the_need=0)
    first = PracticeCard.objects.in_order().first()
    answer(first, now)
    quality.withdraw_review(actor=cast.vera, review=review, reason="Wrong case.", now=now + DAY)
    assert wanted(cast.rita) == [first.question.partition(":")[2]]
    page = sign_in(cast.rita).get(reverse("practice_mine")).content.decode()
    assert "What it came from was withdrawn since" in page
    assert "was not met" not in page
    make_published(cast.vera, cast.rita, number=2, now=now + 2 * DAY, name_the_need=0)
    assert len(wanted(cast.rita)) == 4, "other evidence asks for what rested"


def test_what_another_review_asks_for_too_stays(cast, now, standard, sign_in):
    teach(make_module(now, "Short", quiz=quiz("S1")), standard)
    first = make_published(cast.vera, cast.rita, now=now, name_the_need=0)
    make_published(cast.viktor, cast.rita, number=2, now=now, name_the_need=0)
    quality.withdraw_review(actor=cast.vera, review=first, reason="Wrong case.", now=now)
    assert wanted(cast.rita) == ["S1"]
    assert PracticeCard.objects.get().wanted_on == now.date()
    assert sorted(RuleRun.objects.values_list("outcome", flat=True)) == ["kept_started", "practised", "practised"]


def decide(review, cast, now, **accepted):
    """Viktor decides on both points; what is named here is accepted."""
    outcomes = [outcome(review, key, accepted.get(key.replace("-", "_"))) for key in ("warm-greeting", "plain-language")]
    decided(review, cast, now, *outcomes)


@pytest.fixture
def disputed(cast, now):
    """Rita failed a criterion she disputes, whose standard is taught."""
    quality.ensure_starter_scorecard(actor=None, now=now)
    Criterion.objects.filter(key="plain-language").update(standard=make_standard("plain", "Plain language"))
    standard = Standard.objects.get(key="plain")
    teach(make_module(now, "Plainly", quiz=quiz("L1", "L2", "L3", "L4", "L5", "L6", "L7")), standard)
    return make_published(cast.vera, cast.rita, now=now, warm_greeting=0, plain_language=0)


def test_an_upheld_dispute_takes_the_questions_back(cast, now, disputed):
    assert wanted(cast.rita) == ["L1", "L2", "L3"]
    decide(disputed, cast, now, warm_greeting=1, plain_language=1)
    assert wanted(cast.rita) == []


def test_a_correction_that_still_fails_it_keeps_the_same_questions_and_names_the_new_review(cast, now, disputed, sign_in):
    answer(PracticeCard.objects.in_order().first(), now)
    decide(disputed, cast, now, warm_greeting=1)
    disputed.refresh_from_db()
    assert wanted(cast.rita) == ["L1", "L2", "L3"]
    assert PracticeCard.objects.exclude(wanted_on=None).count() == 2, "what was practised is not asked for again"
    page = sign_in(cast.rita).get(reverse("practice_mine")).content.decode()
    assert reverse("review_detail", args=[disputed.correction.pk]) in page
    assert f'href="{reverse("review_detail", args=[disputed.pk])}"' not in page

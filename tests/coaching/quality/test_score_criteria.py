"""What a criterion can be beyond a question: conditional, a bonus, critical, with root causes; through the workspace to the review."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from coaching.quality import queries, services
from coaching.quality.causes.outline import read_outline
from coaching.quality.disputes.services import OutcomeInput, PointInput, decide_dispute, forward_dispute, raise_dispute
from coaching.quality.models import Criterion, Rating, RatingCause, Review, Scorecard, ScorecardVersion, Section
from coaching.quality.services import AnswerInput, CriterionInput, NotPublishable, QualityError, RatingInput, SectionInput
from tests.factories.quality import make_draw

YES_NO = (AnswerInput(value=1, label="Yes", anchor="It is so."), AnswerInput(value=0, label="No", anchor="It is not."))
CAUSES = "Knowledge\n- Product\n-- Billing\n- Policy\nCare"


@pytest.fixture
def version(cast, now):
    """Solved (40, critical); told (20, only if not solved, causes needed); greeted (40); and one more thing (bonus 10)."""
    services.create_scorecard(actor=cast.hana, name="Small", now=now)
    draft = ScorecardVersion.objects.get()
    services.save_version(actor=cast.hana, version=draft, sections=[SectionInput(title="All", order=1)], now=now)
    section = Section.objects.select_related("version").get()
    for order, (key, weight, more) in enumerate(
        [
            ("solved", 40, {"criticality": "section", "causes": read_outline(CAUSES)}),
            (
                "told",
                20,
                {"asked_if": "solved", "asked_at_most": 0.5, "causes": read_outline(CAUSES), "require_root_cause": True},
            ),
            ("greeted", 40, {"criticality": "review"}),
            ("extra", 10, {"is_bonus": True}),
        ],
        1,
    ):
        wish = CriterionInput(key=key, label=key.title(), question=f"{key}?", answers=YES_NO, order=order, weight=weight, **more)
        services.save_criterion(actor=cast.hana, section=section, wish=wish, now=now)
    return services.publish_version(actor=cast.hana, version=draft, now=now)


@pytest.fixture
def review(cast, now, version):
    return services.start_review(actor=cast.vera, draw=make_draw(cast.vera, cast.rita, now=now), now=now)


def criterion(key):
    return Criterion.objects.get(key=key, section__version__number=1)


def rate(key, value, *, causes=None, comment="Seen."):
    found = criterion(key)
    picked = None if causes is None else tuple(found.causes.get(key=path).pk for path in causes)
    answer = found.answers.get(value=value)
    return RatingInput(criterion_id=found.pk, answer_id=answer.pk, comment=comment, cause_ids=picked)


def save(cast, now, review, *ratings):
    services.save_draft(actor=cast.vera, review=review, ratings=ratings, comment="", now=now)


def published(cast, now, review, *ratings):
    save(cast, now, review, *ratings)
    return services.publish_review(actor=cast.vera, review=review, now=now)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- Not asked ------------------------------------------------------------------------------------
def test_what_was_answered_and_is_no_longer_asked_counts_nowhere(cast, now, review):
    told = rate("told", 0, causes=["knowledge/product"])
    save(cast, now, review, rate("solved", 0), told, rate("greeted", 1), rate("extra", 0))
    assert {row.criterion.key for row in queries.load_card(review).failed} == {"solved", "told"}
    save(cast, now, review, rate("solved", 1))
    card = queries.load_card(review)
    assert Rating.objects.filter(review=review, criterion__key="told").exists(), "a draft keeps it, in case it is asked again"
    assert (card.failed, card.problems, card.score.total, card.score.shown) == ([], [], 3, 100)
    review = services.publish_review(actor=cast.vera, review=review, now=now)
    assert (review.score_raw, review.score_critical, review.applicable_weight) == (100, 100, 80)
    assert queries.failed_criteria(review) == []
    results = queries.criterion_results([cast.rita], now.date(), now.date())
    assert results == {(cast.rita.pk, "solved"): (1, 1), (cast.rita.pk, "greeted"): (1, 1)}
    assert not RatingCause.objects.exists()
    assert [c.key for c in queries.criteria_for_board()] == ["solved", "told", "greeted"]


def test_what_is_asked_is_missing_until_answered(cast, now, review):
    with pytest.raises(NotPublishable) as error:
        published(cast, now, review, rate("solved", 0), rate("greeted", 1), rate("extra", 0))
    assert [problem.criterion.key for problem in error.value.problems] == ["told"]


def test_the_workspace_shows_it_once_it_is_asked(cast, now, review, sign_in):
    client = sign_in(cast.vera)
    edit = reverse("review_edit", args=[review.pk])
    told, solved = criterion("told"), criterion("solved")
    page = client.get(edit).content.decode()
    assert "Not asked" in page
    assert "Asked only if “Solved” is answered “No”." in page
    assert f'name="answer-{told.pk}"' not in page
    assert f'<option value="{told.pk}"' not in page, "nothing is quoted for what is not asked"
    sheet = {"overall": "", f"comment-{solved.pk}": "", f"answer-{solved.pk}": str(solved.answers.get(value=0).pk)}
    part = client.post(edit, {**sheet, "action": "save"}, headers={"X-Fragments": "1"}).content.decode()
    assert f'name="answer-{told.pk}"' in part
    assert 'data-asked="yes"' in part
    assert "0 of 4 answered" not in part
    assert "1 of 4 answered" in part
    assert f'name="answer-{told.pk}"' in client.get(edit).content.decode()


# --- Bonus and the critical score -----------------------------------------------------------------
def test_a_bonus_adds_and_is_shown(cast, now, review, sign_in):
    review = published(cast, now, review, rate("solved", 1), rate("greeted", 0), rate("extra", 1))
    assert (review.score_raw, review.score_shown, review.score_critical) == (62.5, 50, 50)
    assert review.critical_failed == ["greeted"]
    page = text_of(sign_in(cast.rita).get(reverse("review_detail", args=[review.pk])))
    assert "here 12.5; a score ends at 100" in page
    assert "4 Extra (bonus)" in page


def test_a_bonus_not_earned_is_no_fault(cast, now, review, sign_in):
    review = published(cast, now, review, rate("solved", 1), rate("greeted", 1), rate("extra", 0, comment=""))
    assert (review.score_shown, queries.failed_criteria(review)) == (100, [])
    assert "Worth talking about" not in text_of(sign_in(cast.rita).get(reverse("review_detail", args=[review.pk])))


def test_the_review_shows_the_critical_score_its_working_and_the_causes(cast, now, review, sign_in):
    causes = ["knowledge", "knowledge/product", "knowledge/product/billing", "care"]
    review = published(cast, now, review, rate("solved", 0, causes=causes), rate("told", 1), rate("greeted", 1), rate("extra", 1))
    page = text_of(sign_in(cast.rita).get(reverse("review_detail", args=[review.pk])))
    assert review.score_critical == 50
    assert "Critical: 50" in page
    assert "1 Solved: 0 × 40" in page
    assert "of 80 in all" in page
    assert "Root causes: Knowledge → Product → Billing ; Care" in page, "what stands above a picked one is said by it"
    assert "Not asked" not in page


def test_what_does_not_apply_leaves_no_critical_score(cast, now, review):
    Criterion.objects.filter(key__in=["solved", "greeted"]).update(allow_na=True)
    na = [RatingInput(criterion_id=criterion(key).pk, is_na=True) for key in ("solved", "greeted")]
    review = published(cast, now, review, *na, rate("extra", 1))
    assert (review.score_shown, review.score_critical) == (None, None)


# --- Root causes ----------------------------------------------------------------------------------
def test_a_root_cause_is_needed_where_the_criterion_says_so(cast, now, review, sign_in):
    sheet = [rate("solved", 0), rate("greeted", 1), rate("extra", 0)]
    with pytest.raises(NotPublishable, match="pick its root cause"):
        published(cast, now, review, *sheet, rate("told", 0))
    client, told = sign_in(cast.vera), criterion("told")
    billing = told.causes.get(key="knowledge/product/billing")
    data = {
        "overall": "",
        "action": "save",
        f"comment-{told.pk}": "Seen.",
        f"answer-{told.pk}": told.answers.get(value=0).pk,
        f"cause-{told.pk}": [billing.pk],
    }
    client.post(reverse("review_edit", args=[review.pk]), data)
    page = client.get(reverse("review_edit", args=[review.pk])).content.decode()
    assert re.search(rf'name="cause-{told.pk}" value="{billing.pk}" checked', page)
    assert "Knowledge, Product, " in page, "a screen reader hears where a cause stands"
    services.publish_review(actor=cast.vera, review=review, now=now)
    assert RatingCause.objects.get().cause == billing


def test_causes_belong_to_a_failed_answer_of_that_criterion(cast, now, review):
    save(cast, now, review, rate("solved", 0, causes=["care"]))
    save(cast, now, review, rate("solved", 0))
    assert RatingCause.objects.count() == 1, "not named: they stay"
    save(cast, now, review, rate("solved", 0, causes=[]))
    assert not RatingCause.objects.exists()
    save(cast, now, review, rate("solved", 0, causes=["care"]))
    save(cast, now, review, rate("solved", 1, causes=["care"]))
    assert not RatingCause.objects.exists()
    foreign = criterion("told").causes.first().pk
    wish = RatingInput(criterion_id=criterion("solved").pk, answer_id=rate("solved", 0).answer_id, cause_ids=(foreign,))
    with pytest.raises(QualityError, match="does not belong"):
        save(cast, now, review, wish)


def test_a_correction_can_ask_what_nobody_answered(cast, now, review, sign_in):
    review = published(cast, now, review, rate("solved", 1), rate("greeted", 1), rate("extra", 0))
    point = PointInput(criterion_id=criterion("solved").pk, reason="It was not, to be fair.")
    dispute = raise_dispute(actor=cast.rita, review=review, points=[point], now=now)
    outcome = OutcomeInput(criterion_id=criterion("solved").pk, accepted=True, answer_id=rate("solved", 0).answer_id)
    dispute = decide_dispute(actor=cast.hana, dispute=dispute, outcomes=[outcome], comment="Right.", grader_error=True, now=now)
    assert (dispute.corrected.score_raw, dispute.corrected.applicable_weight) == (50, 80)
    page = text_of(sign_in(cast.rita).get(reverse("review_detail", args=[dispute.corrected_id])))
    assert "Not answered" in page


# --- Corrections and later versions ---------------------------------------------------------------
def test_a_correction_drops_what_its_answer_makes_unasked(cast, now, review):
    told = rate("told", 0, causes=["care"])
    review = published(cast, now, review, rate("solved", 0, causes=["care"]), told, rate("greeted", 1), rate("extra", 0))
    assert (review.score_raw, RatingCause.objects.filter(rating__review=review).count()) == (40, 2)
    point = PointInput(criterion_id=criterion("solved").pk, reason="It was.")
    dispute = raise_dispute(actor=cast.rita, review=review, points=[point], now=now)
    dispute = forward_dispute(actor=cast.lena, dispute=dispute, decider=cast.viktor, now=now)
    outcome = OutcomeInput(criterion_id=criterion("solved").pk, accepted=True, answer_id=rate("solved", 1).answer_id)
    dispute = decide_dispute(
        actor=cast.viktor, dispute=dispute, outcomes=[outcome], comment="It was.", grader_error=True, now=now
    )
    new = dispute.corrected
    assert (new.score_raw, new.score_critical, new.applicable_weight) == (100, 100, 80)
    assert queries.failed_criteria(new) == []
    assert set(new.ratings.values_list("criterion__key", flat=True)) == {"solved", "greeted", "extra"}
    assert not RatingCause.objects.filter(rating__review=new).exists()
    assert RatingCause.objects.filter(rating__review=review).count() == 2, "what was published stays as it was"


def test_a_later_version_changes_no_old_score(cast, now, review):
    review = published(cast, now, review, rate("solved", 1), rate("greeted", 1), rate("extra", 0))
    before = queries.load_card(Review.objects.get(pk=review.pk)).score
    draft = services.new_version(actor=cast.hana, scorecard=Scorecard.objects.get(), now=now)
    section = draft.sections.select_related("version").get()
    wish = SectionInput(title="All", order=1, section_id=section.pk, weight=7)
    services.save_version(actor=cast.hana, version=draft, sections=[wish], auto_fail="zero", keep_section_weight=True, now=now)
    greeted = Criterion.objects.get(key="greeted", section__version=draft)
    wish = CriterionInput(key="greeted", label="G", question="G?", answers=YES_NO, order=3, weight=1, is_bonus=True)
    services.save_criterion(actor=cast.hana, section=section, wish=wish, criterion=greeted, now=now)
    services.publish_version(actor=cast.hana, version=draft, now=now)
    stored = Review.objects.get(pk=review.pk)
    assert queries.load_card(stored).score == before
    assert (stored.score_raw, stored.score_shown, stored.score_critical, stored.applicable_weight) == (100, 100, 100, 80)

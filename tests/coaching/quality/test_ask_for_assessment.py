"""Self-assessments and peer feedback: read by who they are for, never a score, never in a figure."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from coaching.quality import queries, services
from coaching.quality.assessments.services import ask_for_assessment, finish_assessment
from coaching.quality.models import Criterion, Mode, Rating, Review, ReviewDraw
from coaching.quality.queries import reviews_to_acknowledge
from coaching.quality.services.draws import drawable_interactions
from people.models import AuditEntry
from tests.coaching.quality.test_review_journey import sheet, text_of
from tests.factories.quality import answers, make_interaction, make_published


@pytest.fixture
def case(cast, now):
    services.ensure_starter_scorecard(actor=None, now=now)
    return make_interaction(cast.rita, now=now)


def test_a_rep_assesses_a_conversation_of_their_own_and_reads_it_beside_the_review(cast, now, case, sign_in):
    rita = sign_in(cast.rita)
    other = make_interaction(cast.otto, number=3, now=now)
    assert "There is no such case for you to pick." in text_of(rita.post(reverse("assessment_ask"), {"case": other.external_id}))
    page = rita.post(reverse("assessment_ask"), {"case": case.external_id}, follow=True)
    assert "Self-assessment" in text_of(page)
    assert "of 100" not in text_of(page)
    review = Review.every.get()
    assert rita.post(reverse("message_show", args=[review.pk, case.messages.get(position=1).pk])).status_code == 403
    edit = reverse("review_edit", args=[review.pk])
    page = rita.post(edit, {**sheet(review, skip=["plain-language"]), "action": "publish"}, follow=True)
    assert "“Plain language” has no answer yet." in text_of(page)
    # A low answer of one's own needs no evidence.
    page = rita.post(edit, {**sheet(review, low=["own-the-mistake"]), "action": "publish"}, follow=True)
    assert "Finish this assessment?" in text_of(page)
    assert sign_in(cast.lena).get(reverse("assessment_detail", args=[review.pk])).status_code == 404  # not before it is finished
    page = rita.post(reverse("review_publish", args=[review.pk]), follow=True)
    assert "Finished. It can be read now." in text_of(page)
    review.refresh_from_db()
    assert (review.state, review.score_raw, review.score_shown, review.draw.state) == ("published", None, None, "done")

    # The same conversation is reviewed later: both stand side by side, for her and her lead, and for nobody else.
    draw = services.draw_one(actor=cast.lena, interaction=case, reviewer=cast.vera, reason="Compare", now=now)
    official = services.start_review(actor=cast.vera, draw=draw, now=now)
    services.save_draft(actor=cast.vera, review=official, ratings=answers(official), comment="", now=now)
    services.publish_review(actor=cast.vera, review=official, now=now)
    for person in (cast.rita, cast.lena):
        client = sign_in(person)
        page = text_of(client.get(reverse("assessment_detail", args=[review.pk])))
        assert "The same answer in 11 of 12 criteria." in page
        assert page.count("seen differently") == 1
        assert "beside the review" in text_of(client.get(reverse("review_detail", args=[official.pk])))
    for person in (cast.vera, cast.ravi, cast.otto, cast.lars):
        assert sign_in(person).get(reverse("assessment_detail", args=[review.pk])).status_code == 404
    assert "beside the review" not in text_of(sign_in(cast.vera).get(reverse("review_detail", args=[official.pk])))


def test_a_lead_asks_a_colleague_of_the_team(cast, now, case, sign_in):
    lena = sign_in(cast.lena)
    data = {"case": case.external_id, "peer": cast.ravi.pk, "reason": "How do you say this?"}
    page = lena.post(reverse("assessment_ask"), {**data, "peer": cast.rita.pk})
    assert "Peer feedback comes from somebody else of the same team." in text_of(page)
    assert lena.post(reverse("assessment_ask"), {**data, "peer": cast.otto.pk}).status_code == 422  # another team
    lena.post(reverse("assessment_ask"), data)
    assert "Ravi Example has this conversation already." in text_of(lena.post(reverse("assessment_ask"), data))
    ravi = sign_in(cast.ravi)
    assert "Give Rita Example feedback" in text_of(ravi.get("/"))
    assert "How do you say this?" in text_of(ravi.get(reverse("assessment_list")))
    draw = ReviewDraw.every.get()
    ravi.post(reverse("assessment_start", args=[draw.pk]))
    review = Review.every.get()
    assert ravi.get(reverse("review_edit", args=[review.pk])).status_code == 200
    # Feedback needs nobody's number: a colleague does not look behind the mask.
    message = case.messages.get(position=1)
    case.messages.filter(pk=message.pk).update(body="Write to kim@example.com.")
    shown = text_of(ravi.get(reverse("review_edit", args=[review.pk])))
    assert "Personal data is masked." in shown
    assert "Show it" not in shown
    assert ravi.post(reverse("message_show", args=[review.pk, message.pk])).status_code == 403
    ravi.post(reverse("review_edit", args=[review.pk]), {**sheet(review), "action": "save"})
    ravi.post(reverse("review_publish", args=[review.pk]))
    page = text_of(sign_in(cast.rita).get(reverse("assessment_detail", args=[review.pk])))
    assert "Peer feedback by Ravi Example" in page
    assert sign_in(cast.lena).get(reverse("assessment_detail", args=[review.pk])).status_code == 200
    assert sign_in(cast.otto).get(reverse("assessment_detail", args=[review.pk])).status_code == 404
    assert {"assessment.ask", "assessment.finish"} <= set(AuditEntry.objects.values_list("verb", flat=True))


def test_an_assessment_enters_no_list_and_no_figure(cast, now, case):
    """Whatever asks for reviews or draws gets none of them unless it says so: also what is written later."""
    mine = services.start_review(
        actor=cast.rita, draw=ask_for_assessment(actor=cast.rita, interaction=case, reason="", now=now), now=now
    )
    peer = ask_for_assessment(actor=cast.lena, interaction=case, peer=cast.ravi, reason="See", now=now)
    peers = services.start_review(actor=cast.ravi, draw=peer, now=now)
    for person, review in ((cast.rita, mine), (cast.ravi, peers)):
        services.save_draft(actor=person, review=review, ratings=answers(review, own_the_mistake=0), comment="", now=now)
        finish_assessment(actor=person, review=review, now=now)
    day = now.date()
    assert not Review.objects.exists()
    assert not ReviewDraw.objects.exists()
    assert queries.mean_score([cast.rita], day, day) == {}
    assert queries.criterion_results([cast.rita], day, day) == {}
    assert not queries.recent_reviews_of(cast.rita).exists()
    assert not reviews_to_acknowledge(cast.rita).exists()
    assert not queries.queue_for(cast.rita, now).exists()
    assert drawable_interactions(case.resolved_on, case.resolved_on).filter(pk=case.pk).exists()  # may still be drawn
    make_published(cast.vera, cast.rita, number=8, now=now)
    assert queries.mean_score([cast.rita], day, day)[cast.rita.pk][1] == 1
    with pytest.raises(services.QualityError):
        finish_assessment(actor=cast.rita, review=mine, now=now)


def test_what_another_answer_made_not_asked_is_not_part_of_it(cast, now, case):
    Criterion.objects.filter(key="plain-language").update(asked_if="own-the-mistake", asked_at_least=1)
    draw = ask_for_assessment(actor=cast.rita, interaction=case, reason="", now=now)
    review = services.start_review(actor=cast.rita, draw=draw, now=now)
    services.save_draft(actor=cast.rita, review=review, ratings=answers(review), comment="", now=now)
    services.save_draft(actor=cast.rita, review=review, ratings=answers(review, own_the_mistake=0), comment="", now=now)
    finish_assessment(actor=cast.rita, review=review, now=now)
    assert not Rating.objects.filter(review=review, criterion__key="plain-language").exists()
    assert Rating.objects.filter(review=review, criterion__key="own-the-mistake").exists()


def test_the_database_keeps_the_modes_apart(cast, now, case):
    def draw(**fields):
        base = {"interaction": case, "reviewer": cast.vera, "reviewee": cast.rita, "method": "random", "due_on": now.date()}
        with transaction.atomic():
            return ReviewDraw.every.create(**base | {"drawn_at": now} | fields)

    for wrong in (
        {"reviewer": cast.rita},  # nobody reviews themselves
        {"reviewer": cast.rita, "mode": Mode.PEER, "method": "hand_picked"},  # nor is their own peer
        {"mode": Mode.SELF, "method": "hand_picked"},  # nobody assesses another as themselves
        {"reviewer": cast.ravi, "mode": Mode.PEER},  # an assessment is never drawn at random
    ):
        with pytest.raises(IntegrityError):
            draw(**wrong)
    self_draw = draw(reviewer=cast.rita, mode=Mode.SELF, method="hand_picked")
    review = services.start_review(actor=cast.rita, draw=self_draw, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.every.filter(pk=review.pk).update(score_shown=90)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.every.filter(pk=review.pk).update(mode=Mode.REVIEW)

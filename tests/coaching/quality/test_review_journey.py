"""From the draw to the rep's "I have read this", through the front door."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse

from coaching.quality import services
from coaching.quality.models import Acknowledgement, Quote, Review, ReviewDraw
from people.models import AuditEntry
from tests.factories.quality import make_interaction


def sheet(review, *, low=(), skip=(), na=()):
    """The form as a browser posts it: best answers, except the keys in low (worst), skip (blank) and na."""
    data = {"overall": "Keep greeting like this."}
    for section in review.scorecard_version.sections.all():
        for criterion in section.criteria.all():
            answers = list(criterion.answers.all())
            data[f"comment-{criterion.pk}"] = ""
            if criterion.key in na:
                data[f"answer-{criterion.pk}"] = "na"
            elif criterion.key not in skip:
                data[f"answer-{criterion.pk}"] = str((answers[-1] if criterion.key in low else answers[0]).pk)
    return data


@pytest.fixture
def drawn(cast, now):
    services.ensure_starter_scorecard(actor=None, now=now)
    make_interaction(cast.rita, now=now)
    call_command("draw_reviews", "--as-of", now.date().isoformat())
    return ReviewDraw.objects.get()


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_conversation_is_drawn_reviewed_read_and_acknowledged(cast, drawn, sign_in):
    reviewer = sign_in(drawn.reviewer)
    assert "Late parcel" in text_of(reviewer.get(reverse("quality_queue")))
    page = reviewer.post(reverse("quality_next"), follow=True)
    assert "internal note" in text_of(page)
    review = Review.objects.get()
    edit = reverse("review_edit", args=[review.pk])

    # Something is missing: the page says what, with links to the fields.
    page = reviewer.post(
        edit, {**sheet(review, low=["own-the-mistake"], skip=["plain-language"]), "action": "publish"}, follow=True
    )
    assert "“Plain language” has no answer yet." in text_of(page)
    assert "“Owns the mistake” is failed: quote the message or say why in a comment." in text_of(page)
    blank = next(c for s in review.scorecard_version.sections.all() for c in s.criteria.all() if c.key == "plain-language")
    assert f'href="#criterion-{blank.pk}"' in page.content.decode()
    assert f'id="criterion-{blank.pk}"' in page.content.decode()

    # A message is quoted without JavaScript.
    failed = next(c for s in review.scorecard_version.sections.all() for c in s.criteria.all() if c.key == "own-the-mistake")
    message = review.interaction.messages.get(position=2)
    data = {**sheet(review, low=["own-the-mistake"]), f"quote_for-{message.pk}": failed.pk, "action": f"quote:{message.pk}"}
    page = reviewer.post(edit, data, follow=True)
    assert Quote.objects.get().excerpt == message.body
    page = reviewer.post(edit, {**sheet(review, low=["own-the-mistake"]), "action": "publish"}, follow=True)
    assert "Publish this review?" in text_of(page)
    page = reviewer.post(reverse("review_publish", args=[review.pk]), follow=True)
    assert "Published. Rita Example can read it now." in text_of(page)

    review.refresh_from_db()
    assert (review.state, review.score_raw, review.draw.state) == ("published", 92.0, "done")
    rita = sign_in(cast.rita)
    assert "Late parcel" in text_of(rita.get(reverse("my_reviews")))
    page = text_of(rita.get(reverse("review_detail", args=[review.pk])))
    for words in ("not a measurement of you", "Pushed away", "nine days is far too long", "Keep greeting like this.", "92"):
        assert words in page
    rita.post(reverse("review_acknowledge", args=[review.pk]), {"comment": "Fair."})
    done = Acknowledgement.objects.get()
    assert (done.person, done.score_shown, done.comment) == (cast.rita, 92.0, "Fair.")
    page = text_of(sign_in(cast.lena).get(reverse("review_detail", args=[review.pk])))
    assert "Acknowledged" in page
    assert "Fair." in page
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"plan.draw", "review.start", "review.save_draft", "review.quote", "review.publish", "review.acknowledge"} <= verbs


def test_saving_a_draft_twice_changes_nothing(cast, drawn, sign_in):
    client = sign_in(drawn.reviewer)
    client.post(reverse("review_start", args=[drawn.pk]))
    review = Review.objects.get()
    edit = reverse("review_edit", args=[review.pk])
    data = {**sheet(review, skip=["plain-language"], na=["calm-with-upset"]), "action": "save"}
    client.post(edit, data)
    before = (review.ratings.count(), AuditEntry.objects.count(), Review.objects.get().saved_at)
    client.post(edit, data)
    assert before == (review.ratings.count(), AuditEntry.objects.count(), Review.objects.get().saved_at)
    page = text_of(client.get(edit))
    assert "11 of 12 answered" in page
    assert "of 100, so far" in page


def test_the_script_gets_parts_of_the_page_back(cast, drawn, sign_in):
    client = sign_in(drawn.reviewer)
    client.post(reverse("review_start", args=[drawn.pk]))
    review = Review.objects.get()
    page = client.post(
        reverse("review_edit", args=[review.pk]), {**sheet(review), "action": "save"}, headers={"X-Fragments": "1"}
    )
    assert page.status_code == 200
    assert page.content.decode().lstrip().startswith('<div class="score-panel" id="score-panel"')
    message = review.interaction.messages.get(position=2)
    data = {**sheet(review), "action": f"quote:{message.pk}", "quote_for": "999", "quote_text": "nowhere"}
    assert client.post(reverse("review_edit", args=[review.pk]), data, headers={"X-Fragments": "1"}).status_code == 409

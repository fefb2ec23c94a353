"""Second readings of published reviews: drawn or picked, blind, answered; no score ever changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from coaching.quality import services as quality
from coaching.quality.agreement import alignment
from coaching.quality.calibration import services
from coaching.quality.calibration.queries import grader_figures
from coaching.quality.calibration.results import grader_result
from coaching.quality.models import Criterion, GraderReview, Rating, ReleaseStep, Review, ReviewDraw, Section
from coaching.quality.services import QualityError
from people.models import AuditEntry
from tests.factories.calibration import fill
from tests.factories.quality import make_complete, make_published


@pytest.fixture(autouse=True)
def _today(time_machine, now):
    time_machine.move_to(now, tick=False)


def get(client, person, name, *args):
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.get(reverse(name, args=args))


def page(client, person, name, *args):
    return get(client, person, name, *args).content.decode()


def send(client, person, name, *args, data=None):
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.post(reverse(name, args=args), data or {}, follow=True).content.decode()


def test_from_asking_to_the_answer(client, cast, now):
    review = make_published(cast.vera, cast.rita, number=1, now=now, warm_greeting=0, plain_language=0.5)
    before = list(Rating.objects.values_list("pk", "answer", "comment")), Review.objects.values().get()
    assert "Have it read again" in page(client, cast.hana, "review_detail", review.pk)
    assert "Have it read again" not in page(client, cast.lena, "review_detail", review.pk)
    choices = page(client, cast.hana, "grader_ask", review.pk)
    assert f'<option value="{cast.viktor.pk}"' in choices
    assert f'<option value="{cast.vera.pk}"' not in choices
    assert "Viktor Example reads it a second time now." in send(
        client, cast.hana, "grader_ask", review.pk, data={"grader": cast.viktor.pk}
    )
    reading = GraderReview.objects.get()
    # Viktor sees neither the review, nor its reviewer, nor the rep; Vera nothing at all yet.
    sheet = page(client, cast.viktor, "scoring_edit", reading.scoring_id)
    assert not any(word in sheet for word in ("Vera Example", "Rita Example", "Because of what stands"))
    assert sheet.count('class="answer__input"') > 20  # every criterion can be answered
    assert "Not asked" not in sheet
    assert " checked" not in sheet.split("sheet__body")[1]
    assert "A second reading" in page(client, cast.viktor, "quality_queue")
    assert get(client, cast.vera, "grader_detail", reading.pk).status_code == 404
    assert "No second readings yet" in page(client, cast.vera, "grader_list")
    assert not AuditEntry.objects.filter(subject=cast.vera, verb__startswith="grader").exists()
    assert get(client, cast.viktor, "grader_detail", reading.pk).status_code == 403
    fill(reading.scoring, now=now, comment="Look at the second message.", warm_greeting=0.5)
    reading.refresh_from_db()
    weights = {c.key: float(c.weight) for c in Criterion.objects.filter(section__version=review.scorecard_version)}
    own = dict.fromkeys(weights, 1.0) | {"warm-greeting": 0.0, "plain-language": 0.5}
    second = dict.fromkeys(weights, 1.0) | {"warm-greeting": 0.5}
    assert reading.alignment == pytest.approx(alignment(own, second, weights))
    read = page(client, cast.vera, "grader_detail", reading.pk)
    assert "Look at the second message." in read
    assert "50 % aligned" in read
    assert "Rita Example" not in read
    assert "Sent." in send(client, cast.vera, "grader_reply", reading.pk, data={"comment": "I had overlooked it."})
    assert "I had overlooked it." in page(client, cast.viktor, "grader_detail", reading.pk)
    client.force_login(cast.vera, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(reverse("grader_reply", args=[reading.pk]), {"comment": "Again"}).status_code == 403
    # Picked by hand: for learning, in no figure. And nothing of the review changed.
    assert grader_figures(GraderReview.objects.all(), now.date() - timedelta(days=365)) == []
    assert (list(Rating.objects.values_list("pk", "answer", "comment")), Review.objects.values().get()) == before
    with pytest.raises(QualityError, match="already"):
        services.ask_grader_review(actor=cast.hana, review=review, grader=cast.viktor, now=now)


def test_who_scored_or_handled_it_does_not_read_it_again(cast, now):
    review = make_published(cast.vera, cast.rita, number=1, now=now)
    for person in (cast.vera, cast.rita, cast.edda):
        with pytest.raises(QualityError, match="neither scored, approved nor handled"):
            services.ask_grader_review(actor=cast.hana, review=review, grader=person, now=now)
    with pytest.raises(QualityError, match="Only the head"):
        services.ask_grader_review(actor=cast.vera, review=review, grader=cast.viktor, now=now)


def test_who_approved_a_review_knows_it_and_does_not_read_it_blind(cast, now):
    review = make_published(cast.vera, cast.rita, number=1, now=now)
    ReleaseStep.objects.create(review=review, kind=ReleaseStep.Kind.APPROVED, by=cast.viktor, at=now)
    with pytest.raises(QualityError, match="neither scored, approved nor handled"):
        services.ask_grader_review(actor=cast.hana, review=review, grader=cast.viktor, now=now)
    [drawn] = services.draw_grader_reviews(actor=cast.hana, seed="s", now=now)
    assert drawn.scoring.scorer == cast.hana  # no other reviewer is left


def test_what_is_about_one_message_is_not_read_again(cast, now):
    review = make_published(cast.vera, cast.rita, number=1, now=now)
    ReviewDraw.objects.update(message=review.interaction.messages.get(position=2))
    with pytest.raises(QualityError, match="one message alone"):
        services.ask_grader_review(actor=cast.hana, review=Review.objects.get(), grader=cast.viktor, now=now)
    assert services.draw_grader_reviews(actor=cast.hana, seed="s", now=now) == []


def test_sections_weigh_in_a_blind_sheet_as_in_the_review(cast, now):
    draft = make_complete(cast.vera, cast.rita, number=1, now=now, warm_greeting=0)
    Section.objects.filter(version=draft.scorecard_version).update(weight=10)
    Section.objects.filter(version=draft.scorecard_version, criteria__key="warm-greeting").update(weight=90)
    review = quality.publish_review(actor=cast.vera, review=draft, now=now)
    reading = services.ask_grader_review(actor=cast.hana, review=review, grader=cast.viktor, now=now)
    fill(reading.scoring, now=now, warm_greeting=0)
    reading = GraderReview.objects.get()
    assert (grader_result(reading).score, grader_result(reading).second_score) == (review.score_shown, review.score_shown)


def test_drawn_at_random_each_month_and_never_twice(client, cast, now):
    for number in range(5):
        make_published(cast.vera, cast.rita, number=number, now=now)
    make_published(cast.viktor, cast.otto, number=20, now=now)
    make_published(cast.viktor, cast.otto, number=21, now=now - timedelta(days=60))  # too long ago
    history = make_published(cast.viktor, cast.otto, number=22, now=now)
    ReviewDraw.objects.filter(pk=history.draw_id).update(method="imported")
    assert "3 reviews drawn for a second reading." in send(client, cast.hana, "grader_draw", data={"per_reviewer": "2"})
    found = list(GraderReview.objects.values_list("review__reviewer", "scoring__scorer", "period"))
    assert sorted(found) == sorted([(cast.vera.pk, cast.viktor.pk, "2026-06")] * 2 + [(cast.viktor.pk, cast.vera.pk, "2026-06")])
    call_command("draw_second_readings", per_reviewer=2, seed="s")
    assert GraderReview.objects.count() == 3
    call_command("draw_second_readings", per_reviewer=3, seed="s")
    assert GraderReview.objects.count() == 4


def test_figures_have_n_and_interval_and_a_reviewer_sees_their_own(client, cast, now):
    for number in range(3):
        make_published(cast.vera, cast.rita, number=number, now=now, warm_greeting=0)
    make_published(cast.viktor, cast.otto, number=20, now=now)
    services.draw_grader_reviews(actor=cast.hana, per_reviewer=3, seed="s", now=now)
    for reading in GraderReview.objects.select_related("scoring__scorer"):
        fill(reading.scoring, now=now)
    found = {each.reviewer.pk: each for each in grader_figures(GraderReview.objects.all(), now.date() - timedelta(days=365))}
    assert (found[cast.vera.pk].n, found[cast.vera.pk].mean) == (3, pytest.approx(94))
    assert found[cast.vera.pk].low is not None
    assert (found[cast.viktor.pk].n, found[cast.viktor.pk].low) == (1, None)
    everything = page(client, cast.hana, "grader_list")
    assert "not enough yet" in everything
    own = page(client, cast.vera, "grader_list").split("<caption>")[1].split("</table>")[0]
    assert "Vera Example" in own
    assert "Viktor Example" not in own

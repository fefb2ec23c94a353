"""What stands around the sheet: the clock, the next conversation, search, guidance, saved comments, the note, the mask."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from cms.models.standard import Standard
from coaching.interactions.models import Message
from coaching.quality import services
from coaching.quality.models import Criterion, Quote, Rating, Review, ReviewDraw, Snippet, WorkingNote
from coaching.quality.queries import conversation, load_card
from coaching.quality.services import QualityError
from coaching.quality.workspace import services as workspace
from coaching.quality.workspace.queries import median_review_time
from people.models import AuditEntry
from tests.coaching.quality.test_review_journey import sheet, text_of
from tests.factories.quality import answers, make_draft, make_draw, make_interaction, make_published


def minutes(n):
    return timedelta(minutes=n)


def test_the_clock_counts_work_and_neither_silence_nor_pauses(cast, now):
    review = make_draft(cast.vera, cast.rita, now=now)

    def beat(after):
        workspace.note_activity(actor=cast.vera, review=review, now=now + after)
        review.refresh_from_db()
        return review.review_seconds

    assert beat(minutes(2)) == 120
    assert beat(minutes(3)) == 180
    assert beat(minutes(20)) == 180  # seventeen minutes without a sign were something else
    assert beat(minutes(25)) == 480  # exactly five count
    workspace.pause_review(actor=cast.vera, review=review, now=now + minutes(26))
    workspace.pause_review(actor=cast.vera, review=review, now=now + minutes(27))
    workspace.resume_review(actor=cast.vera, review=review, now=now + minutes(36))
    review.refresh_from_db()
    assert (review.review_seconds, review.paused_seconds, review.paused_at) == (540, 600, None)
    assert beat(minutes(35)) == 540  # a clock set back takes nothing away
    with pytest.raises(QualityError):
        workspace.note_activity(actor=cast.viktor, review=review, now=now)
    assert AuditEntry.objects.filter(verb="review.pause").count() == 1


def test_pausing_without_a_script_and_working_on_ends_it(cast, now, sign_in):
    review = make_draft(cast.vera, cast.rita, now=now)
    client = sign_in(cast.vera)
    address = reverse("review_edit", args=[review.pk])
    page = text_of(client.post(address, {**sheet(review), "action": "pause"}, follow=True))
    assert "Paused" in page
    review.refresh_from_db()
    assert review.paused_at is not None
    assert review.ratings.count() == 12  # what was filled in is kept
    client.post(address, {**sheet(review, skip=["plain-language"]), "action": "save"}, headers={"X-Fragments": "1"})
    review.refresh_from_db()
    assert review.paused_at is None


def test_the_planner_learns_the_median_and_not_from_few(cast, now):
    reviews = [make_published(cast.vera, cast.rita, number=n, now=now) for n in range(5)]
    for seconds, review in zip((60, 300, 420, 540, 3600), reviews, strict=True):
        Review.objects.filter(pk=review.pk).update(review_seconds=seconds)
    time = median_review_time(now.date(), now.date())
    assert (time.n, time.seconds, time.minutes) == (5, 420.0, 7)
    Review.objects.filter(pk=reviews[0].pk).update(review_seconds=0)  # from before the clock was kept
    assert median_review_time(now.date(), now.date()).seconds is None
    assert median_review_time(now.date(), now.date(), [cast.viktor]).n == 0


def test_publishing_goes_straight_to_the_next_until_the_queue_is_empty(cast, now, sign_in):
    review = make_draft(cast.vera, cast.rita, number=1, now=now)
    make_draw(cast.vera, cast.ravi, number=2, now=now)
    services.save_draft(actor=cast.vera, review=review, ratings=answers(review), comment="", now=now)
    client = sign_in(cast.vera)
    assert "Publish and open the last one" in text_of(client.get(reverse("review_publish", args=[review.pk])))
    page = client.post(reverse("review_publish", args=[review.pk]), {"then": "next"}, follow=True)
    second = Review.objects.get(reviewee=cast.ravi)
    assert page.redirect_chain[-1][0] == reverse("review_edit", args=[second.pk])
    assert "Published. Rita Example can read it now." in text_of(page)
    assert "more wait" not in text_of(page)
    services.save_draft(actor=cast.vera, review=second, ratings=answers(second), comment="", now=now)
    page = text_of(client.post(reverse("review_publish", args=[second.pk]), {"then": "next"}, follow=True))
    assert "Your queue is empty. Nothing else to review for now." in page


def test_the_conversation_is_searched_without_a_script(cast, now, sign_in):
    review = make_draft(cast.vera, cast.rita, now=now)
    client = sign_in(cast.vera)
    address = reverse("review_edit", args=[review.pk])
    page = client.get(address, {"q": "NINE  days"}).content.decode()
    assert page.count('<mark class="hit">') == 2
    assert "2 hits" in text_of(client.get(address, {"q": "nine days"}))
    first = review.interaction.messages.get(position=1)
    assert f'href="#message-{first.pk}"' in page
    assert "Nothing found for “<b>”." in client.get(address, {"q": "<b>"}).content.decode().replace("&lt;b&gt;", "<b>")
    # A hit inside a quote, and one that begins before it, keep the words whole.
    key = Criterion.objects.get(section__version=review.scorecard_version, key="warm-greeting").pk
    second = review.interaction.messages.get(position=2)
    services.add_quote(actor=cast.vera, review=review, criterion_id=key, message_id=second.pk, text="far too long", now=now)
    turn = conversation(load_card(review), "is far")[1]
    assert "".join(piece.text for piece in turn.segments) == second.body
    assert [(p.text, p.number, p.hit, p.ends_quote) for p in turn.segments if p.number or p.hit] == [
        ("is ", 0, True, False),
        ("far", 1, True, False),
        (" too long", 1, False, True),
    ]
    assert "1 hit" in text_of(sign_in(cast.lena).get(reverse("review_detail", args=[make_published(
        cast.vera, cast.rita, number=2, now=now).pk]), {"q": "courier"})).replace("One hit", "1 hit")  # fmt: skip


def test_the_guide_stands_beside_the_criterion(cast, now, sign_in):
    Standard.objects.create(
        key="warm-greeting", title="Greet warmly", behaviour="Greet by name.", why="They feel seen.", good_example="Good morning Kim",
        bad_example="Dear customer",
    )  # fmt: skip
    review = make_draft(cast.vera, cast.rita, now=now)
    page = text_of(sign_in(cast.vera).get(reverse("review_edit", args=[review.pk])))
    for words in ("What the guide says: Greet warmly", "Greet by name.", "They feel seen.", "Good morning Kim", "Dear customer"):
        assert words in page


def test_saved_comments_are_kept_shared_and_inserted(cast, now, sign_in):
    client = sign_in(cast.vera)
    client.post(reverse("snippet_create"), {"title": "Name", "text": "Say the name once.", "is_shared": "on"})
    snippet = Snippet.objects.get()
    page = client.post(reverse("snippet_create"), {"title": "Name", "text": "Again"})
    assert page.status_code == 422
    assert "There is a comment with this title already." in text_of(page)
    viktor = sign_in(cast.viktor)
    assert "Say the name once." in text_of(viktor.get(reverse("snippet_list"), {"q": "name"}))
    assert "No saved comment has these words" in text_of(viktor.get(reverse("snippet_list"), {"q": "weather"}))
    assert viktor.get(reverse("snippet_edit", args=[snippet.pk])).status_code == 403

    review = make_draft(cast.viktor, cast.rita, now=now)
    address = reverse("review_edit", args=[review.pk])
    key = Criterion.objects.get(section__version=review.scorecard_version, key="warm-greeting").pk
    data = {**sheet(review), f"comment-{key}": "Nearly.", "action": "snippet", "snippet": snippet.pk, "snippet_for": key}
    viktor.post(address, data)
    assert Rating.objects.get(review=review, criterion=key).comment == "Nearly.\n\nSay the name once."
    viktor.post(address, {**sheet(review), "action": "snippet", "snippet": snippet.pk, "snippet_for": ""})
    review.refresh_from_db()
    assert review.comment == "Keep greeting like this.\n\nSay the name once."
    shown = {**sheet(review), "overall": review.comment}
    page = viktor.post(address, {**shown, "action": "snippet", "snippet": "", "snippet_for": ""}, follow=True)
    assert "Choose one of your comments first." in text_of(page)
    client.post(reverse("snippet_delete", args=[snippet.pk]))
    assert not Snippet.objects.exists()
    assert "Say the name once." in Review.objects.get(pk=review.pk).comment


def test_the_working_note_is_seen_by_nobody_else_and_gone_after_publishing(cast, now, sign_in):
    kept, dropped, handed = (make_draft(cast.vera, cast.rita, number=n, now=now) for n in (1, 2, 3))
    client = sign_in(cast.vera)
    for review in (kept, dropped, handed):
        data = {**sheet(review), "note": "Ask Lena about refunds", "action": "save"}
        client.post(reverse("review_edit", args=[review.pk]), data)
    assert "Ask Lena about refunds" in text_of(client.get(reverse("review_edit", args=[kept.pk])))
    client.post(reverse("review_publish", args=[kept.pk]), {"keep_note": "1"})
    client.post(reverse("review_publish", args=[dropped.pk]))
    services.reassign_draw(actor=cast.lena, draw=handed.draw, reviewer=cast.viktor, now=now)
    assert not WorkingNote.objects.exists()
    rita = sign_in(cast.rita)
    assert "Ask Lena about refunds" in text_of(rita.get(reverse("review_detail", args=[kept.pk])))
    assert "Ask Lena about refunds" not in text_of(rita.get(reverse("review_detail", args=[dropped.pk])))
    assert not any("refunds" in f"{e.before}{e.after}{e.target_name}" for e in AuditEntry.objects.all())


CARD = "4111 1111 1111 1111"


def test_personal_data_is_masked_wherever_a_message_is_shown(cast, now, sign_in):
    """Also in the quote kept as evidence, and in one kept before masking was there."""
    review = make_draft(cast.vera, cast.rita, now=now)
    message = review.interaction.messages.get(position=1)
    Message.objects.filter(pk=message.pk).update(body=f"Kim here. My card is {CARD}, kim@example.com, since 03.04.2026.")
    message.refresh_from_db()
    client = sign_in(cast.vera)
    address = reverse("review_edit", args=[review.pk])
    page = text_of(client.get(address))
    assert "My card is •••• •••• •••• ••••, •••@•••••••.•••, since 03.04.2026." in page
    key = Criterion.objects.get(section__version=review.scorecard_version, key="warm-greeting").pk
    client.post(address, {**sheet(review), f"quote_for-{message.pk}": key, "action": f"quote:{message.pk}"})
    services.add_quote(actor=cast.vera, review=review, criterion_id=key, message_id=message.pk, text=f"is {CARD[:9]}", now=now)
    assert not any(re.search(r"\d{4}", q.excerpt.replace("03.04.2026", "")) for q in Quote.objects.all())
    Quote.objects.create(rating=Rating.objects.get(review=review, criterion=key), message=message, excerpt=f"card is {CARD[:12]}")
    services.save_draft(actor=cast.vera, review=review, ratings=answers(review), comment="", now=now)
    services.publish_review(actor=cast.vera, review=review, now=now)
    Review.objects.update(published_at=now)
    for person, name in ((cast.rita, "review_detail"), (cast.lena, "review_detail")):
        page = text_of(sign_in(person).get(reverse(name, args=[review.pk])))
        assert "card is •••• •••• ••" in page
        assert "4111" not in page
        assert "kim@example.com" not in page

    # Whoever leads the person may look; that they did is on record, the words are not.
    show = reverse("message_show", args=[review.pk, message.pk])
    page = sign_in(cast.lena).post(show)
    assert CARD in text_of(page)
    assert "no-store" in page["Cache-Control"]
    assert sign_in(cast.rita).post(show).status_code == 403
    entry = AuditEntry.objects.get(verb="review.show_personal_data")
    assert (entry.actor, entry.subject, entry.after) == (cast.lena, cast.rita, {"message": message.pk})
    other = make_interaction(cast.otto, number=9, now=now).messages.first()
    assert sign_in(cast.lena).post(reverse("message_show", args=[review.pk, other.pk])).status_code == 404


def test_one_message_is_reviewed_for_whoever_wrote_it(cast, now, sign_in):
    services.ensure_starter_scorecard(actor=None, now=now)
    case = make_interaction(cast.rita, now=now)
    ravis = make_interaction(cast.ravi, number=2, now=now).messages.get(position=2).author
    Message.objects.filter(interaction=case, position=2).update(author=ravis, author_name="Ravi Example")
    client = sign_in(cast.lena)
    data = {"case": case.external_id, "reviewer": cast.vera.pk, "reason": "Only this answer"}
    page = text_of(client.post(reverse("draw_one"), {**data, "message": "1"}))
    assert "Message 1 was not written by one of your people." in page
    assert "This conversation has no message 99." in text_of(client.post(reverse("draw_one"), {**data, "message": "99"}))
    client.post(reverse("draw_one"), {**data, "message": "2"})
    draw = ReviewDraw.objects.get()
    assert (draw.reviewee, draw.message.position, draw.method) == (cast.ravi, 2, "hand_picked")
    page = sign_in(cast.vera).post(reverse("review_start", args=[draw.pk]), follow=True)
    assert "Review message 2, which Ravi Example wrote" in text_of(page)
    assert page.content.decode().count("turn--asked") == 1
    assert Review.objects.get().reviewee == cast.ravi

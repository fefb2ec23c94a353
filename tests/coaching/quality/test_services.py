"""What each verb allows and refuses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from cms.models.standard import Standard
from coaching.quality import queries, services
from coaching.quality.events import ReviewPublished, ReviewWithdrawn
from coaching.quality.models import Criterion, Quote, Rating, Review, ReviewDraw, Scorecard, ScorecardVersion
from coaching.quality.services import NotPublishable, QualityError, RatingInput
from foundation import events
from people.models import AuditEntry
from tests.factories.quality import answers, make_draft, make_draw, make_interaction, make_published


@pytest.fixture
def heard(monkeypatch):
    """Every event announced in this test."""
    found = []
    for kind in (ReviewPublished, ReviewWithdrawn):
        monkeypatch.setitem(events._listeners, kind, [found.append])
    return found


def criterion(review, key):
    return Criterion.objects.get(section__version=review.scorecard_version, key=key)


# --- Writing ------------------------------------------------------------------------------
def test_publishing_fixes_the_score_and_tells_the_others(cast, now, heard):
    review = make_published(cast.vera, cast.rita, now=now, protect_customer_data=0, calm_with_upset="na")
    review.refresh_from_db()
    # 6 of 100 do not apply, which leaves 94; 8 of them are lost: 86/94, capped at 50 by the critical criterion.
    assert (round(review.score_raw, 2), review.score_shown, review.applicable_weight) == (91.49, 50, 94)
    assert review.critical_failed == ["protect-customer-data"]
    assert heard == [ReviewPublished(review_id=review.pk)]


def test_publishing_twice_is_a_clear_error(cast, now, heard):
    review = make_published(cast.vera, cast.rita, now=now)
    with pytest.raises(QualityError, match="no longer"):
        services.publish_review(actor=cast.vera, review=review, now=now)
    assert len(heard) == 1


def test_a_published_review_cannot_be_changed(cast, now):
    review = make_published(cast.vera, cast.rita, now=now)
    message = review.interaction.messages.first()
    before = list(Rating.objects.order_by("pk").values())
    for change in (
        lambda: services.save_draft(
            actor=cast.vera, review=review, ratings=answers(review, plain_language=0), comment="", now=now
        ),
        lambda: services.add_quote(
            actor=cast.vera, review=review, criterion_id=criterion(review, "plain-language").pk, message_id=message.pk, now=now
        ),
        lambda: services.remove_quote(actor=cast.vera, review=review, quote_id=1, now=now),
    ):
        with pytest.raises(QualityError, match="no longer be changed"):
            change()
    assert list(Rating.objects.order_by("pk").values()) == before
    assert not Quote.objects.exists()


def test_nobody_else_writes_a_review(cast, now):
    review = make_draft(cast.vera, cast.rita, now=now)
    with pytest.raises(QualityError, match="Only the reviewer"):
        services.save_draft(actor=cast.viktor, review=review, ratings=answers(review), comment="", now=now)


@pytest.mark.parametrize("key", ["plain-language", "resolve-at-root"])
def test_blank_is_missing(cast, now, key):
    review = make_draft(cast.vera, cast.rita, now=now)
    sheet = [r for r in answers(review) if r.criterion_id != criterion(review, key).pk]
    services.save_draft(actor=cast.vera, review=review, ratings=sheet, comment="", now=now)
    with pytest.raises(NotPublishable) as error:
        services.publish_review(actor=cast.vera, review=review, now=now)
    assert [p.criterion.key for p in error.value.problems] == [key]


def test_a_failed_answer_needs_a_quote_or_a_comment(cast, now):
    review = make_draft(cast.vera, cast.rita, now=now)
    greeting = criterion(review, "warm-greeting")
    sheet = [
        RatingInput(criterion_id=r.criterion_id, answer_id=r.answer_id) for r in answers(review, warm_greeting=0)
    ]  # no comments at all
    services.save_draft(actor=cast.vera, review=review, ratings=sheet, comment="", now=now)
    with pytest.raises(NotPublishable, match="quote the message or say why"):
        services.publish_review(actor=cast.vera, review=review, now=now)
    message = review.interaction.messages.get(position=2)
    services.add_quote(
        actor=cast.vera, review=review, criterion_id=greeting.pk, message_id=message.pk, text="far too   long", now=now
    )
    assert Quote.objects.get().excerpt == "far too long"
    services.publish_review(actor=cast.vera, review=review, now=now)
    failed = queries.failed_criteria(review)
    assert [(f.criterion.key, f.quote.excerpt) for f in failed] == [("warm-greeting", "far too long")]


def test_a_compulsory_comment_is_not_replaced_by_a_quote(cast, now):
    review = make_draft(cast.vera, cast.rita, now=now)
    sheet = [RatingInput(criterion_id=r.criterion_id, answer_id=r.answer_id) for r in answers(review, resolve_at_root=0.25)]
    services.save_draft(actor=cast.vera, review=review, ratings=sheet, comment="", now=now)
    root = criterion(review, "resolve-at-root")
    message = review.interaction.messages.get(position=2)
    services.add_quote(actor=cast.vera, review=review, criterion_id=root.pk, message_id=message.pk, now=now)
    with pytest.raises(NotPublishable, match="needs a comment"):
        services.publish_review(actor=cast.vera, review=review, now=now)


def test_a_quote_must_stand_in_that_message(cast, now):
    review = make_draft(cast.vera, cast.rita, now=now)
    key = criterion(review, "warm-greeting").pk
    elsewhere = make_interaction(cast.otto, number=9, now=now).messages.first()
    message = review.interaction.messages.first()
    with pytest.raises(QualityError, match="do not stand"):
        services.add_quote(actor=cast.vera, review=review, criterion_id=key, message_id=message.pk, text="never said", now=now)
    with pytest.raises(QualityError, match="does not belong"):
        services.add_quote(actor=cast.vera, review=review, criterion_id=key, message_id=elsewhere.pk, now=now)
    assert not Quote.objects.exists()


def test_quoting_twice_and_across_lines(cast, now):
    review = make_draft(cast.vera, cast.rita, now=now)
    key, message = criterion(review, "warm-greeting").pk, review.interaction.messages.get(position=2)
    wish = {"actor": cast.vera, "review": review, "criterion_id": key, "message_id": message.pk, "now": now}
    first = services.add_quote(**wish, text="I am sorry. I have sent")
    assert services.add_quote(**wish, text="I am sorry.\r\n\r\nI have sent") == first
    assert first.excerpt in message.body
    services.remove_quote(actor=cast.vera, review=review, quote_id=first.pk, now=now)
    services.remove_quote(actor=cast.vera, review=review, quote_id=first.pk, now=now)
    assert not Quote.objects.exists()


def test_na_only_where_offered(cast, now):
    review = make_draft(cast.vera, cast.rita, now=now)
    wish = [RatingInput(criterion_id=criterion(review, "plain-language").pk, is_na=True)]
    with pytest.raises(QualityError, match="always applies"):
        services.save_draft(actor=cast.vera, review=review, ratings=wish, comment="", now=now)


def test_an_answer_of_another_criterion_is_refused(cast, now):
    review = make_draft(cast.vera, cast.rita, now=now)
    other = criterion(review, "warm-greeting").answers.first()
    wish = [RatingInput(criterion_id=criterion(review, "plain-language").pk, answer_id=other.pk)]
    with pytest.raises(QualityError, match="does not belong"):
        services.save_draft(actor=cast.vera, review=review, ratings=wish, comment="", now=now)


# --- Withdrawing and acknowledging --------------------------------------------------------
def test_withdrawing_keeps_the_review_and_can_put_it_back_in_the_queue(cast, now, heard):
    review = make_published(cast.vera, cast.rita, now=now)
    with pytest.raises(QualityError, match="Say why"):
        services.withdraw_review(actor=cast.vera, review=review, reason=" ", now=now)
    services.withdraw_review(actor=cast.vera, review=review, reason="Wrong customer read.", again=True, now=now)
    assert heard[-1] == ReviewWithdrawn(review_id=review.pk)
    with pytest.raises(QualityError):
        services.withdraw_review(actor=cast.vera, review=review, reason="Again.", now=now)
    second = services.start_review(actor=cast.vera, draw=review.draw, now=now)
    assert second.pk != review.pk
    assert Review.objects.get(pk=review.pk).score_shown == 100


def test_a_withdrawn_review_counts_nowhere(cast, now):
    review = make_published(cast.vera, cast.rita, now=now)
    day = now.date()
    assert queries.mean_score([cast.rita], day, day) == {cast.rita.pk: (100, 1, None, None)}
    services.withdraw_review(actor=cast.vera, review=review, reason="Wrong case.", now=now)
    assert queries.mean_score([cast.rita], day, day) == {}
    assert queries.criterion_results([cast.rita], day, day) == {}
    assert not queries.reviews_to_acknowledge(cast.rita).exists()


def test_acknowledging_keeps_the_score_seen(cast, now):
    review = make_published(cast.vera, cast.rita, now=now)
    with pytest.raises(QualityError):
        services.acknowledge_review(actor=cast.ravi, review=review, now=now)
    first = services.acknowledge_review(actor=cast.rita, review=review, comment="Read.", now=now)
    assert services.acknowledge_review(actor=cast.rita, review=review, comment="Twice.", now=now) == first
    assert (first.score_shown, first.comment) == (100, "Read.")
    assert not queries.reviews_to_acknowledge(cast.rita).exists()


# --- Drawing ------------------------------------------------------------------------------
def draw(cast, now, *, reviewers=None, people=None, per_person=2, seed=7):
    return services.draw_reviews(
        actor=None,
        reviewers=reviewers or [cast.vera, cast.viktor],
        people=people or [cast.rita, cast.ravi, cast.otto],
        per_person=per_person,
        since=now.date() - timedelta(days=7),
        until=now.date() - timedelta(days=1),
        seed=seed,
        now=now,
    )


@pytest.fixture
def week(cast, now):
    for person in (cast.rita, cast.ravi, cast.otto):
        for number in range(6):
            make_interaction(person, number=number, now=now, days_ago=1 + number)
    make_interaction(cast.rita, number=99, now=now, days_ago=30)


def test_drawing_is_even_without_repeats_and_the_same_for_a_seed(cast, now, week):
    draws = draw(cast, now)
    assert sorted(d.reviewee.display_name for d in draws) == sorted(2 * ["Rita Example", "Ravi Example", "Otto Example"])
    loads = [sum(d.reviewer_id == r.pk for d in draws) for r in (cast.vera, cast.viktor)]
    assert loads == [3, 3]
    assert len({d.interaction_id for d in draws}) == 6
    assert not any(d.interaction.external_id.endswith("-99") for d in draws)
    chosen = [(d.interaction_id, d.reviewer_id) for d in draws]
    ReviewDraw.objects.all().delete()
    assert [(d.interaction_id, d.reviewer_id) for d in draw(cast, now)] == chosen
    ReviewDraw.objects.all().delete()
    assert [(d.interaction_id, d.reviewer_id) for d in draw(cast, now, seed=8)] != chosen


def test_drawing_again_in_the_week_adds_nothing(cast, now, week):
    draw(cast, now)
    assert draw(cast, now + timedelta(hours=5), seed=99) == []
    services.take_out(actor=cast.vera, draw=ReviewDraw.objects.filter(reviewer=cast.vera).first(), reason="Empty.", now=now)
    assert len(draw(cast, now + timedelta(hours=6), seed=5)) == 1
    make_interaction(cast.rita, number=50, now=now + timedelta(days=7))
    assert [d.period for d in draw(cast, now + timedelta(days=7), seed=5)] == ["2026-W26"]


def test_nobody_is_drawn_to_review_themselves(cast, now, week):
    assert {d.reviewer_id for d in draw(cast, now, reviewers=[cast.rita, cast.vera], people=[cast.rita])} == {cast.vera.pk}
    assert draw(cast, now, reviewers=[cast.ravi], people=[cast.ravi]) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        make_draw(cast.rita, cast.rita, number=50, now=now)


def test_the_command_draws_two_per_rep_and_week(cast, now, week, capsys):
    call_command("draw_reviews", "--as-of", "2026-06-15")
    call_command("draw_reviews", "--as-of", "2026-06-15")
    assert "6 conversations drawn for 3 people." in capsys.readouterr().out
    assert ReviewDraw.objects.count() == 6
    assert set(ReviewDraw.objects.values_list("period", flat=True)) == {"2026-W25"}


def test_the_week_of_a_draw_is_the_organisations(cast, week, settings):
    """Monday 00:30 in Berlin is Sunday in UTC: the draw is this week's, not last week's over again."""
    settings.TIME_ZONE = "Europe/Berlin"
    monday = datetime(2026, 6, 14, 22, 30, tzinfo=UTC)
    drawn = services.draw_reviews(
        actor=None,
        reviewers=[cast.vera],
        people=[cast.rita],
        per_person=1,
        since=date(2026, 6, 8),
        until=date(2026, 6, 14),
        seed=7,
        now=monday,
    )
    assert [(d.period, d.due_on) for d in drawn] == [("2026-W25", date(2026, 6, 22))]
    picked = services.draw_one(
        actor=cast.lena,
        interaction=make_interaction(cast.rita, number=200, now=monday),
        reviewer=cast.vera,
        reason="Look",
        now=monday,
    )
    assert picked.due_on == date(2026, 6, 22)


def test_two_clicks_on_picking_by_hand_give_one_and_a_reason(cast, now, monkeypatch):
    """The second look comes before the first is stored; the constraint decides and the answer is a sentence."""
    case = make_interaction(cast.rita, now=now)
    services.draw_one(actor=cast.lena, interaction=case, reviewer=cast.vera, reason="Look", now=now)
    monkeypatch.setattr(QuerySet, "exists", lambda self: self.model is not ReviewDraw)
    with pytest.raises(QualityError, match="already has"):
        services.draw_one(actor=cast.lena, interaction=case, reviewer=cast.vera, reason="Look", now=now)
    assert ReviewDraw.objects.count() == 1


def test_picking_by_hand_needs_a_reason_and_never_oneself(cast, now):
    case = make_interaction(cast.rita, now=now)
    with pytest.raises(QualityError, match="Say why"):
        services.draw_one(actor=cast.lena, interaction=case, reviewer=cast.vera, reason="", now=now)
    with pytest.raises(QualityError, match="own conversation"):
        services.draw_one(actor=cast.lena, interaction=case, reviewer=cast.rita, reason="x", now=now)
    services.draw_one(actor=cast.lena, interaction=case, reviewer=cast.vera, reason="Customer wrote to me", now=now)
    with pytest.raises(QualityError, match="already has"):
        services.draw_one(actor=cast.lena, interaction=case, reviewer=cast.vera, reason="Again", now=now)


# --- Figures ------------------------------------------------------------------------------
def test_only_randomly_drawn_reviews_enter_figures(cast, now):
    make_published(cast.vera, cast.rita, number=1, now=now, plain_language=0)
    make_published(cast.vera, cast.rita, number=2, now=now)
    make_published(cast.vera, cast.rita, number=3, now=now, method="hand_picked", plain_language=0)
    day = now.date()
    results = queries.criterion_results([cast.rita], day, day)
    assert results[cast.rita.pk, "plain-language"] == (1, 2)
    mean, n, low, high = queries.mean_score([cast.rita], day, day)[cast.rita.pk]
    # 92 and 100: mean 96, standard error 4, t = 12.706 with one degree of freedom, kept inside 0..100.
    assert (mean, n, round(low, 2), high) == (96, 2, 45.18, 100)
    assert queries.mean_score([cast.rita], day + timedelta(days=1), day + timedelta(days=1)) == {}


def test_the_board_knows_each_criterion_once(cast, now):
    Standard.objects.create(key="plain-language", title="Plain language", behaviour="Write plainly.")
    services.ensure_starter_scorecard(actor=None, now=now)
    board = queries.criteria_for_board()
    assert len(board) == 12
    assert next(c for c in board if c.key == "plain-language").standard.title == "Plain language"
    assert sum(Criterion.objects.values_list("weight", flat=True)) == 100


# --- Scorecards ---------------------------------------------------------------------------
def test_the_starter_scorecard_is_made_once(cast, now):
    first = services.ensure_starter_scorecard(actor=None, now=now)
    assert services.ensure_starter_scorecard(actor=None, now=now) == first
    assert ScorecardVersion.objects.get().state == "published"


def test_a_new_version_leaves_reviews_on_theirs(cast, now):
    review = make_draft(cast.vera, cast.rita, now=now)
    scorecard = Scorecard.objects.get()
    draft = services.new_version(actor=cast.hana, scorecard=scorecard, now=now)
    assert Criterion.objects.filter(section__version=draft).count() == 12
    with pytest.raises(QualityError, match="already a draft"):
        services.new_version(actor=cast.hana, scorecard=scorecard, now=now)
    services.publish_version(actor=cast.hana, version=draft, now=now)
    review.refresh_from_db()
    assert (review.scorecard_version.number, review.scorecard_version.state) == (1, "archived")
    services.save_draft(actor=cast.vera, review=review, ratings=answers(review), comment="", now=now)
    services.publish_review(actor=cast.vera, review=review, now=now)
    assert make_draft(cast.vera, cast.ravi, now=now).scorecard_version.number == 2


def test_a_published_version_is_read_only(cast, now):
    services.ensure_starter_scorecard(actor=None, now=now)
    version = ScorecardVersion.objects.get()
    first = Criterion.objects.first()
    wish = services.CriterionInput(label="New", question="New?", answers=[])
    for change in (
        lambda: services.save_version(actor=cast.hana, version=version, sections=[], now=now),
        lambda: services.save_criterion(actor=cast.hana, section=first.section, wish=wish, criterion=first, now=now),
        lambda: services.remove_criterion(actor=cast.hana, criterion=first, now=now),
    ):
        with pytest.raises(QualityError, match="cannot be changed"):
            change()


@pytest.mark.parametrize(
    ("values", "anchor", "message"),
    [
        ([1], "x", "at least two answers"),
        ([0.9, 0], "x", "best answer must be worth 1"),
        ([1, 0.1], "x", "worst answer must be worth 0"),
        ([1, 0], "", "describe what earns"),
    ],
)
def test_a_version_is_published_only_when_whole(cast, now, values, anchor, message):
    scorecard = services.create_scorecard(actor=cast.hana, name="Calls", now=now)
    version = scorecard.versions.get()
    services.save_version(actor=cast.hana, version=version, sections=[services.SectionInput(title="One", order=1)], now=now)
    wish = services.CriterionInput(
        label="Greets",
        question="Greeted?",
        answers=[services.AnswerInput(value=v, label=str(v), anchor=anchor) for v in values],
    )
    services.save_criterion(actor=cast.hana, section=version.sections.get(), wish=wish, now=now)
    with pytest.raises(NotPublishable, match=message):
        services.publish_version(actor=cast.hana, version=version, now=now)


def test_the_audit_log_holds_no_words_of_the_conversation(cast, now):
    make_published(cast.vera, cast.rita, now=now, plain_language=0)
    written = " ".join(f"{e.target_name} {e.before} {e.after}" for e in AuditEntry.objects.all())
    assert "plain-language" in written
    assert "second message" not in written
    assert "parcel" not in written

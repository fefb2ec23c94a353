"""The tables that quality itself exports."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from coaching.interactions.redaction import mask_excerpt
from coaching.quality.disputes.access import disputes_visible_to
from coaching.quality.exchange.access import draws_to_export, reviews_to_export
from coaching.quality.exchange.exports.tables import Column, Scope, Table, register
from coaching.quality.models import (
    Acknowledgement,
    Criterion,
    Dispute,
    DisputedRating,
    Rating,
    Review,
    ReviewDraw,
    ScorecardVersion,
)
from coaching.quality.queries import day_range


def reviews_in(scope: Scope) -> QuerySet[Review]:
    """The published and withdrawn reviews of the scope, by the day they were published."""
    start, end = day_range(scope.since, scope.until)
    reviews = reviews_to_export(scope.person, scope.on).filter(published_at__gte=start, published_at__lt=end)
    return reviews if scope.people is None else reviews.filter(reviewee__in=scope.people.values("pk"))


def _reviews(scope: Scope) -> QuerySet[Review]:
    return (
        reviews_in(scope)
        .select_related("interaction__source", "scorecard_version__scorecard", "reviewer", "reviewee", "draw", "imported")
        .order_by("pk")
    )


def _ratings(scope: Scope) -> QuerySet[Rating]:
    ratings = Rating.objects.filter(review__in=reviews_in(scope).values("pk"))
    return (
        ratings.select_related("criterion__section", "criterion__standard", "answer", "review__reviewee")
        .prefetch_related("quotes__message")
        .order_by("review_id", "pk")
    )


def _acknowledgements(scope: Scope) -> QuerySet[Acknowledgement]:
    found = Acknowledgement.objects.filter(review__in=reviews_in(scope).values("pk"))
    return found.select_related("person").order_by("pk")


def _disputes(scope: Scope) -> QuerySet[Dispute]:
    start, end = day_range(scope.since, scope.until)
    found = disputes_visible_to(scope.person, scope.on).filter(raised_at__gte=start, raised_at__lt=end)
    if scope.people is not None:
        found = found.filter(review__reviewee__in=scope.people.values("pk"))
    return found.select_related("review", "raised_by", "lead", "decided_by").order_by("pk")


def _disputed(scope: Scope) -> QuerySet[DisputedRating]:
    found = DisputedRating.objects.filter(dispute__in=_disputes(scope).order_by().values("pk"))
    return found.select_related("criterion", "proposed", "answer", "dispute__review").order_by("pk")


def _draws(scope: Scope) -> QuerySet[ReviewDraw]:
    start, end = day_range(scope.since, scope.until)
    found = draws_to_export(scope.person, scope.on).filter(drawn_at__gte=start, drawn_at__lt=end)
    if scope.people is not None:
        found = found.filter(reviewee__in=scope.people.values("pk"))
    return found.select_related("interaction__source", "reviewer", "reviewee").order_by("pk")


def _criteria(scope: Scope) -> QuerySet[Criterion]:
    """Of every version that is not a draft: what was looked for is no secret, and reviews of any day name them."""
    found = Criterion.objects.exclude(section__version__state=ScorecardVersion.State.DRAFT)
    return (
        found.filter(Q(section__version__isnull=False))
        .select_related("section__version__scorecard", "standard")
        .prefetch_related("answers")
        .order_by("section__version__scorecard__key", "section__version__number", "section__order", "section_id", "order", "pk")
    )


def _answer(answer: Any, is_na: bool) -> str:
    return "n/a" if is_na else answer.label if answer else ""


def _quotes(rating: Rating) -> list[str]:
    """As the pages show them: quotes from before masking was there may hold what is masked now."""
    return [mask_excerpt(quote.excerpt, quote.message.body) for quote in rating.quotes.all()]


def _imported_as(review: Review) -> str:
    return review.imported.external_id if hasattr(review, "imported") else ""


register(
    Table(
        "reviews",
        _("Reviews"),
        _("One row for each review that was published, withdrawn ones too. Drafts are never exported."),
        _reviews,
        (
            Column("review", _("Number of the review"), lambda r: r.pk),
            Column("state", _("published, or withdrawn: counts nowhere any more"), lambda r: r.state),
            Column("source", _("Key of the system the conversation is from"), lambda r: r.interaction.source.key),
            Column("conversation", _("Id of the conversation in that system"), lambda r: r.interaction.external_id),
            Column("channel", _("Channel of the conversation"), lambda r: r.interaction.channel),
            Column("person", _("E-mail of who was reviewed"), lambda r: r.reviewee.email),
            Column("person_name", _("Name of who was reviewed"), lambda r: r.reviewee.display_name),
            Column("reviewer", _("E-mail of the reviewer"), lambda r: r.reviewer.email),
            Column("scorecard", _("Key of the scorecard"), lambda r: r.scorecard_version.scorecard.key),
            Column("version", _("Version of the scorecard"), lambda r: r.scorecard_version.number),
            Column(
                "method", _("How the conversation was chosen: random, targeted, hand_picked, imported"), lambda r: r.draw.method
            ),
            Column(
                "inclusion",
                _("Probability of having been drawn, 0 to 1; empty: unknown, so it enters no figure"),
                lambda r: r.draw.inclusion,
            ),
            Column("score", _("The score as shown, 0 to 100; empty where nothing applied"), lambda r: r.score_shown),
            Column("score_raw", _("The score before anything critical was counted"), lambda r: r.score_raw),
            Column("applicable_weight", _("Sum of the weights of what applied"), lambda r: r.applicable_weight),
            Column("critical_failed", _("Keys of critical criteria that failed"), lambda r: r.critical_failed),
            Column("comment", _("Overall comment of the reviewer"), lambda r: r.comment),
            Column("published_at", _("When it was published"), lambda r: r.published_at),
            Column("withdrawn_at", _("When it was withdrawn"), lambda r: r.withdrawn_at),
            Column("withdrawn_reason", _("Why it was withdrawn"), lambda r: r.withdrawn_reason),
            Column("corrects", _("Number of the review that it corrects"), lambda r: r.corrects_id),
            Column("imported_as", _("Its id in the system it was imported from"), _imported_as),
        ),
        subject=lambda r: r.reviewee_id,
    )
)
register(
    Table(
        "ratings",
        _("Ratings"),
        _("One row for each criterion of each review, with its quotes."),
        _ratings,
        (
            Column("review", _("Number of the review"), lambda r: r.review_id),
            Column("criterion", _("Key of the criterion; the same key is the same question"), lambda r: r.criterion.key),
            Column("label", _("Short label of the criterion"), lambda r: r.criterion.label),
            Column("section", _("Section of the scorecard"), lambda r: r.criterion.section.title),
            Column(
                "standard",
                _("Key of the standard it measures"),
                lambda r: r.criterion.standard.key if r.criterion.standard else "",
            ),
            Column("weight", _("Weight of the criterion"), lambda r: r.criterion.weight),
            Column("criticality", _("none, section or review"), lambda r: r.criterion.criticality),
            Column("answer", _("The answer, n/a where it did not apply"), lambda r: _answer(r.answer, r.is_na)),
            Column(
                "value",
                _("What the answer is worth, 0 to 1; empty where it did not apply"),
                lambda r: r.answer.value if r.answer else None,
            ),
            Column(
                "failed",
                _("Whether the value is below the criterion’s limit"),
                lambda r: bool(r.answer and r.answer.value < r.criterion.fails_below),
            ),
            Column("comment", _("Comment of the reviewer"), lambda r: r.comment),
            Column("quotes", _("Words of the conversation it rests on, personal data masked"), _quotes),
        ),
        subject=lambda r: r.review.reviewee_id,
    )
)
register(
    Table(
        "acknowledgements",
        _("Acknowledgements"),
        _("One row for each review that its person confirmed having read."),
        _acknowledgements,
        (
            Column("review", _("Number of the review"), lambda a: a.review_id),
            Column("person", _("E-mail of who read it"), lambda a: a.person.email),
            Column("at", _("When"), lambda a: a.at),
            Column("score", _("The score they saw"), lambda a: a.score_shown),
            Column("comment", _("What they said"), lambda a: a.comment),
        ),
        subject=lambda a: a.person_id,
    )
)
register(
    Table(
        "disputes",
        _("Disputes"),
        _("One row for each dispute, by the day it was raised."),
        _disputes,
        (
            Column("dispute", _("Number of the dispute"), lambda d: d.pk),
            Column("review", _("Number of the review it is about"), lambda d: d.review_id),
            Column("kind", _("answers, or wrong_person"), lambda d: d.kind),
            Column("state", _("open, forwarded, accepted, partly, rejected, taken_back or settled"), lambda d: d.state),
            Column("raised_by", _("E-mail of who raised it"), lambda d: d.raised_by.email),
            Column("raised_at", _("When it was raised"), lambda d: d.raised_at),
            Column("reason", _("Why, for the whole review"), lambda d: d.reason),
            Column("lead", _("E-mail of the lead who passed it on"), lambda d: d.lead.email if d.lead else ""),
            Column("decided_by", _("E-mail of who decided"), lambda d: d.decided_by.email if d.decided_by else ""),
            Column("decided_at", _("When it was decided"), lambda d: d.decided_at),
            Column("decision", _("Reason of the decision"), lambda d: d.decision),
            Column(
                "grader_error",
                _("Whether the reviewer had made a mistake; empty where it was not said"),
                lambda d: d.grader_error,
            ),
            Column("corrected", _("Number of the review that stands instead"), lambda d: d.corrected_id),
        ),
        subject=lambda d: d.review.reviewee_id,
    )
)
register(
    Table(
        "disputed_answers",
        _("Disputed answers"),
        _("One row for each answer that a dispute is about."),
        _disputed,
        (
            Column("dispute", _("Number of the dispute"), lambda p: p.dispute_id),
            Column("criterion", _("Key of the criterion"), lambda p: p.criterion.key),
            Column("reason", _("Why it is wrong"), lambda p: p.reason),
            Column("proposed", _("The answer that was asked for"), lambda p: _answer(p.proposed, p.proposed_na)),
            Column("accepted", _("What was decided; empty before"), lambda p: p.accepted),
            Column("answer", _("The answer that stands, where it was accepted"), lambda p: _answer(p.answer, p.answer_na)),
        ),
        subject=lambda p: p.dispute.review.reviewee_id,
    )
)
register(
    Table(
        "draws",
        _("Draws"),
        _("One row for each conversation that was given to a reviewer, by the day it was drawn."),
        _draws,
        (
            Column("draw", _("Number of the draw"), lambda d: d.pk),
            Column("source", _("Key of the system the conversation is from"), lambda d: d.interaction.source.key),
            Column("conversation", _("Id of the conversation in that system"), lambda d: d.interaction.external_id),
            Column("person", _("E-mail of whose conversation it is"), lambda d: d.reviewee.email),
            Column("reviewer", _("E-mail of the reviewer"), lambda d: d.reviewer.email),
            Column("method", _("random, targeted, hand_picked or imported"), lambda d: d.method),
            Column("reason", _("Why it was drawn"), lambda d: d.reason),
            Column("period", _("The week it was drawn for"), lambda d: d.period),
            Column(
                "stratum", _("Part of the person’s cases by risk, 0 the least; empty: not drawn by risk"), lambda d: d.stratum
            ),
            Column("stratum_cases", _("How many cases that part held"), lambda d: d.stratum_cases),
            Column("inclusion", _("Probability of having been drawn, 0 to 1; empty: unknown"), lambda d: d.inclusion),
            Column("drawn_at", _("When it was drawn"), lambda d: d.drawn_at),
            Column("due_on", _("When the review is due"), lambda d: d.due_on),
            Column("state", _("waiting, in_review, done or replaced"), lambda d: d.state),
        ),
        subject=lambda d: d.reviewee_id,
    )
)
register(
    Table(
        "scorecards",
        _("Scorecards"),
        _("One row for each criterion of each version that is or was in use, whatever the period."),
        _criteria,
        (
            Column("scorecard", _("Key of the scorecard"), lambda c: c.section.version.scorecard.key),
            Column("name", _("Name of the scorecard"), lambda c: c.section.version.scorecard.name),
            Column("version", _("Version"), lambda c: c.section.version.number),
            Column("state", _("published or archived"), lambda c: c.section.version.state),
            Column(
                "auto_fail",
                _("When a review-critical criterion fails: zero, cap or unchanged"),
                lambda c: c.section.version.auto_fail,
            ),
            Column("cap", _("Where the score is capped"), lambda c: c.section.version.cap),
            Column("section", _("Section"), lambda c: c.section.title),
            Column("criterion", _("Key of the criterion"), lambda c: c.key),
            Column("label", _("Short label"), lambda c: c.label),
            Column("question", _("The question"), lambda c: c.question),
            Column("weight", _("Weight, 0 to 100"), lambda c: c.weight),
            Column("criticality", _("none, section or review"), lambda c: c.criticality),
            Column("fail_below", _("Failed below this value"), lambda c: c.fail_below),
            Column("standard", _("Key of the standard it measures"), lambda c: c.standard.key if c.standard else ""),
            Column(
                "answers", _("Its answers, each as value: label"), lambda c: [f"{a.value:g}: {a.label}" for a in c.answers.all()]
            ),
        ),
    )
)

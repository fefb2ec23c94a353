"""What the page of suggestions shows, and the order in which a queue is worked through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from coaching.quality.models import Review, ReviewDraw
from coaching.quality.queries.lists import BEGUN_FIRST, next_in_queue, queue_for
from coaching.quality.suggestions.learner.queries import run_that_orders
from coaching.quality.suggestions.models import HelperChoices, Likelihood, Suggestion, SuggestionReason
from coaching.quality.suggestions.reasons import sentence, tone
from people.models import Person

REASON_LENGTH = 200  # of `ReviewDraw.reason`


@dataclass(frozen=True)
class ReasonLine:
    """A reason as it is shown."""

    kind: str
    label: str
    text: str
    tone: str


def lines(reasons: Iterable[SuggestionReason]) -> list[ReasonLine]:
    return [ReasonLine(r.kind, r.get_kind_display(), sentence(r.kind, r.facts), tone(r.kind)) for r in reasons]


def suggestion_rows(suggestions: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """With what a row shows. Where the learner orders: the likely first, those it has not looked at last; else the newest first."""
    rows = suggestions.select_related("interaction__handler__person", "dismissed_by").prefetch_related("reasons")
    run = run_that_orders()
    if run is None:
        return rows.order_by("-day", "-pk")
    likely = Likelihood.objects.filter(run=run, interaction=OuterRef("interaction")).values("value")[:1]
    return rows.annotate(likely=Subquery(likely)).order_by(F("likely").desc(nulls_last=True), "-day", "-pk")


def filter_suggestions(suggestions: QuerySet[Suggestion], wish: Mapping[str, Any], today: date) -> QuerySet[Suggestion]:
    """Narrowed by the fields of SuggestionFilter; what is empty or missing does not narrow."""
    if wish.get("q"):
        words = wish["q"].strip()
        suggestions = suggestions.filter(Q(interaction__subject__icontains=words) | Q(interaction__external_id__icontains=words))
    if wish.get("reason"):
        suggestions = suggestions.filter(Exists(SuggestionReason.objects.filter(suggestion=OuterRef("pk"), kind=wish["reason"])))
    if wish.get("person"):
        suggestions = suggestions.filter(interaction__handler__person=wish["person"])
    if wish.get("days"):
        suggestions = suggestions.filter(day__gt=today - timedelta(days=int(wish["days"])))
    return suggestions


def suggestion_count(suggestions: QuerySet[Suggestion]) -> int:
    return suggestions.filter(dismissed_at=None).count()


def shown_or_dismissed(suggestions: QuerySet[Suggestion], *, dismissed: bool) -> QuerySet[Suggestion]:
    return suggestions.filter(dismissed_at__isnull=not dismissed)


def found_at() -> datetime | None:
    """When reasons were looked for last."""
    return Suggestion.objects.order_by("-found_at").values_list("found_at", flat=True).first()


def choices_of(person: Person) -> HelperChoices:
    """What this person wants of the helpers; the usual where they never said."""
    return HelperChoices.objects.filter(person=person).first() or HelperChoices(person=person)


def likely_first(draws: QuerySet[ReviewDraw], reviewer: Person) -> QuerySet[ReviewDraw] | list[ReviewDraw]:
    """The queue as this reviewer wants it. Only what was picked changes places, and only among its own places.

    Random draws keep their order: if the likely ones among them were done first, a week that ends with some undone
    would have looked at the difficult half only, and the score would be too low.
    """
    run = run_that_orders()
    if run is None or not choices_of(reviewer).likely_first:
        return draws
    rows = list(draws)
    places = [place for place, draw in enumerate(rows) if _may_move(draw)]
    picked = [rows[place] for place in places]
    known = dict(
        Likelihood.objects.filter(run=run, interaction__in=[d.interaction_id for d in picked]).values_list(
            "interaction_id", "value"
        )
    )
    # A stable sort: what the learner has not looked at comes last, in the order it had.
    for place, draw in zip(places, sorted(picked, key=lambda d: -known.get(d.interaction_id, -1.0)), strict=True):
        rows[place] = draw
    return rows


def _may_move(draw: ReviewDraw) -> bool:
    return draw.method != ReviewDraw.Method.RANDOM and draw.state == ReviewDraw.State.WAITING


def next_draw(reviewer: Person, now: datetime) -> ReviewDraw | None:
    """What to do now: what was begun first, then what is due first, in the order this reviewer wants."""
    if run_that_orders() is None:
        return next_in_queue(reviewer, now)
    ordered = likely_first(queue_for(reviewer, now).order_by(BEGUN_FIRST, "due_on", "pk"), reviewer)
    return next(iter(ordered), None)


def reason_text(reasons: Iterable[ReasonLine]) -> str:
    """The reasons as far as they fit into the reason of a draw."""
    text = ""
    for reason in reasons:
        longer = f"{text} {reason.text}".strip()
        if len(longer) > REASON_LENGTH:
            break
        text = longer
    return text


def given_rows(draws: QuerySet[ReviewDraw], reviewer: Person) -> list[ReviewDraw]:
    """What was picked for this reviewer, in the order they want: each with `standing`, its review if it was begun."""
    standing = Review.objects.exclude(state=Review.State.WITHDRAWN)
    rows = draws.select_related("interaction", "reviewee").prefetch_related(Prefetch("reviews", standing, to_attr="standing"))
    return list(likely_first(rows.order_by(BEGUN_FIRST, "due_on", "pk"), reviewer))

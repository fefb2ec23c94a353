"""What the list pages show."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Prefetch, Q, QuerySet

from coaching.interactions.models import Interaction
from coaching.quality.access import REVIEWING_ROLES
from coaching.quality.models import (
    Acknowledgement,
    Criterion,
    Quote,
    ReleaseStep,
    Review,
    ReviewDraw,
    Scorecard,
    ScorecardVersion,
    Section,
)
from coaching.quality.queries.lists import BEGUN_FIRST, day_range
from people.models import RoleGrant

SOON = timedelta(days=2)


def queue_page(
    draws: QuerySet[ReviewDraw], *, done: bool, today: date, search: str = "", method: str = "", due: str = ""
) -> QuerySet[ReviewDraw]:
    """The rows of one tab: open ones by due date with those begun first, done ones newest first.

    Each draw has `standing`, a list with its review that is not withdrawn, if any.
    """
    draws = draws.filter(state=ReviewDraw.State.DONE) if done else draws.filter(state__in=ReviewDraw.OPEN_STATES)
    if search.strip():
        words = search.strip()
        draws = draws.filter(
            Q(interaction__subject__icontains=words)
            | Q(interaction__external_id__icontains=words)
            | Q(reviewee__display_name__icontains=words)
            | Q(reason__icontains=words)
        )
    if method:
        draws = draws.filter(method=method)
    if due == "overdue":
        draws = draws.filter(due_on__lt=today)
    elif due == "soon":
        draws = draws.filter(due_on__range=(today, today + SOON))
    standing = Review.objects.exclude(state=Review.State.WITHDRAWN).select_related("scorecard_version")
    returned = ReleaseStep.objects.filter(review=OuterRef("pk"), kind=ReleaseStep.Kind.RETURNED)
    standing = standing.prefetch_related("acknowledgements").annotate(sent_back=Exists(returned))
    draws = draws.select_related("interaction", "reviewee").prefetch_related(Prefetch("reviews", standing, to_attr="standing"))
    return draws.order_by("-due_on", "-pk") if done else draws.order_by(BEGUN_FIRST, "due_on", "pk")


def queue_counts(draws: QuerySet[ReviewDraw], today: date) -> dict[str, int]:
    """How many wait, are in progress, are overdue and are done: by a column of `draw_of_reviewer`, so that the index alone is read."""
    is_open = Q(state__in=ReviewDraw.OPEN_STATES)
    return draws.aggregate(
        waiting=Count("reviewer", filter=Q(state=ReviewDraw.State.WAITING)),
        in_review=Count("reviewer", filter=Q(state=ReviewDraw.State.IN_REVIEW)),
        overdue=Count("reviewer", filter=is_open & Q(due_on__lt=today)),
        done=Count("reviewer", filter=Q(state=ReviewDraw.State.DONE)),
    )


def with_stuck(draws: QuerySet[ReviewDraw]) -> QuerySet[ReviewDraw]:
    """Draws with `stuck`, those first that are."""
    stuck = ExpressionWrapper(_is_stuck(), output_field=BooleanField())
    return draws.annotate(stuck=stuck).select_related("interaction", "reviewer", "reviewee").order_by("-stuck", "due_on", "pk")


def stuck_count(draws: QuerySet[ReviewDraw]) -> int:
    """How many of these lie with somebody who cannot review them any more."""
    return draws.filter(_is_stuck()).count()


def _is_stuck() -> Q:
    """The reviewer has no account in use, or no role that reviews, any more."""
    reviewing = RoleGrant.objects.filter(person=OuterRef("reviewer"), role__in=REVIEWING_ROLES)
    return Q(reviewer__is_active=False) | Q(~Exists(reviewing))


def with_list_columns(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Reviews with what a row shows, newest first; `is_read` and `asks` say whether it is and must be acknowledged."""
    return (
        reviews.select_related("interaction", "reviewer", "reviewee", "scorecard_version__scorecard", "draw")
        .annotate(
            is_read=Exists(Acknowledgement.objects.filter(review=OuterRef("pk"))),
            asks=ExpressionWrapper(Q(scorecard_version__acknowledgement__in=ScorecardVersion.ASKING), BooleanField()),
        )
        .order_by(F("published_at").desc(), "-pk")
    )


def filter_reviews(reviews: QuerySet[Review], wish: Mapping[str, Any]) -> QuerySet[Review]:
    """Narrowed by the fields of ReviewFilter; what is empty or missing does not narrow."""
    if wish.get("q"):
        words = wish["q"].strip()
        reviews = reviews.filter(
            Q(interaction__subject__icontains=words)
            | Q(interaction__external_id__icontains=words)
            | Q(reviewee__display_name__icontains=words)
        )
    if wish.get("person"):
        reviews = reviews.filter(reviewee=wish["person"])
    if wish.get("scorecard"):
        reviews = reviews.filter(scorecard_version__scorecard=wish["scorecard"])
    if wish.get("since"):
        reviews = reviews.filter(published_at__gte=day_range(wish["since"], wish["since"])[0])
    if wish.get("until"):
        reviews = reviews.filter(published_at__lt=day_range(wish["until"], wish["until"])[1])
    if wish.get("read") == "withdrawn":
        return reviews.filter(state=Review.State.WITHDRAWN)
    if wish.get("read") in {"yes", "no"}:
        reviews = reviews.filter(state=Review.State.PUBLISHED, acknowledgements__isnull=wish["read"] != "yes")
    return reviews


def acknowledgement_of(review: Review) -> Acknowledgement | None:
    return review.acknowledgements.first()


def messages_quoted(review: Review, quote_id: int) -> list[int]:
    """The id of the message this quote stands in, as a list; empty where there is no such quote."""
    return list(Quote.objects.filter(pk=quote_id, rating__review=review).values_list("message_id", flat=True))


def case_by_id(cases: QuerySet[Interaction], pk: int) -> Interaction | None:
    return cases.filter(pk=pk).first()


def cases_by_number(cases: QuerySet[Interaction], number: str) -> list[Interaction]:
    """Cases that some system calls by this number."""
    return list(cases.filter(external_id=number.strip()).select_related("handler__person")[:2])


def scorecard_rows(versions: QuerySet[ScorecardVersion]) -> QuerySet[Scorecard]:
    """Scorecards with their visible versions in `shown`, newest first, each with its number of criteria."""
    counted = versions.annotate(criteria=Count("sections__criteria")).order_by("-number")
    scorecards = Scorecard.objects.filter(pk__in=versions.values("scorecard_id"))
    return scorecards.prefetch_related(Prefetch("versions", counted, to_attr="shown"))


def draft_of(scorecard: Scorecard) -> ScorecardVersion:
    """The draft being worked on. Raises ScorecardVersion.DoesNotExist where there is none."""
    return scorecard.versions.get(state=ScorecardVersion.State.DRAFT)


def version_parts(version: ScorecardVersion) -> list[Section]:
    """Sections with criteria, answers and standards loaded, in order."""
    criteria = Criterion.objects.select_related("standard", "guideline").prefetch_related("answers", "causes")
    return list(version.sections.prefetch_related(Prefetch("criteria", queryset=criteria)))


def criteria_to_depend_on(version: ScorecardVersion, criterion: Criterion | None) -> list[Criterion]:
    """The criteria whose answer can decide whether this one is asked, in the order of the scorecard; for a new one all."""
    found = []
    for one in Criterion.objects.filter(section__version=version).prefetch_related("answers"):
        if criterion is not None and one.pk == criterion.pk:
            break
        found.append(one)
    return found

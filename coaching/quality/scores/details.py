"""One person's sections and criteria over three months."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from cms.models import Standard
from coaching.quality.models import Criterion, Rating
from coaching.quality.queries.figures import Place, cells_of_reviews, weights_per_review
from coaching.quality.scores.arithmetic import LEAST_FOR_PERSON, Counted, Estimate, Share, estimate, share
from coaching.quality.scores.queries import PersonPage


@dataclass(frozen=True)
class CriterionScore:
    key: str
    label: str
    standard: Standard | None
    share: Share

    @property
    def enough(self) -> bool:
        return self.share.n >= LEAST_FOR_PERSON


@dataclass
class SectionScore:
    """`estimate` is the mean of what the section earned in the total, 0..100; None below the minimum of reviews in which it applied."""

    title: str
    n: int
    estimate: Estimate | None
    criteria: list[CriterionScore] = field(default_factory=list)


def sections_of(page: PersonPage) -> list[SectionScore]:
    """In the order of the scorecards; sections are told apart by their title, criteria by their key (with the newest label).

    A section of a review in which something critical for it failed earned nothing, as in the total (`scoring.score`); its criteria
    count as they were answered. Without bonus criteria: one that was not earned is nothing that failed, and nothing that could have been earned.
    """
    places = {one.pk: one for one in page.counted}
    # Three months of one person: a thousand answers, read as plain values.
    answers = list(
        Rating.objects.filter(review__in=list(places), answer__isnull=False, criterion__is_bonus=False)
        .order_by()
        .values_list("review_id", "criterion_id", "answer__value")
    )
    criteria = {
        one.pk: one
        for one in Criterion.objects.filter(pk__in={criterion for _review, criterion, _value in answers})
        .select_related("section", "standard")
        .order_by("section__order", "section_id", "order", "pk")
    }
    weights = weights_per_review(cells_of_reviews(page.counted), page.drawn)
    newest: dict[str, Criterion] = {}
    for one in sorted(criteria.values(), key=lambda one: one.pk):
        newest[one.key] = one
    zeroed = {
        (review, criteria[pk].section_id)
        for review, pk, value in answers
        if criteria[pk].criticality == Criterion.Criticality.SECTION and value < criteria[pk].fail_below
    }
    seen: dict[str, dict[Place, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    earned: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
    for review, criterion_id, value in answers:
        criterion = criteria[criterion_id]
        counts = seen[criterion.key][places[review].place]
        counts[0] += value >= criterion.fail_below
        counts[1] += 1
        sums = earned[criterion.section.title][review]
        sums[0] += 0.0 if (review, criterion.section_id) in zeroed else criterion.weight * value
        sums[1] += criterion.weight
    titles: dict[str, list[str]] = defaultdict(list)
    for one in criteria.values():
        if newest[one.key].pk == one.pk:
            titles[one.section.title].append(one.key)
    sections = []
    for title, keys in titles.items():
        found = [
            places[review]._replace(score=100 * points / whole) for review, (points, whole) in earned[title].items() if whole
        ]
        of_title = estimate(cells_of_reviews(found), page.drawn)
        shown = of_title if of_title and of_title.n >= LEAST_FOR_PERSON and of_title.interval else None
        n = of_title.n if of_title else 0
        sections.append(SectionScore(title, n, shown, [_criterion(newest[key], seen[key], weights) for key in keys]))
    return sections


def _criterion(criterion: Criterion, seen: dict[Place, list[int]], weights: dict[Place, float]) -> CriterionScore:
    found = share(Counted(place.person, weights.get(place, 1.0), part, n) for place, (part, n) in seen.items())
    if found is None:
        raise ValueError("a criterion without an answer has no share")
    return CriterionScore(criterion.key, criterion.label, criterion.standard, found)

"""Which versions of a scorecard there were, told from the ratings made with them.

The export names a scorecard but no version, while each rating carries its category's weight and whether it was critical. So a
review belongs to the first version that has all its categories with the same weight and criticality; where there is none, there
was another version. What stands here already is never changed: a new category, weight or step makes a new, archived version.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from coaching.quality.exchange.importing.scales import Scale, snapped
from coaching.quality.exchange.importing.shapes import CategoryShape, GroupShape, RatingShape, ReviewShape, ScorecardShape
from coaching.quality.models import Answer, Criterion, Scorecard, ScorecardVersion, Section
from coaching.quality.scoring import ZERO, Item, Score, score
from coaching.quality.services import new_version, save_version
from people.audit import record
from people.models import Person

PREFIX = "zqa"  # of keys: what came from Zendesk QA keeps its own ids
FAIL_BELOW = 0.5


def category_key(category_id: str, name: str) -> str:
    """The key of a category's criterion: the same category is the same question in every version and scorecard."""
    return f"{PREFIX}-{slugify(category_id) or slugify(name) or 'category'}"[:60]


def scorecard_key(scorecard_id: str, name: str) -> str:
    return f"{PREFIX}-{slugify(scorecard_id) or slugify(name) or 'scorecard'}"[:60]


@dataclass
class Category:
    """One category as it was weighed. `scores` as they stand in ratings, `steps` its scale where the scorecard is there.

    `worths` are its answers from 0 to 1, `answers` their ids once it is stored, `described` what earns each step or answer.
    """

    key: str
    name: str
    group: str
    weight: int
    criticality: str
    question: str = ""
    order: int = 0
    scores: set[float] = field(default_factory=set)
    steps: set[float] = field(default_factory=set)
    described: dict[float, str] = field(default_factory=dict)
    worths: set[float] = field(default_factory=set)
    pk: int = 0
    answers: dict[float, int] = field(default_factory=dict)

    def same_rule(self, rating: RatingShape) -> bool:
        return self.weight == _weight(rating.weight) and self.is_critical == rating.critical

    @property
    def is_critical(self) -> bool:
        return self.criticality != Criterion.Criticality.NONE

    def worth_of_step(self, step: float) -> float | None:
        """What a step of its own scale is worth; None where the scale is not known or has no such step."""
        low, high = min(self.steps, default=0), max(self.steps, default=0)
        return snapped((step - low) / (high - low)) if low < high and low <= step <= high else None


@dataclass
class Version:
    """A version of a scorecard: one that is stored (`pk`), or one that will be."""

    categories: dict[str, Category]
    pk: int = 0
    number: int = 0

    def fits(self, review: ReviewShape) -> bool:
        """Every category of the review that is known here was weighed as here."""
        known = ((self.categories.get(category_key(r.categoryId, r.categoryName)), r) for r in review.ratings)
        return all(category is None or category.same_rule(rating) for category, rating in known)

    def holds(self, review: ReviewShape) -> bool:
        """Every category of the review is one of this version's, weighed as here."""
        return self.fits(review) and all(category_key(r.categoryId, r.categoryName) in self.categories for r in review.ratings)

    def score(self, worths: dict[str, float | None]) -> Score:
        """The score by our own reckoning; categories that are not named or have no worth did not apply."""
        return score(
            [
                Item(
                    key=category.key,
                    section=category.group,
                    weight=category.weight,
                    value=worths.get(category.key),
                    is_na=worths.get(category.key) is None,
                    criticality=category.criticality,
                    fail_below=FAIL_BELOW,
                )
                for category in self.categories.values()
            ],
            auto_fail=ZERO,
        )


def _weight(weight: float) -> int:
    return min(100, round(weight))


class Card:
    """One scorecard of the other system with its versions, those stored first."""

    def __init__(self, key: str, name: str) -> None:
        self.key, self.name = key, name
        self.steps: dict[str, set[float]] = {}
        self.versions = _stored(key)

    def describe(self, shape: ScorecardShape) -> None:
        """Take the export of the scorecard itself: its categories with their steps and descriptions."""
        self.name = shape.name or self.name
        found: dict[str, Category] = {}
        groups = [*shape.groups, *([GroupShape(categories=shape.categories)] if shape.categories else [])]
        for group in sorted(groups, key=lambda g: g.position):
            for shape_of in group.categories:
                key = category_key(shape_of.ratingCategoryId, shape_of.name)
                found.setdefault(key, _of_scorecard(key, group.name, shape_of, len(found)))
        if not found:
            return
        self.steps |= {key: category.steps for key, category in found.items() if category.steps}
        for version in self.versions:
            same = all(
                has is not None and (has.weight, has.is_critical) == (category.weight, category.is_critical)
                for has, category in ((version.categories.get(key), category) for key, category in found.items())
                if has is not None or version.pk
            )
            if same and not version.pk:
                for key, category in found.items():
                    category.scores |= version.categories[key].scores if key in version.categories else set()
                version.categories = found | {k: c for k, c in version.categories.items() if k not in found}
            if same:
                return
        self.versions.append(Version(found))

    def meet(self, review: ReviewShape) -> None:
        """See which version a review was made with; what is new in it makes or fills a version that is not stored yet."""
        version = next((v for v in self.versions if v.pk and v.holds(review)), None)
        version = version or next((v for v in self.versions if not v.pk and v.fits(review)), None)
        if version is None:
            version = Version({})
            self.versions.append(version)
        for rating in review.ratings:
            key = category_key(rating.categoryId, rating.categoryName)
            category = version.categories.get(key)
            if category is None:
                critical = Criterion.Criticality.REVIEW if rating.critical else Criterion.Criticality.NONE
                category = version.categories[key] = Category(
                    key, rating.categoryName, rating.groupName, _weight(rating.weight), critical, order=len(version.categories)
                )
            if rating.score is not None and len(category.scores) < 200:
                category.scores.add(rating.score)

    def settle(self, scale: Scale) -> None:
        """Turn scores into worths. A stored version that lacks one of them stays as it is and gets a successor."""
        for version in list(self.versions):
            needed = {
                key: {worth for score in category.scores if (worth := scale.worth(key, score)) is not None}
                for key, category in version.categories.items()
            }
            if not version.pk:
                for key, category in version.categories.items():
                    of_step = {step: worth for step in category.steps if (worth := category.worth_of_step(step)) is not None}
                    category.worths = needed[key] | set(of_step.values()) | {0.0, 1.0}
                    category.described = {of_step[step]: text for step, text in category.described.items() if step in of_step}
            elif not any(other.pk and _covers(other, version, needed) for other in self.versions):
                self.versions.append(_successor(version, needed))

    def version_of(self, review: ReviewShape, worths: dict[str, float | None]) -> Version | None:
        """The version that this review is kept with: all categories weighed as in it, and every worth one of its answers."""
        for version in self.versions:
            if version.holds(review) and all(
                worth is None or worth in version.categories[key].worths for key, worth in worths.items()
            ):
                return version
        return None


def _of_scorecard(key: str, group: str, category: CategoryShape, order: int) -> Category:
    criticality = Criterion.Criticality.NONE
    if category.critical or category.reviewCritical:
        criticality = Criterion.Criticality.REVIEW
    if category.groupCritical and not category.reviewCritical:
        criticality = Criterion.Criticality.SECTION
    return Category(
        key,
        category.name,
        group,
        _weight(category.weight),
        criticality,
        question=category.description,
        order=order,
        steps={each.rating for each in category.ratings},
        described={each.rating: each.description for each in category.ratings if each.description},
    )


def _covers(other: Version, version: Version, needed: dict[str, set[float]]) -> bool:
    """`other` asks what `version` asks, weighed alike, and has all the answers that are needed."""
    for key, category in version.categories.items():
        has = other.categories.get(key)
        if has is None or (has.weight, has.criticality) != (category.weight, category.criticality):
            return False
        if not needed[key] <= has.worths:
            return False
    return True


def _successor(version: Version, needed: dict[str, set[float]]) -> Version:
    found = {}
    for key, old in version.categories.items():
        found[key] = Category(
            key, old.name, old.group, old.weight, old.criticality, old.question, old.order,
            described=old.described, worths=old.worths | needed[key],
        )  # fmt: skip
    return Version(found)


def _stored(key: str) -> list[Version]:
    """The versions of this scorecard that stand here, oldest first; drafts are somebody's work and are left alone."""
    versions = []
    rows = ScorecardVersion.objects.filter(scorecard__key=key).exclude(state=ScorecardVersion.State.DRAFT)
    for row in rows.order_by("number").prefetch_related("sections__criteria__answers"):
        found = {}
        for section in row.sections.all():
            for criterion in section.criteria.all():
                answers = {answer.value: answer.pk for answer in criterion.answers.all()}
                found[criterion.key] = Category(
                    criterion.key, criterion.label, section.title, criterion.weight, criterion.criticality, criterion.question,
                    criterion.order, worths=set(answers), pk=criterion.pk, answers=answers,
                )  # fmt: skip
        versions.append(Version(found, pk=row.pk, number=row.number))
    return versions


@transaction.atomic
def store_versions(*, actor: Person | None, card: Card, now: datetime) -> int:
    """Write the versions that are not stored yet, archived at once: nobody reviews with them here. How many."""
    fresh = [version for version in card.versions if not version.pk]
    if not fresh:
        return 0
    scorecard, _new = Scorecard.objects.select_for_update().get_or_create(key=card.key, defaults={"name": card.name[:120]})
    fresh = [version for version in fresh if not _adopt(version, _stored(card.key))]
    last = scorecard.versions.aggregate(last=Max("number"))["last"] or 0
    for number, version in enumerate(fresh, last + 1):
        row = ScorecardVersion.objects.create(
            scorecard=scorecard,
            number=number,
            state=ScorecardVersion.State.ARCHIVED,
            auto_fail=ScorecardVersion.AutoFail.ZERO,
            acknowledgement=ScorecardVersion.Acknowledgement.NONE,
            created_at=now,
        )
        _store_criteria(row, version.categories.values())
        version.pk, version.number = row.pk, number
        record(actor=actor, verb="scorecard.import", target=row, after={"number": number, "state": "archived"}, now=now)
    return len(fresh)


def _adopt(version: Version, stored: list[Version]) -> bool:
    """Whether another import has stored this very version meanwhile; it is taken then."""
    for other in stored:
        rules = {key: (c.weight, c.criticality, c.worths) for key, c in other.categories.items()}
        if rules == {key: (c.weight, c.criticality, c.worths) for key, c in version.categories.items()}:
            version.categories, version.pk, version.number = other.categories, other.pk, other.number
            return True
    return False


def _store_criteria(row: ScorecardVersion, categories: Iterable[Category]) -> None:
    sections: dict[str, Section] = {}
    answers = []
    for order, category in enumerate(sorted(categories, key=lambda c: c.order), 1):
        if category.group not in sections:
            title = (category.group or _("Categories"))[:120]
            sections[category.group] = Section.objects.create(version=row, title=title, order=len(sections) + 1)
        name = category.name or category.key
        criterion = Criterion.objects.create(
            section=sections[category.group],
            key=category.key,
            label=name[:60],
            question=name[:300],
            help=category.question,
            order=order,
            weight=category.weight,
            allow_na=True,
            criticality=category.criticality,
            fail_below=FAIL_BELOW,
        )
        category.pk = criterion.pk
        for worth in sorted(category.worths, reverse=True):
            anchor = category.described.get(worth, "")
            answers.append(Answer(criterion=criterion, value=worth, label=f"{100 * worth:.4g} %", anchor=anchor))
    by_pk = {category.pk: category for category in categories}
    for answer in Answer.objects.bulk_create(answers):
        by_pk[answer.criterion_id].answers[answer.value] = answer.pk


@transaction.atomic
def draft_to_continue(*, actor: Person | None, card: Card, now: datetime) -> bool:
    """A draft made of the newest version, asking reps to read and letting them dispute; False where a draft is open already."""
    scorecard = Scorecard.objects.filter(key=card.key).first()
    if scorecard is None or scorecard.versions.filter(state=ScorecardVersion.State.DRAFT).exists():
        return False
    draft = new_version(actor=actor, scorecard=scorecard, now=now)
    save_version(actor=actor, version=draft, sections=[], auto_fail=draft.auto_fail, now=now)
    return True

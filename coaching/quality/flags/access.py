"""Who flags a standard, who answers, and who reads what was said.

Everybody who reads the guide may flag a standard, under their name, from its page or from a review they may read. Editors and
the head read all flags and answer them; everybody else reads their own. What was taken back only its author still sees.
Readers of the guide learn nothing of flags.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from cms.access import standards_visible_to
from cms.models.standard import Standard
from coaching.quality.access import reviews_visible_to
from coaching.quality.models import Criterion, Review, StandardFlag
from foundation.access import ALLOWED, Decision, denied
from people.models import Person, Role

ANSWERING_ROLES = (Role.EDITOR, Role.HEAD)


def answers_flags(person: Person) -> Decision:
    if person.is_active and person.has_role(*ANSWERING_ROLES):
        return ALLOWED
    return denied(_("Only editors of the guide and the head of support read what others say about standards."))


def own_flags(person: Person) -> QuerySet[StandardFlag]:
    return StandardFlag.objects.filter(raised_by=person)


def flags_to_answer(person: Person) -> QuerySet[StandardFlag]:
    """All flags but those taken back, for those who answer; nothing for others."""
    if not answers_flags(person):
        return StandardFlag.objects.none()
    return StandardFlag.objects.exclude(state=StandardFlag.State.TAKEN_BACK)


def flags_visible_to(person: Person) -> QuerySet[StandardFlag]:
    visible = Q(raised_by=person)
    if answers_flags(person):
        visible |= ~Q(state=StandardFlag.State.TAKEN_BACK)
    return StandardFlag.objects.filter(visible)


def get_flag_for(person: Person, pk: int) -> StandardFlag:
    """A flag this person may read; 404 otherwise."""
    found = flags_visible_to(person).select_related("standard", "raised_by", "answered_by", "criterion", "review", "changed_to")
    flag = found.filter(pk=pk).first()
    if flag is None:
        raise Http404
    return flag


def get_standard_to_flag(person: Person, key: str) -> Standard:
    """A published standard; 404 for anything else."""
    standard = standards_visible_to(person).filter(key=key).first()
    if standard is None:
        raise Http404
    return standard


def place_of(
    person: Person, standard: Standard, *, review_pk: int, criterion_pk: int, on: date
) -> tuple[Review | None, Criterion | None]:
    """The review and criterion it is flagged from. 404 for a review this person may not read, or a criterion that rests on something else."""
    criteria = Criterion.objects.filter(standard=standard)
    review = None
    if review_pk:
        review = reviews_visible_to(person, on).filter(pk=review_pk).first()
        if review is None:
            raise Http404
        criteria = criteria.filter(section__version=review.scorecard_version_id)
    if not criterion_pk:
        return review, None
    criterion = criteria.filter(pk=criterion_pk).first()
    if criterion is None:
        raise Http404
    return review, criterion


def may_read_review_of(person: Person, flag: StandardFlag, on: date) -> bool:
    """A flag gives no right to the review it came from."""
    return flag.review_id is not None and reviews_visible_to(person, on).filter(pk=flag.review_id).exists()


def can_take_back_flag(person: Person, flag: StandardFlag) -> Decision:
    if flag.raised_by_id != person.pk:
        return denied(_("Only who raised a flag takes it back."))
    return ALLOWED if flag.is_open else denied(_("This flag is answered."))


def can_answer_flag(person: Person, flag: StandardFlag) -> Decision:
    allowed = answers_flags(person)
    if allowed and not flag.is_open:
        return denied(_("This flag is answered."))
    return allowed

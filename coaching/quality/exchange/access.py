"""Who brings quality data in, who takes it out, and what of it.

Out goes what somebody may read on the pages anyway, and of reviews only what was published: a draft, or a review that waits for
its release, leaves with nobody. A file is for who asked for it alone, and only as long as they may still read whom it is about.
"""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from coaching.quality.access import (
    ONCE_PUBLISHED,
    can_review,
    draws_visible_to,
    leads_somebody,
    own_reviews,
    reviews_of_people_visible_to,
)
from coaching.quality.disputes.access import disputes_visible_to
from coaching.quality.exchange.models import QualityExport, ReviewImport
from coaching.quality.models import Review, ReviewDraw
from foundation.access import ALLOWED, Decision, denied
from people.access import people_led_by, people_visible_to, teams_visible_to
from people.models import Person, Role, Team


def can_import_reviews(person: Person) -> Decision:
    if person.has_role(Role.ADMIN, Role.HEAD):
        return ALLOWED
    return denied(_("Only an administrator or the head of support imports reviews."))


def review_imports_visible_to(person: Person) -> QuerySet[ReviewImport]:
    imports = ReviewImport.objects.select_related("created_by")
    return imports if can_import_reviews(person) else imports.none()


def get_review_import_for(person: Person, pk: int) -> ReviewImport:
    """403 for those who never import, 404 where there is none."""
    can_import_reviews(person).or_403()
    return get_object_or_404(review_imports_visible_to(person), pk=pk)


def can_export_quality(person: Person) -> Decision:
    if person.has_role(Role.REP, Role.LEAD, Role.REVIEWER, Role.HEAD):
        return ALLOWED
    return denied(_("Only those who are reviewed, review or lead have quality data to export."))


def reviews_to_export(person: Person, on: date) -> QuerySet[Review]:
    """Published and withdrawn reviews: one's own, of the people one leads, and those one wrote."""
    readable = Q(pk__in=own_reviews(person).values("pk")) | Q(pk__in=reviews_of_people_visible_to(person, on).values("pk"))
    if can_review(person):
        readable |= Q(reviewer=person)
    return Review.objects.filter(readable, state__in=ONCE_PUBLISHED)


def draws_to_export(person: Person, on: date) -> QuerySet[ReviewDraw]:
    """A rep learns of a draw with its published review; leads of all about their people; reviewers of what was given to them."""
    published = Review.objects.filter(draw=OuterRef("pk"), state__in=ONCE_PUBLISHED)
    readable = Q(reviewee=person) & Q(Exists(published))
    if leads_somebody(person, on):
        led = people_led_by(person, on)
        readable |= Q(reviewee__in=led.values("pk"))
    readable |= Q(pk__in=draws_visible_to(person).values("pk"))
    return ReviewDraw.objects.filter(readable)


def teams_to_export(person: Person, on: date) -> QuerySet[Team]:
    return teams_visible_to(person, on)


def people_to_export(person: Person, on: date) -> QuerySet[Person]:
    """Whom an export can be narrowed to: oneself, whom one leads, and whom one reviewed."""
    readable = Q(pk__in=people_visible_to(person, on).values("pk"))
    if can_review(person):
        readable |= Q(pk__in=Review.objects.filter(reviewer=person, state__in=ONCE_PUBLISHED).values("reviewee"))
    return Person.objects.filter(readable)


def quality_exports_of(person: Person) -> QuerySet[QualityExport]:
    """The exports that this person asked for; nobody sees anybody else's."""
    return QualityExport.objects.filter(created_by=person)


def get_quality_export_for(person: Person, pk: int) -> QualityExport:
    """One's own export; 404 for everybody else, whatever their role."""
    export = quality_exports_of(person).filter(pk=pk).first()
    if export is None:
        raise Http404
    return export


def can_download_export(person: Person, export: QualityExport, on: date, now: datetime) -> Decision:
    """Asked again at every download: a lead whose team changed since has a file about people they do not lead any more."""
    if export.created_by_id != person.pk:
        return denied(_("A file is for who asked for it."))
    if not can_export_quality(person):
        return can_export_quality(person)
    if export.state != QualityExport.State.DONE or export.expires_at <= now:
        return denied(_("This file is not there (any more). Export again."))
    readable = Person.objects.filter(
        Q(pk__in=people_to_export(person, on).values("pk"))
        | Q(pk__in=draws_visible_to(person).values("reviewee"))
        | Q(pk__in=disputes_visible_to(person, on).values("review__reviewee")),
        pk__in=export.subjects,
    ).count()
    if readable < len(export.subjects):
        return denied(_("Since you asked for it, some of the people in it are no longer yours to read. Export again."))
    return ALLOWED


def can_read_history(person: Person, on: date) -> Decision:
    if person.has_role(Role.REP) or leads_somebody(person, on):
        return ALLOWED
    return denied(_("Imported history is for those who are reviewed and those who lead them."))


def imported_reviews_of(person: Person, on: date, whom: int) -> QuerySet[Review]:
    """Imported reviews that stand: of one person, or (0) of everybody whom this person may read. 403 for anybody else's."""
    readable = people_visible_to(person, on)
    if whom and not readable.filter(pk=whom).exists():
        raise PermissionDenied(_("You do not lead this person."))
    reviews = Review.objects.filter(state=Review.State.PUBLISHED, draw__method=ReviewDraw.Method.IMPORTED)
    return reviews.filter(reviewee=whom) if whom else reviews.filter(reviewee__in=readable.values("pk"))

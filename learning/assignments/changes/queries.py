"""Which publishes were material, and who has to learn them again."""

from __future__ import annotations

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Max, QuerySet
from django.utils import timezone
from wagtail.models import PageLogEntry, Revision

from learning.assignments.changes.models import ChangeGroup, ModuleChange
from learning.assignments.groups.audience import Audience, people_of
from learning.assignments.models import Assignment, Completion
from learning.modules.models import ChangeKind, Module
from people.models import Person


def material_revisions() -> QuerySet[Revision]:
    """Published revisions of modules that their editor called material and that have no ModuleChange yet, the oldest first."""
    published = PageLogEntry.objects.filter(action="wagtail.publish", revision__isnull=False).values("revision_id")
    revisions: QuerySet[Revision] = Revision.objects.filter(
        pk__in=published,
        content_type=ContentType.objects.get_for_model(Module),
        content__change_kind=ChangeKind.MATERIAL.value,
    )
    return revisions.exclude(pk__in=ModuleChange.objects.values("revision_id")).order_by("pk")


def people_to_learn_again(change: ModuleChange, now: datetime) -> QuerySet[Person]:
    """In the change's groups, whose last completed version is an earlier one, and who neither have it open nor got it before."""
    last = Completion.objects.filter(module_id=change.module_id).order_by().values("person_id").annotate(last=Max("revision_id"))
    behind = last.filter(last__lt=change.revision_id).values("person_id")
    mine = Assignment.objects.filter(module_id=change.module_id).order_by()
    again = mine.filter(cause__startswith=f"change:{change.revision_id}:").values("person_id")
    people = people_of(Audience.from_data(change.audience), timezone.localdate(now)).filter(pk__in=behind)
    return people.exclude(pk__in=mine.open().values("person_id")).exclude(pk__in=again).order_by("pk")


def teams_of_changes(module_id: int) -> tuple[int, ...]:
    """The teams in which a material change of the module is learnt again; none means all."""
    group = ChangeGroup.objects.filter(module_id=module_id).first()
    return tuple(group.teams) if group else ()

"""What a rule would do, before it does it; and the list of rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learning.assignments.groups.audience import Audience, people_of
from learning.assignments.models import Assignment
from learning.assignments.queries import people_who_did
from learning.enrolment.access import people_in_reach, rules_visible_to
from learning.enrolment.models import AssignmentRule, RuleGrant
from learning.modules.models import Module
from learning.paths.models import PathAssignment
from people.models import Person, Role
from people.queries import team_labels


@dataclass(frozen=True)
class DryRun:
    """What applying a rule would do now, by person.

    `gets` it; `has` it to do already, from wherever; `done` it before; `loses` it, because nothing was begun and the
    conditions are not met any more; `keeps` it although they are not met, because it is begun.
    """

    gets: tuple[Person, ...]
    has: tuple[Person, ...]
    done: tuple[Person, ...]
    loses: tuple[RuleGrant, ...]
    keeps: tuple[RuleGrant, ...]

    @property
    def matching(self) -> int:
        return len(self.gets) + len(self.has) + len(self.done)


def dry_run(rule: AssignmentRule, on: date) -> DryRun:
    """The same decision that applying makes, without doing anything. The same few queries for any number of people."""
    matching = list(_matching(rule, on).order_by("display_name", "pk"))
    ids = {person.pk for person in matching}
    standing = {grant.person_id: grant for grant in standing_grants(rule)}
    open_ids, done_ids = _open_ids(rule), _done_ids(rule)
    # Withdrawn by a lead, it stays withdrawn: the grant stands, so such a person neither gets nor has it.
    fresh = [person for person in matching if person.pk not in standing]
    gone = [grant for pk, grant in standing.items() if pk not in ids]
    return DryRun(
        gets=tuple(person for person in fresh if person.pk not in open_ids and person.pk not in done_ids),
        has=tuple(person for person in matching if person.pk in open_ids),
        done=tuple(person for person in matching if person.pk in done_ids and person.pk not in open_ids),
        loses=tuple(grant for grant in gone if can_be_lost(grant)),
        keeps=tuple(grant for grant in gone if not can_be_lost(grant) and _is_under_way(grant)),
    )


def _matching(rule: AssignmentRule, on: date) -> QuerySet[Person]:
    return people_of(Audience.from_data(rule.conditions), on).filter(pk__in=people_in_reach(rule, on).values("pk"))


def standing_grants(rule: AssignmentRule) -> QuerySet[RuleGrant]:
    """What the rule gave and did not take back."""
    rows = rule.grants.filter(ended_at=None)
    return rows.select_related("person", "assignment", "path_assignment").order_by("person__display_name", "pk")


def can_be_lost(grant: RuleGrant) -> bool:
    """Nothing of it is begun, so it can be taken back. A path counts as begun with its first completed or started module."""
    if grant.assignment is not None:
        return grant.assignment.state == Assignment.State.OPEN
    if grant.path_assignment is None or not grant.path_assignment.is_open:
        return False
    modules = Assignment.objects.filter(cause__startswith=f"path:{grant.path_assignment_id}:module:")
    return not modules.filter(state__in=[Assignment.State.STARTED, Assignment.State.COMPLETED]).exists()


def _is_under_way(grant: RuleGrant) -> bool:
    given = grant.assignment or grant.path_assignment
    return given is not None and given.is_open


def _open_ids(rule: AssignmentRule) -> set[int]:
    rows: QuerySet[Assignment] | QuerySet[PathAssignment]
    if rule.module_id is not None:
        rows = Assignment.objects.open().filter(module_id=rule.module_id)
    else:
        rows = PathAssignment.objects.open().filter(path_id=rule.path_id)
    return set(rows.order_by().values_list("person_id", flat=True))


def _done_ids(rule: AssignmentRule) -> set[int]:
    if rule.module_id is not None:
        return set(people_who_did(rule.module_id))
    done = PathAssignment.objects.filter(path_id=rule.path_id, state=PathAssignment.State.COMPLETED)
    return set(done.values_list("person_id", flat=True))


def rule_list(person: Person, *, search: str = "", archived: bool = False) -> QuerySet[AssignmentRule]:
    """The rules this person keeps, with how many people have it from the rule now."""
    rules = rules_visible_to(person).select_related("module", "path", "created_by").defer("module__lessons", "module__quiz")
    rules = rules.filter(state=AssignmentRule.State.ARCHIVED) if archived else rules.exclude(state=AssignmentRule.State.ARCHIVED)
    for word in search.split()[:8]:
        rules = rules.filter(Q(name__icontains=word) | Q(module__title__icontains=word) | Q(path__title__icontains=word))
    return rules.annotate(given=Count("grants", filter=Q(grants__ended_at=None))).order_by("name", "pk")


def conditions_in_words(rule: AssignmentRule) -> list[str]:
    """One sentence per condition; all of them must hold."""
    audience = Audience.from_data(rule.conditions)
    words = []
    if audience.teams:
        labels = team_labels()
        names = [labels.get(pk, _("a team that is gone")) for pk in audience.teams]
        words.append(_("is in %(teams)s, or a team below") % {"teams": _(" or ").join(names)})
    if audience.roles:
        roles = [str(Role(role).label) for role in audience.roles if role in Role.values]
        words.append(_("has the role %(roles)s") % {"roles": _(" or ").join(roles)})
    if audience.joined_since:
        words.append(_("joined on %(day)s or later") % {"day": date_format(audience.joined_since, "j F Y")})
    if audience.within_days is not None:
        n = audience.within_days
        words.append(ngettext("joined at most %(n)s day ago", "joined at most %(n)s days ago", n) % {"n": n})
    if audience.after_days is not None:
        n = audience.after_days
        words.append(ngettext("joined at least %(n)s day ago", "joined at least %(n)s days ago", n) % {"n": n})
    titles = dict(Module.objects.filter(pk__in=[*audience.done, *audience.not_done]).values_list("pk", "title"))
    gone = _("a module that is gone")
    words += [_("has completed “%(module)s”") % {"module": titles.get(pk, gone)} for pk in audience.done]
    words += [_("has not completed “%(module)s”") % {"module": titles.get(pk, gone)} for pk in audience.not_done]
    return words

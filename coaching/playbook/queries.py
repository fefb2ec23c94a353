"""Reads of the playbook, ready for a screen."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from coaching.playbook.access import remedies_visible_to
from coaching.playbook.models import Remedy, RuleRun
from coaching.quality.models import Criterion, ScorecardVersion
from people.models import Person


@dataclass(frozen=True)
class CriterionRow:
    """A criterion of a published scorecard, with its remedy where it has one."""

    criterion: Criterion
    scorecard_key: str
    scorecard_name: str
    remedy: Remedy | None


def published_criteria() -> QuerySet[Criterion]:
    """The criteria of every published scorecard, in the scorecard's order."""
    return (
        Criterion.objects.filter(section__version__state=ScorecardVersion.State.PUBLISHED)
        .select_related("section__version__scorecard", "standard")
        .order_by("section__version__scorecard__name", "section__order", "section_id", "order", "pk")
    )


def remedy_rows(person: Person) -> list[CriterionRow]:
    """Every criterion people are reviewed by, covered or not. Remedies count how often they assigned a module."""
    counted = (
        remedies_visible_to(person)
        .select_related("module")
        .defer("module__lessons", "module__quiz")
        .annotate(assigned=Count("runs", filter=Q(runs__outcome=RuleRun.Outcome.ASSIGNED)))
    )
    remedies = {(remedy.scorecard_key, remedy.criterion_key): remedy for remedy in counted}
    rows = []
    for criterion in published_criteria():
        scorecard = criterion.section.version.scorecard
        rows.append(CriterionRow(criterion, scorecard.key, scorecard.name, remedies.pop((scorecard.key, criterion.key), None)))
    return rows


def remedies_without_criterion(person: Person) -> list[Remedy]:
    """Remedies whose criterion no published scorecard asks any more: they rest."""
    asked = {(c.section.version.scorecard.key, c.key) for c in published_criteria()}
    remedies = remedies_visible_to(person).select_related("module").defer("module__lessons", "module__quiz")
    return [remedy for remedy in remedies if (remedy.scorecard_key, remedy.criterion_key) not in asked]


def criterion_of(remedy: Remedy) -> Criterion | None:
    """The criterion as the published scorecard words it today."""
    return published_criteria().filter(section__version__scorecard__key=remedy.scorecard_key, key=remedy.criterion_key).first()

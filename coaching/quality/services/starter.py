"""The scorecard a new organisation starts with."""

from datetime import datetime

from django.db import transaction

from cms.models.standard import Standard
from coaching.quality.models import Scorecard, ScorecardVersion, Section
from coaching.quality.services.scorecards import (
    AnswerInput,
    CriterionInput,
    SectionInput,
    create_scorecard,
    publish_version,
    save_criterion,
    save_version,
)
from coaching.quality.services.starter_content import KEY, NAME, SECTIONS
from people.models import Person


@transaction.atomic
def ensure_starter_scorecard(*, actor: Person | None, now: datetime) -> Scorecard:
    """The published scorecard "Written conversation"; made where it is missing, otherwise left as it is.

    Criteria point to the standard of the same key where there is one.
    """
    existing = Scorecard.objects.filter(key=KEY).first()
    if existing is not None:
        return existing
    scorecard = create_scorecard(actor=actor, name=NAME, key=KEY, now=now)
    version = scorecard.versions.get()
    save_version(
        actor=actor,
        version=version,
        sections=[SectionInput(title=title, order=order) for order, (title, _criteria) in enumerate(SECTIONS, 1)],
        auto_fail=ScorecardVersion.AutoFail.CAP,
        cap=50,
        acknowledgement=ScorecardVersion.Acknowledgement.DISPUTE,
        now=now,
    )
    standards = dict(Standard.objects.values_list("key", "pk"))
    by_title = {section.title: section for section in Section.objects.filter(version=version).select_related("version")}
    for title, criteria in SECTIONS:
        for order, c in enumerate(criteria, 1):
            wish = CriterionInput(
                key=c.key,
                label=c.label,
                question=c.question,
                help=c.help,
                order=order,
                weight=c.weight,
                allow_na=c.allow_na,
                criticality=c.criticality,
                require_comment_below=c.require_comment_below,
                standard_id=standards.get(c.standard),
                answers=[AnswerInput(value=value, label=label, anchor=anchor) for value, label, anchor in c.answers],
            )
            save_criterion(actor=actor, section=by_title[title], wish=wish, now=now)
    publish_version(actor=actor, version=version, now=now)
    return scorecard

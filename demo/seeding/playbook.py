"""Which failed criterion leads to which module."""

from datetime import datetime

from coaching.playbook.services import add_remedy
from coaching.quality.models import Criterion
from demo.company import Company
from demo.seeding.content import Content
from demo.seeding.people import Cast

DUE_IN_DAYS = 14


def seed_remedies(company: Company, cast: Cast, content: Content, *, now: datetime) -> int:
    """One remedy per criterion whose standard a starter module teaches; the number of remedies."""
    head = cast.account(company.head)
    taught = {standard.key: module for module in content.modules for standard in module.standards.all()}
    criteria = Criterion.objects.filter(section__version__scorecard=content.scorecard, section__version__state="published")
    added = 0
    for criterion in criteria.select_related("standard"):
        module = taught.get(criterion.standard.key) if criterion.standard else None
        if module is not None:
            add_remedy(
                actor=head,
                scorecard_key=content.scorecard.key,
                criterion_key=criterion.key,
                module=module,
                due_in_days=DUE_IN_DAYS,
                now=now,
            )
            added += 1
    return added

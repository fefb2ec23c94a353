"""What the company believes, teaches and asks for: guide, modules, scorecard, metrics."""

from dataclasses import dataclass
from datetime import datetime

from cms.services import publish_starter_content
from coaching.metrics.services import ensure_default_metrics
from coaching.quality.models import Scorecard
from coaching.quality.services import ensure_starter_scorecard, start_from_template
from demo.company import Company
from demo.seeding.causes import seed_causes
from demo.seeding.people import Cast
from learning.modules.models import Module
from learning.modules.services import publish_starter_modules


@dataclass(frozen=True)
class Content:
    modules: tuple[Module, ...]
    scorecard: Scorecard


def seed_content(company: Company, cast: Cast, *, now: datetime) -> Content:
    """Publish the starter content of every room, as the people whose work it is."""
    editor, head = cast.account(company.editor), cast.account(company.head)
    publish_starter_content(actor=editor, now=now)
    modules = publish_starter_modules(actor=editor, now=now)
    scorecard = ensure_starter_scorecard(actor=head, now=now)
    seed_causes(scorecard)
    start_from_template(actor=head, name="phone", now=now)  # a draft: the reviews of the demo are made with the other one
    ensure_default_metrics(actor=head, now=now)
    return Content(tuple(modules), scorecard)

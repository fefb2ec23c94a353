"""Keeping remedies. They are paused, never deleted: what they once assigned still points to them."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from coaching.playbook.models import Remedy
from coaching.playbook.queries import published_criteria
from learning.modules.models import Module
from people.audit import record
from people.models import Person

DEFAULT_DUE_IN_DAYS = 14


class PlaybookError(Exception):
    """A wish about remedies that cannot be met; the message says why and what to do."""


@transaction.atomic
def add_remedy(
    *,
    actor: Person | None,
    scorecard_key: str,
    criterion_key: str,
    module: Module,
    due_in_days: int,
    weight: int = 1,
    now: datetime,
) -> Remedy:
    """From now on, failing this criterion assigns the module. Reviews published before stay as they are.

    Raises PlaybookError where the criterion has a remedy already, is asked by no published scorecard,
    or the module is not published.
    """
    asked = published_criteria().filter(section__version__scorecard__key=scorecard_key, key=criterion_key)
    if not asked.exists():
        raise PlaybookError(_("No published scorecard asks this criterion. Publish the scorecard first."))
    _must_be_live(module)
    try:
        with transaction.atomic():
            remedy = Remedy.objects.create(
                scorecard_key=scorecard_key, criterion_key=criterion_key, module=module, due_in_days=due_in_days, weight=weight
            )
    except IntegrityError as error:
        raise PlaybookError(_("This criterion has a remedy already. Change that one.")) from error
    record(actor=actor, verb="remedy.add", target=remedy, after=_state(remedy), now=now)
    return remedy


@transaction.atomic
def change_remedy(
    *, actor: Person, remedy: Remedy, module: Module, due_in_days: int, weight: int | None = None, now: datetime
) -> Remedy:
    """Assign another module, or with another due date or weight, from now on (`weight` None: as it was). Raises PlaybookError for a draft module."""
    remedy = Remedy.objects.select_for_update().get(pk=remedy.pk)
    before = _state(remedy)
    if module.pk != remedy.module_id:
        _must_be_live(module)
    remedy.module, remedy.due_in_days = module, due_in_days
    remedy.weight = remedy.weight if weight is None else weight
    remedy.save(update_fields=["module", "due_in_days", "weight"])
    if _state(remedy) != before:
        record(actor=actor, verb="remedy.change", target=remedy, before=before, after=_state(remedy), now=now)
    return remedy


@transaction.atomic
def pause_remedy(*, actor: Person, remedy: Remedy, now: datetime) -> Remedy:
    """Stop assigning; what is assigned stays."""
    return _set_active(actor, remedy, active=False, now=now)


@transaction.atomic
def resume_remedy(*, actor: Person, remedy: Remedy, now: datetime) -> Remedy:
    return _set_active(actor, remedy, active=True, now=now)


@transaction.atomic
def add_starter_remedies(*, actor: Person | None, now: datetime) -> list[Remedy]:
    """A remedy for each criterion without one whose standard a published module teaches; returns the new ones.

    Of several modules the one that teaches the fewest standards is taken: it is the most to the point.
    """
    covered = set(Remedy.objects.values_list("scorecard_key", "criterion_key"))
    modules = sorted(Module.objects.live().prefetch_related("standards"), key=lambda m: (len(m.standards.all()), m.pk))
    added = []
    for criterion in published_criteria():
        scorecard_key = criterion.section.version.scorecard.key
        if criterion.standard_id is None or (scorecard_key, criterion.key) in covered:
            continue
        module = next((m for m in modules if criterion.standard_id in {s.pk for s in m.standards.all()}), None)
        if module is not None:
            added.append(
                add_remedy(
                    actor=actor,
                    scorecard_key=scorecard_key,
                    criterion_key=criterion.key,
                    module=module,
                    due_in_days=DEFAULT_DUE_IN_DAYS,
                    now=now,
                )
            )
    return added


def _set_active(actor: Person, remedy: Remedy, *, active: bool, now: datetime) -> Remedy:
    remedy = Remedy.objects.select_for_update().get(pk=remedy.pk)
    if remedy.active != active:
        remedy.active = active
        remedy.save(update_fields=["active"])
        verb = "remedy.resume" if active else "remedy.pause"
        record(actor=actor, verb=verb, target=remedy, before={"active": not active}, after={"active": active}, now=now)
    return remedy


def _state(remedy: Remedy) -> dict[str, object]:
    return {"module": remedy.module_id, "due_in_days": remedy.due_in_days, "weight": remedy.weight}


def _must_be_live(module: Module) -> None:
    if not module.live:
        raise PlaybookError(_("“%(module)s” is not published. Choose another module.") % {"module": module.title})

"""What can be done to metrics: define them, have them counted, tell of a move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.models import Standard
from coaching.metrics import recount
from coaching.metrics.defaults import DEFAULT_METRICS
from coaching.metrics.explorer.counting import count_changed_weeks
from coaching.metrics.models import MetricDefinition, PersonSegmentRollup, Rollup, SegmentRollup
from coaching.metrics.tasks import recount_waiting_days
from people.audit import record
from people.models import Person

__all__ = ["MetricError", "define_metric", "ensure_default_metrics", "recount_changed_days", "team_history_changed"]

FIELDS = (
    "recipe", "name", "formula", "numerator_words", "denominator_words", "attribution_words", "unit", "direction",
    "interval_method", "minimum_to_show", "minimum_to_compare", "target", "position",
)  # fmt: skip


class MetricError(Exception):
    """A definition that cannot be; the message says why and what to do."""


def recount_changed_days(now: datetime, limit: int | None = None) -> int:
    """Count every marked day again, then the weeks by topic that they touched; the number of days."""
    counted = recount.recount_changed_days(now, limit)
    count_changed_weeks(limit)
    return counted


@transaction.atomic
def define_metric(
    *, actor: Person | None, key: str, standards: Iterable[Standard] = (), now: datetime, **fields: Any
) -> MetricDefinition:
    """Put a definition in force: version 1 of a new key, or the next version of a known one.

    `fields` are those of `FIELDS`; a next version keeps what is not given. A definition equal to the
    one in force adds no version. Rollups move to the new version where the way of counting is the
    same; otherwise every day is marked to be counted again.
    Raises MetricError for an unknown field, a missing one, or minimums in the wrong order.
    """
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise MetricError(_("A metric has no field %(names)s.") % {"names": ", ".join(sorted(unknown))})
    current = MetricDefinition.objects.select_for_update().filter(key=key, is_current=True).first()
    wanted: dict[str, Any] = {name: getattr(current, name) for name in FIELDS} if current else {"target": None, "position": 100}
    wanted |= fields
    missing = [name for name in FIELDS if name not in wanted]
    if missing:
        raise MetricError(_("A new metric needs %(names)s.") % {"names": ", ".join(missing)})
    if wanted["minimum_to_compare"] < wanted["minimum_to_show"]:
        raise MetricError(_("The number needed to compare cannot be smaller than the number needed to show."))
    measured = {standard.pk for standard in standards}
    if current:
        measured |= set(current.standards.values_list("pk", flat=True))
        if all(getattr(current, name) == wanted[name] for name in FIELDS):
            _measure(current, measured, actor=actor, now=now)
            return current
        current.is_current = False
        current.save(update_fields=["is_current"])
    definition = MetricDefinition.objects.create(
        key=key, version=current.version + 1 if current else 1, created_at=now, created_by=actor, **wanted
    )
    definition.standards.set(measured)
    if current and current.recipe == definition.recipe:
        for counts in (Rollup, SegmentRollup, PersonSegmentRollup):
            counts.objects.filter(definition=current).update(definition=definition)
    else:
        for counts in (Rollup, SegmentRollup, PersonSegmentRollup):
            counts.objects.filter(definition__key=key).delete()
        recount.mark_all_days()
    record(
        actor=actor,
        verb="metric.define",
        target=definition,
        before={"version": current.version} if current else {},
        after={"key": key, "version": definition.version, "target": definition.target},
        now=now,
    )
    return definition


def _measure(definition: MetricDefinition, standards: set[int], *, actor: Person | None, now: datetime) -> None:
    """Link standards to the version in force: what a number is about may become known later."""
    before = set(definition.standards.values_list("pk", flat=True))
    if standards - before:
        definition.standards.add(*standards)
        record(
            actor=actor,
            verb="metric.link_standards",
            target=definition,
            before={"standards": sorted(before)},
            after={"standards": sorted(before | standards)},
            now=now,
        )


def ensure_default_metrics(
    *, actor: Person | None = None, standards_by_metric: Mapping[str, Iterable[str]] | None = None, now: datetime
) -> list[MetricDefinition]:
    """Define the six metrics every organisation starts with, where their keys are missing; for setup and seeds.

    A metric the organisation has changed is left as it is. `standards_by_metric` names standards
    (by key) that a metric measures, on top of the defaults; keys that no standard has are skipped, so that
    calling again after the guide is filled links the rest.
    """
    ensured = []
    for key, fields in DEFAULT_METRICS.items():
        wanted = {*fields["standards"], *(standards_by_metric or {}).get(key, ())}
        standards = list(Standard.objects.filter(key__in=wanted))
        values = {name: value for name, value in fields.items() if name != "standards"}
        exists = MetricDefinition.objects.filter(key=key).exists()
        ensured.append(define_metric(actor=actor, key=key, standards=standards, now=now, **({} if exists else values)))
    return ensured


@transaction.atomic
def team_history_changed(*, person_id: int, from_day: date) -> int:
    """Have a person's days counted again from that day on, after they joined or left a team; the number of days.

    The days are marked in the caller's transaction, so a recount running beside it waits; a worker
    counts them after the commit. The playbook's handlers call this for people's TeamHistoryChanged.
    """
    marked = recount.mark_days_of(person_id, from_day)
    if marked:
        transaction.on_commit(recount_waiting_days.enqueue)
    return marked

"""What can be done to metrics: define them, have them counted, tell of a move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.models import Standard
from coaching.interactions.models import LONGEST_RETURN_DAYS
from coaching.metrics import recount
from coaching.metrics.defaults import DEFAULT_METRICS, FIRST_FORMULAS
from coaching.metrics.explorer.counting import count_changed_weeks
from coaching.metrics.models import CompanySegmentRollup, MetricDefinition, PersonSegmentRollup, Rollup, SegmentRollup
from coaching.metrics.tasks import recount_waiting_days
from coaching.metrics.variants import VARIANTS
from people.audit import record
from people.models import Person

__all__ = ["MetricError", "define_metric", "ensure_default_metrics", "recount_changed_days", "team_history_changed"]

FIELDS = (
    "recipe", "name", "formula", "numerator_words", "denominator_words", "attribution_words", "unit", "direction",
    "interval_method", "minimum_to_show", "minimum_to_compare", "target", "position", "variant", "window_days",
    "maturity_days", "design_effect", "family", "on_board",
)  # fmt: skip
UNLESS_GIVEN: dict[str, Any] = {
    "target": None, "position": 100, "variant": "", "window_days": 0, "maturity_days": 0, "design_effect": 1.0,
    "family": MetricDefinition.Family.WORK, "on_board": True,
}  # fmt: skip
KEPT_ON_UPGRADE = ("minimum_to_show", "minimum_to_compare", "position")
# What the rollups depend on: a change of these has every day counted again.
COUNTED_BY = ("recipe", "variant", "window_days")


class MetricError(Exception):
    """A definition that cannot be; the message says why and what to do."""


def recount_changed_days(now: datetime, limit: int | None = None) -> int:
    """Count every marked day again, then the weeks by topic that they touched; the number of days."""
    counted = recount.recount_changed_days(now, limit)
    count_changed_weeks(limit)
    return counted


def define_metric(
    *, actor: Person | None, key: str, standards: Iterable[Standard] = (), now: datetime, **fields: Any
) -> MetricDefinition:
    """Put a definition in force: version 1 of a new key, or the next version of a known one.

    `fields` are those of `FIELDS`; a next version keeps what is not given. A definition equal to the
    one in force adds no version. Rollups move to the new version where the way of counting is the
    same; otherwise every day is marked to be counted again.
    Raises MetricError for an unknown field, a missing one, minimums in the wrong order, or a way of counting that
    the figure does not know.
    """
    with transaction.atomic():
        return _define(actor=actor, key=key, standards=standards, now=now, mark=True, fields=fields)


def _define(
    *, actor: Person | None, key: str, standards: Iterable[Standard], now: datetime, mark: bool, fields: dict[str, Any]
) -> MetricDefinition:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise MetricError(_("A metric has no field %(names)s.") % {"names": ", ".join(sorted(unknown))})
    current = MetricDefinition.objects.select_for_update().filter(key=key, is_current=True).first()
    wanted: dict[str, Any] = {name: getattr(current, name) for name in FIELDS} if current else dict(UNLESS_GIVEN)
    wanted |= fields
    missing = [name for name in FIELDS if name not in wanted]
    if missing:
        raise MetricError(_("A new metric needs %(names)s.") % {"names": ", ".join(missing)})
    if wanted["minimum_to_compare"] < wanted["minimum_to_show"]:
        raise MetricError(_("The number needed to compare cannot be smaller than the number needed to show."))
    _require_a_known_way(wanted)
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
    tables: tuple[Any, ...] = (Rollup, SegmentRollup, PersonSegmentRollup, CompanySegmentRollup)
    if current and all(getattr(current, name) == getattr(definition, name) for name in COUNTED_BY):
        for table in tables:
            table.objects.filter(definition=current).update(definition=definition)
    else:
        for table in tables:
            table.objects.filter(definition__key=key).delete()
        if mark:
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


def _require_a_known_way(wanted: dict[str, Any]) -> None:
    if wanted["variant"] and wanted["variant"] not in VARIANTS.get(wanted["recipe"], ()):
        raise MetricError(_("This figure is not counted in that way. Choose one of those offered."))
    if wanted["design_effect"] < 1:
        raise MetricError(_("The design effect is at least 1."))
    if wanted["recipe"] == MetricDefinition.Recipe.FIRST_CONTACT and wanted["window_days"] > LONGEST_RETURN_DAYS:
        raise MetricError(_("Customers who come back are looked for within %(n)s days at most.") % {"n": LONGEST_RETURN_DAYS})


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


@transaction.atomic
def ensure_default_metrics(
    *, actor: Person | None = None, standards_by_metric: Mapping[str, Iterable[str]] | None = None, now: datetime
) -> list[MetricDefinition]:
    """Define the figures every organisation starts with, where their keys are missing; for setup, seeds and upgrades.

    A figure the organisation has changed is left as it is; one whose first definition is still in force gets
    today's as its next version. `standards_by_metric` names standards (by key) that a metric measures, on top of
    the defaults; keys that no standard has are skipped, so that calling again after the guide is filled links the
    rest. Days are marked once, whatever is new.
    """
    ensured = []
    known = {definition.key: definition for definition in MetricDefinition.objects.current()}
    before = set(MetricDefinition.objects.values_list("key", flat=True))
    for key, fields in DEFAULT_METRICS.items():
        wanted = {*fields["standards"], *(standards_by_metric or {}).get(key, ())}
        standards = list(Standard.objects.filter(key__in=wanted))
        values = {name: value for name, value in fields.items() if name != "standards"}
        if key in known and known[key].formula == FIRST_FORMULAS.get(key):
            values = {name: value for name, value in values.items() if name not in KEPT_ON_UPGRADE}
        elif key in before:
            values = {}
        ensured.append(_define(actor=actor, key=key, standards=standards, now=now, mark=False, fields=values))
    if any(definition.pk != getattr(known.get(definition.key), "pk", None) for definition in ensured):
        recount.mark_all_days()
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

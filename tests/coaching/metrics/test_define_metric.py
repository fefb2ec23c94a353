"""Defining a metric: a change is a new version, and the figures follow."""

from datetime import date

import pytest

from cms.models import Standard
from coaching.interactions.models import ChangedDay
from coaching.metrics import services
from coaching.metrics.models import MetricDefinition, Rollup
from people.models import AuditEntry
from tests.factories import interactions as make

MONDAY = date(2026, 5, 4)


def test_the_default_metrics_are_made_once(cast, now):
    services.ensure_default_metrics(now=now)
    services.ensure_default_metrics(now=now)
    keys = [definition.key for definition in MetricDefinition.objects.current()]
    assert keys == ["volume", "resolved", "csat", "resolution_time", "reopen_rate", "answered"]
    assert MetricDefinition.objects.count() == 6


def test_standards_are_linked_when_they_appear(cast, now):
    services.ensure_default_metrics(now=now)
    standard = Standard.objects.create(key="resolve-at-root", title="Resolve it at the root", behaviour="…")
    services.ensure_default_metrics(now=now)
    reopened = MetricDefinition.objects.current().get(key="reopen_rate")
    assert list(reopened.standards.all()) == [standard]
    assert reopened.version == 1


def test_a_change_is_a_new_version_and_keeps_the_counts(cast, now):
    services.ensure_default_metrics(now=now)
    make.rating(cast.rita, MONDAY)
    services.recount_changed_days(now)
    changed = services.define_metric(actor=cast.hana, key="csat", target=0.85, now=now)
    assert changed.version == 2
    assert MetricDefinition.objects.get(key="csat", version=1).is_current is False
    assert MetricDefinition.objects.get(key="csat", version=1).target is None
    assert Rollup.objects.get(person=cast.rita, definition__key="csat").definition == changed
    assert not ChangedDay.objects.exists()
    entry = AuditEntry.objects.filter(verb="metric.define").first()
    assert (entry.actor, entry.before, entry.after["target"]) == (cast.hana, {"version": 1}, 0.85)


def test_an_equal_definition_adds_no_version(cast, now):
    services.ensure_default_metrics(now=now)
    services.define_metric(actor=cast.hana, key="csat", minimum_to_show=10, now=now)
    assert MetricDefinition.objects.filter(key="csat").count() == 1


def test_another_way_of_counting_has_every_day_counted_again(cast, now):
    services.ensure_default_metrics(now=now)
    make.interaction(cast.rita, MONDAY, answered=True)
    services.recount_changed_days(now)
    services.define_metric(actor=cast.hana, key="reopen_rate", recipe=MetricDefinition.Recipe.ANSWERED, now=now)
    assert not Rollup.objects.filter(definition__key="reopen_rate").exists()
    assert ChangedDay.objects.filter(person=cast.rita, day=MONDAY).exists()
    services.recount_changed_days(now)
    assert Rollup.objects.get(definition__key="reopen_rate").numerator == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"colour": "red"}, "no field colour"),
        ({"name": "New"}, "A new metric needs"),
    ],
)
def test_what_cannot_be_is_refused(cast, now, fields, message):
    with pytest.raises(services.MetricError, match=message):
        services.define_metric(actor=cast.hana, key="new", now=now, **fields)


def test_minimums_in_the_wrong_order_are_refused(cast, now):
    services.ensure_default_metrics(now=now)
    with pytest.raises(services.MetricError, match="cannot be smaller"):
        services.define_metric(actor=cast.hana, key="csat", minimum_to_show=50, now=now)

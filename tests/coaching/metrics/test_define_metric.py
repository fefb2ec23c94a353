"""Defining a metric: a change is a new version, and the figures follow."""

from datetime import date

import pytest

from cms.models import Standard
from coaching.interactions.models import ChangedDay
from coaching.metrics import services
from coaching.metrics.defaults import DEFAULT_METRICS, FIRST_FORMULAS
from coaching.metrics.models import MetricDefinition, Rollup
from people.models import AuditEntry
from tests.factories import interactions as make

MONDAY = date(2026, 5, 4)


def test_the_default_metrics_are_made_once(cast, now):
    services.ensure_default_metrics(now=now)
    services.ensure_default_metrics(now=now)
    keys = [definition.key for definition in MetricDefinition.objects.current()]
    assert keys == list(DEFAULT_METRICS)
    assert MetricDefinition.objects.count() == len(DEFAULT_METRICS)
    columns = [definition.key for definition in MetricDefinition.objects.current() if definition.on_board]
    assert columns == ["volume", "resolved", "csat", "resolution_time", "first_contact", "reopen_rate", "answered"]
    assert {definition.recipe for definition in MetricDefinition.objects.all()} >= set(MetricDefinition.Recipe.values) - {
        MetricDefinition.Recipe.RESOLUTION_TIME
    }


def first_definition(key, now, **fields):
    """As an installation has it whose defaults are those of the first release."""
    values = {"formula": FIRST_FORMULAS[key], "variant": "", "window_days": 0, "maturity_days": 0, **fields}
    return services.define_metric(actor=None, key=key, now=now, **values)


def test_what_nobody_chose_gets_the_new_way_as_its_next_version(cast, now):
    services.ensure_default_metrics(now=now)
    first_definition(
        "resolution_time", now, recipe=MetricDefinition.Recipe.RESOLUTION_TIME, interval_method="order_statistics", target=7200.0
    )
    first_definition("reopen_rate", now, minimum_to_show=25)
    make.interaction(cast.rita, MONDAY)
    services.recount_changed_days(now)
    services.ensure_default_metrics(now=now)
    current = MetricDefinition.objects.current()
    assert current.get(key="resolution_time").recipe == MetricDefinition.Recipe.RESOLUTION_SURVIVAL
    assert (current.get(key="resolution_time").version, current.get(key="resolution_time").target) == (3, 7200.0)
    assert (current.get(key="reopen_rate").window_days, current.get(key="reopen_rate").minimum_to_show) == (14, 25)
    assert ChangedDay.objects.filter(person=cast.rita).exists()
    services.ensure_default_metrics(now=now)
    assert current.get(key="resolution_time").version == 3


def test_what_somebody_chose_is_left_alone(cast, now):
    services.ensure_default_metrics(now=now)
    services.define_metric(
        actor=cast.hana,
        key="resolution_time",
        formula="Ours.",
        recipe=MetricDefinition.Recipe.RESOLUTION_TIME,
        variant="",
        now=now,
    )
    services.ensure_default_metrics(now=now)
    assert MetricDefinition.objects.current().get(key="resolution_time").formula == "Ours."


def test_another_variant_has_every_day_counted_again(cast, now):
    services.ensure_default_metrics(now=now)
    make.interaction(cast.rita, MONDAY, replies=1, seconds=3600)
    make.interaction(cast.rita, MONDAY, replies=0, seconds=3600)
    services.recount_changed_days(now)
    assert Rollup.objects.get(definition__key="first_contact").numerator == 2
    services.define_metric(actor=cast.hana, key="first_contact", variant="one_reply", now=now)
    assert not Rollup.objects.filter(definition__key="first_contact").exists()
    services.recount_changed_days(now)
    assert Rollup.objects.get(definition__key="first_contact").numerator == 1


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
        ({"key": "csat", "variant": "one_reply"}, "not counted in that way"),
        ({"key": "csat", "design_effect": 0.5}, "at least 1"),
        ({"key": "first_contact", "window_days": 90}, "within 30 days"),
    ],
)
def test_what_cannot_be_is_refused(cast, now, fields, message):
    services.ensure_default_metrics(now=now)
    with pytest.raises(services.MetricError, match=message):
        services.define_metric(actor=cast.hana, now=now, **({"key": "new"} | fields))


def test_minimums_in_the_wrong_order_are_refused(cast, now):
    services.ensure_default_metrics(now=now)
    with pytest.raises(services.MetricError, match="cannot be smaller"):
        services.define_metric(actor=cast.hana, key="csat", minimum_to_show=50, now=now)

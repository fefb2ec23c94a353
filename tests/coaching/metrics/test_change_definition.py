"""Choosing how a figure is counted, on its page."""

import pytest

from coaching.metrics import services
from coaching.metrics.definition_forms import DefinitionForm
from coaching.metrics.models import MetricDefinition


@pytest.fixture
def page(cast, sign_in, now):
    services.ensure_default_metrics(now=now)

    def post(key, who=None, **changes):
        definition = MetricDefinition.objects.current().get(key=key)
        form = DefinitionForm(definition)
        wish = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
        return sign_in(who or cast.hana).post(f"/metrics/definitions/{key}/edit/", wish | changes)

    return post


def current(key):
    return MetricDefinition.objects.current().get(key=key)


def test_another_way_brings_its_own_words(page, cast, sign_in):
    assert page("first_contact", variant="one_reply").status_code == 302
    shown = current("first_contact")
    assert (shown.version, shown.variant, shown.numerator_words) == (2, "one_reply", "resolved cases with one reply")
    assert "exactly one public reply" in shown.formula
    text = sign_in(cast.rita).get("/metrics/definitions/first_contact/").content.decode()
    for words in ("Exactly one reply", "Help Scout", "Zammad", "in force", "Rests before it counts"):
        assert words in text
    assert "/edit/" not in text


def test_own_words_stay(page):
    page("csat", variant="without_neutral", formula="Our own words.")
    assert current("csat").formula == "Our own words."
    assert "dissatisfied" in current("csat").denominator_words


def test_targets_are_typed_as_they_are_read(page):
    page("csat", target="85")
    page("resolution_time", target="4")
    assert current("csat").target == pytest.approx(0.85)
    assert current("resolution_time").target == 4 * 3600


def test_nothing_changed_makes_no_version(page):
    page("first_contact")
    page("csat")
    assert (current("first_contact").version, current("csat").version) == (1, 1)


def test_what_cannot_be_is_told(page):
    assert "smaller than the number" in page("csat", minimum_to_show="90").content.decode()
    assert "within 30 days" in page("first_contact", window_days="60").content.decode()


def test_reps_and_leads_may_not(page, cast):
    assert page("csat", who=cast.lena, target="85").status_code == 403
    assert current("csat").target is None

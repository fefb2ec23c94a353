"""Who opened a rep's figures, cases, reviews or learning stands in the audit log; the rep's own look does not."""

import pytest
from django.urls import reverse
from django.utils import timezone

from coaching.metrics.services import ensure_default_metrics
from people.models import AuditEntry
from tests.factories.learning import give, make_module
from tests.factories.quality import make_published


@pytest.fixture
def record(cast, now) -> dict[str, str]:
    """Where each kind of Rita's record is read."""
    review = make_published(cast.vera, cast.rita, now=timezone.now())
    assignment = give(cast.rita, make_module(now), now)
    return {
        "figures": f"/metrics/people/{cast.rita.pk}/",
        "cases": f"/metrics/cases/{review.interaction_id}/",
        "reviews": f"/quality/reviews/{review.pk}/",
        "learning": f"/learn/assignments/{assignment.pk}/",
    }


@pytest.mark.parametrize("what", ["figures", "cases", "reviews", "learning"])
def test_a_leads_look_is_noted_once_a_day(record, cast, sign_in, what):
    lead = sign_in(cast.lena)
    for _look in range(2):
        assert lead.get(record[what]).status_code == 200
    noted = AuditEntry.objects.get(verb=f"read.{what}")
    assert (noted.actor, noted.subject) == (cast.lena, cast.rita)


def test_reading_ones_own_record_leaves_no_row(record, cast, sign_in):
    rep = sign_in(cast.rita)
    for address in record.values():
        assert rep.get(address).status_code == 200
    assert not AuditEntry.objects.filter(verb__startswith="read.").exists()


def test_who_may_not_read_leaves_no_row_either(record, cast, sign_in):
    other = sign_in(cast.otto)
    for address in record.values():
        assert other.get(address).status_code == 404
    assert not AuditEntry.objects.filter(verb__startswith="read.").exists()


def test_looking_through_anothers_eyes_names_the_looker(record, cast, sign_in):
    admin = sign_in(cast.adam)
    admin.post(f"/people/{cast.rita.pk}/see-as/")
    assert admin.get(record["figures"]).status_code == 200
    assert AuditEntry.objects.get(verb="read.figures").actor == cast.adam


def test_scores_stay_out_of_the_audit_log(record, cast, sign_in):
    """An administrator reads the log, and nobody's scores."""
    page = sign_in(cast.adam).get("/people/audit/").content.decode()
    assert "review.publish" in page
    for entry in AuditEntry.objects.all():
        assert not {"score", "score_raw", "score_shown", "score_percent", "passed"} & set(entry.before | entry.after)


@pytest.mark.parametrize(("what", "which"), [("figures", "figures.csv"), ("cases", "csat/"), ("cases", "volume/")])
def test_the_file_and_the_lists_of_cases_are_noted_too(cast, now, sign_in, what, which):
    """They show more of a person than the page of figures: no way round the record."""
    ensure_default_metrics(now=now)
    addresses = {
        "figures.csv": reverse("metrics_person_csv", args=[cast.rita.pk]),
        "csat/": reverse("metrics_cases", args=[cast.rita.pk, "csat"]),
        "volume/": reverse("metrics_cases", args=[cast.rita.pk, "volume"]),
    }
    assert sign_in(cast.lena).get(addresses[which]).status_code == 200
    noted = AuditEntry.objects.get(verb=f"read.{what}")
    assert (noted.actor, noted.subject) == (cast.lena, cast.rita)

"""The scorecards that come with the product, and starting one from them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cms.services import ensure_site, publish_starter_content
from coaching.quality import queries, services
from coaching.quality.models import Criterion, RootCause, Scorecard, ScorecardVersion
from coaching.quality.services import QualityError
from tests.factories.quality import make_draw

NAMES = ["email", "chat", "phone", "complaint"]


def test_each_is_a_whole_scorecard():
    templates = services.scorecard_templates()
    assert [template.name for template in templates] == NAMES
    for template in templates:
        criteria = [criterion for section in template.file.sections for criterion in section.criteria]
        assert 8 <= len(criteria) <= 12
        assert any(criterion.asked_if for criterion in criteria)
        assert any(criterion.criticality == "review" for criterion in criteria)
        assert sum(bool(criterion.root_causes) for criterion in criteria) >= 3
        assert any(cause.causes for criterion in criteria for cause in criterion.root_causes), "more than one level"
        assert all(len(answer.anchor) > 15 for criterion in criteria for answer in criterion.answers)


def test_the_same_key_asks_the_same_in_all_of_them():
    questions: dict[str, set[str]] = {}
    for template in services.scorecard_templates():
        for section in template.file.sections:
            for criterion in section.criteria:
                questions.setdefault(criterion.key, set()).add(criterion.question)
    assert {key: found for key, found in questions.items() if len(found) > 1} == {}


def test_without_a_guide_it_says_what_is_missing_and_can_be_published(cast, now, sign_in):
    client = sign_in(cast.hana)
    page = client.get(reverse("scorecard_list")).content.decode()
    assert reverse("scorecard_template_list") in page
    page = client.get(reverse("scorecard_template_list")).content.decode()
    assert "Is the matter settled by this reply, so that nobody has to write again?" in page
    for name in NAMES:
        page = client.post(reverse("scorecard_template_start", args=[name]), follow=True).content.decode()
        assert "Started as a draft" in page
        assert "are not here" in page
        draft = ScorecardVersion.objects.latest("pk")
        assert (draft.state, queries.version_problems(draft)) == ("draft", [])
        client.post(reverse("version_publish", args=[draft.pk]))
        draft.refresh_from_db()
        assert draft.state == "published"
    shown = client.get(reverse("version_detail", args=[draft.pk])).content.decode()
    assert "Asked only if “Looked into” is answered “Found out”, “Likely cause”." in shown
    assert "Not looked → Wanted it off the desk" in shown
    assert "weight 45, shared by its criteria" in shown


def test_with_the_guide_every_criterion_rests_on_a_part_of_it(cast, now):
    ensure_site(now=now)
    publish_starter_content(actor=None, now=now)
    for name in NAMES:
        draft, missing = services.start_from_template(actor=cast.hana, name=name, now=now)
        assert (missing, queries.version_problems(draft)) == ([], [])
        for criterion in Criterion.objects.filter(section__version=draft, is_bonus=False).select_related("guideline"):
            part = queries.guide_part(criterion)
            assert part.heading, criterion
            assert part.url.startswith("/guide/")
            assert criterion.standard_id in criterion.guideline.standard_ids()
        # Everything goes out and comes in again: parts of the guide, conditions, causes, weights of sections.
        out = services.export_scorecard(draft)
        services.publish_version(actor=cast.hana, version=draft, now=now)
        again, missing = services.import_scorecard(actor=cast.hana, content=out.encode(), now=now)
        assert (services.export_scorecard(again), missing) == (out, [])
        assert not queries.compare_versions(draft, again).differs
        services.archive_version(actor=cast.hana, version=again, now=now)
        twin = services.new_version(actor=cast.hana, scorecard=draft.scorecard, now=now)
        assert services.export_scorecard(twin) == out
    deepest = RootCause.objects.filter(criterion__section__version=twin, key__contains="/").first()
    assert deepest.parent.key == deepest.key.rpartition("/")[0]


def test_started_twice_there_are_two(cast, now):
    first, _missing = services.start_from_template(actor=cast.hana, name="phone", now=now)
    second, _missing = services.start_from_template(actor=cast.hana, name="phone", now=now)
    assert [(v.scorecard.key, v.scorecard.name) for v in (first, second)] == [
        ("phone-call", "Phone call"),
        ("phone-call-2", "Phone call (2)"),
    ]
    with pytest.raises(QualityError, match="no such template"):
        services.start_from_template(actor=cast.hana, name="fax", now=now)
    assert Scorecard.objects.count() == 2


def test_a_complaint_gets_the_scorecard_for_complaints(cast, now):
    services.ensure_starter_scorecard(actor=None, now=now)
    interaction = make_draw(cast.vera, cast.rita, now=now).interaction
    assert queries.scorecard_for(interaction).scorecard.key == "written-conversation"
    for name in ("email", "complaint"):
        draft, _missing = services.start_from_template(actor=cast.hana, name=name, now=now)
        services.publish_version(actor=cast.hana, version=draft, now=now)
    assert queries.scorecard_for(interaction).scorecard.key == "email-conversation"
    interaction.is_complaint = True
    assert queries.scorecard_for(interaction).scorecard.key == "complaint"

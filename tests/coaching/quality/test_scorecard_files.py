"""Scorecards as JSON: out and in again, what is refused and why, and two versions side by side."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coaching.quality import queries, services
from coaching.quality.models import Answer, Criterion, Scorecard, ScorecardVersion
from coaching.quality.services import QualityError


@pytest.fixture
def version(cast, now):
    return services.ensure_starter_scorecard(actor=None, now=now).versions.get()


def changed(version, change):
    """The exported file with something different."""
    whole = json.loads(services.export_scorecard(version))
    change(whole)
    return json.dumps(whole).encode()


def test_out_and_in_again_is_the_same(cast, now, version):
    out = services.export_scorecard(version)
    draft, unknown = services.import_scorecard(actor=cast.hana, content=out.encode(), now=now)
    assert (draft.number, draft.state, unknown) == (2, "draft", [])
    assert services.export_scorecard(draft) == out
    assert not queries.compare_versions(version, draft).differs


def test_a_new_key_makes_a_new_scorecard(cast, now, version):
    content = changed(version, lambda whole: whole["scorecard"].update(key="calls", name="Calls", channel="phone"))
    draft, _unknown = services.import_scorecard(actor=cast.hana, content=content, now=now)
    assert (draft.scorecard.key, draft.scorecard.channel, draft.number) == ("calls", "phone", 1)
    assert Criterion.objects.filter(section__version=draft).count() == 12


def test_standards_that_are_not_here_are_named(cast, now, version):
    content = changed(version, lambda whole: whole["sections"][0]["criteria"][0].update(standard="no-such-standard"))
    _draft, unknown = services.import_scorecard(actor=cast.hana, content=content, now=now)
    assert "no-such-standard" in unknown


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda w: w["sections"][1]["criteria"][0].update(weight=101),
            "sections 2, criteria 1, weight: .*less than or equal to 100",
        ),
        (lambda w: w["sections"][0]["criteria"][0].pop("question"), "sections 1, criteria 1, question: Field required"),
        (lambda w: w["sections"][0]["criteria"][0].update(key="Not a key"), "sections 1, criteria 1, key: "),
        (lambda w: w["sections"][0]["criteria"][0].update(colour="red"), "sections 1, criteria 1, colour: Extra inputs"),
        (lambda w: w["sections"][0]["criteria"][0]["answers"].clear(), "sections 1, criteria 1, answers: "),
        (lambda w: w["sections"][0]["criteria"].append(w["sections"][0]["criteria"][0]), "warm-greeting is used twice"),
        (lambda w: w["sections"][0]["criteria"][0]["answers"][0].update(value=0), "worth the same"),
        (lambda w: w["sections"][0]["criteria"][0]["answers"][0].update(value=0.9), "best answer is worth 1"),
        (lambda w: w.update(version=2), "version: "),
        (lambda w: w.update(format="other"), "not a scorecard of Uncommon"),
        (lambda w: w["rules"].update(dispute_days=0), "rules, dispute_days: "),
    ],
)
def test_a_mistake_is_named_and_nothing_is_written(cast, now, version, change, complaint):
    before = (ScorecardVersion.objects.count(), Answer.objects.count())
    with pytest.raises(QualityError, match=complaint):
        services.import_scorecard(actor=cast.hana, content=changed(version, change), now=now)
    assert (ScorecardVersion.objects.count(), Answer.objects.count()) == before


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"[]", b'"text"', b" " * 2_000_001])
def test_what_is_no_scorecard_at_all(cast, now, content):
    with pytest.raises(QualityError):
        services.import_scorecard(actor=cast.hana, content=content, now=now)
    assert not Scorecard.objects.exists()


def test_many_mistakes_are_listed_up_to_ten(cast, now, version):
    def spoil(whole):
        for section in whole["sections"]:
            for criterion in section["criteria"]:
                criterion["weight"] = -1

    with pytest.raises(QualityError, match="; and 2 more"):
        services.import_scorecard(actor=cast.hana, content=changed(version, spoil), now=now)


def test_an_open_draft_is_not_overwritten(cast, now, version):
    services.new_version(actor=cast.hana, scorecard=version.scorecard, now=now)
    with pytest.raises(QualityError, match="already a draft"):
        services.import_scorecard(actor=cast.hana, content=services.export_scorecard(version).encode(), now=now)


def test_two_versions_side_by_side(cast, now, version):
    def change(whole):
        first = whole["sections"][0]["criteria"]
        first[0].update(weight=33, question="Did it greet?")
        first[0]["answers"][0]["anchor"] = "Warm and short."
        first[1]["key"] = "names-it"
        whole["rules"]["cap"] = 20

    draft, _unknown = services.import_scorecard(actor=cast.hana, content=changed(version, change), now=now)
    found = queries.compare_versions(version, draft)
    assert [(change.before, change.after) for change in found.rules] == [("50", "20")]
    kinds = {criterion.key: criterion.kind for criterion in found.criteria}
    assert (kinds["warm-greeting"], kinds["names-it"], kinds["plain-language"]) == ("changed", "added", "same")
    assert [c.key for c in found.criteria if c.kind == "removed"] == [found.criteria[-1].key]
    greeting = next(c for c in found.criteria if c.key == "warm-greeting")
    assert [change.name for change in greeting.changes] == ["question", "weight", "answer"]


# --- Through the front door ---------------------------------------------------------------------
def test_download_and_upload(sign_in, cast, version):
    client = sign_in(cast.hana)
    answer = client.get(reverse("scorecard_export", args=[version.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="written-conversation-1.json"'
    upload = SimpleUploadedFile("card.json", answer.content, "application/json")
    answer = client.post(reverse("scorecard_import"), {"file": upload}, follow=True)
    draft = ScorecardVersion.objects.get(state="draft")
    assert answer.redirect_chain[-1][0] == reverse("version_edit", args=[draft.pk])
    shown = client.get(reverse("version_compare", args=[draft.pk]) + f"?with={version.pk}").content.decode()
    assert "These versions ask the same" in shown


def test_a_wrong_file_is_refused_on_the_page(sign_in, cast, version):
    upload = SimpleUploadedFile("card.json", b"{}", "application/json")
    answer = sign_in(cast.hana).post(reverse("scorecard_import"), {"file": upload})
    assert answer.status_code == 422
    assert "not a scorecard of Uncommon" in answer.content.decode()


def test_the_comparison_shows_both_sides(sign_in, cast, now, version):
    content = changed(version, lambda w: w["sections"][0]["criteria"][0].update(question="Did it greet?"))
    draft, _unknown = services.import_scorecard(actor=cast.hana, content=content, now=now)
    shown = sign_in(cast.hana).get(reverse("version_compare", args=[draft.pk])).content.decode()
    assert "Did the first reply greet this customer as a person?" in shown
    assert "Did it greet?" in shown

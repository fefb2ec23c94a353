"""Making a scorecard through the editor, without JavaScript."""

from django.urls import reverse

from coaching.quality import services
from coaching.quality.models import Criterion, Scorecard, ScorecardVersion


def test_a_scorecard_is_made_published_and_versioned(cast, sign_in):
    client = sign_in(cast.hana)
    page = client.post(reverse("scorecard_create"), {"name": "Phone calls", "channel": "phone"}, follow=True)
    assert "Begin with a section" in page.content.decode()
    version = ScorecardVersion.objects.get()
    edit = reverse("version_edit", args=[version.pk])
    rules = {"auto_fail": "zero", "cap": "40", "acknowledgement": "acknowledge", "dispute_days": "30"}
    sections = {
        "sections-TOTAL_FORMS": "1",
        "sections-INITIAL_FORMS": "0",
        "sections-MIN_NUM_FORMS": "0",
        "sections-MAX_NUM_FORMS": "30",
        "sections-0-title": "The call",
        "sections-0-order": "1",
    }
    client.post(edit, {**rules, **sections})
    section = version.sections.get()
    assert section.title == "The call"

    answers = {
        "answers-TOTAL_FORMS": "3",
        "answers-INITIAL_FORMS": "3",
        "answers-MIN_NUM_FORMS": "0",
        "answers-MAX_NUM_FORMS": "11",
    }
    for n, (value, label, anchor) in enumerate([("1", "Yes", "Says the name."), ("0", "No", "Says nothing."), ("0.5", "", "")]):
        answers |= {f"answers-{n}-value": value, f"answers-{n}-label": label, f"answers-{n}-anchor": anchor}
    criterion = {
        "section": section.pk,
        "label": "Greets by name",
        "question": "Was the caller greeted by name?",
        "weight": "20",
        "order": "1",
        "criticality": "none",
        "fail_below": "0.5",
    }
    unlabelled = {**answers, "answers-2-anchor": "Hesitates."}
    page = client.post(reverse("criterion_create", args=[section.pk]), {**criterion, **unlabelled}).content.decode()
    assert "Give this answer a label." in page
    client.post(reverse("criterion_create", args=[section.pk]), {**criterion, **answers})
    made = Criterion.objects.get()
    assert (made.key, [a.label for a in made.answers.all()]) == ("greets-by-name", ["Yes", "No"])

    client.post(reverse("version_publish", args=[version.pk]))
    version.refresh_from_db()
    assert (version.state, version.auto_fail, version.cap) == ("published", "zero", 40)
    assert "Says the name." in sign_in(cast.rita).get(reverse("version_detail", args=[version.pk])).content.decode()
    client.post(reverse("scorecard_new_version", args=["phone-calls"]))
    draft = Scorecard.objects.get().versions.get(state="draft")
    copy = Criterion.objects.get(section__version=draft)
    page = client.get(reverse("criterion_edit", args=[copy.pk])).content.decode()
    assert "Says nothing." in page
    client.post(reverse("criterion_remove", args=[copy.pk]))
    page = client.post(reverse("version_publish", args=[draft.pk]), follow=True).content.decode()
    assert "has no criterion" in page
    client.post(reverse("version_archive", args=[draft.pk]))
    draft.refresh_from_db()
    assert draft.state == "archived"


def test_a_section_is_renamed_and_removed(cast, now, sign_in):
    services.create_scorecard(actor=cast.hana, name="Calls", now=now)
    version = ScorecardVersion.objects.get()
    services.save_version(
        actor=cast.hana,
        version=version,
        sections=[services.SectionInput(title="One", order=1), services.SectionInput(title="Two", order=2)],
        now=now,
    )
    one, two = version.sections.all()
    data = {
        "auto_fail": "cap",
        "cap": "50",
        "acknowledgement": "none",
        "dispute_days": "14",
        "sections-TOTAL_FORMS": "3",
        "sections-INITIAL_FORMS": "2",
        "sections-MIN_NUM_FORMS": "0",
        "sections-MAX_NUM_FORMS": "30",
        "sections-0-section_id": one.pk,
        "sections-0-title": "First",
        "sections-0-order": "1",
        "sections-1-section_id": two.pk,
        "sections-1-title": "Two",
        "sections-1-order": "2",
        "sections-1-DELETE": "on",
        "sections-2-title": "",
        "sections-2-order": "3",
    }
    client = sign_in(cast.hana)
    client.post(reverse("version_edit", args=[version.pk]), data)
    assert [s.title for s in version.sections.all()] == ["First"]

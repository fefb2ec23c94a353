"""Editors write in Wagtail's admin; reps read what was published."""

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ReferenceIndex

from cms import services
from cms.models import Credo, GuideIndex, GuidelineModule, Standard
from cms.queries import uses_of_standard
from people.models import AuditEntry
from tests.cms.editing import add_module_url, module_form, publish_standard, standard_form


@pytest.fixture
def edda(guide, cast, sign_in):
    return sign_in(cast.edda)


@pytest.fixture
def standard(edda) -> Standard:
    publish_standard(edda)
    return Standard.objects.get(key="offer-a-way-out")


@pytest.fixture
def module(edda, standard) -> GuidelineModule:
    edda.post(add_module_url(), {**module_form(standard.pk), "action-publish": "1"})
    return GuidelineModule.objects.get(slug="saying-no-kindly")


def test_editor_publishes_a_module_with_a_standard_and_a_rep_reads_it(module, standard, cast, sign_in):
    assert standard.live
    assert module.live
    rep = sign_in(cast.rita)
    body = rep.get("/guide/saying-no-kindly/").content.decode()
    for text in (
        "Saying no kindly",
        "<b>early</b>",
        "Offer Saturday",
        "The rep names one alternative",
        'id="standard-offer-a-way-out"',
    ):
        assert text in body
    assert "Saying no kindly" in rep.get("/guide/").content.decode()
    assert "Saying no kindly" in rep.get("/guide/standards/offer-a-way-out/").content.decode()
    assert "Offer a way out" in rep.get("/guide/search/", {"q": "alternative"}).content.decode()


def test_draft_stays_with_the_editors(edda, standard, cast, sign_in):
    edda.post(add_module_url(), module_form(standard.pk))
    assert not GuidelineModule.objects.get().live
    assert sign_in(cast.rita).get("/guide/saying-no-kindly/").status_code == 404


def test_draft_changes_to_a_published_standard_are_not_read_yet(edda, standard, cast, sign_in):
    url = reverse("wagtailsnippets_cms_standard:edit", args=[standard.pk])
    edda.post(url, standard_form(behaviour="Something newer."))
    body = sign_in(cast.rita).get("/guide/standards/offer-a-way-out/").content.decode()
    assert "names one alternative" in body
    edda.post(url, {**standard_form(behaviour="Something newer."), "action-publish": "1"})
    assert "Something newer." in sign_in(cast.rita).get("/guide/standards/offer-a-way-out/").content.decode()


def test_duplicate_key_is_refused(edda, standard):
    response = publish_standard(edda, title="Another")
    assert "already exists" in response.content.decode()
    assert Standard.objects.count() == 1


@pytest.mark.parametrize("key", ["Has Spaces", "a/b", "", "x" * 61])
def test_key_must_be_a_plain_short_word(edda, key):
    publish_standard(edda, key=key)
    assert not Standard.objects.exists()


def test_key_of_a_published_standard_is_fixed(edda, standard):
    url = reverse("wagtailsnippets_cms_standard:edit", args=[standard.pk])
    response = edda.post(url, {**standard_form(key="renamed"), "action-publish": "1"}, follow=True)
    assert "stays as it is (offer-a-way-out)" in response.content.decode()
    standard.refresh_from_db()
    assert standard.key == "offer-a-way-out"


def test_key_of_a_draft_can_still_be_mended(edda):
    edda.post(reverse("wagtailsnippets_cms_standard:add"), standard_form(key="ofer"))
    draft = Standard.objects.get()
    url = reverse("wagtailsnippets_cms_standard:edit", args=[draft.pk])
    edda.post(url, {**standard_form(key="offer"), "action-publish": "1"})
    assert Standard.objects.get().key == "offer"


def test_standard_in_use_is_not_deleted_and_the_uses_are_listed(edda, module, standard):
    credo = Credo.objects.create(sentence="There is always a Saturday.", explanation="…", standard=standard)
    response = edda.post(reverse("wagtailsnippets_cms_standard:delete", args=[standard.pk]), follow=True)
    body = response.content.decode()
    assert Standard.objects.filter(pk=standard.pk).exists()
    assert "Saying no kindly" in body
    assert "There is always a Saturday." in body
    bulk = reverse("wagtail_bulk_action", args=["cms", "standard", "delete"])
    edda.post(f"{bulk}?id={standard.pk}")
    assert Standard.objects.filter(pk=standard.pk).exists()
    credo.delete()
    with pytest.raises(services.StandardInUse, match="Saying no kindly"):
        services.delete_standard(actor=None, standard=standard, now=timezone.now())


def test_standard_that_stands_in_a_draft_only_is_in_use_too(edda, module, standard):
    module.body = []
    module.save()
    assert [use.name for use in uses_of_standard(standard)] == ["Saying no kindly"]  # the last revision still has it


def test_uses_are_known_before_the_background_task_has_run(module, standard):
    Credo.objects.create(sentence="There is always a Saturday.", explanation="…", standard=standard)
    ReferenceIndex.objects.all().delete()
    assert {use.name for use in uses_of_standard(standard)} == {"Saying no kindly", "There is always a Saturday."}


def test_unused_standard_is_deleted(edda, standard, cast):
    edda.post(reverse("wagtailsnippets_cms_standard:delete", args=[standard.pk]))
    assert not Standard.objects.exists()
    assert AuditEntry.objects.get(verb="standard.delete").actor == cast.edda


def test_what_editors_do_is_in_the_audit_log(module, cast):
    verbs = set(AuditEntry.objects.filter(actor=cast.edda).values_list("verb", flat=True))
    assert {"standard.create", "page.create", "page.publish"} <= verbs


def test_same_section_heading_twice_is_refused(edda, standard):
    form = module_form(standard.pk)
    form |= {
        "body-count": "5",
        "body-4-deleted": "",
        "body-4-order": "4",
        "body-4-type": "section",
        "body-4-value": "Say it early",
    }
    response = edda.post(add_module_url(), {**form, "action-publish": "1"})
    assert "Two section headings are the same" in response.content.decode()


@pytest.mark.parametrize("slug", ["standards", "search"])
def test_our_own_addresses_cannot_be_taken_by_a_page(edda, standard, slug):
    edda.post(add_module_url(), {**module_form(standard.pk, slug=slug), "action-publish": "1"})
    assert not GuidelineModule.objects.exists()


def test_previews_of_module_standard_and_credo_render(edda, module, standard, cast):
    edda.post(reverse("wagtailadmin_pages:preview_on_edit", args=[module.pk]), module_form(standard.pk, title="Under preview"))
    response = edda.get(reverse("wagtailadmin_pages:preview_on_edit", args=[module.pk]))
    assert "Under preview" in response.content.decode()
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    url = reverse("wagtailsnippets_cms_standard:preview_on_edit", args=[standard.pk])
    edda.post(url, standard_form(title="Previewed standard"))
    assert "Previewed standard" in edda.get(url).content.decode()
    credo = Credo.objects.create(sentence="One.", explanation="Two.")
    url = reverse("wagtailsnippets_cms_credo:preview_on_edit", args=[credo.pk])
    edda.post(url, {"sentence": "Shown first.", "explanation": "x", "standard": "", "sort_order": "0"})
    assert "Shown first." in edda.get(url).content.decode()


def test_the_guides_first_page_cannot_be_removed(edda):
    guide = GuideIndex.objects.get()
    edda.post(reverse("wagtailadmin_pages:delete", args=[guide.pk]))
    edda.post(reverse("wagtailadmin_pages:unpublish", args=[guide.pk]))
    edda.post(f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'unpublish'])}?id={guide.pk}")
    edda.post(f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'delete'])}?id={guide.pk}")
    guide.refresh_from_db()
    assert guide.live

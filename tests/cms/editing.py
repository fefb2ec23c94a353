"""What an editor's browser sends to Wagtail's forms."""

from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms.blocks import RICH_TEXT_FEATURES
from cms.models import GuideIndex


def standard_form(**changes) -> dict[str, str]:
    return {
        "title": "Offer a way out",
        "key": "offer-a-way-out",
        "behaviour": "The rep names one alternative before saying no.",
        "why": "A bare no sends people away.",
        "good_example": "I cannot do Friday; Saturday before ten works.",
        "bad_example": "That is not possible.",
        "empowerment_limit": "",
        "go_live_at": "",
        "expire_at": "",
        **changes,
    }


def publish_standard(client, **changes):
    return client.post(
        reverse("wagtailsnippets_cms_standard:add"), {**standard_form(**changes), "action-publish": "1"}, follow=True
    )


def module_form(
    standard_pk, *, heading: str = "Say it early", html: str = "<p>Say it <b>early</b>.</p>", **changes
) -> dict[str, str]:
    body = streamfield(
        [
            ("section", heading),
            ("text", rich_text(html, features=RICH_TEXT_FEATURES)),
            ("do_dont", {"situation": "A late wish", "do": "Offer Saturday", "dont": "Refuse", "because": ""}),
            (
                "standards",
                {"standards": streamlist([str(standard_pk)])},
            ),
        ]
    )
    return {
        **nested_form_data({"body": body, "comments": inline_formset([])}),
        "title": "Saying no kindly",
        "slug": "saying-no-kindly",
        "intro": "Some wishes cannot be met.",
        "keeper": "",
        "review_by": "",
        "seo_title": "",
        "search_description": "",
        "go_live_at": "",
        "expire_at": "",
        **changes,
    }


def streamlist(values: list[str]) -> dict[str, str]:
    """A ListBlock's fields."""
    fields = {"count": str(len(values))}
    for place, value in enumerate(values):
        fields |= {f"{place}-deleted": "", f"{place}-order": str(place), f"{place}-id": "", f"{place}-value": value}
    return fields


def add_module_url() -> str:
    return reverse("wagtailadmin_pages:add", args=["cms", "guidelinemodule", GuideIndex.objects.get().pk])

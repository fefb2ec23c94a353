"""A standard: one observable behaviour the company promises. Everything else points to it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin
from wagtail.search import index


class StandardQuerySet(models.QuerySet["Standard"]):
    def published(self) -> StandardQuerySet:
        """What staff read; drafts and withdrawn standards stay with the editors."""
        return self.filter(live=True)


class Standard(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, index.Indexed, models.Model):
    """The unit that criteria and metrics measure and that modules teach. `key` never changes."""

    key = models.SlugField(
        _("key"),
        max_length=60,
        unique=True,
        help_text=_(
            "Short name in lower case with hyphens, for example own-the-mistake. Fixed once published: scorecards, metrics and links hold on to it."
        ),
    )
    title = models.CharField(_("title"), max_length=120, help_text=_("Two to five words that a colleague would say out loud."))
    behaviour = models.TextField(
        _("behaviour"),
        help_text=_(
            "One behaviour that two people reading the same conversation would both see, or both miss. One sentence, two at most."
        ),
    )
    why = models.TextField(
        _("why it matters"), blank=True, help_text=_("What it does for the customer, and for the colleague who comes after.")
    )
    good_example = models.TextField(
        _("good example"),
        blank=True,
        help_text=_("The exact words somebody could have written or said. A real situation, without real names."),
    )
    bad_example = models.TextField(
        _("bad example"), blank=True, help_text=_("The tempting version: the one a tired, well-meaning person would write.")
    )
    empowerment_limit = models.TextField(
        _("what you may decide alone"),
        blank=True,
        help_text=_("Amounts, conditions, and who decides beyond them. Empty where nothing needs deciding."),
    )

    objects = StandardQuerySet.as_manager()

    panels = [
        HelpPanel(template="cms/admin/standard_help.html"),
        FieldPanel("title"),
        FieldPanel("key"),
        FieldPanel("behaviour"),
        FieldPanel("why"),
        MultiFieldPanel([FieldPanel("good_example"), FieldPanel("bad_example")], heading=_("In words")),
        FieldPanel("empowerment_limit"),
    ]
    search_fields = [
        index.SearchField("title", boost=4),
        index.SearchField("behaviour", boost=2),
        index.SearchField("why"),
        index.SearchField("good_example"),
        index.SearchField("bad_example"),
        index.SearchField("empowerment_limit"),
        index.AutocompleteField("title"),
        index.AutocompleteField("key"),
        index.AutocompleteField("behaviour"),
        index.AutocompleteField("why"),
        index.AutocompleteField("good_example"),
        index.FilterField("live"),
        index.FilterField("key"),
    ]

    class Meta:
        ordering = ["title"]
        verbose_name = _("standard")
        verbose_name_plural = _("standards")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("standard_detail", args=[self.key])

    def clean(self) -> None:
        super().clean()
        stored = Standard.objects.filter(pk=self.pk).values_list("key", "first_published_at").first() if self.pk else None
        if stored and stored[1] is not None and stored[0] != self.key:
            raise ValidationError(
                {
                    "key": _(
                        "The key of a published standard stays as it is (%(key)s): scorecards, metrics and links point to it. "
                        "For a different promise, write a new standard."
                    )
                    % {"key": stored[0]}
                }
            )

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "cms/standard_detail.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, object]:
        return {"standard": self, "is_preview": True, "panels": [], "neighbours": None}

"""A credo: one short sentence worth remembering, with what stands behind it."""

from __future__ import annotations

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin
from wagtail.search import index

from cms.models.standard import Standard


class CredoQuerySet(models.QuerySet["Credo"]):
    def published(self) -> CredoQuerySet:
        return self.filter(live=True)


class Credo(DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, index.Indexed, models.Model):
    """Read once a week by everybody; short enough to say without looking."""

    sentence = models.CharField(
        _("sentence"),
        max_length=140,
        unique=True,
        help_text=_("Under fifteen words. If nobody could disagree with it, it says nothing."),
    )
    explanation = models.TextField(
        _("explanation"), help_text=_("What it asks of us on an ordinary Tuesday. Two or three sentences.")
    )
    standard = models.ForeignKey(
        Standard,
        verbose_name=_("standard"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The behaviour in which this credo is seen most clearly."),
    )
    sort_order = models.PositiveIntegerField(_("place"), default=0, help_text=_("Lower comes first."))

    objects = CredoQuerySet.as_manager()

    panels = [FieldPanel("sentence"), FieldPanel("explanation"), FieldPanel("standard"), FieldPanel("sort_order")]
    search_fields = [
        index.SearchField("sentence", boost=4),
        index.SearchField("explanation"),
        index.AutocompleteField("sentence"),
        index.AutocompleteField("explanation"),
        index.FilterField("live"),
    ]

    class Meta:
        ordering = ["sort_order", "pk"]
        verbose_name = _("credo")
        verbose_name_plural = _("credos")

    def __str__(self) -> str:
        return self.sentence

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "cms/credo_preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, object]:
        return {"credo": self}

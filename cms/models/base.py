"""What every page of the guide has in common."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index

from people.models import Person

# Addresses that belong to our own screens below /guide/; a page there would never be reached.
RESERVED_SLUGS = frozenset({"standards", "search", "_util"})


class GuidePage(Page):
    """Base of the guide's pages: an owner in the house and a date by which somebody reads it again.

    Pages belong to signed-in staff, all of them: there is no per-page privacy to get wrong
    (`cms.wagtail_hooks.staff_only` keeps the door).
    """

    keeper = models.ForeignKey(
        Person,
        verbose_name=_("looked after by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who answers questions about this page and keeps it true."),
    )
    review_by = models.DateField(
        _("review by"), null=True, blank=True, help_text=_("When somebody should read this page again with fresh eyes.")
    )

    search_fields = [*Page.search_fields, index.FilterField("review_by")]
    private_page_options: list[str] = []
    settings_panels = [
        *Page.settings_panels,
        MultiFieldPanel([FieldPanel("keeper"), FieldPanel("review_by")], heading=_("Upkeep")),
    ]
    show_in_menus_default = False

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": _("This address is used by the guide itself. Choose another one.")})

"""A standard: one observable behaviour the company promises. Everything else points to it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Standard(models.Model):
    """The unit that criteria and metrics measure and that modules teach. `key` never changes."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=120)
    behaviour = models.TextField(_("behaviour"))
    why = models.TextField(_("why it matters"), blank=True)
    good_example = models.TextField(_("good example"), blank=True)
    bad_example = models.TextField(_("bad example"), blank=True)
    empowerment_limit = models.TextField(_("what you may decide alone"), blank=True)

    class Meta:
        ordering = ["title"]
        verbose_name = _("standard")
        verbose_name_plural = _("standards")

    def __str__(self) -> str:
        return self.title

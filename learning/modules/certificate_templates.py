"""What a certificate says and how long it is good for: editors write it once, modules name it."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import PreviewableMixin

# What an editor may put between curly brackets in the body.
PLACEHOLDERS = ("name", "module", "completed", "valid_until")
DAYS_OF_MONTH = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
_IN_BRACKETS = re.compile(r"\{([^{}]*)\}")


class CertificateTemplate(PreviewableMixin, models.Model):
    """The words of a certificate and its rule. A certificate that was issued keeps what it said on that day."""

    class Renewal(models.TextChoices):
        NONE = "none", _("Never: it is not renewed")
        ANNIVERSARY = "anniversary", _("Each on the day it was earned")
        FIXED_DATE = "fixed_date", _("Everybody on the same day of the year")

    class Accent(models.TextChoices):
        TEAL = "#0b6357", _("Teal")
        BLUE = "#2a5587", _("Blue")
        PLUM = "#6b3468", _("Plum")
        AMBER = "#8a4b00", _("Amber")
        SLATE = "#3a4650", _("Slate")

    title = models.CharField(
        _("name"), max_length=80, unique=True, help_text=_("Editors choose it by this name; it is printed nowhere.")
    )
    heading = models.CharField(_("title line"), max_length=60, default=_("Certificate"))
    body = models.TextField(
        _("text"),
        max_length=400,
        default="has completed “{module}” on {completed}.",
        help_text=_("Stands below the name. {name}, {module}, {completed} and {valid_until} are filled in."),
    )
    signatory = models.CharField(_("signed by"), max_length=80, blank=True)
    signatory_role = models.CharField(_("their role"), max_length=80, blank=True)
    accent = models.CharField(_("colour"), max_length=7, choices=Accent, default=Accent.TEAL)
    valid_months = models.PositiveSmallIntegerField(
        _("valid for (months)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("Empty: it never expires."),
    )
    renewal = models.CharField(_("renewed"), max_length=12, choices=Renewal, default=Renewal.NONE)
    window_days = models.PositiveSmallIntegerField(
        _("days before it expires"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("From then on it counts as expiring, and the module is assigned again where it is renewed."),
    )
    fixed_day = models.PositiveSmallIntegerField(
        _("day"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    fixed_month = models.PositiveSmallIntegerField(
        _("month"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )

    panels = [
        FieldPanel("title"),
        MultiFieldPanel(
            [
                FieldPanel("heading"),
                FieldPanel("body"),
                FieldPanel("signatory"),
                FieldPanel("signatory_role"),
                FieldPanel("accent"),
            ],
            heading=_("What it says"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("valid_months"),
                FieldPanel("renewal"),
                FieldPanel("window_days"),
                FieldPanel("fixed_day"),
                FieldPanel("fixed_month"),
            ],
            heading=_("How long it is good for"),
            help_text=_("Day and month are for the same day of the year: it then expires on the one nearest to its months."),
        ),
    ]

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = _("certificate template")
        verbose_name_plural = _("certificate templates")

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        unknown = [word for word in _IN_BRACKETS.findall(self.body) if word not in PLACEHOLDERS]
        if unknown:
            raise ValidationError(
                {
                    "body": _("{%(word)s} is filled in by nothing. Use {name}, {module}, {completed} or {valid_until}.")
                    % {"word": unknown[0]}
                }
            )
        if self.valid_months is None:
            if self.renewal != self.Renewal.NONE:
                raise ValidationError(
                    {"valid_months": _("Say for how many months it is valid, or choose that it is not renewed.")}
                )
            if "{valid_until}" in self.body:
                raise ValidationError({"body": _("It never expires, so {valid_until} cannot be filled in. Take it out.")})
        elif self.window_days > self.valid_months * 28:
            raise ValidationError({"window_days": _("It would be expiring from its first day. Choose fewer days.")})
        if self.renewal == self.Renewal.FIXED_DATE:
            if self.fixed_day is None or self.fixed_month is None:
                raise ValidationError({"fixed_day": _("Say on which day and in which month it expires.")})
            if self.fixed_day > DAYS_OF_MONTH.get(self.fixed_month, 31):
                raise ValidationError({"fixed_day": _("This month has no such day.")})
            if (self.valid_months or 0) % 12:
                raise ValidationError(
                    {"valid_months": _("For the same day of the year choose whole years: 12, 24 or 36 months.")}
                )

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "learning/modules/certificate_preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, object]:
        return {
            "wording": {
                "heading": self.heading,
                "body": fill(self.body, module=_("Honest answers"), completed=_("15 June 2026"), valid_until=_("15 June 2027")),
                "signatory": self.signatory,
                "signatory_role": self.signatory_role,
                "accent": self.accent,
            },
            "name": _("Rita Example"),
        }


def fill(body: str, **words: object) -> str:
    """The body with its placeholders filled in; `name` may be left out, since the name stands above it."""
    words.setdefault("name", _("Rita Example"))
    return _IN_BRACKETS.sub(lambda found: str(words.get(found[1], found[0])), body)

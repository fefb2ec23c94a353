"""What a rep learns: pages that editors write in Wagtail and our own player shows at /learn/."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, Site

from cms.models.standard import Standard
from learning.modules.blocks import LessonBlock, MultipleChoiceBlock, SingleChoiceBlock
from learning.modules.content import from_page
from learning.modules.forms import ModuleForm


class ModuleIndex(Page):
    """The page "Learning" that holds the modules. It lies beside the guide, so no guide page ever lists it."""

    max_count = 1
    subpage_types = ["learning_modules.Module"]
    parent_page_types = ["wagtailcore.Page"]

    class Meta:
        verbose_name = _("learning page")
        verbose_name_plural = _("learning pages")

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        return _own_address(reverse("learn_catalogue"))

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("learn_catalogue")


class ChangeKind(models.TextChoices):
    MINOR = "minor", _("minor: what was learnt still holds")
    MATERIAL = "material", _("material: something else is to be learnt now")


class Module(Page):
    """Lessons and a quiz. One Wagtail revision freezes all of it; an attempt is made on one revision."""

    summary = models.TextField(_("summary"), max_length=500, help_text=_("Two sentences: what you can do afterwards."))
    estimated_minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=10, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    standards = ParentalManyToManyField("cms.Standard", verbose_name=_("standards it teaches"), related_name="+", blank=True)
    lessons = StreamField([("lesson", LessonBlock())], verbose_name=_("lessons"), min_num=1)
    quiz = StreamField(
        [("single_choice", SingleChoiceBlock()), ("multiple_choice", MultipleChoiceBlock())], verbose_name=_("quiz"), blank=True
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Percent of the questions that must be answered right."),
    )
    prerequisites = ParentalManyToManyField(
        "self",
        verbose_name=_("to be completed before"),
        related_name="+",
        symmetrical=False,
        blank=True,
        help_text=_("Nobody can be given this module, or take it, before they have completed these."),
    )
    # What the editor says about a publish. Frozen in the revision like everything else; not part of what is taught.
    change_kind = models.CharField(
        _("this publish is"),
        max_length=10,
        choices=ChangeKind,
        default=ChangeKind.MINOR,
        help_text=_("Material: who has completed an earlier version learns it again, in the groups below."),
    )
    change_note = models.TextField(
        _("what changed"), max_length=500, blank=True, help_text=_("For a material change: learners read it as the reason.")
    )
    change_roles = models.JSONField(_("again for these roles"), default=list, blank=True)
    change_due_in_days = models.PositiveSmallIntegerField(
        _("days to do it again"), default=14, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    starter_key = models.SlugField(max_length=60, blank=True, default="", editable=False)

    subpage_types: list[str] = []
    parent_page_types = ["learning_modules.ModuleIndex"]
    exclude_fields_in_copy = ["starter_key"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("lessons"),
        MultiFieldPanel([FieldPanel("pass_mark"), FieldPanel("quiz")], heading=_("Quiz")),
        FieldPanel("estimated_minutes"),
        FieldPanel("standards"),
        FieldPanel("prerequisites", widget=forms.CheckboxSelectMultiple),
        MultiFieldPanel(
            [
                FieldPanel("change_kind", widget=forms.RadioSelect),
                FieldPanel("change_note"),
                FieldPanel("change_roles"),
                FieldPanel("change_due_in_days"),
            ],
            heading=_("About this publish"),
        ),
    ]
    base_form_class = ModuleForm

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")

    def clean(self) -> None:
        """Progress, answers and completions refer to lessons, questions and answers by block id: each once."""
        super().clean()
        for field in ("lessons", "quiz"):
            seen: set[str] = set()
            for child in getattr(self, field):
                if child.id and child.id in seen:
                    raise ValidationError({field: _("Two blocks share one id. Delete one of the two and write it anew.")})
                seen.add(child.id)

    @property
    def published_standards(self) -> list[Standard]:
        """The standards it teaches that learners may read: drafts and withdrawn ones stay with the editors."""
        return [standard for standard in self.standards.all() if standard.live]

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        return _own_address(reverse("module_detail", args=[self.pk])) if self.pk else None

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A module has one address: ours."""
        return redirect("module_detail", self.pk)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """What editors see beside the form: all lessons below each other, then the quiz with its answers."""
        return render(
            request, "learning/modules/_whole_module.html", {"module": self, "content": from_page(self), "with_answers": True}
        )


def _own_address(path: str) -> tuple[int, str, str] | None:
    """Wagtail's parts of an address for a page that lies outside the tree of any site."""
    site = Site.objects.filter(is_default_site=True).first()
    return (site.pk, site.root_url, path) if site else None

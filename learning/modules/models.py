"""What a rep learns: pages that editors write in Wagtail and our own player shows at /learn/."""

from dataclasses import fields
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from taggit.models import Tag, TaggedItemBase
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, Site
from wagtail.search import index

from cms.models.standard import Standard
from learning.modules.blocks import LessonBlock, MultipleChoiceBlock, SingleChoiceBlock
from learning.modules.certificate_templates import CertificateTemplate
from learning.modules.content import from_page
from learning.modules.forms import ModuleForm
from learning.modules.languages import HOUSE_LANGUAGE, Language, language_of
from learning.modules.package_rules import why_no_certificate
from learning.modules.questions.display import as_asked, with_answers
from learning.modules.questions.rules import QuizRules, Review
from learning.modules.quiz_blocks import (
    DrawBlock,
    FreeTextBlock,
    HotspotBlock,
    MatchBlock,
    NumericBlock,
    OrderBlock,
    ShortTextBlock,
    TrueFalseBlock,
)

_PLAIN = QuizRules()


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


class ModuleTag(TaggedItemBase):
    """A tag on a module; with its page it is drafted, published, copied and exported."""

    content_object = ParentalKey("learning_modules.Module", on_delete=models.CASCADE, related_name="tagged_items")


class Module(Page):
    """Lessons and a quiz. One Wagtail revision freezes all of it; an attempt is made on one revision."""

    summary = models.TextField(_("summary"), max_length=500, help_text=_("Two sentences: what you can do afterwards."))
    estimated_minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=10, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    standards = ParentalManyToManyField("cms.Standard", verbose_name=_("standards it teaches"), related_name="+", blank=True)
    lessons = StreamField([("lesson", LessonBlock())], verbose_name=_("lessons"), blank=True)
    quiz = StreamField(
        [
            ("single_choice", SingleChoiceBlock()),
            ("multiple_choice", MultipleChoiceBlock()),
            ("true_false", TrueFalseBlock()),
            ("short_text", ShortTextBlock()),
            ("numeric", NumericBlock()),
            ("match", MatchBlock()),
            ("order", OrderBlock()),
            ("hotspot", HotspotBlock()),
            ("free_text", FreeTextBlock()),
            ("draw", DrawBlock()),
        ],
        verbose_name=_("quiz"),
        blank=True,
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Percent of the questions that must be answered right."),
    )
    # The rules of the quiz: see questions.rules.QuizRules. A revision freezes them with everything else.
    quiz_attempts = models.PositiveSmallIntegerField(
        _("tries allowed"), default=_PLAIN.attempts, validators=[MaxValueValidator(50)], help_text=_("0: as many as one likes.")
    )
    quiz_cooldown_minutes = models.PositiveIntegerField(
        _("minutes between two tries"), default=_PLAIN.cooldown_minutes, validators=[MaxValueValidator(43_200)]
    )
    quiz_time_limit_minutes = models.PositiveSmallIntegerField(
        _("minutes for one try"),
        default=_PLAIN.time_limit_minutes,
        validators=[MaxValueValidator(480)],
        help_text=_("0: no clock. It runs on the server from “Begin” on, whatever becomes of the page."),
    )
    quiz_grace_seconds = models.PositiveSmallIntegerField(
        _("seconds of grace"),
        default=_PLAIN.grace_seconds,
        validators=[MaxValueValidator(600)],
        help_text=_("So long after the end an answer on its way still counts."),
    )
    quiz_shuffle = models.BooleanField(_("questions and answers in random order"), default=_PLAIN.shuffle)
    quiz_partial_credit = models.BooleanField(
        _("partly right answers count in part"), default=_PLAIN.partial_credit, help_text=_("Else a question is right or not.")
    )
    quiz_review = models.CharField(_("right answers are shown"), max_length=10, choices=Review.choices, default=_PLAIN.review)
    tags = ClusterTaggableManager(
        through=ModuleTag, verbose_name=_("tags"), blank=True, help_text=_("Learners filter the list of all modules by them.")
    )
    language = models.CharField(_("language"), max_length=10, default=HOUSE_LANGUAGE)
    # Not PROTECT, for the same reason as with certificates: a revision may name an original that is gone.
    translation_of = models.ForeignKey(
        "self",
        verbose_name=_("translation of"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="translations",
        help_text=_("Completing either of the two counts as completing the other."),
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
    # SHA-256 of the package (SCORM, H5P) that belongs to it. Set from the page of a package (learning.packages), never by hand, and frozen
    # into each revision like the lessons.
    package_digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    # Not PROTECT: a revision that names a template which is gone could not be read any more. Deleting one that is named
    # is refused by the room above, which knows who holds certificates by it.
    certificate_template = models.ForeignKey(
        CertificateTemplate,
        verbose_name=_("certificate"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("What somebody gets who completes this module. Empty: nothing but the entry in their record."),
    )
    starter_key = models.SlugField(max_length=60, blank=True, default="", editable=False)

    subpage_types: list[str] = []
    parent_page_types = ["learning_modules.ModuleIndex"]
    # A copy is a module of its own; who copies in order to translate says so (services.make_translation).
    exclude_fields_in_copy = ["starter_key", "translation_of"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("lessons"),
        MultiFieldPanel([FieldPanel("pass_mark"), FieldPanel("quiz")], heading=_("Quiz")),
        MultiFieldPanel(
            [FieldPanel(f"quiz_{field.name}") for field in fields(QuizRules)],
            heading=_("Rules of the quiz"),
            classname="collapsed",
        ),
        FieldPanel("estimated_minutes"),
        FieldPanel("standards"),
        FieldPanel("tags"),
        MultiFieldPanel([FieldPanel("language"), FieldPanel("translation_of")], heading=_("Language")),
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
        FieldPanel("certificate_template"),
    ]
    base_form_class = ModuleForm
    # What learners find a module by. Not the quiz: its questions would tell their answers.
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary", boost=2),
        index.SearchField("lessons"),
        index.AutocompleteField("summary"),
        index.AutocompleteField("lessons"),
    ]

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")

    def clean(self) -> None:
        """Progress, answers and completions refer to lessons, questions and answers by block id: each once."""
        super().clean()
        if not self.lessons and not self.package_digest:
            raise ValidationError({"lessons": _("Write at least one lesson.")})
        reason = why_no_certificate(self.certificate_template_id, self.package_digest, has_quiz=bool(self.quiz))
        if reason:
            raise ValidationError({"certificate_template": reason})
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

    @property
    def tag_list(self) -> list[Tag]:
        """Its tags by name; read from what was fetched with it."""
        return sorted((item.tag for item in self.tagged_items.all()), key=lambda tag: tag.name.lower())

    @property
    def spoken(self) -> Language:
        """The language it is written in, ready for a page."""
        return language_of(self.language)

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        return _own_address(reverse("module_detail", args=[self.pk])) if self.pk else None

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A module has one address: ours."""
        return redirect("module_detail", self.pk)

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [("answers", _("With the answers of the quiz")), ("learner", _("As a learner"))]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """What editors see beside the form: all lessons below each other, then the quiz."""
        content, answers = from_page(self), mode_name != "learner"
        asked = with_answers(content.questions) if answers else as_asked(content.questions)
        context = {"module": self, "content": content, "asked": asked, "with_answers": answers}
        return render(request, "learning/modules/_whole_module.html", context)


def _own_address(path: str) -> tuple[int, str, str] | None:
    """Wagtail's parts of an address for a page that lies outside the tree of any site."""
    site = Site.objects.filter(is_default_site=True).first()
    return (site.pk, site.root_url, path) if site else None

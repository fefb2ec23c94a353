"""The catalogue's filter and the year of the learner's own page, read from the address; and what one says of a module."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from learning.assignments.catalogue.queries import (
    BEGUN,
    BY_TITLE,
    COMPLETED,
    LENGTHS,
    NEWEST,
    NOT_BEGUN,
    SHORTEST,
    WAITING,
)
from learning.feedback.models import MOST_WORDS

Choices = Iterable[tuple[str, str]]


class CatalogueFilter(forms.Form):
    q = forms.CharField(
        label=_("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}), help_text=""
    )
    standard = forms.ChoiceField(label=_("Standard"), required=False)
    tag = forms.ChoiceField(label=_("Tag"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            (NOT_BEGUN, _("Not begun")),
            (BEGUN, _("Begun")),
            (COMPLETED, _("Completed")),
            (WAITING, _("Something comes before")),
        ],
    )
    minutes = forms.TypedChoiceField(
        label=_("Takes"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("Any time")),
            *((n, ngettext_lazy("At most %(n)s minute", "At most %(n)s minutes", n) % {"n": n}) for n in LENGTHS),
        ],
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("Best match")), (BY_TITLE, _("By title")), (NEWEST, _("Newest first")), (SHORTEST, _("Shortest first"))],
    )

    def __init__(self, *args: Any, standards: Choices, tags: Choices, languages: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, every, choices in (
            ("standard", _("All standards"), standards),
            ("tag", _("All tags"), tags),
            ("language", _("All languages"), languages),
        ):
            found = list(choices)
            # A choice of one is none.
            if not found or (name == "language" and len(found) < 2):
                del self.fields[name]
            else:
                self.fields[name].choices = [("", every), *found]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    @property
    def is_used(self) -> bool:
        """Whether anything is narrowed down; the order alone narrows nothing."""
        return any(value for name, value in self.cleaned_data.items() if name != "sort")


class FeedbackForm(forms.Form):
    """One tap is enough: a button sends `helped`. The sentence is sent by a form of its own, with what was said before."""

    helped = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes")
    comment = forms.CharField(label=_("In a sentence"), required=False, max_length=MOST_WORDS, widget=forms.Textarea)


class YearFilter(forms.Form):
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", _("All years")), *((year, str(year)) for year in years)]  # type: ignore[attr-defined]

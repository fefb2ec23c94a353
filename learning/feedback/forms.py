"""What editors fill in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from learning.feedback.models import MOST_WORDS


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write a sentence.")},
    )


class FeedbackFilter(forms.Form):
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("With a sentence")), ("new", _("Not read yet")), ("all", _("Everything"))],
        widget=forms.Select(attrs={"class": "form-select"}),
    )


class ModuleSearch(forms.Form):
    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "form-control", "type": "search"}),
    )

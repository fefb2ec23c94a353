"""What people fill in about suggestions and helpers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.quality.suggestions.models import HelperChoices, SuggestionReason
from people.models import Person


class SuggestionFilter(forms.Form):
    """`people` limits the choice of persons."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    reason = forms.ChoiceField(label=_("Reason"), required=False, choices=[("", _("Any")), *SuggestionReason.Kind.choices])
    person = forms.ModelChoiceField(label=_("Person"), required=False, queryset=Person.objects.none(), empty_label=_("Everybody"))
    days = forms.ChoiceField(
        label=_("Period"),
        required=False,
        choices=[("", _("Last 30 days")), ("14", _("Last 14 days")), ("7", _("Last 7 days"))],
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class GiveForm(forms.Form):
    reviewer = forms.ModelChoiceField(label=_("Reviewer"), queryset=Person.objects.none(), empty_label=_("Choose a reviewer"))
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reviewer and the person reviewed read it."),
    )

    def __init__(self, *args: Any, reviewers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = reviewers  # type: ignore[attr-defined]


class HelperChoicesForm(forms.ModelForm[HelperChoices]):
    class Meta:
        model = HelperChoices
        fields = ["likely_first", "look_here_first", "show_proposals"]

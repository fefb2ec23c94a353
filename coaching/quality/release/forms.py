"""What people fill in about releasing: the settings of a scorecard, a reason, a day, and filters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from coaching.quality.models import ReleaseStep, Scorecard
from coaching.quality.release.rules import RELEASE_SETTINGS
from people.models import Person


class ReleaseSettingsForm(forms.ModelForm):
    """The part of a version's form about releasing. A field left empty stays as it was: most matter only with one choice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in RELEASE_SETTINGS:
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in RELEASE_SETTINGS:
            if name not in self.errors and data.get(name) in {None, ""}:
                data[name] = self.initial[name]
        return data


class ChosenDayForm(forms.Form):
    release_on = forms.DateField(
        label=_("Hold it until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Optional, at most 45 days ahead. Before that day the rep sees nothing of it."),
    )


class HoldForm(forms.Form):
    release_on = forms.DateField(
        label=_("Another day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day.")},
    )


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("What should change?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reviewer reads it; the rep does not."),
        error_messages={"required": _("Say what should change; the reviewer reads it.")},
    )


class ApprovalFilter(forms.Form):
    """`reviewers` limits the choice of reviewers to those of whom something is there to see."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    reviewer = forms.ModelChoiceField(
        label=_("Reviewer"), required=False, queryset=Person.objects.none(), empty_label=_("Everybody")
    )
    scorecard = forms.ModelChoiceField(
        label=_("Scorecard"), required=False, queryset=Scorecard.objects.all(), empty_label=_("Any")
    )
    cause = forms.ChoiceField(label=_("Why"), required=False, choices=[("", _("Any reason")), *ReleaseStep.Cause.choices])

    def __init__(self, *args: Any, reviewers: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = reviewers  # type: ignore[attr-defined]

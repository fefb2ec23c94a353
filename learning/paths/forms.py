"""Forms of learning paths."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from learning.assignments.fields import DateInput, TeamsField
from learning.modules.models import Module
from learning.paths.models import LearningPath
from people.models import Person, Role, Team


class PathFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100)


class PathForm(forms.ModelForm):
    class Meta:
        model = LearningPath
        fields = ["title", "summary"]
        widgets = {"summary": forms.Textarea(attrs={"rows": 3})}


class StepForm(forms.Form):
    modules = forms.ModelMultipleChoiceField(
        label=_("Modules of this step"),
        queryset=Module.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one module.")},
    )
    needed = forms.IntegerField(
        label=_("How many of them must be completed"),
        required=False,
        min_value=1,
        max_value=200,
        help_text=_("Empty: all of them. Fewer: the learner chooses which."),
    )

    def __init__(self, *args: Any, modules: QuerySet[Module], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["modules"].queryset = modules  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        chosen = list(wish.get("modules") or ())
        if chosen and not wish.get("needed") and "needed" not in self.errors:
            wish["needed"] = len(chosen)
        if chosen and (wish.get("needed") or 0) > len(chosen):
            self.add_error("needed", _("No more than the modules that are chosen."))
        return wish


class AssignPathForm(forms.Form):
    people = forms.ModelMultipleChoiceField(
        label=_("People"), queryset=Person.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    teams = TeamsField(label=_("Whole teams"), help_text=_("With the teams below them, as they are today."))
    roles = forms.MultipleChoiceField(label=_("Roles"), required=False, choices=Role.choices, widget=forms.CheckboxSelectMultiple)
    due_on = forms.DateField(label=_("The whole path is due on"), widget=DateInput(), help_text=_("A day from today on."))
    because = forms.CharField(
        label=_("Why this path, why now?"),
        max_length=800,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They read it with every module of the path."),
    )

    def __init__(self, *args: Any, people: QuerySet[Person], teams: QuerySet[Team], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["people"].queryset = people  # type: ignore[attr-defined]
        self.fields["teams"].queryset = teams  # type: ignore[attr-defined]

    def clean_due_on(self) -> Any:
        due_on = self.cleaned_data["due_on"]
        if due_on < self.today:
            raise forms.ValidationError(_("This day has passed. Choose today or a later day."))
        return due_on

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        if not any(wish.get(name) or name in self.errors for name in ("people", "teams", "roles")):
            self.add_error("people", _("Choose at least one person, team or role."))
        return wish


class WithdrawPathForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The learner reads it."),
        error_messages={"required": _("Say why you withdraw it: the learner reads the reason.")},
    )

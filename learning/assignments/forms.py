"""Forms of assignments: filters read from the address, assigning and withdrawing."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cms.models import Standard
from learning.assignments.models import Assignment
from learning.modules.models import Module
from people.models import Person


class CatalogueFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    standard = forms.ChoiceField(label=_("Standard"), required=False)

    def __init__(self, *args: Any, standards: QuerySet[Standard], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["standard"].choices = [("", _("All standards")), *standards.values_list("key", "title")]  # type: ignore[attr-defined]


class TeamFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), ("due", _("To do")), ("overdue", _("Overdue")), *Assignment.State.choices],
    )
    person = forms.ModelChoiceField(label=_("Person"), required=False, queryset=Person.objects.none(), empty_label=_("Everybody"))
    module = forms.ModelChoiceField(
        label=_("Module"), required=False, queryset=Module.objects.none(), empty_label=_("All modules")
    )

    def __init__(self, *args: Any, people: QuerySet[Person], modules: QuerySet[Module], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["module"].queryset = modules  # type: ignore[attr-defined]


class AssignModuleForm(forms.Form):
    module = forms.ModelChoiceField(label=_("Module"), queryset=Module.objects.none(), empty_label=_("Choose a module"))
    people = forms.ModelMultipleChoiceField(
        label=_("People"),
        queryset=Person.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person.")},
    )
    due_on = forms.DateField(
        label=_("Due on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), help_text=_("A day from today on.")
    )
    because = forms.CharField(
        label=_("Why this module, why now?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They read this first. One honest sentence is worth more than three polite ones."),
    )

    def __init__(self, *args: Any, people: QuerySet[Person], modules: QuerySet[Module], today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["people"].queryset = people  # type: ignore[attr-defined]
        self.fields["module"].queryset = modules  # type: ignore[attr-defined]

    def clean_due_on(self) -> Any:
        due_on = self.cleaned_data["due_on"]
        if due_on < self.today:
            raise forms.ValidationError(_("This day has passed. Choose today or a later day."))
        return due_on


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The learner reads it."),
        error_messages={"required": _("Say why you withdraw it: the learner reads the reason.")},
    )

"""Forms of assignments: filters read from the address, assigning and withdrawing."""

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from learning.assignments.fields import DateInput, TeamsField
from learning.assignments.models import Assignment
from learning.modules.models import Module
from people.importing import MAX_BYTES
from people.models import Person, Role, Team


class TeamFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            ("due", _("To do")),
            ("overdue", _("Overdue")),
            ("closed", _("Can no longer be taken")),
            ("asked", _("Asks for more time")),
            *Assignment.State.choices,
        ],
    )
    person = forms.ModelChoiceField(label=_("Person"), required=False, queryset=Person.objects.none(), empty_label=_("Everybody"))
    module = forms.ModelChoiceField(
        label=_("Module"), required=False, queryset=Module.objects.none(), empty_label=_("All modules")
    )

    def __init__(self, *args: Any, people: QuerySet[Person], modules: QuerySet[Module], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["module"].queryset = modules  # type: ignore[attr-defined]


class DatesForm(forms.Form):
    """The two dates of an assignment. They are checked against each other."""

    due_on = forms.DateField(label=_("Due on"), widget=DateInput(), help_text=_("A day from today on."))
    access_until = forms.DateField(
        label=_("Can be taken until"),
        required=False,
        widget=DateInput(),
        help_text=_("Empty: as long as it is open. After this day the module can no longer be taken, only asked for."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_due_on(self) -> Any:
        due_on = self.cleaned_data["due_on"]
        if due_on < self.today:
            raise forms.ValidationError(_("This day has passed. Choose today or a later day."))
        return due_on

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        due_on, until = wish.get("due_on"), wish.get("access_until")
        if due_on and until and until < due_on:
            self.add_error("access_until", _("Choose the day it is due or a later one."))
        return wish


class AssignModuleForm(DatesForm):
    module = forms.ModelChoiceField(label=_("Module"), queryset=Module.objects.none(), empty_label=_("Choose a module"))
    people = forms.ModelMultipleChoiceField(
        label=_("People"), queryset=Person.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    teams = TeamsField(label=_("Whole teams"), help_text=_("With the teams below them, as they are today."))
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With a team chosen too: who has the role in that team."),
    )
    because = forms.CharField(
        label=_("Why this module, why now?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They read this first. One honest sentence is worth more than three polite ones."),
    )
    again = forms.BooleanField(label=_("Also to those of the teams and roles who have completed it before"), required=False)

    field_order = ["module", "people", "teams", "roles", "again", "due_on", "access_until", "because"]

    def __init__(
        self, *args: Any, people: QuerySet[Person], teams: QuerySet[Team], modules: QuerySet[Module], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people  # type: ignore[attr-defined]
        self.fields["teams"].queryset = teams  # type: ignore[attr-defined]
        self.fields["module"].queryset = modules  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        wish = super().clean()
        if not any(wish.get(name) or name in self.errors for name in ("people", "teams", "roles")):
            self.add_error("people", _("Choose at least one person, team or role."))
        return wish


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The learner reads it."),
        error_messages={"required": _("Say why you withdraw it: the learner reads the reason.")},
    )


class ByHandForm(forms.Form):
    reason = forms.CharField(
        label=_("How do you know that they have learnt it?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The proof names you and this reason; the learner reads it."),
        error_messages={"required": _("Say how you know that they have learnt it: the proof names your reason.")},
    )


class TrainingFileForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX, up to 20 MB. The first line names the columns."))

    def clean_file(self) -> UploadedFile:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB. Split it."))
        return upload


class ChangeTeamsForm(forms.Form):
    teams = TeamsField(
        label=_("Learn it again in these teams"), help_text=_("With the teams below them. None chosen: in all teams.")
    )

    def __init__(self, *args: Any, teams: QuerySet[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["teams"].queryset = teams  # type: ignore[attr-defined]

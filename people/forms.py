"""Forms of people. They check single fields; the services keep the rules."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from foundation.time_zones import time_zone_choices
from people.models import DeliveryPreference, Membership, Person, Role, Team
from people.queries import all_teams, team_labels

THEMES = [("auto", _("Like my device")), ("light", _("Light")), ("dark", _("Dark"))]
CHOOSE_TEAM = _("Choose a team")
STATES = [
    ("active", _("Active")),
    ("uninvited", _("Not invited yet")),
    ("inactive", _("Switched off")),
    ("all", _("All")),
]


class FilterForm(forms.Form):
    """Rendered field by field in one line, so it brings the look of its fields itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class TeamChoiceField(forms.ModelChoiceField):
    """A team, shown with its whole path."""

    def __init__(self, *, empty_label: Any = CHOOSE_TEAM, **kwargs: Any) -> None:
        super().__init__(queryset=all_teams(), empty_label=empty_label, **kwargs)
        self.labels: dict[int, str] | None = None

    def label_from_instance(self, obj: Team) -> str:
        if self.labels is None:
            self.labels = team_labels()
        return self.labels.get(obj.pk, obj.name)


class PreferencesForm(forms.Form):
    display_name = forms.CharField(label=_("Name"), max_length=120)
    pronouns = forms.CharField(label=_("Pronouns"), max_length=40, required=False, help_text=_("Shown beside your name."))
    locale = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)


class OwnAccountForm(PreferencesForm):
    theme = forms.ChoiceField(label=_("Colours"), choices=THEMES, widget=forms.RadioSelect, help_text=_("On this device."))


class DeliveryForm(forms.Form):
    mode = forms.ChoiceField(label=_("How I want to be told"), choices=DeliveryPreference.Mode.choices, widget=forms.RadioSelect)
    quiet_from = forms.TimeField(label=_("No mail from"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    quiet_until = forms.TimeField(
        label=_("until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("In your time zone. What comes up in between waits. The same as above: mail at any hour."),
    )
    weekends = forms.BooleanField(label=_("Mail on Saturdays and Sundays too"), required=False)


class InvitationForm(forms.Form):
    """The first password, and a look at what was entered about the person."""

    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A few random words are easy to remember and hard to guess."),
    )
    display_name = forms.CharField(label=_("Name"), max_length=120)
    locale = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        password_validation.validate_password(password, self.person)
        return password


class PersonForm(PreferencesForm):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    joined_on = forms.DateField(label=_("Joined on"), required=False, widget=DateInput())
    field_order = ["email", "display_name", "pronouns", "joined_on", "locale", "time_zone"]


class AddPersonForm(PersonForm):
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple, initial=[Role.REP]
    )
    team = TeamChoiceField(label=_("Team"), required=False, empty_label=_("No team"))
    invite = forms.BooleanField(label=_("Send the invitation now"), required=False, initial=True)


class DirectoryFilterForm(FilterForm):
    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("Any role")), *Role.choices])
    team = TeamChoiceField(label=_("Team"), required=False, empty_label=_("All teams"))
    state = forms.ChoiceField(label=_("Account"), required=False, choices=STATES)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def offer(self, choices: list[tuple[str, Any]]) -> None:
        """Offer these roles only."""
        self.fields["role"] = forms.ChoiceField(label=_("Role"), choices=choices)


class JoinTeamForm(forms.Form):
    team = TeamChoiceField(label=_("Team"))
    kind = forms.ChoiceField(label=_("As"), choices=Membership.Kind.choices)
    starts_on = forms.DateField(label=_("From"), widget=DateInput())


class LeaveTeamForm(forms.Form):
    ends_on = forms.DateField(label=_("First day without it"), widget=DateInput())


class ExternalIdForm(forms.Form):
    source = forms.CharField(label=_("System"), max_length=60, help_text=_("For example zendesk."))
    value = forms.CharField(label=_("Name or number there"), max_length=200)


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    parent = TeamChoiceField(label=_("Below"), required=False, empty_label=_("Nothing: at the top"))


class AuditFilterForm(FilterForm):
    actor = forms.CharField(label=_("Who did it"), required=False, max_length=100)
    subject = forms.CharField(label=_("Whom it concerns"), required=False, max_length=100)
    verb = forms.CharField(label=_("What"), required=False, max_length=60, widget=forms.Select())
    since = forms.DateField(label=_("From"), required=False, widget=DateInput())
    until = forms.DateField(label=_("Up to and including"), required=False, widget=DateInput())

    def offer(self, verbs: list[tuple[str, Any]]) -> None:
        """Offer these verbs, grouped by area. Any other may be asked for by address; it finds nothing or its own."""
        self.fields["verb"].widget.choices = [("", _("Anything")), *verbs]


class UploadForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX, up to 20 MB. The first line names the columns."))
    invite = forms.BooleanField(
        label=_("Invite by e-mail"),
        required=False,
        help_text=_("Everybody in the file who has no password and no invitation yet."),
    )

    def __init__(self, *args: Any, max_bytes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.max_bytes = max_bytes

    def clean_file(self) -> UploadedFile:
        upload = self.cleaned_data["file"]
        if upload.size > self.max_bytes:
            raise forms.ValidationError(_("The file is larger than 20 MB. Split it."))
        return upload


class AbsenceForm(forms.Form):
    """`people`: whose absences the reader keeps; with only one, nothing is asked."""

    person = forms.ModelChoiceField(label=_("Who is away"), queryset=Person.objects.none(), empty_label=_("Choose a person"))
    starts_on = forms.DateField(label=_("First day away"), widget=DateInput())
    until = forms.DateField(label=_("Last day away"), widget=DateInput())
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=200,
        help_text=_("Optional, and not the reason: only who is away and you read it."),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class AbsenceFilter(FilterForm):
    q = forms.CharField(label=_("Person"), required=False, max_length=100)
    show = forms.ChoiceField(
        label=_("When"), required=False, choices=[("", _("Now and to come")), ("past", _("Over")), ("all", _("All"))]
    )

"""Forms of group sessions."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from learning.group_sessions.models import RATINGS, GroupSession
from learning.modules.models import Module
from people.models import Person, Team

WHICH = [("", _("Coming")), ("mine", _("Mine")), ("past", _("Past"))]


class SessionFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    which = forms.ChoiceField(label=_("Show"), required=False, choices=WHICH)


class TeamChoice(forms.Form):
    """Which of one's teams; all of them where none is chosen."""

    team = forms.ModelChoiceField(label=_("Team"), required=False, queryset=Team.objects.none(), empty_label=_("All my teams"))

    def __init__(self, *args: Any, teams: QuerySet[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.fields["team"].widget.attrs["class"] = "form-select"


class SessionForm(forms.ModelForm):
    """Day, time and length as people say them; `times()` makes moments of them, on the clock of the session's zone."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    begins = forms.TimeField(label=_("Begins"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=600, initial=60)

    class Meta:
        model = GroupSession
        fields = ["title", "description", "place", "link", "capacity", "open_to_all", "material", "follow_up"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3}), "material": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "place": _("A room, a building. Leave it empty where it is held by link only."),
            "link": _("Of the video meeting."),
            "capacity": _("Empty: as many as want to come. Who comes later waits, and moves up by themselves."),
            "open_to_all": _("Otherwise only who is put down for it."),
            "material": _("What to read before or after, with links."),
            "follow_up": _("Assigned to who was there, with a week to do it."),
        }

    field_order = ["title", "description", "day", "begins", "minutes", "place", "link", "capacity", "open_to_all", "material"]

    def __init__(self, *args: Any, modules: QuerySet[Module], zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["link"].assume_scheme = "https"  # type: ignore[attr-defined]
        self.fields["follow_up"].queryset = modules  # type: ignore[attr-defined]
        self.fields["begins"].help_text = _("On the clock of %(zone)s.") % {"zone": zone}
        if self.instance.pk:
            start = self.instance.starts_at.astimezone(ZoneInfo(zone))
            length = self.instance.ends_at - self.instance.starts_at
            self.initial.update({"day": start.date(), "begins": start.time(), "minutes": int(length.total_seconds() // 60)})

    def wish(self) -> dict[str, Any]:
        """What was filled in, with moments for the times."""
        wish = {name: self.cleaned_data[name] for name in self.Meta.fields}
        start = datetime.combine(self.cleaned_data["day"], self.cleaned_data["begins"], tzinfo=ZoneInfo(self.zone))
        # Minutes that pass, not hands of the clock: over the change to summer time an hour is an hour.
        end = (start.astimezone(ZoneInfo("UTC")) + timedelta(minutes=self.cleaned_data["minutes"])).astimezone(start.tzinfo)
        return {**wish, "starts_at": start, "ends_at": end}


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who wanted to come reads it."),
        error_messages={"required": _("Say why you cancel it: everybody who wanted to come reads the reason.")},
    )


class InviteForm(forms.Form):
    people = forms.ModelMultipleChoiceField(
        label=_("People"),
        queryset=Person.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person.")},
    )

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people  # type: ignore[attr-defined]


class CheckInForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=20)


class FeedbackForm(forms.Form):
    rating = forms.TypedChoiceField(
        label=_("How was it?"),
        coerce=int,
        choices=RATINGS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the five.")},
    )
    comment = forms.CharField(
        label=_("What should be different?"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

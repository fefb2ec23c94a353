"""The small forms of practice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from learning.assignments.fields import DateInput
from learning.practice.models import ClosedMonth, PracticeCard
from people.models import Team


class PutAsideForm(forms.Form):
    because = forms.ChoiceField(label=_("Why"), choices=PracticeCard.Aside.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("A word on it"), max_length=200, required=False, help_text=_("Only you read it. You may leave it empty.")
    )


class PauseForm(forms.Form):
    until = forms.DateField(
        label=_("Last day of the pause"),
        required=False,
        widget=DateInput(),
        help_text=_("Empty: until you go on. Noted absences need no pause: they never count."),
    )


def _dressed(form: forms.Form) -> None:
    """The site's look, as the filter's template draws it."""
    for field in form.fields.values():
        field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"


class CardFilter(forms.Form):
    q = forms.CharField(label=_("Module"), required=False, max_length=100)
    which = forms.ChoiceField(
        label=_("Cards"),
        required=False,
        choices=[("", _("In use")), ("aside", _("Put aside")), ("resting", _("At rest"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dressed(self)


class TeamFilter(forms.Form):
    """Which team and which closed month. What one may not choose counts as not chosen."""

    team = forms.TypedChoiceField(label=_("Team"), required=False, coerce=int, empty_value=None)
    month = forms.TypedChoiceField(label=_("Month"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, teams: list[Team], months: list[ClosedMonth], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._teams = {team.pk: team for team in teams}
        self._months = {month.pk: month for month in months}
        named = [(str(team.pk), team.name) for team in teams]
        self.fields["team"].choices = [("", _("All of them")), *named]  # type: ignore[attr-defined]
        closed = [(str(month.pk), date_format(month.first_day, "F Y")) for month in months]
        self.fields["month"].choices = [("", _("The last one")), *closed]  # type: ignore[attr-defined]
        _dressed(self)

    @property
    def chosen_team(self) -> Team | None:
        return self._teams.get(self.cleaned_data.get("team") or 0) if self.is_valid() else None

    @property
    def chosen_month(self) -> ClosedMonth | None:
        chosen = self._months.get(self.cleaned_data.get("month") or 0) if self.is_valid() else None
        return chosen or next(iter(self._months.values()), None)

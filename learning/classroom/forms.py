"""Filters of the reports, read from the address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from learning.assignments.fields import DateInput
from learning.modules.models import Module
from people.models import Team
from people.queries import team_labels


class TeamChoice(forms.ModelChoiceField):
    """A team, shown with its whole path."""

    def __init__(self) -> None:
        super().__init__(label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("All my teams"))
        self.labels: dict[int, str] | None = None

    def label_from_instance(self, obj: Team) -> str:
        if self.labels is None:
            self.labels = team_labels()
        return self.labels.get(obj.pk, obj.name)


class ReportFilter(forms.Form):
    """What every report can be narrowed by."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    team = TeamChoice()

    def __init__(self, *args: Any, teams: QuerySet[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"


class ModuleFilter(forms.Form):
    q = forms.CharField(
        label=_("Module"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "form-control", "type": "search"}),
    )


class CompletionFilter(ReportFilter):
    module = forms.ModelChoiceField(
        label=_("Module"), required=False, queryset=Module.objects.none(), empty_label=_("All modules")
    )
    since = forms.DateField(label=_("From"), required=False, widget=DateInput())
    until = forms.DateField(label=_("To"), required=False, widget=DateInput())
    how = forms.ChoiceField(
        label=_("How"),
        required=False,
        choices=[("", _("Both")), ("learner", _("By learning")), ("hand", _("By hand"))],
    )

    def __init__(self, *args: Any, modules: QuerySet[Module], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["module"].queryset = modules  # type: ignore[attr-defined]


class HoursFilter(ReportFilter):
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]
        self.latest = max(years)

    def chosen_year(self) -> int:
        """The chosen year, or this one."""
        year: int | None = self.cleaned_data.get("year")
        return year or self.latest

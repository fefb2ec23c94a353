"""What readers ask of the list, and what leads and the head write."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from coaching.metrics.models import MetricDefinition
from coaching.signals.models import Annotation, Signal, SignalSettings
from coaching.signals.queries import ListFilter
from coaching.signals.rule import Rule
from coaching.signals.services import impossible
from people.models import Person, Team

MUTES = ((4, _("4 weeks")), (8, _("8 weeks")), (13, _("13 weeks")), (26, _("26 weeks")), (0, _("end the silence")))


class SignalFilter(forms.Form):
    q = forms.CharField(label=_("Name"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("open", _("Open")), ("all", _("All")), *Signal.State.choices]
    )
    level = forms.ChoiceField(label=_("How sure"), required=False, choices=[("", _("All")), *Signal.Level.choices])
    about = forms.ChoiceField(
        label=_("About"), required=False, choices=[("", _("People and teams")), ("people", _("People")), ("teams", _("Teams"))]
    )
    metric = forms.ChoiceField(label=_("Metric"), required=False)

    def __init__(self, *args: Any, definitions: list[MetricDefinition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["metric"].choices = [("", _("All")), *((d.key, d.name) for d in definitions)]  # type: ignore[attr-defined]

    @property
    def wish(self) -> ListFilter:
        """What is asked for; a bad address shows the usual list."""
        if not self.is_valid():
            return ListFilter()
        chosen = self.cleaned_data
        state = {"": "open", "all": ""}.get(chosen["state"], chosen["state"])
        return ListFilter(state, chosen["level"], chosen["metric"], chosen["about"], chosen["q"].strip())


class DismissForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is this no reason to act?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The person it is about reads it."),
        error_messages={"required": _("Say why you dismiss it: the person it is about reads the reason.")},
    )


class ActForm(forms.Form):
    note = forms.CharField(
        label=_("What did you do?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In a few words; the person it is about reads it."),
    )


class MuteForm(forms.Form):
    weeks = forms.TypedChoiceField(label=_("Be silent about this for"), choices=MUTES, coerce=int, initial=8)


class RaiseForm(forms.Form):
    as_of = forms.DateField(
        label=_("As of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_as_of(self) -> date:
        as_of = self.cleaned_data["as_of"] or self.today
        if as_of > self.today:
            raise forms.ValidationError(_("This day lies in the future. Choose today or an earlier day."))
        return as_of


class AnnotationForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Annotation.Kind.choices)
    text = forms.CharField(label=_("What happened?"), max_length=120, help_text=_("Short: it is drawn on the charts."))
    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: one day."),
    )  # fmt: skip
    team = forms.ModelChoiceField(label=_("Team"), required=False, queryset=Team.objects.none(), empty_label=_("Choose a team"))
    person = forms.ModelChoiceField(
        label=_("Only one person"), required=False, queryset=Person.objects.none(), empty_label=_("Nobody in particular")
    )

    def __init__(self, *args: Any, teams: QuerySet[Team], people: QuerySet[Person], everywhere: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.everywhere = everywhere
        self.fields["team"].empty_label = _("The whole company") if everywhere else _("Choose a team")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first one."))
        if cleaned.get("person"):
            cleaned["team"] = None
        elif not cleaned.get("team") and not self.everywhere:
            self.add_error("team", _("Choose a team or a person."))
        return cleaned


class SettingsForm(forms.Form):
    """Thresholds as people say them: points, percent, weeks."""

    metrics = forms.MultipleChoiceField(
        label=_("Metrics watched"), widget=forms.CheckboxSelectMultiple, error_messages={"required": _("Choose at least one.")}
    )
    margin = forms.FloatField(
        label=_("Smallest shift that matters, in points"), help_text=_("Suggest only where we are sure of more than this.")
    )
    suggest = forms.FloatField(label=_("How sure for “clearly below own normal”, in percent"))
    watch = forms.FloatField(label=_("How sure for “worth a look”, in percent"))
    ratings_wanted = forms.IntegerField(label=_("Ratings wanted in the window"))
    window_from = forms.IntegerField(label=_("Shortest window, in weeks"))
    window_to = forms.IntegerField(label=_("Longest window, in weeks"))
    baseline_weeks = forms.IntegerField(label=_("Weeks of the own normal"))
    tau = forms.FloatField(
        label=_("Usual size of real shifts, in points"), help_text=_("Smaller makes the rule more cautious with little data.")
    )
    mute_weeks = forms.IntegerField(label=_("Weeks of silence after a signal"))

    SHARES = ("margin", "suggest", "watch", "tau")

    def __init__(self, *args: Any, definitions: list[MetricDefinition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["metrics"].choices = [(d.key, d.name) for d in definitions]  # type: ignore[attr-defined]
        self.keys = [d.key for d in definitions]

    @classmethod
    def values_of(cls, settings: SignalSettings, keys: list[str]) -> dict[str, Any]:
        """The initial values of a version of the settings."""
        values = {name: getattr(settings, name) for name in cls.base_fields}
        values |= {name: round(values[name] * 100, 4) for name in cls.SHARES}
        return values | {"metrics": settings.metrics or keys}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            problem = impossible(self.thresholds(cleaned))
            if problem:
                raise forms.ValidationError(problem)
        return cleaned

    def thresholds(self, cleaned: dict[str, Any] | None = None) -> dict[str, Any]:
        """As the settings store them; all metrics ticked is stored as none, so that a new metric is watched too."""
        values = dict(self.cleaned_data if cleaned is None else cleaned)
        values |= {name: round(values[name] / 100, 6) for name in self.SHARES}
        values["metrics"] = [] if set(values["metrics"]) == set(self.keys) else values["metrics"]
        return values

    def rule(self, settings: SignalSettings) -> Rule:
        """The rule these thresholds make; what the form does not ask for is that of the settings."""
        values = self.thresholds()
        return replace(settings.rule, **{name: value for name, value in values.items() if name != "metrics"})

"""Questions as forms, sent by GET: the address holds the whole question and changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.interactions.models import Interaction
from coaching.metrics.explorer.access import Scope
from coaching.metrics.explorer.models import SavedView
from coaching.metrics.explorer.queries import is_share
from coaching.metrics.explorer.questions import KINDS, MOST_DAYS, MOST_PERIODS, Against, By, Filters, Per, Question
from coaching.metrics.explorer.words import NONE_STATED, from_address, kind_in_words
from coaching.metrics.models import MetricDefinition
from coaching.metrics.queries import Window, last_weeks
from people.models import Team

WEEKS_AT_FIRST = 8
ALL = ""


def last_whole_weeks(weeks: int, on: date) -> Window:
    """Up to the last Sunday: a week that is still running would be half a figure."""
    return last_weeks(weeks, on - timedelta(days=(on.weekday() + 1) % 7))


class SpanForm(forms.Form):
    """Days, and which cases: what all pages of the explorer ask for."""

    metric = forms.ChoiceField(label=_("Metric"), required=False)
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    team = forms.ChoiceField(label=_("Team"), required=False)
    channel = forms.ChoiceField(
        label=_("Channel"), required=False, choices=[(ALL, _("All channels")), *Interaction.Channel.choices]
    )
    topic = forms.CharField(label=_("Topic"), required=False, max_length=120, strip=False)
    segment = forms.CharField(label=_("Customer segment"), required=False, max_length=120, strip=False)

    default_metric = "csat"

    def __init__(self, data: Any, *, scope: Scope, definitions: list[MetricDefinition], on: date) -> None:
        super().__init__(data)
        self.scope, self.definitions, self.on = scope, definitions, on
        self.fields["metric"].choices = [(d.key, d.name) for d in definitions]  # type: ignore[attr-defined]
        self.fields["team"].choices = [(ALL, _("All teams")), *((str(t.pk), t.name) for t in scope.teams)]  # type: ignore[attr-defined]
        for name in ("channel",):
            self.fields[name].choices.append((NONE_STATED, kind_in_words(name, "")))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if isinstance(first, date) and isinstance(last, date):
            if first > last:
                raise forms.ValidationError(_("The first day lies after the last one. Swap them."))
            if (last - first).days >= MOST_DAYS:
                raise forms.ValidationError(_("Two years at most. Choose a later first day."))
        return cleaned

    @property
    def window(self) -> Window:
        """The days asked for; the last whole weeks where none are."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and not last:
            last = max(first, self.on)
        default = last_whole_weeks(WEEKS_AT_FIRST, last + timedelta(days=1) if last else self.on)
        return Window(first or min(default.first, last or default.first), last or default.last)

    @property
    def definition(self) -> MetricDefinition:
        key = self.cleaned_data.get("metric") or self.default_metric
        return next((d for d in self.definitions if d.key == key), self.definitions[0])

    @property
    def chosen_team(self) -> Team | None:
        wanted = self.cleaned_data.get("team")
        return next((team for team in self.scope.teams if str(team.pk) == wanted), None)

    @property
    def filters(self) -> Filters:
        return Filters(*(from_address(self.cleaned_data.get(name, "")) for name in ("channel", "topic", "segment")))


class QuestionForm(SpanForm):
    """The explorer's own question."""

    by = forms.ChoiceField(label=_("By"), required=False)
    per = forms.ChoiceField(label=_("Per"), required=False, choices=Per.choices)
    against = forms.ChoiceField(label=_("Compare with"), required=False, choices=Against.choices)
    mix = forms.BooleanField(label=_("With everybody’s mix of cases"), required=False)

    def __init__(self, data: Any, *, scope: Scope, definitions: list[MetricDefinition], on: date) -> None:
        super().__init__(data, scope=scope, definitions=definitions, on=on)
        own = [choice for choice in By.choices if choice[0] not in (By.PERSON, By.TEAM)]
        self.fields["by"].choices = own if scope.is_own else By.choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        question = self._question(cleaned)
        if question.per == Per.DAY and question.is_by_kind:
            raise forms.ValidationError(
                _("Days are counted by person and team only. Choose weeks, or take away channel, topic, segment and case mix.")
            )
        if len(question.periods()) > MOST_PERIODS:
            raise forms.ValidationError(
                _("That makes more than %(n)s columns. Choose fewer days, or weeks or months.") % {"n": MOST_PERIODS}
            )
        return cleaned

    def _question(self, cleaned: dict[str, Any]) -> Question:
        self.cleaned_data = cleaned
        definition = self.definition
        by = By(cleaned.get("by") or (By.TOGETHER if self.scope.is_own else By.PERSON))
        mix = bool(cleaned.get("mix")) and by in (By.PERSON, By.TEAM) and is_share(definition)
        return Question(
            definition,
            by,
            Per(cleaned.get("per") or Per.WEEK),
            self.window,
            self.chosen_team,
            self.filters,
            Against(cleaned.get("against") or ""),
            mix,
        )

    @property
    def question(self) -> Question:
        """The question; only of a valid form."""
        return self._question(self.cleaned_data)


class DriversForm(SpanForm):
    """Why a share moved: which kinds of cases, which two periods."""

    KINDS = tuple((value, By(value).label) for value in KINDS)

    kind = forms.ChoiceField(label=_("Driver"), required=False, choices=KINDS)
    against = forms.ChoiceField(label=_("Compare with"), required=False, choices=Against.choices[1:])

    @property
    def question(self) -> Question:
        by = By(self.cleaned_data.get("kind") or By.TOPIC)
        against = Against(self.cleaned_data.get("against") or Against.PREVIOUS)
        return Question(self.definition, by, Per.WEEK, self.window, self.chosen_team, self.filters, against)


class SaveViewForm(forms.Form):
    """What to call a view, and who may open it."""

    name = forms.CharField(label=_("Name"), max_length=80)
    audience = forms.ChoiceField(label=_("Who may open it"), choices=SavedView.Audience.choices, initial=SavedView.Audience.OWN)

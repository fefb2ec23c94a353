"""What readers may ask of the demand pages; every form is sent by GET and changes nothing."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from coaching.interactions.models import Interaction
from coaching.metrics.demand.case_list import LONGEST, CaseWish
from coaching.metrics.demand.customers import WEEKS as KEPT_WEEKS
from coaching.metrics.queries import Window, last_weeks
from people.models import Team

WEEKS = [(n, ngettext_lazy("%(n)s week", "%(n)s weeks", "n") % {"n": n}) for n in KEPT_WEEKS]
DEFAULT_WEEKS = 4
RANK_LABELS = [
    ("newest", _("newest")),
    ("replies", _("most replies by agents")),
    ("customer_replies", _("most messages by the customer")),
    ("handle", _("longest handling")),
    ("reopens", _("most often reopened")),
    ("response", _("slowest first reply")),
    ("resolution", _("longest to resolve")),
]


class DemandForm(forms.Form):
    """Which team, how far back, in whose clock."""

    team = forms.TypedChoiceField(label=_("Team"), required=False, coerce=int, empty_value=None)
    weeks = forms.TypedChoiceField(label=_("Period"), choices=WEEKS, coerce=int, required=False, empty_value=None)
    zone = forms.ChoiceField(label=_("Clock"), required=False, choices=[("", _("the organisation’s")), ("team", _("the team’s"))])

    def __init__(self, data: object, *, teams: list[Team], default_weeks: int = DEFAULT_WEEKS) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.default_weeks = default_weeks
        choices = [(team.pk, "  " * (team.path.count("/") - 2) + team.name) for team in teams]
        self.fields["team"].choices = [("", _("All teams")), *choices]  # type: ignore[attr-defined]

    def chosen(self, name: str) -> object:
        """The cleaned value; None where it is missing or wrong."""
        self.is_valid()
        return self.cleaned_data.get(name) if hasattr(self, "cleaned_data") else None

    @property
    def team_pk(self) -> int | None:
        """What stands in the address, so that a team one may not know is a 404 and not silently "all"."""
        given = str(self.data.get("team", "")).strip()
        return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else None

    @property
    def chosen_weeks(self) -> int:
        weeks = self.chosen("weeks")
        return weeks if isinstance(weeks, int) else self.default_weeks


class CasesForm(DemandForm):
    """Which cases, in what order."""

    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    rank = forms.ChoiceField(label=_("Order"), required=False, choices=RANK_LABELS)
    channel = forms.ChoiceField(
        label=_("Channel"), required=False, choices=[("", _("All channels")), *Interaction.Channel.choices]
    )
    status = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All states")), *Interaction.Status.choices])
    topic = forms.CharField(label=_("Topic"), required=False, max_length=120)
    q = forms.CharField(label=_("Subject, number or customer"), required=False, max_length=100)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if isinstance(first, date) and isinstance(last, date):
            if first > last:
                raise forms.ValidationError(_("The first day lies after the last one. Swap them."))
            if (last - first).days + 1 > LONGEST:
                raise forms.ValidationError(_("This list reads 13 weeks at most. Choose days closer together."))
        return cleaned

    def window(self, on: date) -> Window:
        """The days asked for, 13 weeks at most; the default where the form is empty or wrong."""
        default = last_weeks(self.default_weeks, on)
        if not self.is_valid():
            return default
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        if first and not last:
            return Window(first, max(first, min(on, first + timedelta(days=LONGEST - 1))))
        last = last or default.last
        return Window(first or last - timedelta(days=7 * self.default_weeks - 1), last)

    @property
    def wish(self) -> CaseWish:
        if not self.is_valid():
            return CaseWish()
        given = self.cleaned_data
        return CaseWish(given["rank"] or "newest", given["channel"], given["topic"].strip(), given["status"], given["q"].strip())

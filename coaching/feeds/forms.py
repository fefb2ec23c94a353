"""Forms of the live feed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.feeds.models import EventType, Scope


class SourceField(forms.CharField):
    """A source's key, with those that exist on offer."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": "known-sources", "autocomplete": "off", "spellcheck": "false"})
        super().__init__(max_length=60, widget=widget, **kwargs)


class TokenForm(forms.Form):
    name = forms.CharField(label=_("What is it for"), max_length=120, help_text=_("For example “Zendesk, nightly”."))
    scopes = forms.MultipleChoiceField(label=_("What it may do"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple)
    source = SourceField(
        label=_("Only for this source"),
        required=False,
        help_text=_("The system it sends for, for example zendesk. Left empty, it may send for any."),
    )
    expires_on = forms.DateField(
        label=_("Works until the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Left empty, it works until it is revoked."),
    )


class IncomingForm(forms.Form):
    name = forms.CharField(label=_("What sends"), max_length=120, help_text=_("For example “Help desk, production”."))
    source = SourceField(label=_("Source"), help_text=_("What its cases are kept under, for example zendesk."))


class OutgoingForm(forms.Form):
    name = forms.CharField(label=_("Who is told"), max_length=120, help_text=_("For example “HR system”."))
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("Public addresses at port 443 or 80; others only where the operator allows them."),
    )
    event_types = forms.MultipleChoiceField(
        label=_("What is told"), choices=EventType.choices, widget=forms.CheckboxSelectMultiple
    )

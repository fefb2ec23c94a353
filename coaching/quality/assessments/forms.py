"""What people fill in to ask for an assessment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Person


class AssessOwnForm(forms.Form):
    """A rep names a conversation of their own."""

    case = forms.CharField(label=_("Case number"), max_length=200, help_text=_("As in the system the case comes from."))


class AskForm(AssessOwnForm):
    """A lead asks whoever handled a conversation, or somebody else of the team."""

    peer = forms.ModelChoiceField(
        label=_("Who is asked"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Whoever handled it: a self-assessment"),
        help_text=_("Somebody else of the team gives peer feedback."),
    )
    reason = forms.CharField(label=_("What would you like to know?"), max_length=200, help_text=_("Who is asked reads it."))

    def __init__(self, *args: Any, peers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["peer"].queryset = peers  # type: ignore[attr-defined]

"""What a new display link needs."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from people.models import Team


class LinkForm(forms.Form):
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), empty_label=_("Choose a team"))
    place = forms.CharField(
        label=_("Where it hangs"), max_length=80, required=False, help_text=_("So that you know later which screen it is.")
    )

    def __init__(self, data: object = None, *, teams: QuerySet[Team]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]

"""What a lead may ask of the board."""

from django import forms
from django.utils.translation import gettext_lazy as _

BOARD_WEEKS = ((4, _("4 weeks")), (8, _("8 weeks")), (13, _("13 weeks")), (26, _("26 weeks")))
DEFAULT_WEEKS = 8


class BoardForm(forms.Form):
    team = forms.IntegerField(required=False)
    weeks = forms.TypedChoiceField(choices=BOARD_WEEKS, coerce=int, required=False, empty_value=None)
    q = forms.CharField(required=False, max_length=100)
    needing = forms.BooleanField(required=False)

    def value(self, name: str) -> object:
        """A cleaned value; None where it is missing or wrong, so that a bad address shows the default board."""
        self.is_valid()
        return self.cleaned_data.get(name)

    @property
    def chosen_weeks(self) -> int:
        weeks = self.value("weeks")
        return weeks if isinstance(weeks, int) else DEFAULT_WEEKS

    @property
    def chosen_team(self) -> int | None:
        team = self.value("team")
        return team if isinstance(team, int) else None

    @property
    def text(self) -> str:
        return str(self.value("q") or "").strip()

    @property
    def only_needing(self) -> bool:
        return bool(self.value("needing"))

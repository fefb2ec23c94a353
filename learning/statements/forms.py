"""What is typed about the record store."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learning.statements.models import RecordStore, Statement
from learning.statements.services import ALL_THE_PAST, FROM_TODAY, GO_ON


class StoreForm(forms.Form):
    """A password left empty stays as it is."""

    endpoint = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
        help_text=gettext_lazy("The xAPI endpoint of your record store, for example https://lrs.example.com/xapi."),
    )
    user_name = forms.CharField(
        label=gettext_lazy("User name, or key"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Of an account that may write statements. It needs no right to read."),
    )

    def __init__(self, *args: Any, store: RecordStore | None, **kwargs: Any) -> None:
        initial = {"endpoint": store.endpoint, "user_name": store.user_name} if store else {}
        super().__init__(*args, **{**kwargs, "initial": initial})
        # Never rendered back, not even what was typed a moment ago.
        self.fields["password"] = forms.CharField(
            label=_("Password, or secret"),
            max_length=1000,
            required=store is None,
            widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
            help_text=_("Stored, encrypted. Leave it empty to keep it.") if store else _("Encrypted before it is stored."),
        )


class TurnOnForm(forms.Form):
    start = forms.ChoiceField(
        label=gettext_lazy("What is told"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what is told.")},
    )

    def __init__(self, *args: Any, store: RecordStore, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (FROM_TODAY, _("What happens from today on")),
            (ALL_THE_PAST, _("All the past too, as far as it is held here")),
        ]
        if store.begun_at is not None:
            choices.insert(0, (GO_ON, _("Go on where it stopped, with what happened meanwhile")))
        self.fields["start"].choices = choices  # type: ignore[attr-defined]


class OutboxFilter(forms.Form):
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("All")), *Statement.State.choices]  # type: ignore[attr-defined]

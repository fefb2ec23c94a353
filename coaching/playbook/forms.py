"""Forms of the playbook."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from learning.modules.models import Module


class RemedyForm(forms.Form):
    """Module and due date of a remedy; with `criteria` also which criterion it answers."""

    criterion = forms.ChoiceField(label=_("When this criterion is failed"))
    module = forms.ModelChoiceField(
        label=_("assign this module"), queryset=Module.objects.none(), empty_label=_("Choose a module")
    )
    due_in_days = forms.IntegerField(
        label=_("due after how many days"), min_value=1, max_value=365, initial=14, help_text=_("Counted from the review.")
    )

    def __init__(
        self, *args: Any, modules: QuerySet[Module], criteria: list[tuple[str, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["module"].queryset = modules  # type: ignore[attr-defined]
        if criteria is None:
            del self.fields["criterion"]
        else:
            self.fields["criterion"].choices = [("", _("Choose a criterion")), *criteria]  # type: ignore[attr-defined]

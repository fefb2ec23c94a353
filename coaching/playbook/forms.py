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

    weight = forms.TypedChoiceField(
        label=_("when something is recommended"),
        coerce=int,
        initial=1,
        required=False,
        empty_value="1",
        choices=[
            (0, _("0: do not recommend it for this")),
            (1, _("1: it helps")),
            (2, _("2: it is to the point")),
            (3, _("3: it is made for this")),
        ],
        help_text=_("Learners are recommended modules for what their own reviews say they miss. Assigning stays as it is."),
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

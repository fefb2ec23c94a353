"""What people fill in about flags."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cms.models.standard import Standard
from coaching.quality.flags.services import MOST_WORDS
from coaching.quality.models import StandardFlag


class FlagForm(forms.Form):
    """Only the parts that this standard has are offered."""

    kind = forms.ChoiceField(label=_("What is wrong?"), widget=forms.RadioSelect, choices=StandardFlag.Kind.choices)
    part = forms.ChoiceField(label=_("Which part?"), required=False)
    words = forms.CharField(
        label=_("In your words"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What happens when you follow it, and what would be right. No customer’s name, please."),
    )

    def __init__(self, *args: Any, standard: Standard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = [(value, label) for value, label in StandardFlag.Part.choices if not value or getattr(standard, value)]
        self.fields["part"].choices = parts  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    state = forms.ChoiceField(
        label=_("What came of it?"),
        widget=forms.RadioSelect,
        choices=[
            (StandardFlag.State.ANSWERED, _("Explained: my reply says how it is meant")),
            (StandardFlag.State.CHANGED, _("Changed: the version published since then says it better")),
            (StandardFlag.State.DECLINED, _("Stays as it is: my reply says why")),
        ],
    )
    reply = forms.CharField(
        label=_("Reply"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whoever flagged it reads it. Needed unless the change speaks for itself."),
    )
    together = forms.BooleanField(label=_("Answer the other open flags about this standard with it"), required=False)


class FlagFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("What is wrong"), required=False, choices=[("", _("Anything")), *StandardFlag.Kind.choices])
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Waits for an editor")),
            *[(state.value, state.label) for state in StandardFlag.DECIDED],
            ("all", _("All")),
        ],
    )
    standard = forms.ModelChoiceField(label=_("Standard"), required=False, queryset=Standard.objects.none(), empty_label=_("Any"))

    def __init__(self, *args: Any, standards: QuerySet[Standard], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["standard"].queryset = standards  # type: ignore[attr-defined]

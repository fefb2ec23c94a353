"""Forms of marking: one block per free text, and the reason of marking anew."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from learning.quizzes.marks.queries import Written
from learning.quizzes.marks.services import GivenMark


class MarkForm(forms.Form):
    """For each free text a percent and words; fields are numbered in the order of the page."""

    def __init__(self, *args: Any, written: Sequence[Written], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.written = list(written)
        for number, _row in enumerate(self.written, start=1):
            self.fields[f"percent_{number}"] = forms.IntegerField(
                label=_("Right in %"),
                min_value=0,
                max_value=100,
                error_messages={"required": _("Give it a whole number from 0 to 100.")},
                widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
            )
            self.fields[f"remark_{number}"] = forms.CharField(
                label=_("What you tell the learner"),
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
            )

    def rows(self) -> list[tuple[Written, list[Any]]]:
        """Each text with its two fields."""
        return [(row, [self[f"percent_{n}"], self[f"remark_{n}"]]) for n, row in enumerate(self.written, start=1)]

    def marks(self) -> dict[str, GivenMark]:
        data = self.cleaned_data
        return {row.key: GivenMark(data[f"percent_{n}"], data[f"remark_{n}"]) for n, row in enumerate(self.written, start=1)}


class RegradeForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Learners read it beside their result."),
        error_messages={"required": _("Say why: learners read the reason beside their result.")},
    )

"""What people fill in about calibration: sessions, what was agreed, second readings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.quality.calibration.services import ConsensusInput, SessionInput
from coaching.quality.calibration.services.sessions import MOST_ITEMS
from coaching.quality.models import CalibrationSession, Criterion, ScorecardVersion
from people.models import Person

NA = "na"


class SessionForm(forms.Form):
    """A session's set-up; its choices are handed in."""

    title = forms.CharField(label=_("Title"), max_length=120)
    version = forms.ModelChoiceField(
        label=_("Scorecard"), queryset=ScorecardVersion.objects.none(), empty_label=_("Choose a scorecard")
    )
    due_on = forms.DateField(
        label=_("Score by"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Who has not submitted is reminded two days before, and once more when it has passed."),
    )
    threshold = forms.IntegerField(
        label=_("Flag answers further apart than (percent of the scale)"), min_value=1, max_value=99, initial=10
    )
    participants = forms.ModelMultipleChoiceField(
        label=_("Participants"),
        queryset=Person.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("At least two. You may be one of them: nobody sees another’s answers before scoring is over."),
    )
    numbers = forms.CharField(
        label=_("Case numbers"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One in each line. Nobody’s own conversation can be among them."),
    )
    at_random = forms.IntegerField(
        label=_("And so many at random"),
        required=False,
        min_value=0,
        max_value=MOST_ITEMS,
        help_text=_("From reviews of the last 30 days made with this scorecard."),
    )

    def __init__(self, *args: Any, versions: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = versions  # type: ignore[attr-defined]
        self.fields["participants"].queryset = people  # type: ignore[attr-defined]

    def wish(self) -> SessionInput:
        data = self.cleaned_data
        return SessionInput(
            title=data["title"],
            version=data["version"],
            due_on=data["due_on"],
            threshold=data["threshold"],
            participants=list(data["participants"]),
        )

    def numbers_given(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["numbers"].splitlines() if line.strip()]


class SessionFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Any")), *CalibrationSession.State.choices])


class ConclusionForm(forms.Form):
    conclusion = forms.CharField(
        label=_("What follows from it"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For everybody who took part. Optional."),
    )


class GraderForm(forms.Form):
    grader = forms.ModelChoiceField(
        label=_("Second reader"),
        queryset=Person.objects.none(),
        empty_label=_("Choose a second reader"),
        help_text=_("Scores the conversation without seeing the review. Whoever scored it reads the result."),
    )

    def __init__(self, *args: Any, graders: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grader"].queryset = graders  # type: ignore[attr-defined]


class DrawForm(forms.Form):
    per_reviewer = forms.IntegerField(
        label=_("Reviews of each reviewer, this month"),
        min_value=1,
        max_value=20,
        initial=2,
        help_text=_("Those drawn already count."),
    )


class ReplyForm(forms.Form):
    comment = forms.CharField(
        label=_("Your answer"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The second reader and the head of support read it. It can be written once."),
    )


def read_consensus(data: Mapping[str, Any], criteria: Iterable[Criterion]) -> list[ConsensusInput]:
    """What was agreed on as posted. A criterion absent from the post stays as it is; unreadable answers count as none."""
    wishes = []
    for criterion in criteria:
        answer = data.get(f"answer-{criterion.pk}")
        if answer is not None:
            wishes.append(
                ConsensusInput(
                    criterion_id=criterion.pk,
                    answer_id=int(answer) if answer.isdecimal() and len(answer) < 19 else None,
                    is_na=answer == NA,
                    reason=data.get(f"reason-{criterion.pk}", ""),
                )
            )
    return wishes

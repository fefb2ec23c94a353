"""What people fill in about disputes: what is wrong, to whom it goes, what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.quality.disputes.queries import Point
from coaching.quality.disputes.services import OutcomeInput, PointInput
from coaching.quality.models import Dispute
from coaching.quality.queries import Row
from people.models import Person

NA = "na"


def _answer(value: str) -> tuple[int | None, bool]:
    """(answer, does not apply) as posted; unreadable counts as nothing."""
    return (int(value) if value.isdecimal() and len(value) < 19 else None), value == NA


def read_points(data: Mapping[str, Any], rows: Iterable[Row]) -> list[PointInput]:
    """The criteria of which something was said: why their answer is wrong, or what it should be."""
    points = []
    for row in rows:
        pk = row.criterion.pk
        why, (answer, is_na) = data.get(f"why-{pk}", ""), _answer(data.get(f"answer-{pk}", ""))
        if why.strip() or answer is not None or is_na:
            points.append(PointInput(criterion_id=pk, reason=why, answer_id=answer, is_na=is_na))
    return points


def read_outcomes(data: Mapping[str, Any], points: Sequence[Point]) -> list[OutcomeInput]:
    """What was decided of each point; one without a decision is missing."""
    outcomes = []
    for point in points:
        pk = point.row.criterion_id
        decided = data.get(f"accept-{pk}")
        if decided in {"yes", "no"}:
            answer, is_na = _answer(data.get(f"answer-{pk}", ""))
            accepted = decided == "yes"
            outcomes.append(
                OutcomeInput(criterion_id=pk, accepted=accepted, answer_id=answer if accepted else None, is_na=is_na and accepted)
            )
    return outcomes


class ForwardForm(forms.Form):
    decider = forms.ModelChoiceField(
        label=_("Second reviewer"),
        queryset=Person.objects.none(),
        empty_label=_("Choose a reviewer"),
        help_text=_("Nobody who scored it, approved it, or decided about it before."),
    )
    note = forms.CharField(label=_("A word to them"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, deciders: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decider"].queryset = deciders  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    comment = forms.CharField(
        label=_("Why not?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The rep and the reviewer read it."),
    )


class DecisionForm(forms.Form):
    comment = forms.CharField(
        label=_("Reason"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The rep and the reviewer read it."),
    )
    grader_error = forms.TypedChoiceField(
        label=_("Was it a mistake of the reviewer?"),
        choices=[
            ("", _("Choose")),
            ("yes", _("Yes, the reviewer had made a mistake")),
            ("no", _("No, it could be seen either way")),
        ],
        coerce=lambda value: value == "yes",
        help_text=_("For the training of reviewers; it changes no score."),
    )


class WrongPersonForm(DecisionForm):
    accept = forms.TypedChoiceField(
        label=_("Was it somebody else’s conversation?"),
        choices=[("", _("Choose")), ("yes", _("Yes: the review counts nowhere")), ("no", _("No: the review stands"))],
        coerce=lambda value: value == "yes",
    )
    field_order = ["accept", "comment", "grader_error"]


class DisputeFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), ("undecided", _("Not decided yet")), *[(s.value, s.label) for s in Dispute.DECIDED]],
    )

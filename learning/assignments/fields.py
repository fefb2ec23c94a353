"""Fields that the forms of several rooms of learning share."""

from __future__ import annotations

from typing import Any

from django import forms

from people.models import Team
from people.queries import team_labels


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class TeamsField(forms.ModelMultipleChoiceField):
    """Several teams, each shown with its whole path."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Team.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, **kwargs)
        self.labels: dict[int, str] | None = None

    def label_from_instance(self, obj: Team) -> str:
        if self.labels is None:
            self.labels = team_labels()
        return self.labels.get(obj.pk, obj.name)

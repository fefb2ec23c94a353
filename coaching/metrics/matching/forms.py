"""What the queue's pages take."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.metrics.matching.access import people_to_match
from people.models import Person

PAIR = re.compile(r"(\d{1,18}):(\d{1,18})", re.ASCII)
MOST_AT_ONCE = 100


class ChosenPersonForm(forms.Form):
    """Who the handler is."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.none(), empty_label=_("Nobody chosen"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["person"].queryset = people_to_match()  # type: ignore[attr-defined]


def chosen_pairs(values: list[str]) -> list[tuple[int, int]]:
    """The ticked suggestions, "handler:person" each; anything else is left out."""
    found = [PAIR.fullmatch(value) for value in values[:MOST_AT_ONCE]]
    return [(int(match[1]), int(match[2])) for match in found if match]

"""The editor of a sampling plan, and the small forms around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from coaching.interactions.models import Interaction
from coaching.quality.models import SamplingPlan
from coaching.quality.plans.cycles import LAST_START_DAY, Rhythm
from coaching.quality.plans.rules import MOST_DAYS, MOST_PER_PERSON, Amount, Kind, Rules, problems_of
from foundation.time_zones import time_zone_choices
from people.models import Person

WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]
STRATA = ("low", "middle", "high")


def _zones() -> list[tuple[str, Any]]:
    return [("", _("The organisation’s (%(zone)s)") % {"zone": settings.TIME_ZONE}), *time_zone_choices()]


def _several(size: int = 6) -> forms.SelectMultiple:
    return forms.SelectMultiple(attrs={"size": size})


class PlanForm(forms.Form):
    """A plan. Reviewers are rows of their own: `reviewer_<id>` names one, `capacity_<id>` is what they have time for."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("How conversations are chosen"), choices=Kind.choices, widget=forms.RadioSelect)
    rhythm = forms.ChoiceField(label=_("Drawn"), choices=Rhythm.choices)
    weekday = forms.TypedChoiceField(label=_("A week begins on"), choices=WEEKDAYS, coerce=int)
    month_day = forms.IntegerField(label=_("A month begins on day"), min_value=1, max_value=LAST_START_DAY)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=_zones, help_text=_("When a new day begins."))
    days_to_review = forms.IntegerField(label=_("Days to review"), min_value=1, max_value=MOST_DAYS)
    teams = forms.TypedMultipleChoiceField(
        label=_("Teams"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple, help_text=_("With all teams below.")
    )
    people = forms.ModelMultipleChoiceField(
        label=_("People by name"),
        required=False,
        queryset=Person.objects.none(),
        widget=_several(),
        help_text=_("Beside the teams. No team and nobody by name: every rep."),
    )
    excluded = forms.ModelMultipleChoiceField(
        label=_("Not these"), required=False, queryset=Person.objects.none(), widget=_several()
    )
    joined_within_weeks = forms.IntegerField(
        label=_("Only who joined in the last weeks"), required=False, min_value=1, max_value=104, help_text=_("Empty: everybody.")
    )
    amount = forms.ChoiceField(label=_("How many"), choices=Amount.choices, widget=forms.RadioSelect)
    number = forms.IntegerField(label=_("Reviews of each person"), min_value=1, max_value=MOST_PER_PERSON)
    percent = forms.IntegerField(label=_("Share, in %"), min_value=1, max_value=100)
    minimum = forms.IntegerField(label=_("At least"), min_value=0, max_value=MOST_PER_PERSON)
    maximum = forms.IntegerField(
        label=_("At most"), required=False, min_value=1, max_value=MOST_PER_PERSON, help_text=_("Empty: no limit.")
    )
    capacity = forms.IntegerField(
        label=_("At most for each reviewer"),
        required=False,
        min_value=0,
        max_value=1000,
        help_text=_("In each cycle. Empty: no limit."),
    )
    outside_percent = forms.IntegerField(
        label=_("Share outside the home team, in %"),
        min_value=0,
        max_value=100,
        help_text=_(
            "At least so many of a team’s reviews go to reviewers of no or another team, so that reviewers can be compared. 20 or more, or 0."
        ),
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"),
        required=False,
        choices=Interaction.Channel.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: all."),
    )
    topics = forms.MultipleChoiceField(label=_("Topics"), required=False, widget=_several(), help_text=_("None: all."))
    min_replies = forms.IntegerField(label=_("Replies by us, at least"), required=False, min_value=1, max_value=99)
    opened_within_days = forms.IntegerField(label=_("Opened in the last days"), required=False, min_value=1, max_value=365)
    only_complaints = forms.BooleanField(label=_("Complaints"), required=False)
    only_reopened = forms.BooleanField(label=_("Reopened"), required=False)
    only_low_rating = forms.BooleanField(label=_("Rated low by the customer"), required=False)
    handle_minutes_above = forms.IntegerField(
        label=_("Handled for more than so many minutes"), required=False, min_value=1, max_value=9999
    )
    by_risk = forms.BooleanField(
        label=_("Look more often at difficult conversations, and count them less"),
        required=False,
        help_text=_(
            "Low ratings, complaints, reopened, unusually long, a topic new to the person. The score stays that of all conversations."
        ),
    )
    share_low = forms.IntegerField(label=_("Least risk: % of conversations"), min_value=1, max_value=98)
    share_middle = forms.IntegerField(label=_("Middle: % of conversations"), min_value=1, max_value=98)
    share_high = forms.IntegerField(label=_("Most risk: % of conversations"), min_value=1, max_value=98)
    part_low = forms.IntegerField(label=_("Least risk: reviews"), min_value=1, max_value=20)
    part_middle = forms.IntegerField(label=_("Middle: reviews"), min_value=1, max_value=20)
    part_high = forms.IntegerField(label=_("Most risk: reviews"), min_value=1, max_value=20)

    PLAIN = (
        "rhythm", "time_zone", "days_to_review", "joined_within_weeks", "amount", "number", "percent", "minimum", "maximum", "capacity",
        "outside_percent", "min_replies", "opened_within_days", "only_complaints", "only_reopened", "only_low_rating",
        "handle_minutes_above", "by_risk",
    )  # fmt: skip
    # Where a problem of the rules as a whole is shown.
    PLACE_OF = {"start": "month_day", "shares": "share_low", "parts": "part_low"}

    def __init__(
        self,
        *args: Any,
        teams: Sequence[tuple[int, str]],
        people: Any,
        reviewers: Sequence[Person],
        topics: Sequence[str],
        plan: SamplingPlan | None = None,
        **kwargs: Any,
    ) -> None:
        rules = plan.says if plan else Rules()
        named = {"name": plan.name if plan else "", "kind": plan.kind if plan else Kind.RANDOM}
        super().__init__(*args, **{"initial": named | self._initial(rules), **kwargs})
        self.reviewers = reviewers
        self.fields["teams"].choices = teams  # type: ignore[attr-defined]
        self.fields["people"].queryset = people  # type: ignore[attr-defined]
        self.fields["excluded"].queryset = people  # type: ignore[attr-defined]
        self.fields["topics"].choices = [(topic, topic) for topic in sorted({*topics, *rules.topics})]  # type: ignore[attr-defined]
        for person in reviewers:
            self.fields[f"reviewer_{person.pk}"] = forms.BooleanField(
                label=str(person), required=False, initial=person.pk in rules.reviewers
            )
            self.fields[f"capacity_{person.pk}"] = forms.IntegerField(
                label=_("At most, for %(person)s") % {"person": person},
                required=False,
                min_value=0,
                max_value=1000,
                initial=rules.capacities.get(str(person.pk)),
            )

    def _initial(self, rules: Rules) -> dict[str, Any]:
        monthly = rules.rhythm == Rhythm.MONTHLY
        return {
            **{name: getattr(rules, name) for name in self.PLAIN},
            "weekday": 0 if monthly else rules.start,
            "month_day": rules.start if monthly else 1,
            "teams": list(rules.teams),
            "people": list(rules.people),
            "excluded": list(rules.excluded),
            "channels": list(rules.channels),
            "topics": list(rules.topics),
            **{f"share_{name}": share for name, share in zip(STRATA, rules.shares, strict=True)},
            **{f"part_{name}": part for name, part in zip(STRATA, rules.parts, strict=True)},
        }

    def reviewer_rows(self) -> Iterator[tuple[Person, Any, Any]]:
        for person in self.reviewers:
            yield person, self[f"reviewer_{person.pk}"], self[f"capacity_{person.pk}"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            for name, problem in problems_of(data["kind"], self.rules()).items():
                self.add_error(self.PLACE_OF.get(name, name) or None, problem)
        return data

    def rules(self) -> Rules:
        """What was filled in, once it is valid by field."""
        data = self.cleaned_data
        starts = {Rhythm.DAILY: 0, Rhythm.MONTHLY: data["month_day"]}
        named = [person.pk for person in self.reviewers if data[f"reviewer_{person.pk}"]]
        given = {str(person.pk): data[f"capacity_{person.pk}"] for person in self.reviewers}
        return Rules(
            **{name: data[name] for name in self.PLAIN},
            start=starts.get(Rhythm(data["rhythm"]), data["weekday"]),
            teams=tuple(sorted(data["teams"])),
            people=tuple(sorted(person.pk for person in data["people"])),
            excluded=tuple(sorted(person.pk for person in data["excluded"])),
            channels=tuple(data["channels"]),
            topics=tuple(data["topics"]),
            reviewers=tuple(sorted(named)),
            capacities={person: capacity for person, capacity in given.items() if capacity is not None},
            shares=tuple(data[f"share_{name}"] for name in STRATA),
            parts=tuple(data[f"part_{name}"] for name in STRATA),
        )


class MarginForm(forms.Form):
    margin = forms.FloatField(
        label=_("How sure, in points either way"), min_value=1, max_value=50, widget=forms.NumberInput(attrs={"step": "any"})
    )
    minutes = forms.FloatField(
        label=_("Minutes for a review"),
        required=False,
        min_value=1,
        max_value=240,
        widget=forms.NumberInput(attrs={"step": "any"}),
        help_text=_("Empty: as your reviews took so far."),
    )


class ReplaceForm(forms.Form):
    reason = forms.CharField(label=_("Why can it not be reviewed?"), max_length=180)

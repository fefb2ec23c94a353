"""The form of a rule: who is meant, what they are given, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from learning.assignments.fields import DateInput, TeamsField
from learning.assignments.groups.audience import Audience
from learning.enrolment.models import AssignmentRule
from learning.enrolment.services import RuleWish
from learning.modules.models import Module
from learning.paths.models import LearningPath
from people.models import Role, Team


def days_field(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=20_000)


class RuleFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    archived = forms.BooleanField(label=_("Archived"), required=False)


class RuleForm(forms.Form):
    name = forms.CharField(label=_("Name of the rule"), max_length=120, help_text=_("Learners read it with the module."))
    gives = forms.ChoiceField(label=_("Gives"))
    teams = TeamsField(label=_("Who is in one of these teams"), help_text=_("With the teams below them. None chosen: all teams."))
    roles = forms.MultipleChoiceField(
        label=_("and has one of these roles"), required=False, choices=Role.choices, widget=forms.CheckboxSelectMultiple
    )
    joined_since = forms.DateField(label=_("and joined on this day or later"), required=False, widget=DateInput())
    within_days = days_field(_("and joined at most so many days ago"))
    after_days = days_field(_("and joined at least so many days ago"))
    done = forms.ModelMultipleChoiceField(
        label=_("and has completed all of these"),
        queryset=Module.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    not_done = forms.ModelMultipleChoiceField(
        label=_("and has completed none of these"),
        queryset=Module.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    due_in_days = forms.IntegerField(
        label=_("Due after how many days"),
        min_value=1,
        max_value=365,
        initial=14,
        help_text=_("Counted from the day they get it."),
    )
    because = forms.CharField(
        label=_("Why"), max_length=700, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("They read this first.")
    )

    def __init__(
        self, *args: Any, teams: QuerySet[Team], modules: QuerySet[Module], paths: QuerySet[LearningPath], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.targets: dict[str, Module | LearningPath] = {f"module:{module.pk}": module for module in modules}
        self.targets |= {f"path:{path.pk}": path for path in paths}
        groups = [
            (_("Modules"), [(key, str(target)) for key, target in self.targets.items() if key.startswith("module:")]),
            (_("Paths"), [(key, str(target)) for key, target in self.targets.items() if key.startswith("path:")]),
        ]
        self.fields["gives"].choices = [("", _("Choose a module or a path")), *groups]  # type: ignore[attr-defined]
        self.fields["teams"].queryset = teams  # type: ignore[attr-defined]
        for name in ("done", "not_done"):
            self.fields[name].queryset = modules  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        low, high = wish.get("after_days"), wish.get("within_days")
        if low is not None and high is not None and low > high:
            self.add_error(
                "after_days", _("Nobody joined at most %(high)s and at least %(low)s days ago.") % {"high": high, "low": low}
            )
        if set(wish.get("done") or ()) & set(wish.get("not_done") or ()):
            self.add_error("not_done", _("Nobody has completed a module and has not. Take it out of one of the two."))
        return wish

    def wish(self) -> RuleWish:
        """What the valid form says."""
        said = self.cleaned_data
        return RuleWish(
            name=said["name"],
            gives=self.targets[said["gives"]],
            audience=Audience(
                teams=tuple(team.pk for team in said["teams"]),
                roles=tuple(said["roles"]),
                joined_since=said["joined_since"],
                within_days=said["within_days"],
                after_days=said["after_days"],
                done=tuple(module.pk for module in said["done"]),
                not_done=tuple(module.pk for module in said["not_done"]),
            ),
            due_in_days=said["due_in_days"],
            because=said["because"],
        )

    @staticmethod
    def initial_of(rule: AssignmentRule) -> dict[str, Any]:
        audience = Audience.from_data(rule.conditions)
        gives = f"module:{rule.module_id}" if rule.module_id else f"path:{rule.path_id}"
        return {
            "name": rule.name, "gives": gives, "due_in_days": rule.due_in_days, "because": rule.because,
            "teams": audience.teams, "roles": audience.roles, "joined_since": audience.joined_since,
            "within_days": audience.within_days, "after_days": audience.after_days,
            "done": audience.done, "not_done": audience.not_done,
        }  # fmt: skip

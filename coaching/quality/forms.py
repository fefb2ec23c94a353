"""What people fill in: filters, the review sheet, reasons, and the scorecard editor."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from cms.models.standard import Standard
from coaching.quality.models import Answer, Criterion, ReviewDraw, Scorecard, ScorecardVersion, Section
from coaching.quality.queries import Card
from coaching.quality.release.forms import ReleaseSettingsForm
from coaching.quality.release.rules import RELEASE_SETTINGS
from coaching.quality.services import AnswerInput, CriterionInput, RatingInput, SectionInput
from people.models import Person

NA = "na"


def read_ratings(data: Mapping[str, Any], card: Card) -> list[RatingInput]:
    """The sheet as posted. A criterion absent from the post stays as it is; unreadable answers count as blank."""
    ratings = []
    for row in card.rows:
        pk = row.criterion.pk
        comment = data.get(f"comment-{pk}")
        if comment is None:
            continue
        answer = data.get(f"answer-{pk}", "")
        ratings.append(
            RatingInput(
                criterion_id=pk, answer_id=int(answer) if answer.isdecimal() else None, is_na=answer == NA, comment=comment
            )
        )
    return ratings


def whole_number(value: str | None) -> int:
    """A posted id; 0, which no row has, where it is none."""
    return int(value) if value and value.isdecimal() and len(value) < 19 else 0


class QueueFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False)
    method = forms.ChoiceField(label=_("How it was chosen"), required=False, choices=[("", _("Any")), *ReviewDraw.Method.choices])
    due = forms.ChoiceField(
        label=_("Due"), required=False, choices=[("", _("Any time")), ("overdue", _("Overdue")), ("soon", _("Within 2 days"))]
    )


class ReviewFilter(forms.Form):
    """Filters of a lead's list; `people` limits the choice of persons."""

    q = forms.CharField(label=_("Search"), required=False)
    person = forms.ModelChoiceField(label=_("Person"), required=False, queryset=Person.objects.none(), empty_label=_("Everybody"))
    scorecard = forms.ModelChoiceField(
        label=_("Scorecard"), required=False, queryset=Scorecard.objects.all(), empty_label=_("Any")
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    read = forms.ChoiceField(
        label=_("Acknowledged"),
        required=False,
        choices=[
            ("", _("Any")),
            ("yes", _("Acknowledged")),
            ("no", _("Not yet")),
            ("overdue", _("Overdue")),
            ("withdrawn", _("Withdrawn")),
        ],
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it withdrawn?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The rep and their lead read this."),
    )
    again = forms.BooleanField(label=_("Put the conversation back into the reviewer’s queue, to review it again"), required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why can it not be reviewed?"), max_length=180)


class AcknowledgeForm(forms.Form):
    comment = forms.CharField(
        label=_("Your comment"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Optional. Your reviewer and your lead read it."),
    )


class DrawOneForm(forms.Form):
    case = forms.CharField(label=_("Case number"), max_length=200, help_text=_("As in the system the case comes from."))
    reviewer = forms.ModelChoiceField(label=_("Reviewer"), queryset=Person.objects.none(), empty_label=_("Choose a reviewer"))
    reason = forms.CharField(label=_("Why this one?"), max_length=200, help_text=_("The reviewer and the rep read this."))

    def __init__(self, *args: Any, reviewers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = reviewers  # type: ignore[attr-defined]


class ReassignForm(forms.Form):
    reviewer = forms.ModelChoiceField(
        label=_("Reviewer"),
        queryset=Person.objects.none(),
        empty_label=_("Choose a reviewer"),
        help_text=_("They begin afresh and have a week."),
    )

    def __init__(self, *args: Any, reviewers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = reviewers  # type: ignore[attr-defined]


# --- The scorecard editor -----------------------------------------------------------------
class ScorecardForm(forms.ModelForm):
    class Meta:
        model = Scorecard
        fields = ["name", "channel"]


class ScorecardFileForm(forms.Form):
    file = forms.FileField(
        label=_("Scorecard file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
        help_text=_("A JSON file that was exported here or at another Uncommon. It becomes a draft; nothing is published."),
    )


class VersionForm(ReleaseSettingsForm):
    class Meta:
        model = ScorecardVersion
        fields = ["auto_fail", "cap", "keep_section_weight", "acknowledgement", "dispute_days", *RELEASE_SETTINGS]


class SectionForm(forms.Form):
    section_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=120)
    order = forms.IntegerField(label=_("Order"), min_value=0, max_value=999, initial=0)

    def wish(self) -> SectionInput:
        data = self.cleaned_data
        return SectionInput(
            section_id=data.get("section_id"), title=data["title"], order=data["order"], remove=bool(data.get("DELETE"))
        )


SectionFormSet = formset_factory(SectionForm, extra=1, can_delete=True, max_num=30, validate_max=True)


def section_formset(version: ScorecardVersion, data: Any = None) -> BaseFormSet[SectionForm]:
    sections = list(Section.objects.filter(version=version))
    initial = [{"section_id": s.pk, "title": s.title, "order": s.order} for s in sections]
    formset = SectionFormSet(data, initial=initial, prefix="sections")
    for form in formset.forms:
        form.fields["DELETE"].label = _("Remove this section and its criteria")
    if formset.forms:  # a post may hold no row at all
        formset.forms[-1].fields["order"].initial = len(sections) + 1
    return formset


def section_wishes(formset: BaseFormSet[SectionForm]) -> list[SectionInput]:
    return [form.wish() for form in formset.forms if form.cleaned_data.get("title")]


class CriterionForm(forms.ModelForm):
    """A criterion without its answers. The key can be left empty for a new one."""

    class Meta:
        model = Criterion
        fields = [
            "section",
            "label",
            "question",
            "help",
            "standard",
            "weight",
            "order",
            "allow_na",
            "criticality",
            "fail_below",
            "require_comment_below",
            "key",
        ]
        widgets = {"help": forms.Textarea(attrs={"rows": 2}), "question": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, version: ScorecardVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = version.sections.all()  # type: ignore[attr-defined]
        self.fields["section"].label = _("Section")
        self.fields["standard"].queryset = Standard.objects.order_by("title")  # type: ignore[attr-defined]
        self.fields["key"].required = False

    def wish(self, answers: list[AnswerInput]) -> CriterionInput:
        data = {name: self.cleaned_data[name] for name in self.Meta.fields if name not in {"section", "standard"}}
        standard = self.cleaned_data["standard"]
        return CriterionInput(**data, standard_id=standard.pk if standard else None, answers=answers)


class AnswerForm(forms.ModelForm):
    class Meta:
        model = Answer
        fields = ["value", "label", "anchor"]
        widgets = {
            "anchor": forms.Textarea(attrs={"rows": 2}),
            "value": forms.NumberInput(attrs={"step": "any", "min": 0, "max": 1}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    def clean(self) -> dict[str, Any]:
        """A row without label and anchor counts as not filled in; the anchor may follow before publishing."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("DELETE") and (data.get("label") or data.get("anchor")):
            if not data.get("label"):
                self.add_error("label", _("Give this answer a label."))
            if data.get("value") is None and "value" not in self.errors:
                self.add_error("value", _("Say what this answer is worth, from 0 to 1."))
        return data


AnswerFormSet = formset_factory(AnswerForm, extra=0, can_delete=True, max_num=11, validate_max=True)


def answer_formset(criterion: Criterion | None, data: Any = None) -> BaseFormSet[AnswerForm]:
    """The answers of a criterion with two rows to add more; a new one begins with three."""
    if criterion is None:
        initial: list[dict[str, Any]] = [{"value": 1}, {"value": 0.5}, {"value": 0}]
    else:
        initial = [{"value": a.value, "label": a.label, "anchor": a.anchor} for a in criterion.answers.all()] + [{}, {}]
    formset = AnswerFormSet(data, initial=initial, prefix="answers")
    for form in formset.forms:
        form.fields["DELETE"].label = _("Remove this answer")
    return formset


def answer_wishes(formset: BaseFormSet[AnswerForm]) -> list[AnswerInput]:
    """The rows filled in and not marked for removal."""
    wishes = []
    for form in formset.forms:
        data = form.cleaned_data
        if data.get("label") and not data.get("DELETE"):
            wishes.append(AnswerInput(value=data["value"], label=data["label"], anchor=data["anchor"]))
    return wishes

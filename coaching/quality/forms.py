"""What people fill in: filters, the review sheet, reasons, and the scorecard editor."""

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cms.models.standard import Standard
from coaching.quality.causes.outline import CauseInput, OutlineError, read_outline, write_outline
from coaching.quality.models import Answer, Criterion, ReviewDraw, Scorecard, ScorecardVersion, Section
from coaching.quality.queries import Card, criteria_to_depend_on, guide_parts
from coaching.quality.queries.problems import MOST_ANSWERS
from coaching.quality.release.forms import ReleaseSettingsForm
from coaching.quality.release.rules import RELEASE_SETTINGS
from coaching.quality.scales import SCALES, scale_answers
from coaching.quality.services import AnswerInput, CriterionInput, RatingInput, SectionInput
from people.models import Person

NA = "na"


def read_ratings(data: QueryDict, card: Card) -> list[RatingInput]:
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
                criterion_id=pk,
                answer_id=int(answer) if answer.isdecimal() else None,
                is_na=answer == NA,
                comment=comment,
                cause_ids=tuple(int(value) for value in data.getlist(f"cause-{pk}") if value.isdecimal() and len(value) < 19),
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
    message = forms.IntegerField(
        label=_("Only message number"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=_("Empty: the whole conversation. With a number the review is about whoever wrote that message."),
    )
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
    weight = forms.IntegerField(label=_("Weight"), min_value=0, max_value=1000, required=False)

    def wish(self) -> SectionInput:
        data = self.cleaned_data
        return SectionInput(
            section_id=data.get("section_id"),
            title=data["title"],
            order=data["order"],
            weight=data["weight"],
            remove=bool(data.get("DELETE")),
        )


SectionFormSet = formset_factory(SectionForm, extra=1, can_delete=True, max_num=30, validate_max=True)


def section_formset(version: ScorecardVersion, data: Any = None) -> BaseFormSet[SectionForm]:
    sections = list(Section.objects.filter(version=version))
    initial = [{"section_id": s.pk, "title": s.title, "order": s.order, "weight": s.weight} for s in sections]
    formset = SectionFormSet(data, initial=initial, prefix="sections")
    for form in formset.forms:
        form.fields["DELETE"].label = _("Remove this section and its criteria")
    if formset.forms:  # a post may hold no row at all
        formset.forms[-1].fields["order"].initial = len(sections) + 1
    return formset


def section_wishes(formset: BaseFormSet[SectionForm]) -> list[SectionInput]:
    return [form.wish() for form in formset.forms if form.cleaned_data.get("title")]


class CriterionForm(forms.ModelForm):
    """A criterion without its answers. An empty key: a new one gets one from its label, an existing one keeps its own."""

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
            "is_bonus",
            "allow_na",
            "criticality",
            "fail_below",
            "require_comment_below",
            "require_root_cause",
            "asked_if",
            "asked_at_least",
            "asked_at_most",
            "key",
        ]
        widgets = {"help": forms.Textarea(attrs={"rows": 2}), "question": forms.Textarea(attrs={"rows": 2})}

    guide_part = forms.ChoiceField(
        label=_("Part of the guide"),
        required=False,
        help_text=_("The part of the standard’s guideline module that the criterion rests on."),
    )
    asked_if = forms.ChoiceField(
        label=_("Asked only if this criterion"), required=False, help_text=_("It must come before this one.")
    )
    causes = forms.CharField(
        label=_("Root causes to pick from"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": _("Knowledge\n- Product\n-- Billing\nCare")}),
        help_text=_("One a line. One hyphen before it puts it a level below, two hyphens two levels, up to four levels in all."),
    )

    def __init__(self, *args: Any, version: ScorecardVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = version.sections.all()  # type: ignore[attr-defined]
        self.fields["section"].label = _("Section")
        self.fields["standard"].queryset = Standard.objects.order_by("title")  # type: ignore[attr-defined]
        for name in ("key", "asked_at_least", "asked_at_most"):
            self.fields[name].required = False
        self.fields["key"].help_text = _(
            "Results of all versions are put together by it, so it stays when the label changes. Another one makes it another question: "
            "its results so far stay under the old one."
        )
        criterion = self.instance if self.instance.pk else None
        self.parts = {part.name: part for part in guide_parts()}
        groups: dict[str, list[tuple[str, str]]] = {}
        for name, part in self.parts.items():
            groups.setdefault(part.module.title, []).append((name, part.heading))
        self.fields["guide_part"].choices = [("", _("None")), *groups.items()]  # type: ignore[attr-defined]
        before = criteria_to_depend_on(version, criterion)
        self.fields["asked_if"].choices = [  # type: ignore[attr-defined]
            ("", _("Always asked")),
            *((one.key, f"{one.label} ({', '.join(f'{a.label} = {a.value:g}' for a in one.answers.all())})") for one in before),
        ]
        if criterion is not None:
            standing = [
                p.name for p in self.parts.values() if (p.module.pk, p.block) == (criterion.guideline_id, criterion.paragraph)
            ]
            self.initial.setdefault("guide_part", next(iter(standing), ""))
            outline = write_outline((cause.level, cause.label) for cause in criterion.causes.all())
            self.initial.setdefault("causes", outline)

    def clean_causes(self) -> tuple[CauseInput, ...]:
        try:
            return read_outline(self.cleaned_data["causes"])
        except OutlineError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """Worths left empty mean any answer."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name, otherwise in (("asked_at_least", 0.0), ("asked_at_most", 1.0)):
            if data.get(name) is None and name not in self.errors:
                data[name] = otherwise
        low, high = data.get("asked_at_least"), data.get("asked_at_most")
        if low is not None and high is not None and low > high:
            self.add_error("asked_at_most", _("The lower worth comes first."))
        return data

    def wish(self, answers: list[AnswerInput]) -> CriterionInput:
        data = {name: self.cleaned_data[name] for name in self.Meta.fields if name not in {"section", "standard"}}
        standard, part = self.cleaned_data["standard"], self.parts.get(self.cleaned_data["guide_part"])
        return CriterionInput(
            **data,
            standard_id=standard.pk if standard else None,
            guideline_id=part.module.pk if part else None,
            paragraph=part.block if part else "",
            causes=self.cleaned_data["causes"],
            answers=answers,
        )


class ScaleForm(forms.Form):
    """Which scale the answers shall begin with; posted by a button of its own, so that nothing is saved by it."""

    scale = forms.ChoiceField(label=_("Begin with a scale"), choices=SCALES, initial="3", required=False)

    def clean_scale(self) -> str:
        return self.cleaned_data["scale"] or "3"


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


AnswerFormSet = formset_factory(AnswerForm, extra=0, can_delete=True, max_num=MOST_ANSWERS, validate_max=True)


def answer_formset(criterion: Criterion | None, data: Any = None) -> BaseFormSet[AnswerForm]:
    """The answers of a criterion with rows to add more, up to eleven in all; a new one begins with three."""
    if criterion is None:
        initial: list[dict[str, Any]] = [{"value": 1}, {"value": 0.5}, {"value": 0}]
    else:
        initial = [{"value": a.value, "label": a.label, "anchor": a.anchor} for a in criterion.answers.all()]
        initial += [{}] * min(2, MOST_ANSWERS - len(initial))
    return _labelled(AnswerFormSet(data, initial=initial, prefix="answers"))


def scale_formset(scale: str, data: Any) -> BaseFormSet[AnswerForm]:
    """The answers of this scale; where one of the same worth was filled in, what earns it stays. Not saved yet."""
    written = {}
    for form in AnswerFormSet(data, prefix="answers").forms:
        form.is_valid()
        if form.cleaned_data.get("value") is not None:
            written[round(form.cleaned_data["value"], 4)] = form.cleaned_data
    initial = []
    for value, label in scale_answers(scale):
        kept = written.get(value, {})
        initial.append({"value": value, "label": label, "anchor": kept.get("anchor", "")})
    return _labelled(AnswerFormSet(initial=initial, prefix="answers"))


def _labelled(formset: BaseFormSet[AnswerForm]) -> BaseFormSet[AnswerForm]:
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

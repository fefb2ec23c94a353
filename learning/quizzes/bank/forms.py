"""Forms of the question bank: finding, filing, importing, and one form with rows for each kind of question."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.models import Standard
from learning.modules.questions import kinds
from learning.modules.questions.from_blocks import tidy_tags
from learning.modules.questions.kinds import KINDS, part_id
from learning.quizzes.bank.services import Label
from learning.quizzes.exchange.reading import Format
from learning.quizzes.models import Question

LARGEST_FILE = 2 * 1024 * 1024
# A place on a picture needs an image of the site, which only the editors' admin can choose: those are written into modules.
BANK_KINDS = {kind: label for kind, label in KINDS.items() if kind != "hotspot"}
Data = Mapping[str, Any]


class BankFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    category = forms.ChoiceField(label=_("Category"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *BANK_KINDS.items()])
    tag = forms.ChoiceField(label=_("Tag"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("In use")), ("retired", _("Retired")), ("all", _("All"))]
    )

    def __init__(self, *args: Any, categories: Sequence[str], tags: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("All categories")), *((name, name) for name in categories)]  # type: ignore[attr-defined]
        self.fields["tag"].choices = [("", _("All tags")), *((name, name) for name in tags)]  # type: ignore[attr-defined]


class LabelForm(forms.Form):
    title = forms.CharField(label=_("Title"), required=False, max_length=200, help_text=_("For editors; learners do not see it."))
    category = forms.CharField(
        label=_("Category"), required=False, max_length=200, help_text=_("With a stroke for one below another: Tone/E-mail.")
    )
    tags = forms.CharField(label=_("Tags"), required=False, max_length=300, help_text=_("Parted by commas."))
    standard = forms.ModelChoiceField(
        label=_("Standard it asks about"), queryset=Standard.objects.all(), required=False, empty_label=_("None")
    )

    def clean_tags(self) -> tuple[str, ...]:
        found = tidy_tags(self.cleaned_data["tags"])
        if any(len(tag) > 60 for tag in found):
            raise forms.ValidationError(_("A tag may have 60 characters. Part tags by commas."))
        return found

    def label_given(self) -> Label:
        data = self.cleaned_data
        return Label(data["title"], data["category"], data["tags"], data["standard"])

    @staticmethod
    def initial_of(question: Question) -> dict[str, Any]:
        return {
            "title": question.title,
            "category": question.category,
            "tags": ", ".join(tag.name for tag in question.tags.all()),
            "standard": question.standard_id,
        }


class ImportForm(forms.Form):
    format = forms.ChoiceField(label=_("Format"), choices=Format.choices)
    file = forms.FileField(label=_("File"), help_text=_("Up to 2 MB. The same file again changes nothing."))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 2 MB. Export fewer questions at a time."))
        return file


def _area(label: Any, *, rows: int = 2, required: bool = False, help: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=10_000, widget=widget, help_text=help)


class HeadForm(forms.Form):
    """What every kind asks for."""

    prompt = _area(_("Question"), rows=3, required=True)
    html = forms.BooleanField(label=_("The question is written in HTML"), required=False)
    explanation = _area(_("Explanation"), help=_("Shown after the quiz: the reason, in a sentence or two."))


class TrueFalseHead(HeadForm):
    is_true = forms.ChoiceField(label=_("This is"), choices=[("true", _("True")), ("false", _("False"))])
    feedback_true = _area(_("Feedback for who chose “true”"))
    feedback_false = _area(_("Feedback for who chose “false”"))


class ShortHead(HeadForm):
    case_sensitive = forms.BooleanField(label=_("Capital letters matter"), required=False)


class NumericHead(HeadForm):
    wrong_feedback = _area(_("Feedback for any other number"))


class FreeHead(HeadForm):
    guidance = _area(_("What a good answer holds"), rows=3, help=_("Read by the person who marks it, never by the learner."))


class RowForm(forms.Form):
    """One row; a row without its first field is left out."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            is_box = isinstance(field.widget, forms.CheckboxInput)
            field.widget.attrs["class"] = "form-check-input" if is_box else "form-control"


def _line(label: Any, longest: int = 400) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=longest)


def _share(label: Any, initial: int | None, least: int) -> forms.FloatField:
    return forms.FloatField(label=label, required=False, initial=initial, min_value=least, max_value=100)


class AnswerRow(RowForm):
    text = _line(_("Answer"))
    correct = forms.BooleanField(label=_("Right"), required=False)
    feedback = _line(_("Feedback"), 2000)
    weight = _share(_("Worth in %"), None, -100)


class AcceptedRow(RowForm):
    text = _line(_("Answer that counts"))
    percent = _share(_("Worth in %"), 100, 0)
    feedback = _line(_("Feedback"), 2000)


class SpanRow(RowForm):
    low = forms.DecimalField(label=_("From"), required=False, max_digits=18, decimal_places=8)
    high = forms.DecimalField(label=_("To (if a range)"), required=False, max_digits=18, decimal_places=8)
    percent = _share(_("Worth in %"), 100, 0)
    feedback = _line(_("Feedback"), 2000)


class PairRow(RowForm):
    left = _line(_("This"))
    right = _line(_("Goes with"))


class ItemRow(RowForm):
    text = _line(_("In the right order"))


@dataclass(frozen=True)
class KindForm:
    """How one kind is written: its form, its rows, and how both become a question and come from one."""

    head: type[HeadForm]
    row: type[RowForm] | None
    make: Callable[[Data, Sequence[Data]], kinds.Question]
    rows_of: Callable[[Any], list[dict[str, Any]]]


def _base(head: Data) -> dict[str, Any]:
    return {"id": "q", "prompt": head["prompt"].replace("\r\n", "\n"), "explanation": head["explanation"], "html": head["html"]}


def _choice(multiple: bool) -> KindForm:
    def make(head: Data, rows: Sequence[Data]) -> kinds.Question:
        answers = tuple(
            kinds.Answer(
                part_id(row["text"]),
                row["text"],
                row["correct"] if row["weight"] is None else row["weight"] > 0,
                row["feedback"],
                row["weight"],
            )
            for row in rows
            if row["text"]
        )
        return kinds.Choice(**_base(head), multiple=multiple, answers=answers)

    def rows_of(question: kinds.Choice) -> list[dict[str, Any]]:
        return [{"text": a.text, "correct": a.correct, "feedback": a.feedback, "weight": a.weight} for a in question.answers]

    return KindForm(HeadForm, AnswerRow, make, rows_of)


def _true_false(head: Data, rows: Sequence[Data]) -> kinds.Question:
    words = {key: head[key] for key in ("feedback_true", "feedback_false")}
    return kinds.TrueFalse(**_base(head), is_true=head["is_true"] == "true", **words)


def _short(head: Data, rows: Sequence[Data]) -> kinds.Question:
    accepted = tuple(kinds.Accepted(row["text"], _percent(row), row["feedback"]) for row in rows if row["text"])
    return kinds.ShortText(**_base(head), accepted=accepted, case_sensitive=head["case_sensitive"])


def _numeric(head: Data, rows: Sequence[Data]) -> kinds.Question:
    spans = tuple(
        kinds.Span(row["low"], row["low"] if row["high"] is None else row["high"], _percent(row), row["feedback"])
        for row in rows
        if row["low"] is not None
    )
    return kinds.Numeric(**_base(head), accepted=spans, wrong_feedback=head["wrong_feedback"])


def _match(head: Data, rows: Sequence[Data]) -> kinds.Question:
    pairs = tuple(kinds.Pair(part_id(row["left"]), row["left"], row["right"]) for row in rows if row["left"])
    extra = tuple(sorted(row["right"] for row in rows if row["right"] and not row["left"]))
    return kinds.Match(**_base(head), pairs=pairs, extra=extra)


def _order(head: Data, rows: Sequence[Data]) -> kinds.Question:
    return kinds.Order(**_base(head), items=tuple(kinds.Item(part_id(row["text"]), row["text"]) for row in rows if row["text"]))


def _free(head: Data, rows: Sequence[Data]) -> kinds.Question:
    return kinds.FreeText(**_base(head), guidance=head["guidance"])


def _percent(row: Data) -> float:
    return 100.0 if row["percent"] is None else float(row["percent"])


def _no_rows(question: Any) -> list[dict[str, Any]]:
    return []


KIND_FORMS: dict[str, KindForm] = {
    "single": _choice(multiple=False),
    "multiple": _choice(multiple=True),
    "true_false": KindForm(TrueFalseHead, None, _true_false, _no_rows),
    "short": KindForm(
        ShortHead,
        AcceptedRow,
        _short,
        lambda q: [{"text": a.text, "percent": a.percent, "feedback": a.feedback} for a in q.accepted],
    ),
    "numeric": KindForm(
        NumericHead,
        SpanRow,
        _numeric,
        lambda q: [
            {
                "low": _tidy(s.low),
                "high": None if s.low == s.high else _tidy(s.high),
                "percent": s.percent,
                "feedback": s.feedback,
            }
            for s in q.accepted
        ],
    ),
    "match": KindForm(
        HeadForm,
        PairRow,
        _match,
        lambda q: [*({"left": p.left, "right": p.right} for p in q.pairs), *({"left": "", "right": text} for text in q.extra)],
    ),
    "order": KindForm(HeadForm, ItemRow, _order, lambda q: [{"text": item.text} for item in q.items]),
    "free": KindForm(FreeHead, None, _free, _no_rows),
}


def _tidy(number: Decimal) -> str:
    return f"{number:f}"


def head_of(question: kinds.Question) -> dict[str, Any]:
    """The initial values of the form of this question."""
    names = KIND_FORMS[question.kind].head.base_fields
    found = {name: getattr(question, name) for name in names}
    if "is_true" in found:
        found["is_true"] = "true" if found["is_true"] else "false"
    return found

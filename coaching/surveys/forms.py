"""Forms of the staff pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.interactions.models import Interaction, SurveyResponse
from coaching.surveys.models import Survey, SurveyText
from coaching.surveys.scales import SCALES
from coaching.surveys.wording import STARTER_FIELDS, language_choices, words_in
from foundation.time_zones import time_zone_choices

SCALE_CHOICES = [
    (f"{kind}-{scale.high}", f"{kind.label}: {scale.low}–{scale.high}") for kind in SurveyResponse.Kind for scale in SCALES[kind]
]


class SurveyForm(forms.Form):
    """A new survey."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("For colleagues; customers never see it."))
    scale = forms.ChoiceField(label=_("What is asked, and the scores offered"), choices=SCALE_CHOICES)
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=language_choices,
        widget=forms.CheckboxSelectMultiple,
        initial=["en"],
        help_text=_("Each gets a first wording that you can change. The first one is used where the customer’s is not offered."),
    )

    def kind_and_high(self) -> tuple[str, int]:
        kind, _dash, high = self.cleaned_data["scale"].partition("-")
        return kind, int(high)


class TextForm(forms.ModelForm):
    """The words of one language."""

    class Meta:
        model = SurveyText
        fields = STARTER_FIELDS
        widgets = {"intro": forms.Textarea(attrs={"rows": 2}), "thanks": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs |= {"data-preview": name, "lang": language}

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in STARTER_FIELDS}


class LanguageForm(forms.Form):
    """One more language."""

    language = forms.ChoiceField(label=_("Add a language"), widget=forms.Select(attrs={"class": "form-select"}))

    def __init__(self, *args: Any, offered: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            (code, name) for code, name in language_choices() if code not in offered
        ]


class RulesForm(forms.ModelForm):
    """Whom to ask, when, how often."""

    channels = forms.MultipleChoiceField(
        label=_("About cases that came by"), choices=Interaction.Channel, widget=forms.CheckboxSelectMultiple, required=False
    )
    time_zone = forms.ChoiceField(label=_("Time zone where the customer’s is not known"), choices=time_zone_choices)
    default_language = forms.ChoiceField(label=_("Language where the customer’s is not offered"))

    class Meta:
        model = Survey
        fields = (
            "by_email", "channels", "wait_hours", "within_hours", "sample_percent", "not_again_days", "quiet_from", "quiet_until",
            "time_zone", "expires_days", "default_language",
        )  # fmt: skip
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "by_email": _("Off: only snippets ask."),
            "wait_hours": _("A customer needs a moment to see whether it is really solved."),
            "not_again_days": _("Whatever survey it was. 0: no limit."),
            "quiet_until": _("The same as above: mail goes out at any hour."),
        }

    def __init__(self, *args: Any, offered: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["default_language"].choices = [  # type: ignore[attr-defined]
            (code, words_in(code)["name"]) for code in offered
        ]
        for name, low, high in (("wait_hours", 0, 336), ("within_hours", 1, 720)):
            self.fields[name] = forms.IntegerField(
                label=self.fields[name].label, min_value=low, max_value=high, help_text=self.fields[name].help_text
            )

    def rules(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class SnippetForm(forms.Form):
    """Where a survey is shown."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Where it stands, for example “Help centre”."))
    origins = forms.CharField(
        label=_("Sites that may show it"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One per line, scheme and host only: https://shop.example.com. Browsers refuse it everywhere else."),
    )
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def origin_list(self) -> list[str]:
        return self.cleaned_data["origins"].splitlines()


class PeriodForm(forms.Form):
    """The days that results are about."""

    PERIODS = ((7, _("7 days")), (28, _("4 weeks")), (91, _("3 months")), (365, _("a year")))

    days = forms.TypedChoiceField(label=_("Period"), choices=PERIODS, coerce=int, required=False)

    @classmethod
    def chosen(cls, data: Any) -> int:
        """The days of a query string; 91 for none or nonsense."""
        form = cls(data)
        return form.cleaned_data["days"] or 91 if form.is_valid() else 91

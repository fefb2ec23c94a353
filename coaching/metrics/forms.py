"""What readers may ask of a list; every form is sent by GET and changes nothing."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.interactions.models import Interaction
from coaching.metrics.case_queries import NO_CASE, CaseFilter
from coaching.metrics.explorer.words import from_address, kind_in_words
from coaching.metrics.queries import Window, last_weeks

WEEKS = ((4, _("4 weeks")), (8, _("8 weeks")), (13, _("13 weeks")), (26, _("26 weeks")))
DEFAULT_WEEKS = 8


class WindowForm(forms.Form):
    """The window of a page, in weeks. Anything else than the offered ones means the default."""

    weeks = forms.TypedChoiceField(label=_("Period"), choices=WEEKS, coerce=int, required=False, empty_value=None)
    q = forms.CharField(label=_("Name"), required=False, max_length=100)

    @property
    def chosen_weeks(self) -> int:
        return self.cleaned_data.get("weeks") or DEFAULT_WEEKS if self.is_valid() else DEFAULT_WEEKS

    @property
    def text(self) -> str:
        return str(self.cleaned_data.get("q", "")).strip() if self.is_valid() else ""


class CaseFilterForm(forms.Form):
    """Which of the cases behind a figure to list."""

    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    channel = forms.ChoiceField(
        label=_("Channel"),
        required=False,
        choices=[("", _("All channels")), *Interaction.Channel.choices, (NO_CASE, _("No case known"))],
    )
    status = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All states")), *Interaction.Status.choices])
    q = forms.CharField(label=_("Subject or number"), required=False, max_length=100)
    against = forms.BooleanField(label=_("Only what counts against"), required=False)
    # From the explorer's cells; "-" stands for cases that state none.
    topic = forms.CharField(label=_("Topic"), required=False, max_length=120, strip=False, widget=forms.HiddenInput)
    segment = forms.CharField(label=_("Customer segment"), required=False, max_length=120, strip=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if isinstance(first, date) and isinstance(last, date) and first > last:
            raise forms.ValidationError(_("The first day lies after the last one. Swap them."))
        return cleaned

    def window(self, on: date) -> Window:
        """The days asked for; the default window where the form is empty or wrong."""
        default = last_weeks(DEFAULT_WEEKS, on)
        if not self.is_valid():
            return default
        last = self.cleaned_data["last"] or max(default.last, self.cleaned_data["first"] or default.last)
        return Window(self.cleaned_data["first"] or last_weeks(DEFAULT_WEEKS, last).first, last)

    @property
    def wanted(self) -> CaseFilter:
        if not self.is_valid():
            return CaseFilter()
        cleaned = self.cleaned_data
        topic, segment = from_address(cleaned["topic"]), from_address(cleaned["segment"])
        return CaseFilter(cleaned["channel"], cleaned["status"], cleaned["q"].strip(), cleaned["against"], topic, segment)

    @property
    def topic_in_words(self) -> str:
        return kind_in_words("topic", self.wanted.topic or "")

    @property
    def segment_in_words(self) -> str:
        return kind_in_words("segment", self.wanted.segment or "")

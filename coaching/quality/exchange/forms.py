"""What is asked before a file comes in or goes out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from coaching.interactions.importing.problems import ImportRefused
from coaching.interactions.models import Source
from coaching.quality.exchange.access import people_to_export, teams_to_export
from coaching.quality.exchange.importing.scales import read_scale
from coaching.quality.exchange.models import QualityExport
from coaching.quality.exchange.queries import all_tables
from people.models import Person, Team

LAST = timedelta(days=90)


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReviewUploadForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("JSON, one object a line, or a zip archive of such files."))
    source = forms.ModelChoiceField(
        label=_("Whose conversations were reviewed"),
        required=False,
        queryset=Source.objects.order_by("name"),
        to_field_name="key",
        empty_label=_("As the file says"),
    )
    scale = forms.CharField(
        label=_("How ratings are meant"),
        required=False,
        max_length=20,
        help_text=_("Empty: found out. Else “percent”, or the lowest and highest step of the scale, such as 1-5."),
    )
    drafts = forms.BooleanField(label=_("Make a draft of each scorecard, to go on with here"), required=False)

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is not None and file.size > settings.IMPORT_MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(size)s MB. Split it, or import it by command.")
                % {"size": settings.IMPORT_MAX_BYTES // 2**20}
            )
        return file

    def clean_scale(self) -> str:
        try:
            read_scale(self.cleaned_data["scale"])
        except ImportRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return str(self.cleaned_data["scale"]).strip()


class ExportForm(forms.Form):
    """Which days, whose data, which tables. Whom it can be narrowed to is what the person may read."""

    since = forms.DateField(label=_("From"), widget=_day())
    until = forms.DateField(label=_("To"), widget=_day())
    team = forms.ModelChoiceField(
        label=_("Team"), required=False, queryset=Team.objects.none(), empty_label=_("Everybody I may read")
    )
    person = forms.ModelChoiceField(
        label=_("Person"), required=False, queryset=Person.objects.none(), empty_label=_("Everybody I may read")
    )
    tables = forms.MultipleChoiceField(
        label=_("Tables"), widget=forms.CheckboxSelectMultiple, error_messages={"required": _("Choose at least one table.")}
    )
    format = forms.ChoiceField(label=_("Format"), choices=QualityExport.Format.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, person: Person, today: date, **kwargs: Any) -> None:
        tables = all_tables()
        initial = {
            "since": today - LAST, "until": today, "tables": [t.key for t in tables], "format": QualityExport.Format.XLSX,
        }  # fmt: skip
        super().__init__(*args, **{"initial": initial, **kwargs})
        tables_field, team, whom = self.fields["tables"], self.fields["team"], self.fields["person"]
        if isinstance(tables_field, forms.MultipleChoiceField):
            tables_field.choices = [(table.key, table.title) for table in tables]
        if isinstance(team, forms.ModelChoiceField) and isinstance(whom, forms.ModelChoiceField):
            team.queryset = teams_to_export(person, today)
            whom.queryset = people_to_export(person, today)
            if not team.queryset.exists():
                del self.fields["team"]
            if whom.queryset.count() < 2:
                del self.fields["person"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("The last day lies before the first one."))
        return data

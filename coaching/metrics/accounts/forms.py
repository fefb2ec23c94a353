"""What the account pages take: a file, what its columns mean, and the filters of the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from coaching.interactions.importing.mapping import Mapping
from coaching.interactions.models import Source
from coaching.metrics.accounts.reading import FIELDS, AccountMapping, guess_columns

LABELS = {
    "external_key": _("Key (as the cases name the account)"),
    "name": _("Name"),
    "segment": _("Segment"),
    "yearly_value": _("Yearly value"),
    "currency": _("Currency"),
    "since": _("Customer since"),
    "left_on": _("Left on"),
}
ORDER_LABELS = [
    ("value", _("largest yearly value")),
    ("cases", _("most cases")),
    ("dissatisfied", _("most dissatisfied ratings")),
    ("value_per_case", _("least value per case")),
]
PERIODS = ((3, _("3 months")), (6, _("6 months")), (12, _("12 months")))


class UploadForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("CSV with any delimiter, CSV.gz or XLSX: one row per account."))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(size)s MB. Split it, or import it by command.")
                % {"size": settings.IMPORT_MAX_BYTES // 2**20}
            )
        return file


class ColumnsForm(forms.Form):
    """One select per field, filled in with what the names say."""

    source = forms.SlugField(
        label=_("Which system do the accounts belong to?"),
        max_length=60,
        help_text=_("The same key as the cases’: an account is found by system and key."),
    )
    date_order = forms.ChoiceField(
        label=_("Order of dates like 03/04/2026"),
        required=False,
        choices=[("", _("Find out from the file")), ("day-first", _("Day first")), ("month-first", _("Month first"))],
    )
    decimal = forms.ChoiceField(
        label=_("12.345 means"),
        required=False,
        choices=[
            (".", _("twelve and a bit: the point is the decimal sign")),
            (",", _("twelve thousand: the comma is the decimal sign")),
        ],
    )

    def __init__(self, data: object = None, *, header: Sequence[str]) -> None:
        guessed = guess_columns(header)
        self.known_sources = list(Source.objects.order_by("key").values_list("key", flat=True)[:200])
        initial = {"source": self.known_sources[0] if len(self.known_sources) == 1 else "", "decimal": "."}
        initial |= {f"column_{name}": guessed.get(name, "") for name in FIELDS}
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        self.fields["source"].widget.attrs["list"] = "known-sources"
        columns = [("", _("— not in this file —")), *[(name, name) for name in dict.fromkeys(header) if name]]
        for name in FIELDS:
            self.fields[f"column_{name}"] = forms.ChoiceField(
                label=LABELS[name], choices=columns, required=name == "external_key"
            )

    def mapping(self) -> AccountMapping:
        """As chosen; where the form is not filled in yet, as guessed."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else self.initial
        columns = {name: given[f"column_{name}"] for name in FIELDS if given.get(f"column_{name}")}
        table = Mapping(source="", name="", sections={}, decimal=given.get("decimal") or ".")
        return AccountMapping(columns, {}, str(given.get("source") or ""), str(given.get("date_order") or ""), table)


class AccountFilterForm(forms.Form):
    """Which accounts to list. Anything unknown means: all of them, by value."""

    q = forms.CharField(label=_("Name or key"), required=False, max_length=100)
    segment = forms.CharField(label=_("Segment"), required=False, max_length=80)
    show = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[("", _("Customers")), ("risk", _("At risk")), ("left", _("Left")), ("all", _("All"))],
    )
    order = forms.ChoiceField(label=_("Order"), required=False, choices=ORDER_LABELS)
    months = forms.TypedChoiceField(label=_("Turnover over"), required=False, choices=PERIODS, coerce=int, empty_value="")

    def chosen(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name) or ""

"""What the import pages ask: the file, then what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from coaching.interactions.importing.mapping import REQUIRED
from coaching.interactions.models import ImportJob, Source
from coaching.metrics.imports.guessing import NAMES, SECTION
from foundation.time_zones import time_zone_choices

LABELS = {
    "external_id": _("Id of the case, message or answer"),
    "opened_at": _("Opened at"),
    "first_reply_at": _("First reply at"),
    "resolved_at": _("Resolved at"),
    "handler": _("Handled by (e-mail, id or name)"),
    "status": _("Status"),
    "channel": _("Channel"),
    "subject": _("Subject"),
    "topic": _("Topic"),
    "customer": _("Customer"),
    "reopens": _("Times reopened"),
    "answered": _("Answered (yes/no)"),
    "wait_seconds": _("Waiting time (seconds or H:M:S)"),
    "handle_seconds": _("Handling time (seconds or H:M:S)"),
    "case": _("Case it belongs to"),
    "sent_at": _("Sent at"),
    "author": _("Author (e-mail, id or name)"),
    "author_name": _("Author's name"),
    "author_kind": _("Author is customer, agent, system or other"),
    "body": _("Text"),
    "is_private": _("Private note (yes/no)"),
    "value": _("Rating"),
    "responded_at": _("Answered at"),
    "comment": _("Comment"),
}


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is in the file?"), choices=ImportJob.Kind, initial=ImportJob.Kind.INTERACTIONS)
    file = forms.FileField(label=_("File"), help_text=_("CSV with any delimiter, CSV.gz or XLSX."))
    mapping_file = forms.FileField(
        label=_("Mapping file"),
        required=False,
        help_text=_("Only for event logs and other special files: a TOML mapping as the import guide describes it."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(size)s MB. Compress it (CSV.gz), split it, or import it by command.")
                % {"size": settings.IMPORT_MAX_BYTES // 2**20}
            )
        return file

    def clean_mapping_file(self) -> Any:
        file = self.cleaned_data["mapping_file"]
        if file and file.size > 100_000:
            raise forms.ValidationError(_("This is too large for a mapping file."))
        return file


class MappingForm(forms.Form):
    """One select per field, filled in with what was guessed or saved."""

    source = forms.SlugField(
        label=_("Which system does it come from?"),
        max_length=60,
        help_text=_("A short key such as zendesk or phone. The same key each time: it is how a newer file finds the older rows."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zone_choices, help_text=_("Of times that do not carry an offset.")
    )
    date_order = forms.ChoiceField(
        label=_("Order of dates like 03/04/2026"),
        required=False,
        choices=[("", _("Find out from the file")), ("day-first", _("Day first")), ("month-first", _("Month first"))],
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, job: ImportJob, header: Sequence[str], mapping: dict[str, Any]
    ) -> None:
        self.job, self.header, self.base = job, list(header), mapping
        self.section = SECTION[job.kind]
        chosen = mapping.get(self.section, {}).get("columns", {})
        initial = {
            "source": mapping.get("source", ""),
            "time_zone": job.time_zone or mapping.get("timezone") or settings.TIME_ZONE,
            "date_order": mapping.get("date_order", ""),
        }
        options = mapping.get(self.section, {})
        if job.kind == ImportJob.Kind.SURVEYS:
            scale = options.get("scale", [1, 5])
            initial |= {
                "low": scale[0],
                "high": scale[1],
                "satisfied": min(options.get("satisfied") or [4]),
                "neutral": bool(options.get("neutral")),
            }
        for field in NAMES[job.kind]:
            spec = chosen.get(field, "")
            initial[f"column_{field}"] = spec if isinstance(spec, str) else spec.get("column", "")
        super().__init__(data, initial=initial)
        self.fields["source"].widget.attrs["list"] = "known-sources"
        self.known_sources = list(Source.objects.order_by("key").values_list("key", flat=True)[:200])
        columns = [("", _("— not in this file —")), *[(name, name) for name in dict.fromkeys(self.header) if name]]
        shape = "case" if self.section == "interaction" else self.section
        for field in NAMES[job.kind]:
            self.fields[f"column_{field}"] = forms.ChoiceField(
                label=LABELS[field], choices=columns, required=field in REQUIRED[shape]
            )
        if job.kind == ImportJob.Kind.SURVEYS:
            self.fields["low"] = forms.IntegerField(label=_("Lowest rating of the scale"))
            self.fields["high"] = forms.IntegerField(label=_("Highest rating of the scale"))
            self.fields["satisfied"] = forms.IntegerField(label=_("Satisfied from"))
            self.fields["neutral"] = forms.BooleanField(label=_("The rating just below counts as neutral"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if {"low", "high", "satisfied"} <= set(data) and not data["low"] < data["satisfied"] <= data["high"]:
            self.add_error("satisfied", _("It must lie on the scale, above the lowest rating."))
        return data

    def mapping(self) -> dict[str, Any]:
        """The mapping as chosen; what a saved one says beyond the columns stays where the column is the same."""
        data = self.cleaned_data
        section = dict(self.base.get(self.section, {}))
        before = section.get("columns", {})
        columns: dict[str, Any] = {}
        for field in NAMES[self.job.kind]:
            name = data[f"column_{field}"]
            old = before.get(field)
            if name:
                columns[field] = old if isinstance(old, dict) and old.get("column") == name else name
        section["columns"] = columns
        if self.job.kind == ImportJob.Kind.SURVEYS:
            ratings = range(data["low"], data["high"] + 1)
            section["scale"] = [data["low"], data["high"]]
            section["satisfied"] = [rating for rating in ratings if rating >= data["satisfied"]]
            section["neutral"] = [data["satisfied"] - 1] if data["neutral"] else []
        others = {key: value for key, value in self.base.items() if key not in {"source", "timezone", "date_order", self.section}}
        mapping = {**others, "source": data["source"], "timezone": data["time_zone"], self.section: section}
        if data["date_order"]:
            mapping["date_order"] = data["date_order"]
        return mapping

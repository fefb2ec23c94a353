"""Forms of packages: finding, uploading, and the module one is put into."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from learning.modules.models import Module
from learning.packages.archive import MEGABYTE, MOST_BYTES


class PackageFilter(forms.Form):
    q = forms.CharField(label=_("Title or file"), required=False, max_length=100)


class UploadPackageForm(forms.Form):
    package = forms.FileField(
        label=_("Package (.zip or .h5p)"),
        help_text=_("SCORM 1.2, SCORM 2004 or H5P, as your authoring tool exports it; up to 200 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,.h5p,application/zip"}),
    )

    def clean_package(self) -> Any:
        upload = self.cleaned_data["package"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than %(n)d MB.") % {"n": MOST_BYTES // MEGABYTE})
        return upload


class ExchangePackageForm(forms.Form):
    module = forms.ModelChoiceField(
        label=_("Module"),
        queryset=Module.objects.none(),
        empty_label=_("Choose a module"),
        help_text=_(
            "It becomes a draft. Learners notice nothing until an editor publishes it; who has begun stays with what they began."
        ),
    )

    def __init__(self, *args: Any, modules: QuerySet[Module], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["module"].queryset = modules  # type: ignore[attr-defined]

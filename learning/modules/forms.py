"""The form of a module's file."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

MOST_UPLOADED = 200 * 1024**2


class ModuleFileForm(forms.Form):
    file = forms.FileField(
        label=_("File of a module"),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip"}),
        help_text=_("The ZIP that “Export” wrote here or elsewhere."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty.")},
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size and file.size > MOST_UPLOADED:
            raise forms.ValidationError(_("This file is larger than 200 MB. Leave the films out and add them in the editor."))
        return file

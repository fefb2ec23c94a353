"""The editors' form of a module (what must come before, language, what a publish changes), and those of our own pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from learning.modules.languages import HOUSE_LANGUAGE, language_choices
from learning.modules.translation_rule import why_no_translation
from people.models import Role

USUAL_DAYS = 14
MOST_UPLOADED = 200 * 1024**2


class ModuleForm(WagtailAdminPageForm):
    change_roles = forms.MultipleChoiceField(
        label=_("again for these roles"),
        required=False,
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all roles. In which teams, the head of support says on the page of the module."),
    )

    language = forms.ChoiceField(label=_("language"), required=False, choices=language_choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        page = self.instance
        for name in ("change_kind", "change_due_in_days"):
            if name in self.fields:
                self.fields[name].required = False
        if page.pk and not page.has_unpublished_changes:
            # What was said about the last publish does not hold for the next one: a typo is not material again.
            self.initial |= {"change_kind": "minor", "change_note": "", "change_roles": []}
        if page.pk and "prerequisites" in self.fields:
            others = self.fields["prerequisites"].queryset.exclude(pk=page.pk)  # type: ignore[attr-defined]
            self.fields["prerequisites"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean()
        said["change_kind"] = said.get("change_kind") or "minor"
        said["change_due_in_days"] = said.get("change_due_in_days") or USUAL_DAYS
        said["language"] = said.get("language") or HOUSE_LANGUAGE
        if said.get("translation_of"):
            why_not = why_no_translation(self.instance, said["translation_of"].specific, said["language"])
            if why_not:
                self.add_error("translation_of", why_not)
        if said["change_kind"] == "material" and not (said.get("change_note") or "").strip():
            self.add_error("change_note", _("Say what changed: who has to learn it again reads it as the reason."))
        for before in said.get("prerequisites") or ():
            if self.instance.pk and _needs(before, self.instance.pk):
                self.add_error(
                    "prerequisites",
                    _("“%(module)s” itself needs this module first. Take one of the two out.") % {"module": before.title},
                )
        return said


def _needs(module: Any, pk: int) -> bool:
    """Does this module, or one that it needs, need the module `pk`?"""
    seen: set[int] = set()
    waiting = [module]
    while waiting:
        for before in waiting.pop().prerequisites.all():
            if before.pk == pk:
                return True
            if before.pk not in seen:
                seen.add(before.pk)
                waiting.append(before)
    return False


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


class TranslationForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=language_choices)

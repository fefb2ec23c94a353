"""What reviewers fill in about comments to use again."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.quality.models import Snippet


class SnippetForm(forms.ModelForm):
    class Meta:
        model = Snippet
        fields = ["title", "text", "is_shared"]
        labels = {"is_shared": _("Offer it to all reviewers")}
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"text": _("It is put into a comment as it stands; say there what is special this time.")}


class SnippetFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100)

"""Forms of certificates: the filter of the lists, and revoking."""

from django import forms
from django.utils.translation import gettext_lazy as _

from learning.certificates.models import Certificate


class CertificateFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *Certificate.State.choices])


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Its holder reads it. The public page says only that it was revoked, and when."),
        error_messages={"required": _("Say why you revoke it: its holder reads the reason.")},
    )

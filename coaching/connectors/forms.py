"""What is typed to connect a helpdesk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.connectors import queries
from coaching.connectors.models import Connection
from coaching.connectors.systems import AddressError, System

INTERVALS = [
    (15, gettext_lazy("every quarter of an hour")),
    (60, gettext_lazy("every hour")),
    (240, gettext_lazy("every four hours")),
    (1440, gettext_lazy("every day")),
]
HISTORY = 90  # days, proposed for a new connection


class ConnectionForm(forms.Form):
    """For a new connection of one system, or for changing one (`connection`): a secret left empty then stays."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    address = forms.CharField(max_length=300)
    interval_minutes = forms.TypedChoiceField(label=gettext_lazy("Fetch"), choices=INTERVALS, coerce=int, initial=60)

    def __init__(self, *args: Any, system: System, connection: Connection | None = None, today: date, **options: Any) -> None:
        initial = {"name": system.name, "source": system.key, "fetch_since": today - timedelta(days=HISTORY)}
        if connection is not None:
            initial = {
                "name": connection.name,
                "address": connection.base_url,
                "interval_minutes": connection.interval_minutes,
                **connection.options,
            }
        super().__init__(*args, **{**options, "initial": initial})
        self.system, self.connection = system, connection
        self.fields["address"].label = system.address_label
        self.fields["address"].help_text = system.address_help
        for credential in system.credentials:
            self.fields[credential.name] = self._credential_field(credential.name)
        if connection is None:
            self.fields["fetch_since"] = forms.DateField(
                label=_("From"),
                help_text=_("Nothing that last changed before this day is fetched."),
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )
            self.fields["source"] = forms.CharField(
                label=_("Key of the source"),
                max_length=60,
                validators=[RegexValidator(r"^[a-z0-9][a-z0-9_-]*$", _("Small letters, digits and hyphens."))],
                help_text=_("Take the key you used for files from this helpdesk, if you imported some: the cases join."),
            )
        last = ["interval_minutes", "fetch_since", "source"]
        self.order_fields(["name", "address", *(credential.name for credential in system.credentials), *last])

    def _credential_field(self, name: str) -> forms.CharField:
        credential = next(found for found in self.system.credentials if found.name == name)
        if not credential.secret:
            return forms.CharField(label=credential.label, help_text=credential.help, max_length=200)
        # Never rendered back, not even what was typed a moment ago.
        widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"})
        kept = _("Stored. Leave it empty to keep it.") if self.connection else credential.help
        return forms.CharField(
            label=credential.label, help_text=kept, max_length=1000, widget=widget, required=self.connection is None, strip=True
        )

    def clean_address(self) -> str:
        try:
            return self.system.base_url(self.cleaned_data["address"])
        except AddressError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_source(self) -> str:
        key: str = self.cleaned_data["source"]
        if queries.source_key_taken(key):
            raise forms.ValidationError(_("There is a connection for this source already. Choose another key."))
        return key

    def credentials(self) -> dict[str, str]:
        """By name, what was typed for this system."""
        return {credential.name: self.cleaned_data.get(credential.name, "") for credential in self.system.credentials}

"""ServiceNow: incidents, one row each or one row per change (the audit log of a state)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from coaching.interactions.importing.json_rows import Reshape
from coaching.interactions.importing.variants import Variant, cased

CHANNELS = cased(
    {
        "Email": "email", "Phone": "phone", "IVR": "phone", "Chat": "chat", "Virtual Agent": "chat", "Self-service": "web",
        "Self service": "web", "Web": "web", "Direct opening": "other", "Walk-in": "other", "Social media": "social",
    }
)  # fmt: skip
STATES = {
    **cased({"Resolved": "resolved", "Closed": "resolved", "Canceled": "resolved", "Cancelled": "resolved"}),
    "6": "resolved", "7": "resolved", "8": "resolved",
}  # fmt: skip
RESHAPES: dict[str, Reshape] = {}
VARIANTS = [
    Variant(
        key="servicenow.incidents",
        system="servicenow",
        title=_("ServiceNow: incidents or their audit log (CSV)"),
        signature=(
            "number",
            ("incident_state", "incident state", "state"),
            ("opened_at", "Opened"),
            ("sys_updated_at", "sys_updated_on", "Updated", "sys_created_at", "sys_created_on", "Created"),
            ("assignment_group", "Assignment group", "assigned_to", "Assigned to"),
        ),
        mapping={
            "source": "servicenow",
            "name": "ServiceNow",
            "system": "servicenow",
            "keep_extra": True,
            "missing": ["", "?", "NULL", "(empty)"],
            "first_of_repeated": True,
            "derive": {"seen at": ["first of", "sys_updated_at", "sys_updated_on", "Updated", "opened_at", "Opened"]},
            "interaction": {
                "shape": "event",
                "order": ["at", "sys_mod_count", "Updates"],
                "resolved": [state for state in STATES if state.casefold() in {"resolved", "6"}],
                "closed": [state for state in STATES if state.casefold() not in {"resolved", "6"}],
                "columns": {
                    "external_id": "number",
                    "at": "seen at",
                    "opened_at": ["opened_at", "Opened"],
                    "resolved_at": ["resolved_at", "Resolved"],
                    "activity": ["incident_state", "incident state", "state"],
                    "handler": ["assigned_to", "Assigned to"],
                    "channel": {"column": ["contact_type", "Contact type", "Channel"], "values": CHANNELS, "other": "other"},
                    "subject": ["short_description", "Short description"],
                    "topic": ["category", "Category"],
                    "customer": ["caller_id", "Caller"],
                    "account": ["company", "Company"],
                    "queue": ["assignment_group", "Assignment group"],
                    "priority": ["priority", "Priority"],
                    "reopens": ["reopen_count", "Reopen count"],
                },
            },
        },
    )
]

"""Files of no particular system whose shape is common: the spreadsheet of a call centre, the event log of process mining."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from coaching.interactions.importing.json_rows import Reshape
from coaching.interactions.importing.variants import Variant, cased

YES_NO = cased({"Y": True, "Yes": True, "N": False, "No": False, "True": True, "False": False})
RESHAPES: dict[str, Reshape] = {}
VARIANTS = [
    Variant(
        key="generic.calls",
        system="generic",
        title=_("Call centre: calls (XLSX or CSV)"),
        signature=(
            "Call Id",
            "Agent",
            ("Answered (Y/N)", "Answered"),
            ("Speed of answer in seconds", "Speed of Answer"),
            ("AvgTalkDuration", "Talk duration", "Talk time"),
        ),
        mapping={
            "source": "call-centre",
            "name": "Call centre",
            "interaction": {
                "columns": {
                    "external_id": "Call Id",
                    "opened_at": ["Date", "Call date", "Started at"],
                    "resolved_at": {
                        "column": ["Date", "Call date", "Started at"],
                        "when": {"column": "Resolved", "is": [text for text, yes in YES_NO.items() if yes]},
                    },
                    "handler": "Agent",
                    "topic": ["Department", "Topic"],
                    "channel": {"value": "phone"},
                    "status": {
                        "column": "Resolved",
                        "values": {text: "resolved" if yes else "open" for text, yes in YES_NO.items()},
                    },
                    "answered": {"column": ["Answered (Y/N)", "Answered"], "values": YES_NO},
                    "wait_seconds": ["Speed of answer in seconds", "Speed of Answer"],
                    "handle_seconds": {"column": ["AvgTalkDuration", "Talk duration", "Talk time"], "unit": "h:m:s"},
                }
            },
            "survey": {
                "kind": "csat",
                "scale": [1, 5],
                "satisfied": [4, 5],
                "neutral": [3],
                "columns": {
                    "external_id": "Call Id",
                    "case": "Call Id",
                    "handler": "Agent",
                    "value": ["Satisfaction rating", "Rating"],
                    "responded_at": ["Date", "Call date", "Started at"],
                },
            },
        },
    ),
    Variant(
        key="generic.event_log",
        system="generic",
        title=_("Event log (XES names, CSV)"),
        signature=("case:concept:name", "concept:name", "time:timestamp"),
        mapping={
            "source": "event-log",
            "name": "Event log",
            "interaction": {
                "shape": "event",
                "order": ["time:timestamp"],
                "resolved": ["Resolve ticket", "Resolved"],
                "closed": ["Closed", "Close ticket"],
                "reopened": {"repeated": "Resolve ticket"},
                "columns": {
                    "external_id": "case:concept:name",
                    "at": "time:timestamp",
                    "activity": "concept:name",
                    "handler": "org:resource",
                },
            },
        },
    ),
]

"""Learning reports: the head about everybody, leads about their people."""

from tests.access_table import Entry, only
from tests.factories.learning import give, make_module


def build(cast, now):
    module = make_module(now)
    give(cast.rita, module, now)
    return {"module": module}


READ = only("lead", "other_lead", "head")
ENTRIES = [
    Entry(name, args=args, get=READ, case=case)
    for name, args, case in (
        ("report_teams", lambda w: [], ""),
        ("report_completions", lambda w: [], ""),
        ("report_hours", lambda w: [], ""),
        ("report_effectiveness", lambda w: [], ""),
        ("report_effectiveness_export", lambda w: ["csv"], "csv"),
        ("report_effectiveness_export", lambda w: ["xlsx"], "xlsx"),
        ("report_teams_export", lambda w: ["csv"], "csv"),
        ("report_teams_export", lambda w: ["xlsx"], "xlsx"),
        ("report_completions_export", lambda w: ["csv"], "csv"),
        ("report_completions_export", lambda w: ["xlsx"], "xlsx"),
        ("report_hours_export", lambda w: ["csv"], "csv"),
        ("report_hours_export", lambda w: ["xlsx"], "xlsx"),
    )
]

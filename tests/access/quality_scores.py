"""Scores: one's own by everybody, a person's and a team's by their lead and the head, all teams' by the head."""

from tests.access_table import Entry, by_role, only, signed_in
from tests.factories.quality import make_published


def build(cast, now):
    make_published(cast.vera, cast.rita, number=71, now=now)
    return {}


LEADS = only("lead", "other_lead", "head")
CRITERIA = only("head", "reviewer", "editor")


def harbour(w):
    return f"?team={w.harbour.pk}"


OF_HARBOUR = by_role(403, lead=200, head=200, other_lead=404)

ENTRIES = [
    Entry("score_home", get=by_role(302, admin=403)),
    Entry("score_mine", get=signed_in(200)),
    Entry("score_person", args=lambda w: [w.rita.pk], get=by_role(404, rep=200, lead=200, head=200)),
    Entry("score_team", get=LEADS),
    Entry("score_team", get=OF_HARBOUR, query=harbour, case="a team"),
    Entry("score_team_csv", get=LEADS),
    Entry("score_team_csv", get=OF_HARBOUR, query=harbour, case="a team"),
    Entry("score_people_csv", get=LEADS),
    Entry("score_people_csv", get=OF_HARBOUR, query=harbour, case="a team"),
    Entry("score_teams", get=only("head")),
    Entry("score_teams_csv", get=only("head")),
    Entry("score_criteria", get=CRITERIA),
    Entry("score_criteria_csv", get=CRITERIA),
]

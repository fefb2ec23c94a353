"""Root causes: counted for leads of their people and for the head of all."""

from tests.access_table import Entry, by_role, only

LEADS = only("lead", "other_lead", "head")
OF_HARBOUR = by_role(403, lead=200, head=200, other_lead=404)


def harbour(w):
    return f"?team={w.harbour.pk}"


ENTRIES = [
    Entry("cause_list", get=LEADS),
    Entry("cause_list", get=OF_HARBOUR, query=harbour, case="a team"),
    Entry("cause_list_csv", get=LEADS),
    Entry("cause_list_csv", get=OF_HARBOUR, query=harbour, case="a team"),
    Entry("cause_reviews", get=LEADS),
    Entry("cause_reviews", get=OF_HARBOUR, query=harbour, case="a team"),
]

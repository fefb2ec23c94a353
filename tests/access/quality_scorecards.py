"""Templates of scorecards: for whoever edits scorecards."""

from tests.access_table import Entry, only


def build(cast, now):
    return {}


ENTRIES = [
    Entry("scorecard_template_list", get=only("reviewer", "head")),
    Entry("scorecard_template_start", args=lambda w: ["phone"], post=only("reviewer", "head", status=302)),
]

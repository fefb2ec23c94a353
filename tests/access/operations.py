"""What runs by itself: for administrators."""

from tests.access_table import Entry, only


def build(cast, now):
    return {}


ENTRIES = [Entry("schedule", get=only("admin"))]

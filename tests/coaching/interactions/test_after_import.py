"""What an import sets for its speed is set back when it ends, well or not."""

import gc

import pytest
from django.db import connection

from coaching.interactions.services import ImportRefused
from tests.coaching.interactions.helpers import HEADER, bring, write

SETTINGS = {
    "sqlite": ["PRAGMA cache_size", "PRAGMA wal_autocheckpoint", "PRAGMA journal_size_limit"],
    "postgresql": ["SHOW synchronous_commit", "SHOW enable_hashjoin", "SHOW enable_mergejoin"],
}


def as_set() -> list[object]:
    found: list[object] = [gc.get_freeze_count()]
    with connection.cursor() as cursor:
        for statement in SETTINGS[connection.vendor]:
            cursor.execute(statement)
            found.append(cursor.fetchone()[0])
    return found


@pytest.mark.django_db(transaction=True)
def test_the_connection_is_as_before(tmp_path, cast):
    before = as_set()
    path = write(tmp_path / "a.csv", f"{HEADER}\nC1,rita@example.com,2026-01-02 10:00,,5,y\n")
    bring(path)
    assert as_set() == before
    changed = write(tmp_path / "b.csv", f"{HEADER}\nC1,rita@example.com,2026-01-03 10:00,,5,y\n")
    assert bring(changed).updated == 1
    assert as_set() == before


@pytest.mark.django_db(transaction=True)
def test_also_where_the_file_cannot_be_read_to_its_end(tmp_path, cast, monkeypatch):
    def refused(self, batch):
        raise ImportRefused("no further")

    monkeypatch.setattr("coaching.interactions.importing.cases.InteractionWriter.write", refused)
    before = as_set()
    with pytest.raises(ImportRefused):
        bring(write(tmp_path / "a.csv", f"{HEADER}\nC1,rita@example.com,2026-01-02 10:00,,5,y\n"))
    assert as_set() == before

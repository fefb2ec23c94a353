"""The first load of a large file goes in without secondary indexes, and they are there whatever happened."""

import pytest
from django.core.management import call_command
from django.db import connection

from coaching.interactions.importing import running
from coaching.interactions.importing.cases import InteractionWriter
from coaching.interactions.importing.first_load import missing_indexes
from coaching.interactions.models import Interaction
from coaching.interactions.services import ImportRefused
from tests.coaching.interactions.helpers import HEADER, bring, write

pytestmark = pytest.mark.django_db(transaction=True)
ALL = {index.name for index in Interaction._meta.indexes}


@pytest.fixture
def large(monkeypatch):
    """Every file counts as large; what was missing while each chunk was written."""
    monkeypatch.setattr(running, "LARGE_BYTES", 1)
    seen = []
    write_batch = InteractionWriter.write

    def watched(self, batch, **options):
        seen.append({index.name for index in missing_indexes(Interaction)})
        return write_batch(self, batch, **options)

    monkeypatch.setattr(InteractionWriter, "write", watched)
    return seen


def file(tmp_path, *cases):
    return write(
        tmp_path / "a.csv", HEADER + "\n" + "".join(f"{case},rita@example.com,2026-01-02 10:00,,5,y\n" for case in cases)
    )


def drop_one():
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX interaction_handler_opened")
    assert len(missing_indexes(Interaction)) == 1


def test_left_out_in_the_first_load_and_there_afterwards(tmp_path, cast, large):
    assert missing_indexes(Interaction) == []
    assert bring(file(tmp_path, "C1", "C2")).created == 2
    assert large == [ALL]
    assert missing_indexes(Interaction) == []


def test_a_later_import_keeps_them(tmp_path, cast, large):
    bring(file(tmp_path, "C1"))
    assert bring(file(tmp_path, "C1", "C2")).created == 1
    assert large == [ALL, set()]


def test_there_also_where_the_load_failed(tmp_path, cast, large, monkeypatch):
    def refused(self, batch, **options):
        raise ImportRefused("no further")

    monkeypatch.setattr(InteractionWriter, "write", refused)
    with pytest.raises(ImportRefused):
        bring(file(tmp_path, "C1"))
    assert missing_indexes(Interaction) == []


def test_what_a_killed_load_left_out_comes_back_with_the_next_import(tmp_path, cast, large):
    bring(file(tmp_path, "C1"))
    drop_one()
    bring(file(tmp_path, "C1"))
    assert missing_indexes(Interaction) == []


def test_and_with_a_small_one(tmp_path, cast):
    drop_one()
    bring(file(tmp_path, "C1"))
    assert missing_indexes(Interaction) == []


def test_and_with_a_rebuild(cast):
    drop_one()
    call_command("rebuild_rollups")
    assert missing_indexes(Interaction) == []


def test_a_dry_run_leaves_them_alone(tmp_path, cast, large):
    assert bring(file(tmp_path, "C1"), dry_run=True).created == 1
    assert large == [set()]

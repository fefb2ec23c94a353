"""What was imported by command stands on the import pages too."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from coaching.interactions.models import ImportJob
from people.models import AuditEntry
from tests.coaching.metrics.imports.test_import_by_page import TEXT, answers, upload

MAPPING = """
source = "desk"
[interaction.columns]
external_id = "Ticket ID"
opened_at = "Created at"
resolved_at = "Solved at"
handler = "Agent"
status = "Status"
"""


@pytest.fixture
def bring(cast, tmp_path):
    """Run the command over a file; what it stored about the run."""
    (tmp_path / "desk.toml").write_text(MAPPING, encoding="utf-8")

    def brought(text: str = TEXT, **options) -> ImportJob | None:
        path = tmp_path / "june.csv"
        path.write_text(text, encoding="utf-8")
        call_command("import_interactions", str(path), mapping=tmp_path / "desk.toml", timezone="Europe/Berlin", **options)
        return ImportJob.objects.order_by("pk").last()

    return brought


def test_it_is_listed_with_its_counts_and_who(cast, bring, sign_in):
    job = bring()
    client = sign_in(cast.adam)
    page = " ".join(client.get(reverse("import_list")).content.decode().split())
    assert "june.csv" in page
    assert "the command line" in page
    assert (job.state, job.source.key, job.read, job.created, job.rejected) == ("done", "desk", 3, 2, 1)
    detail = client.get(reverse("import_detail", args=[job.pk])).content.decode()
    assert "imported by command" in detail
    assert "--errors" in detail
    assert "Download the rejected rows" not in detail
    assert "Resume" not in detail
    assert client.get(reverse("import_errors", args=[job.pk])).status_code == 404
    assert AuditEntry.objects.get(verb="import.interactions").after["job"] == job.pk


def test_the_same_file_brought_to_the_page_is_recognised(cast, bring, sign_in):
    bring()
    client = sign_in(cast.adam)
    job = upload(client)
    assert "Exactly this file was imported by command" in client.get(reverse("import_preview", args=[job.pk])).content.decode()


def test_a_dry_run_and_a_refused_file_are_not_listed(bring):
    assert bring(dry_run=True) is None
    with pytest.raises(CommandError):
        bring("Other,Columns\n1,2\n")
    assert not ImportJob.objects.exists()


def test_an_import_of_the_page_is_written_down_once(cast, sign_in, django_capture_on_commit_callbacks):
    client = sign_in(cast.adam)
    job = upload(client)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("import_preview", args=[job.pk]), answers(job))
    assert ImportJob.objects.get() == job
    assert not job.by_command


def test_the_imports_are_one_place_in_the_navigation(cast, sign_in):
    for person in (cast.adam, cast.hana):
        page = sign_in(person).get(reverse("import_list")).content.decode()
        assert page.count('aria-current="page"') == 1
        assert f'<a href="{reverse("import_list")}" aria-current="page">Imports</a>' in page
        assert "page-header__eyebrow" not in page
